"""Record: the masked event record of one request and attempt. It never holds a prompt, a reply's text or a secret.

It is what a person pastes into a ticket: time, model, route, status, how long, how much, how it ended. Every field is
always there; what is not known is `null`, never a made-up value. Durations are whole milliseconds.
"""

import platform
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, Self

from tui import __version__
from tui.settings.key_source import name_source
from tui.settings.secrets import Masker
from tui.stream.outcome import Outcome
from tui.stream.trace import Call, StreamTrace

VERSION = 1
_FOREIGN = (
    "model_reported", "finish_reason", "content_type", "content_encoding", "server", "request_id", "error", "detail",
)
"""The fields that hold a server's words."""
_OUR_NAMES = 1
"""Depth of the names that are ours: the fields of `error`, of `detail` and of what a notice names."""
_BUCKETS = (
    (0.25, "<0.25s"),
    (0.5, "0.25-0.5s"),
    (1, "0.5-1s"),
    (2, "1-2s"),
    (5, "2-5s"),
    (10, "5-10s"),
    (20, "10-20s"),
    (40, "20-40s"),
    (60, "40-60s"),
    (120, "60-120s"),
)
_SLOWEST = ">120s"
BUCKET_NAMES = (*(name for _, name in _BUCKETS), _SLOWEST)
"""The latency buckets, the fastest first."""


@dataclass(frozen=True, slots=True)
class RecordedError:
    """The server's error as it goes on record: masked and cut."""

    error_class: str
    type: str | None
    code: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Record:
    """One attempt. `as_json` gives the published names and order."""

    v: int
    id: str
    time: str
    """RFC 3339, UTC, milliseconds."""
    model: str
    model_reported: str | None
    route: str
    environment: str | None
    endpoint: Mapping[str, Any] | None
    request_type: str
    attempt: int
    attempts: int
    status: int | None
    outcome: str
    phase: str
    finish_reason: str | None
    done_seen: bool
    notices: list[str]
    http_version: str | None
    content_type: str | None
    content_encoding: str | None
    server: str | None
    request_id: str | None
    headers_ms: int | None
    first_byte_ms: int | None
    first_text_ms: int | None
    duration_ms: int | None
    latency_bucket: str | None
    max_gap_ms: int | None
    last_byte_ago_ms: int | None
    bytes: int
    events: int
    keepalives: int
    bursts: int
    text_chars: int
    reasoning_chars: int
    tokens_in: int | None
    tokens_out: int | None
    key: str | None
    proxy: str | None
    exception: list[str] | None
    """Class names from the outermost to the cause."""
    error: Mapping[str, Any] | None
    retry_after_s: float | None
    owner: str | None
    support: str | None
    detail: Mapping[str, Any] = field(default_factory=dict)
    client: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The record as plain values, fields in their published order."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """A record read back from where it was kept; unknown fields are dropped, missing ones are null."""
        known: dict[str, Any] = {item.name: value.get(item.name) for item in fields(cls)}
        return cls(**known)

    def masked(self, mask: Masker, *beside: Mapping[str, Any]) -> tuple[Self, list[dict[str, Any]]]:
        """The record, and what is told beside it, without the pieces of a key that the server split over all of them.

        Every text in them is short already: of very long ones together pieces are not looked for.
        """
        foreign = [*(getattr(self, name) for name in _FOREIGN), *(dict(values) for values in beside)]
        masked = _refill(foreign, iter(mask.together(list(_texts(foreign)))))
        fields, values = masked[: len(_FOREIGN)], masked[len(_FOREIGN) :]
        return replace(self, **dict(zip(_FOREIGN, fields, strict=True))), values

    def values(self) -> dict[str, object]:
        """What the sentences of outcomes and advice may name."""
        endpoint, error, detail = self.endpoint or {}, self.error or {}, self.detail or {}
        return {
            "host": endpoint.get("host"),
            "port": endpoint.get("port"),
            "seconds": _plain(detail.get("limit_s")),
            "status": self.status,
            "message": error.get("message"),
            "class": error.get("class"),
            "model": self.model,
            "partial": self.text_chars or None,
            "title": detail.get("html_title"),
            "unsaved_s": detail.get("unsaved_s"),
            "content_type": self.content_type,
            "encoding": self.content_encoding,
            "finish_reason": self.finish_reason,
            "limit": detail.get("limit"),
            "n": detail.get("malformed_count"),
            "keepalives": self.keepalives,
            "proxy": self.proxy,
            "location": detail.get("location"),
            "detail": detail.get("tls_detail"),
            "parameter": detail.get("parameter"),
            "retry_after": None if self.retry_after_s is None else f"{_plain(self.retry_after_s)} s",
            "text": self.text_chars or self.reasoning_chars,
            **name_source(str(detail.get("key_source") or "")),
        }


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the trace does not know of an ending; every text is masked."""

    exception: list[str] | None = None
    error: RecordedError | None = None
    retry_after_s: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    status: int | None = None
    """With which a proxy refused to open a tunnel: then there is no answer of the server's own."""


