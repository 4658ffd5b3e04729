"""How an attempt ends: why it stopped, and the terminal event with its masked record."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, overload

from tui.settings.mask import cut
from tui.settings.secrets import Masker, mask_url
from tui.stream.echo import hide_echo, hide_images
from tui.stream.events import Ending, Notice, make_ending
from tui.stream.outcome import Outcome
from tui.stream.preparation import Prepared
from tui.stream.provider_error import ErrorBody, ProviderError
from tui.stream.record import Circumstances, RecordedError, make_record
from tui.stream.stop import Stop
from tui.stream.trace import StreamTrace

MESSAGE_LIMIT = 600
"""Characters of a server's error text that go on record, after masking."""
_SHORT = 200
_LIMIT_HEADERS = 16
_MOST_NAMES = 32
_LONGEST_URL = 4096
"""Characters of an address that are looked at; of what is cut there nothing is shown."""
_OUR_NAMES = {"reasoning_effort": "effort"}
"""Fields of the body that a person sets by another name."""


def mask_short(mask: Masker, text: str | None) -> str | None:
    """A foreign text of a line at most: a header, a title, a name."""
    return None if text is None else mask(text, _SHORT)


def find_refused(parameters: Mapping[str, Any], error: ProviderError | None) -> str | None:
    """Which parameter that somebody set the server complains of, by the name under which it is set; None if none."""
    if error is None:
        return None
    words = set(re.findall(r"[a-z][a-z0-9_]*", f"{error.param or ''} {error.message}".lower()))
    named = (name for name in parameters if name == error.param or name.lower() in words)
    found = next(named, None)
    return None if found is None else _OUR_NAMES.get(found, found)


class EndingWriter:
    """Writes the ending of one attempt; every foreign text goes through the masker on its way into the record."""

    def __init__(self, prepared: Prepared, trace: StreamTrace, mask: Masker) -> None:
        self._prepared = prepared
        self._trace = trace
        self._mask = mask

    def end(
        self,
        outcome: Outcome,
        stop: Stop | None,
        *,
        error: ProviderError | None = None,
        retry_after: float | None = None,
        notices: Sequence[Notice] = (),
    ) -> tuple[list[Notice], Ending]:
        """End the trace and tell of this outcome; the notices come back as they may be shown beside it."""
        self._trace.end()
        recorded = None
        if error is not None:
            recorded = RecordedError(
                error.error_class.value,
                mask_short(self._mask, self._unsaid(error.type)),
                mask_short(self._mask, self._unsaid(error.code)),
                self._mask(self._unsaid(error.message), MESSAGE_LIMIT),
            )
        detail = {**self._evidence_detail(error), **(stop.detail if stop else {})}
        exception = stop.exception if stop else None
        circumstances = Circumstances(exception, recorded, retry_after, detail, status=detail.get("status"))
        # Each text is masked by itself; a key in pieces is found only where they are looked at together.
        named = [notice.values for notice in notices]
        record, values = make_record(self._trace, outcome, circumstances).masked(self._mask, *named)
        shown = [replace(notice, values=value) for notice, value in zip(notices, values, strict=True)]
        return shown, make_ending(outcome, record)

    def end_refused(
        self, outcome: Outcome, body: ErrorBody, headers: Mapping[str, str], *, retry_after: float | None
    ) -> Ending:
        """End the trace of an answer other than 2xx."""
        location = headers.get("location")
        found = [(name, value) for name, value in headers.items() if "ratelimit" in name][:_LIMIT_HEADERS]
        limits = {self._mask(name, 80): self._mask(value, 40) for name, value in found}
        detail = {
            "html_title": mask_short(self._mask, body.html_title),
            "location": cut(mask_url(self._mask(location[:_LONGEST_URL])), MESSAGE_LIMIT) if location else None,
            "ray_id": mask_short(self._mask, headers.get("cf-ray")),
            "limit_headers": limits or None,
            "request_bytes": len(self._prepared.wire.body),
            "parameter": find_refused(self._prepared.request.parameters, body.error),
            "prompt_chars": sum(len(message.text) for message in self._prepared.request.messages),
        }
        _, ending = self.end(outcome, Stop(outcome, detail=detail), error=body.error, retry_after=retry_after)
        return ending

    def _evidence_detail(self, error: ProviderError | None) -> dict[str, Any]:
        """Everything that some outcome may want beside the fixed fields; the record keeps what its outcome names."""
        trace, evidence = self._trace, self._trace.evidence
        endpoint = trace.call.endpoint if trace.call else None
        return {
            "key_source": trace.call.key_source if trace.call else None,
            "host": endpoint.host if endpoint else None,
            "port": endpoint.port if endpoint else None,
            "tool_names": self._mask_names(evidence.tool_names.values()),
            "filter_categories": self._mask_names(evidence.filter_categories),
            "malformed_count": evidence.malformed,
            "malformed_bytes": evidence.malformed_bytes,
            "tail_bytes": evidence.tail_bytes,
            "html_title": mask_short(self._mask, evidence.html_title),
            "body_head": self._mask(self._unsaid(evidence.head.decode(errors="replace")), 120),
            "line_bytes": evidence.oversize_line,
            "limit": "8 MiB",
            "error_class": error.error_class.value if error else None,
            "provider_name": mask_short(self._mask, error.provider_name) if error else None,
            "reused_connection": trace.reused_connection,
            "headers_seen": trace.headers is not None,
            "bytes_sent": trace.bytes_sent,
        }

    @overload
    def _unsaid(self, text: str) -> str: ...

    @overload
    def _unsaid(self, text: str | None) -> str | None: ...

    def _unsaid(self, text: str | None) -> str | None:
        """A foreign text without what it repeats of the conversation."""
        return text and hide_images(hide_echo(text, (message.text for message in self._prepared.request.messages)))

    def _mask_names(self, names: Iterable[str]) -> list[str]:
        return [self._mask(name, 80) for name in islice(names, _MOST_NAMES)]
