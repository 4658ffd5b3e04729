"""The OpenAI chat-completions dialect: https://platform.openai.com/docs/api-reference/chat/create

The request is exactly `{"model", "stream": true, "messages"}` with what the person set beside it. The answer is read
by `OpenAIStreamDecoder`, line by line; what one chunk says is read in `chunk.py`.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from tui.stream.dialects import StreamDecoder, WireRequest
from tui.stream.dialects.chunk import ChunkReader
from tui.stream.events import StreamEvent
from tui.stream.evidence import HEAD_LIMIT, Evidence
from tui.stream.provider_error import BODY_LIMIT, html_title, is_html
from tui.stream.request import ChatRequest
from tui.stream.sse import LineDecoder, SSEDecoder

WHOLE_BODY_LIMIT = 64 * 1024 * 1024
"""Characters of a body that is no event stream, kept until its end shows whether it is JSON."""

_FIELDS = frozenset({"data", "event", "id", "retry", "error"})
# What relays send as data to keep a connection open; none of it is JSON and none of it is damage.
_KEEPALIVE_WORDS = frozenset({"ping", "[ping]", "pong", "keep-alive", "keepalive", "heartbeat", "processing"})
_PREFIXES = re.compile(r"(?:data:\s*)+")
_JSON = json.JSONDecoder(strict=False)


class OpenAIDialect:
    """Builds requests; hands out decoders."""

    name = "openai"

    def build(self, request: ChatRequest, base_url: str, *, include_usage: bool) -> WireRequest:
        """POST {base_url}/chat/completions."""
        body: dict[str, Any] = {"model": request.model, "stream": request.stream}
        body["messages"] = [{"role": message.role, "content": message.text} for message in request.messages]
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

    def read_models(self, body: bytes) -> list[str] | None:
        """Ids of `{"data": [{"id"}]}`, of `{"models": [{"id" or "name"}]}` or of a bare list of either."""
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return None
        items = (value.get("data") or value.get("models")) if isinstance(value, dict) else value
        if isinstance(value, dict) and items is None and isinstance(value.get("data", value.get("models")), list):
            return []
        if not isinstance(items, list):
            return None
        names = (item.get("id") or item.get("name") if isinstance(item, dict) else item for item in items)
        return [name for name in names if isinstance(name, str) and name]

    def decoder(self) -> StreamDecoder:
        """A fresh `OpenAIStreamDecoder`."""
        return OpenAIStreamDecoder()


def join_path(base_url: str, path: str) -> str:
    """The URL of a path below a base URL, which may end in a slash or a pasted `/chat/completions`.

    A query in the base URL, such as Azure's `?api-version=`, stays behind the path.
    """
    root, mark, query = base_url.partition("?")
    root = root.rstrip("/").removesuffix("/chat/completions").rstrip("/")
    return f"{root}{path}{mark}{query}"


class OpenAIStreamDecoder:
    """Body bytes -> stream events, whatever mixture of SSE, JSON lines, one JSON object or a web page arrives.

    A `data:` line that is whole JSON by itself is taken at once, without waiting for its blank line: it shows text
    earlier and survives servers that send none. All else follows the standard through `SSEDecoder`.
    """

    def __init__(self) -> None:
        self.evidence = Evidence()
        self._lines = LineDecoder()
        self._events = SSEDecoder()
        self._chunks = ChunkReader(self.evidence)
        self._bare: list[str] = []  # lines that are no fields of an event stream: perhaps JSON over several lines
        self._bare_size = 0
        self._page = b""  # the start of a web page, for its title

    @property
    def started(self) -> bool:
        """Whether anything but keep-alives has come: comments, empty events and `retry:` are no sign of a reply."""
        return bool(self.evidence.events or self._bare or self._page)

    @property
    def torn(self) -> bool:
        """Whether what came so far ends in the middle of a line."""
        return self._lines.torn

    def feed(self, data: bytes) -> list[StreamEvent]:
        """The deltas that these bytes complete; nothing is read after `[DONE]`."""
        out: list[StreamEvent] = []
        evidence = self.evidence
        if len(evidence.head) < HEAD_LIMIT:
            self._sniff(data)
        if evidence.html:
            self._page = (self._page + data)[:BODY_LIMIT]
            return out
        for line in self._lines.feed(data):
            # A blank line with nothing before it says nothing.
            if self._events.holds_block or (line and not self._take_chunk(line, out)):
                self._take_line(line, out)
            if evidence.done:
                break
        else:
            evidence.oversize_line = self._lines.oversize or self._events.oversize
        evidence.invalid_utf8 = self._events.invalid_utf8
        return out

    def end(self) -> list[StreamEvent]:
        """Take a torn last event if its JSON is whole, else count its bytes; try bare lines as one JSON text."""
        out: list[StreamEvent] = []
        evidence = self.evidence
        if evidence.html:
            evidence.html_title = html_title(self._page)
            return out
        if not evidence.done:
            self._end_lines(out)
        self._end_bare(out)
        self._chunks.end(out)
        return out

    def _end_lines(self, out: list[StreamEvent]) -> None:
        tail = self._lines.tail
        text = self._events.decode(tail)
        name, colon, value = text.partition(":")
        if tail and (not colon or name not in _FIELDS):
            if self.evidence.events and not self._bare and not _is_object(text.strip()):
                self.evidence.tail_bytes += len(tail)
            else:
                self._bare.append(text)
        self._end_bare(out)
        if colon and name == "error":
            self._end_error(value.strip(), out)
        elif colon and name in _FIELDS:
            self._events.take_line(text)
        self._end_event(len(tail), out)
        if not self.evidence.tail_bytes:
            # A character that was cut with a dropped line is no bad byte of the server's.
            self.evidence.invalid_utf8 = self._events.invalid_utf8

    def _sniff(self, data: bytes) -> None:
        before = self.evidence.head
        self.evidence.head = (before + data).lstrip()[:HEAD_LIMIT]
        if not self.evidence.html and not self.evidence.sse_fields and is_html(self.evidence.head):
            self.evidence.html = True
            self._page = before

    def _take_chunk(self, line: bytes, out: list[StreamEvent]) -> bool:
        """Take the line that nearly every line is, `data: {…}` with one whole object; anything else is left alone."""
        if not line.startswith(b"data: {"):
            return False
        try:
            text = line[6:].decode()
            value, end = _JSON.raw_decode(text)
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
            if self._events.holds_block and not named_error and _is_end_mark(_strip_prefixes(value)):
                self._dispatch(out)  # nothing can follow it, so what it ends need not wait for a blank line
            if self._events.holds_block or not self._take_whole(value, out):
                self._events.take_line(text)
        elif name == "error":
            evidence.sse_fields = True
            self._take_error(value.strip(), out)
        elif name in _FIELDS:
            evidence.sse_fields = True
            self._events.take_line(text)
        elif text.strip():
            self._take_bare(text, out)

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
        values = _whole_values(text)
        if values is None:
            return False
        self.evidence.events += 1
        for item in values:
            self._chunks.take(item, out)
        return True

    def _take_mark(self, text: str) -> bool:
        """Whether a data value is the end mark or nothing at all, both handled here."""
        if _is_end_mark(text):
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
            self._take_error(text, out)
            return
        if self._take_mark(text):
            return
        self.evidence.events += 1
        for part in (text,) if (whole := _whole_values(text)) is not None else text.split("\n"):
            values = whole if whole is not None else _whole_values(_strip_prefixes(part))
            if values is None:
                self._count_damage(part)
                continue
            for value in values:
                self._chunks.take(value, out)

    def _take_error(self, text: str, out: list[StreamEvent]) -> None:
        """An event or field that is named `error`: whatever it holds is the error."""
        values = _whole_values(text)
        self._chunks.take_error(values[0] if values else text)

    def _end_error(self, text: str, out: list[StreamEvent]) -> None:
        """An error in the last line: that there was one is certain, but JSON that is torn is no text to show."""
        if text.startswith(("{", "[")) and _whole_values(text) is None:
            self.evidence.tail_bytes += len(text.encode(errors="replace"))
            text = ""
        self._take_error(text, out)

    def _take_bare(self, text: str, out: list[StreamEvent]) -> None:
        """A line that is no field: a JSON object by itself (NDJSON, a bare error) or a line of a longer text."""
        is_lines = self.evidence.bare_chunks  # then a line that is no JSON is a damaged chunk, and no part of a text
        if (is_lines or not self._bare) and _is_object(text.strip()):
            self.evidence.events += 1
            for value in _whole_values(text.strip()) or ():
                self._chunks.take(value, out, bare=True)
        elif is_lines:
            self.evidence.events += 1
            self._count_damage(text)
        elif self._bare_size < WHOLE_BODY_LIMIT:
            self._bare.append(text)
            self._bare_size += len(text)

    def _end_bare(self, out: list[StreamEvent]) -> None:
        """What stood outside of any field: one JSON text, else lines and blocks of which some may be JSON."""
        bare, self._bare = "\n".join(self._bare), []
        if (values := _whole_values(bare.strip())) is not None:
            self._take_values(values, out)
            return
        streamed = self.evidence.events > 0
        for block in _blocks(bare):
            if (values := _whole_values(block)) is not None:
                self._take_values(values, out)
            elif streamed and "{" in block:
                self._count_damage(block)  # an event whose field name was lost, or half of one

    def _take_values(self, values: list[Any], out: list[StreamEvent]) -> None:
        for value in values:
            self.evidence.events += 1
            self._chunks.take(value, out, bare=True)

    def _end_event(self, torn_bytes: int, out: list[StreamEvent]) -> None:
        """The last event, which no blank line ended."""
        event = self._events.take_line("")
        if event is None:
            return
        text = _strip_prefixes(event.data)
        if event.event == "error":
            self.evidence.events += 1
            self._end_error(text, out)
        elif _whole_values(text) is not None or any(_is_object(line) for line in text.split("\n")):
            self._take_event("", text, out)
        elif not self._take_mark(text):
            self.evidence.tail_bytes += max(torn_bytes, len(event.data.encode(errors="replace")))

    def _count_damage(self, text: str) -> None:
        self.evidence.malformed += 1
        self.evidence.malformed_bytes += len(text.encode(errors="replace"))

    def _count_keepalive(self) -> None:
        self.evidence.keepalives += 1
        if not self.evidence.has_text:
            self.evidence.keepalives_before_text += 1


def _is_end_mark(text: str) -> bool:
    return text.strip('"') == "[DONE]"


def _is_object(line: str) -> bool:
    """Whether a line is a whole JSON object by itself."""
    return line.startswith("{") and bool(_whole_values(line))


def _strip_prefixes(value: str) -> str:
    """Without white space around it and without `data:` repeated by a relay."""
    text = value.strip()
    return _PREFIXES.sub("", text, count=1) if text.startswith("data:") else text


def _blocks(text: str) -> Iterator[str]:
    """The lines that begin a JSON text, each with the lines that belong to it, and every other line by itself."""
    lines = text.split("\n")
    while lines:
        if lines[0].strip() in ("{", "["):
            closing = "}" if lines[0].strip() == "{" else "]"
            end = next((at for at, line in enumerate(lines) if line.rstrip(", ") == closing), None)
            if end is not None:
                yield "\n".join(lines[: end + 1])
                del lines[: end + 1]
                continue
        yield lines.pop(0).strip()


def _whole_values(text: str) -> list[Any] | None:
    """The JSON values of which a text consists, glued or separated by commas; None if any of it is not JSON."""
    values: list[Any] = []
    position, length = 0, len(text)
    try:
        while position < length:
            value, position = _JSON.raw_decode(text, position)
            values.append(value)
            while position < length and text[position] in " \t\r\n,":
                position += 1
    except (ValueError, RecursionError):
        return None  # damaged, torn or nested beyond reason: the caller counts it
    return values