def make_record(trace: StreamTrace, outcome: Outcome, circumstances: Circumstances | None = None) -> Record:
    """The record of the trace's attempt, as it stands: at its end or, for a reply that is still running, now."""
    circumstances = circumstances or Circumstances()
    call, answer, evidence, error = trace.call, trace.answer, trace.evidence, circumstances.error
    return Record(
        v=VERSION,
        id=uuid.uuid4().hex[:16],
        time=_timestamp(trace.wall_started or trace.clock.wall()),
        model=call.model if call else "",
        model_reported=evidence.model,
        route=call.route if call else "",
        environment=call.environment if call else None,
        endpoint=_endpoint_json(call),
        request_type=call.request_type if call else "chat.stream",
        attempt=trace.attempt,
        attempts=trace.attempts,
        status=answer.status if answer else circumstances.status,
        outcome=outcome.value,
        phase=outcome.rule.phase,
        finish_reason=evidence.finish_reason,
        done_seen=evidence.done,
        notices=list(trace.notices),
        http_version=answer.http_version if answer else None,
        content_type=answer.content_type if answer else None,
        content_encoding=answer.content_encoding if answer else None,
        server=answer.server if answer else None,
        request_id=answer.request_id if answer else None,
        **_times(trace),
        bytes=trace.bytes,
        events=evidence.events,
        keepalives=evidence.keepalives,
        bursts=trace.bursts,
        text_chars=evidence.text_chars + evidence.refusal_chars,
        reasoning_chars=evidence.reasoning_chars,
        tokens_in=evidence.tokens_in,
        tokens_out=evidence.tokens_out,
        key=call.key if call else None,
        proxy=call.proxy if call else None,
        exception=circumstances.exception,
        error=None
        if error is None
        else {"class": error.error_class, "type": error.type, "code": error.code, "message": error.message},
        retry_after_s=circumstances.retry_after_s,
        owner=call.owner if call else None,
        support=call.support if call else None,
        detail={**_chosen_detail(outcome, circumstances.detail), **_reasoning_detail(trace)},
        client={"weir": __version__, "python": platform.python_version(), "platform": platform.system()},
    )


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """Every text inside plain values, in their order; names too where a server gives them, below our own."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if depth > _OUR_NAMES:
                yield name
            yield from _texts(item, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, depth + 1)


def _refill(value: Any, texts: Iterator[str], depth: int = 0) -> Any:
    """The plain values with these texts in the place of theirs."""
    if isinstance(value, str):
        return next(texts)
    if isinstance(value, Mapping):
        refilled = {}
        for name, item in value.items():
            told = next(texts) if depth > _OUR_NAMES else name
            refilled[told] = _refill(item, texts, depth + 1)
        return refilled
    return [_refill(item, texts, depth + 1) for item in value] if isinstance(value, list | tuple) else value


def _times(trace: StreamTrace) -> dict[str, Any]:
    """The fields that are durations."""
    ended = trace.ended if trace.ended is not None else trace.clock.monotonic()
    duration = _since(trace.started, ended)
    first_text = trace.first_text_seconds()
    return {
        "headers_ms": _ms(_since(trace.started, trace.headers)),
        "first_byte_ms": _ms(_since(trace.started, trace.first_byte)),
        "first_text_ms": _ms(first_text),
        "duration_ms": _ms(duration),
        "latency_bucket": bucket(first_text if first_text is not None else duration),
        "max_gap_ms": _ms(trace.max_gap),
        "last_byte_ago_ms": _ms(_since(trace.last_byte, ended)),
    }


def _endpoint_json(call: Call | None) -> dict[str, Any] | None:
    """Where the request goes; of an address that is no usable one, the masked text stands as the path."""
    if call is None:
        return None
    if call.endpoint is not None:
        return asdict(call.endpoint)
    if call.unusable_url is not None:
        return {"scheme": None, "host": None, "port": None, "path": call.unusable_url}
    return None


def bucket(seconds: float | None) -> str | None:
    """The latency bucket of a duration."""
    if seconds is None:
        return None
    return next((name for edge, name in _BUCKETS if seconds < edge), _SLOWEST)


def _chosen_detail(outcome: Outcome, known: Mapping[str, Any]) -> dict[str, Any]:
    """The further fields that this outcome names, each there, unknown ones null; and the bytes of a torn event."""
    detail = {name: known.get(name) for name in outcome.rule.detail}
    if known.get("tail_bytes"):
        detail["tail_bytes"] = known["tail_bytes"]
    return detail


def _reasoning_detail(trace: StreamTrace) -> dict[str, Any]:
    """The share of reasoning: in `tokens_out`, where the server counted it, and in `text_chars`, where it came there.

    Without these no speed could be told later.
    """
    tokens, thought = trace.evidence.tokens_reasoning, trace.evidence.thought_chars
    return {
        **({} if tokens is None else {"tokens_reasoning": tokens}),
        **({"thought_chars": thought} if thought else {}),
    }


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _since(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else end - start


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _plain(seconds: Any) -> Any:
    """5.0 as 5, 0.25 as it is."""
    return int(seconds) if isinstance(seconds, float) and seconds.is_integer() else seconds
