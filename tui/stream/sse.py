"""SSEDecoder: bytes of a `text/event-stream` -> events. Sans-I/O; it knows nothing of chats.

Source: WHATWG HTML, 9.2.5 "Parsing an event stream" and 9.2.6 "Interpreting an event stream".
Lines end at LF, CR LF or CR and nowhere else (not at U+2028 or U+0085, as `str.splitlines` would have it), and each
whole line is decoded as UTF-8, so no character is ever cut by the border of a read.
"""

import re
from dataclasses import dataclass

LINE_LIMIT = 8 * 1024 * 1024
"""Longest line in bytes. Reports of real streams broken by limits of 64 to 512 KiB are common; this one is a guard."""

LINE_COST = 64
"""Bytes that a line takes in memory beside its characters, roughly: a million empty ones are no small matter."""
_LINE_END = re.compile(rb"\r\n|\n|\r")
_RETRY_DIGITS = 16
"""A longer time is none that anybody waits, and int() refuses very long ones."""
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One dispatched event, in WHATWG's words."""

    event: str = ""
    """The event's name; empty is a `message`."""
    data: str = ""
    """The data lines, joined with LF."""
    id: str = ""
    """The last event id that was set, here or before."""
    retry: int | None = None
    """Milliseconds, if this block set the reconnection time."""


class LineDecoder:
    """Bytes in any chunking -> whole lines without their ends.

    A CR at the end of a read ends the line at once, and one LF that opens the next read is then swallowed: waiting for
    the next read to decide would hold text back. Bytes of a comment (a line that starts with a colon) are not kept.
    """

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self._limit = limit
        # Grows in place: to concatenate per read is quadratic, and a list of tiny reads weighs far more than the bytes.
        self._line = bytearray()
        self._in_comment = False
        self._after_cr = False
        self._start: bytes | None = b""  # the first bytes, until it is known whether they are a BOM
        self.oversize: int | None = None
        """Length in bytes of the line that went over the limit; nothing after it is decoded."""

    @property
    def tail(self) -> bytes:
        """The unfinished last line."""
        return bytes(self._line) + (self._start or b"")

    @property
    def torn(self) -> bool:
        """Whether what was fed so far ends in the middle of a line."""
        return bool(self._line or self._in_comment)

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that these bytes complete, in order; of a comment at least the colon."""
        if self._start is not None:
            data = self._drop_bom(data)
        if self._after_cr and data:
            self._after_cr = False
            if data.startswith(b"\n"):
                data = data[1:]
        if not data or self.oversize is not None:
            return []
        if b"\r" in data:
            self._after_cr = data.endswith(b"\r")
            parts = _LINE_END.split(data)
        else:
            parts = data.split(b"\n")
        rest = parts.pop()
        lines: list[bytes] = []
        if parts and (self._line or self._in_comment or len(data) > self._limit):
            # Only the first line can have begun in an earlier read, and only then or in a huge read can it be too long.
            checked = parts if len(data) > self._limit else parts[:1]
            for part in checked:
                line = self._complete(part)
                if line is None:
                    return lines
                lines.append(line)
            parts = parts[len(checked) :]
        lines += parts
        self._keep(rest)
        return lines

    def _drop_bom(self, data: bytes) -> bytes:
        start = (self._start or b"") + data
        if len(start) < len(_BOM) and _BOM.startswith(start):
            self._start = start
            return b""
        self._start = None
        return start.removeprefix(_BOM)

    def _complete(self, part: bytes) -> bytes | None:
        self._keep(part)
        if self.oversize is not None:
            return None
        line = b":" if self._in_comment else bytes(self._line)
        self._line.clear()
        self._in_comment = False
        return line

    def _keep(self, part: bytes) -> None:
        if self._in_comment or not part:
            return
        if not self._line and part.startswith(b":"):
            self._in_comment = True
            return
        self._line += part
        if len(self._line) > self._limit:
            self.oversize = len(self._line)
            self._line.clear()


class SSEDecoder:
    """Bytes -> events at each blank line, by the standard and nothing else.

    `feed` takes bytes. A caller with rules of its own for lines feeds a `LineDecoder` itself and hands over single
    lines with `take_line`.
    """

    def __init__(self, limit: int = LINE_LIMIT) -> None:
        self._limit = limit
        self._lines = LineDecoder(limit)
        self._data: list[str] = []
        self._size = 0
        self.oversize: int | None = None
        """Size of an event's data that went over the limit of a line; such an event is dropped."""
        self._event = ""
        self._id = ""
        self._retry: int | None = None
        self.invalid_utf8 = False
        """Whether a line held bytes that are not UTF-8; they became U+FFFD, as the standard says."""

    @property
    def holds_block(self) -> bool:
        """Whether data or an event name waits for its blank line."""
        return bool(self._data or self._event)

    @property
    def event_name(self) -> str:
        """The name that the block under way has been given so far."""
        return self._event

    @property
    def tail(self) -> str:
        """The data of the unfinished last event, its torn line included; the standard drops it, the caller decides."""
        parts = list(self._data)
        line = self.decode(self._lines.tail)
        name, _, value = line.partition(":")
        if name == "data":
            parts.append(value.removeprefix(" "))
        return "\n".join(parts)

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """The events that these bytes complete, in order."""
        events = []
        for line in self._lines.feed(data):
            if (event := self.take_line(self.decode(line))) is not None:
                events.append(event)
        return events

    def decode(self, line: bytes) -> str:
        """A whole line as text; invalid bytes are replaced and remembered in `invalid_utf8`."""
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.invalid_utf8 = True
            return line.decode(errors="replace")

    def take_line(self, line: str) -> ServerSentEvent | None:
        """Interpret one line; a blank one dispatches the event, if there is data for one."""
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
                self._size += len(value) + LINE_COST
                if self._size > self._limit:
                    self.oversize = self._size
                    self._data.clear()
            case "event":
                self._event = value
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if value.isascii() and value.isdigit() and len(value) < _RETRY_DIGITS:
                self._retry = int(value)
            case _:
                pass  # comments and unknown fields are ignored, as the standard says
        return None

    def _dispatch(self) -> ServerSentEvent | None:
        event = ServerSentEvent(self._event, "\n".join(self._data), self._id, self._retry) if self._data else None
        self._data.clear()
        self._size = 0
        self._event = ""
        self._retry = None
        return event
