"""The OpenAI chat-completions dialect: https://platform.openai.com/docs/api-reference/chat/create

The request is exactly `{"model", "stream": true, "messages"}` with what the person set beside it. The answer is read
by `OpenAIStreamDecoder`, line by line; what one chunk says is read in `chunk.py`.
"""

import json
import re
from typing import Any

from tui.settings.model_facts import ModelFacts
from tui.settings.provider import Prefill
from tui.stream.dialects import StreamDecoder, WireRequest
from tui.stream.dialects.bare_reader import BareReader
from tui.stream.dialects.bare_text import JSON, is_end_mark, is_object, leading_objects, whole_values
from tui.stream.dialects.chunk import ChunkReader
from tui.stream.dialects.page import PageSniffer
from tui.stream.events import StreamEvent
from tui.stream.evidence import HEAD_LIMIT, Evidence
from tui.stream.model_facts import read_listed
from tui.stream.partial import Partial
from tui.stream.request import ChatMessage, ChatRequest, Role
from tui.stream.sse import LINE_LIMIT, LineDecoder, SSEDecoder

_FIELDS = frozenset({"data", "event", "id", "retry", "error"})
# What relays send as data to keep a connection open; none of it is JSON and none of it is damage.
_KEEPALIVE_WORDS = frozenset({"ping", "[ping]", "pong", "keep-alive", "keepalive", "heartbeat", "processing"})
# Only behind a version: `/models` by itself is the base of Azure's model inference.
_PASTED_PATH = re.compile(r"(?<=/v[0-9])/+(?:models|completions|responses|messages|chat)$")
_PREFIXES = re.compile(r"(?:data:\s*)+")


class OpenAIDialect:
    """Builds requests; hands out decoders."""

    name = "openai"

    def build(
        self, request: ChatRequest, base_url: str, *, include_usage: bool, prefill: Prefill = "off"
    ) -> WireRequest:
        """POST {base_url}/chat/completions."""
        body: dict[str, Any] = {"model": request.model, "stream": request.stream}
        body["messages"] = [{"role": message.role, "content": _content(message)} for message in request.messages]
        if request.partial is not None:
            body["messages"] += _continuing(request.partial, prefill)
            if prefill == "continue":
                body |= {"continue_final_message": True, "add_generation_prompt": False}
        body.update(request.parameters)
        if include_usage and request.stream:
            body["stream_options"] = {"include_usage": True}
        return WireRequest(
            "POST",
            join_path(base_url, "/chat/completions"),
            {"Content-Type": "application/json"},
            json.dumps(body, ensure_ascii=False).encode(errors="replace"),
        )

    def build_models(self, base_url: str) -> WireRequest:
        """GET {base_url}/models."""
        return WireRequest("GET", join_path(base_url, "/models"), {}, b"")

    def read_models(self, body: bytes) -> dict[str, ModelFacts] | None:
        """A list in any shape that servers with this dialect are known to send."""
        return read_listed(body)

    def decoder(self) -> StreamDecoder:
        """A fresh `OpenAIStreamDecoder`."""
        return OpenAIStreamDecoder()


def _content(message: ChatMessage) -> str | list[dict[str, Any]]:
    """A plain text, which every server takes; parts only where there are images."""
    if not message.images:
        return message.text
    images = ({"type": "image_url", "image_url": {"url": image.url}} for image in message.images)
    return [{"type": "text", "text": message.text}, *images]


def _continuing(partial: Partial, prefill: Prefill) -> list[dict[str, Any]]:
    """The messages that ask for what follows a text."""
    begun: dict[str, Any] = {"role": Role.ASSISTANT, "content": partial.core}
    if prefill == "off":
        return [begun, {"role": Role.USER, "content": partial.instruction}]
    return [{**begun, prefill: True} if prefill in ("prefix", "partial") else begun]


def join_path(base_url: str, path: str) -> str:
    """The URL of a path below a base URL, which may end in a slash or a pasted path such as `/v1/models`.

    A query in the base URL, such as Azure's `?api-version=`, stays behind the path.
    """
    root, mark, query = base_url.partition("?")
    root = root.rstrip("/").removesuffix("/chat/completions").rstrip("/")
    root = _PASTED_PATH.sub("", root).rstrip("/")
    return f"{root}{path}{mark}{query}"


class OpenAIStreamDecoder:
    """Body bytes -> stream events, whatever mixture of SSE, JSON lines, one JSON object or a web page arrives.

    A `data:` line that is whole JSON by itself is taken at once, without waiting for its blank line: it shows text
    earlier and survives servers that send none. All else follows the standard through `SSEDecoder`.

    However long a body is, what is kept of it is one line, the data of one event and the lines outside of any event,
    each up to `limit` bytes (of the last three times that), beside counts and short names.
    """

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self.evidence = Evidence()
        self._lines = LineDecoder(limit)
        self._events = SSEDecoder(limit)
        self._chunks = ChunkReader(self.evidence)
        self._bare = BareReader(self.evidence, self._chunks, 2 * limit)
        self._page = PageSniffer()

    @property
    def started(self) -> bool:
        """Whether anything but keep-alives has come: comments, empty events and `retry:` are no sign of a reply."""
        return bool(self.evidence.events or self._bare or self._page.holds)

    @property
    def torn(self) -> bool:
        """Whether what came so far ends in the middle of a line."""
        return self._lines.torn

    def feed(self, data: bytes) -> list[StreamEvent]:
        """The deltas that these bytes complete; nothing is read after `[DONE]`."""
        out: list[StreamEvent] = []
        evidence = self.evidence
        if len(evidence.head) < HEAD_LIMIT:
            evidence.head = (evidence.head + data).lstrip()[:HEAD_LIMIT]
        if evidence.html or not self._page.decided:
            data = self._page.feed(data)
            evidence.html = self._page.is_page
        if data:
            self._read(data, out)
        return out

    def _read(self, data: bytes, out: list[StreamEvent]) -> None:
        evidence = self.evidence
        for line in self._lines.feed(data):
            # A blank line with nothing before it says nothing.
            if self._events.holds_block or (line and not self._take_chunk(line, out)):
                self._take_line(line, out)
            if evidence.done:
                break
        else:
            evidence.oversize_line = self._lines.oversize or self._events.oversize
        evidence.invalid_utf8 = self._events.invalid_utf8

    def end(self) -> list[StreamEvent]:
        """Take a torn last event if its JSON is whole, else count its bytes; try bare lines as one JSON text."""
        out: list[StreamEvent] = []
        evidence = self.evidence
        if evidence.html:
            evidence.html_title = self._page.title
            return out
        if held := self._page.release():
            self._read(held, out)
        if not evidence.done:
            self._end_lines(out)
        self._bare.end(out, torn=False)
        self._chunks.end(out)
        return out

    def _end_lines(self, out: list[StreamEvent]) -> None:
        tail = self._lines.tail
        text = self._events.decode(tail)
        name, colon, value = text.partition(":")
        if tail and (not colon or name not in _FIELDS):
            if self.evidence.events and is_end_mark(text.strip()):
                self.evidence.done = True
            elif self.evidence.bare_chunks:
                self._bare.take_torn(text, out)
            elif self.evidence.events and not self._bare and not is_object(text.strip()):
                self.evidence.tail_bytes += len(tail)
            else:
                self._bare.hold(text)
        elif tail:
            self.evidence.sse_fields = True
        self._bare.end(out, torn=bool(tail))
        if colon and name == "error":
            self._end_error(value.strip())
        elif colon and name in _FIELDS:
            self._events.take_line(text)
        self._end_event(len(tail), out)
        if not self.evidence.tail_bytes:
            # A character that was cut with a dropped line is no bad byte of the server's.
            self.evidence.invalid_utf8 = self._events.invalid_utf8

    def _take_chunk(self, line: bytes, out: list[StreamEvent]) -> bool:
        """Take the line that nearly every line is, `data: {…}` with one whole object; anything else is left alone."""
        if not line.startswith(b"data: {"):
            return False
        try:
            text = line[6:].decode()
            value, end = JSON.raw_decode(text)
        except (ValueError, RecursionError):
            return False  # torn, damaged or not UTF-8: the careful way counts it
        if end != len(text):
            return False
        self.evidence.sse_fields = True
        self.evidence.events += 1
        self._chunks.take(value, out)
        return True

    def _take_line(self, line: bytes, out: list[StreamEvent]) -> None:
        evidence = self.evidence
        if line.startswith(b":"):
            self._count_keepalive()
            return
        text = self._events.decode(line)
        if not text:
            self._dispatch(out)
            return
        name, _, value = text.partition(":")
        if name == "data":
            evidence.sse_fields = True
            named_error = self._events.event_name == "error"
            if self._events.holds_block and not named_error and is_end_mark(_strip_prefixes(value)):
                self._dispatch(out)  # nothing can follow it, so what it ends need not wait for a blank line
            if self._events.holds_block or not self._take_whole(value, out):
                self._events.take_line(text)
        elif name == "error":
            evidence.sse_fields = True
            self._take_error(value.strip())
        elif name in _FIELDS:
            evidence.sse_fields = True
            self._events.take_line(text)
        elif text.strip():
            self._bare.take(text, out)

    def _dispatch(self, out: list[StreamEvent]) -> None:
        if (event := self._events.take_line("")) is not None:
            self._take_event(event.event, event.data, out)

    def _take_whole(self, value: str, out: list[StreamEvent]) -> bool:
        """Handle the value of a data line now, if it is `[DONE]`, a keep-alive or nothing but whole JSON objects."""
        text = _strip_prefixes(value)
        if self._take_mark(text):
            return True
        if not text.startswith("{"):
            return False
        values = whole_values(text)
        if values is None:
            return False
        self.evidence.events += 1
        for item in values:
            self._chunks.take(item, out)
        return True

    def _take_mark(self, text: str) -> bool:
        """Whether a data value is the end mark or nothing at all, both handled here."""
        if is_end_mark(text):
            self.evidence.done = True
            return True
        if not text or text.startswith(":") or text.lower() in _KEEPALIVE_WORDS:
            self._count_keepalive()
            return True
        return False

    def _take_event(self, name: str, data: str, out: list[StreamEvent]) -> None:
        """Handle a dispatched event: its data as a whole, else each of its lines; what is left over is damage."""
        text = _strip_prefixes(data)
        if name == "error":
            self.evidence.events += 1
            self._take_error(text, named=True)
            return
        if self._take_mark(text):
            return
        self.evidence.events += 1
        for part in (text,) if (whole := whole_values(text)) is not None else text.split("\n"):
            values, rest = (whole, "") if whole is not None else leading_objects(_strip_prefixes(part))
            for value in values:
                self._chunks.take(value, out)
            if rest or not values:
                self.evidence.count_damage(rest or part)

    def _take_error(self, text: str, *, named: bool = False) -> None:
        """A field, or an event (`named`), that is called `error`: whatever it holds is the error."""
        values = whole_values(text)
        self._chunks.take_error(values[0] if values else text, named=named)

    def _end_error(self, text: str, *, named: bool = False) -> None:
        """An error in the last line: that there was one is certain, but JSON that is torn is no text to show."""
        if text.startswith(("{", "[")) and whole_values(text) is None:
            self.evidence.tail_bytes += len(text.encode(errors="replace"))
            self._chunks.take_torn_error()
        else:
            self._take_error(text, named=named)

    def _end_event(self, torn_bytes: int, out: list[StreamEvent]) -> None:
        """The last event, which no blank line ended."""
        event = self._events.take_line("")
        if event is None:
            return
        text = _strip_prefixes(event.data)
        if event.event == "error":
            self.evidence.events += 1
            self._end_error(text, named=True)
        elif whole_values(text) is not None:
            self._take_event("", text, out)
        elif any(leading_objects(line)[0] for line in text.split("\n")):
            self._take_cut(text, out)
        elif not self._take_mark(text):
            self.evidence.tail_bytes += max(torn_bytes, len(event.data.encode(errors="replace")))

    def _take_cut(self, text: str, out: list[StreamEvent]) -> None:
        """An event that is not whole: what is whole in it counts, and its end was cut off."""
        *before, last = text.split("\n")
        if before:
            self._take_event("", "\n".join(before), out)
        else:
            self.evidence.events += 1
        objects, rest = leading_objects(last)
        for value in objects:
            self._chunks.take(value, out)
        self.evidence.tail_bytes += len(rest.encode(errors="replace"))

    def _count_keepalive(self) -> None:
        self.evidence.keepalives += 1
        if not self.evidence.has_text:
            self.evidence.keepalives_before_text += 1


def _strip_prefixes(value: str) -> str:
    """Without white space around it and without `data:` repeated by a relay."""
    text = value.strip()
    return _PREFIXES.sub("", text, count=1) if text.startswith("data:") else text
