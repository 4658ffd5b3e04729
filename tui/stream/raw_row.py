"""Raw rows: what came over the wire as lines with their times, for a person to read; masked when they are looked at.

A row's time is that of the read which ended its line, in seconds from the start of its attempt. Silences stand between
the lines as rows of their own. A page only ever grows at its end: an unfinished line has no row before its stream ends.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from tui.settings.secrets import Masker, mask_url
from tui.stream.compression import DamagedEncoding, UnknownEncoding, make_decompressor
from tui.stream.curl import key_variable
from tui.stream.raw_stream import RawStream
from tui.text.sanitise import sanitise_line

GAP_SECONDS = 1.0
"""From here on a silence has a row."""
LONGEST_ROW = 2000
"""Characters of a line that are shown; of one that is longer its length is told."""
MOST_READS = 400
"""Reads whose rows are made at a stretch: some ten milliseconds."""
_BLOCK, _SEAM = 32, 8
"""Rows that are masked together, and how many beside them are looked at with them: a key may be in pieces."""
_LINE_END = re.compile(rb"\r\n|\r|\n")


class RowKind(StrEnum):
    """What a row is."""

    ATTEMPT = "attempt"
    REQUEST = "request"
    HEAD = "head"
    DATA = "data"
    FIELD = "field"
    """Any other line of the body."""
    KEEPALIVE = "keepalive"
    """A comment: nothing but a sign of life."""
    DONE = "done"
    BLANK = "blank"
    TORN = "torn"
    """The last line, which has no end yet, or never got one."""
    GAP = "gap"
    DROPPED = "dropped"
    END = "end"


@dataclass(frozen=True, slots=True)
class RawRow:
    """`text` is unmasked; of what is told in words it is the bare value: number and time of an attempt, seconds of a
    gap, bytes of a loss, end and outcome."""

    kind: RowKind
    at: float | None
    text: str


def _unpacked(encoding: str | None) -> Callable[[bytes], bytes]:
    """A function that undoes the compression as far as it can, and tells of bytes that it cannot read."""
    try:
        decompress = make_decompressor(encoding)
    except UnknownEncoding:
        return lambda data: b"(%d bytes, %b)\n" % (len(data), (encoding or "").encode())

    def unpack(data: bytes) -> bytes:
        try:
            return b"".join(decompress(data))
        except DamagedEncoding:
            return b"(%d bytes, damaged %b)\n" % (len(data), (encoding or "").encode())

    return unpack


@dataclass(slots=True, eq=False)
class _Reading:
    """How far the rows of one attempt are made."""

    raw: RawStream
    taken: int = 0
    """Reads, the dropped ones among them."""
    dropped: int = 0
    last: float | None = None
    """When something last came."""
    line: bytearray = field(default_factory=bytearray)
    after_cr: bool = False
    begun: bool = False
    headed: bool = False
    ended: bool = False
    unpack: Callable[[bytes], bytes] = bytes

    def rows(self) -> Iterator[RawRow]:
        """What is new, of a bounded number of reads."""
        raw = self.raw
        if not self.begun:
            self.begun = True
            yield from _request_rows(raw)
        if not self.headed and raw.head is not None:
            self.headed = True
            self.unpack = _unpacked(raw.head.header("content-encoding"))
            yield from self._gap(raw.head.at)
            yield from _head_rows(raw)
        if raw.dropped_reads > self.taken:
            missing = raw.dropped_bytes - self.dropped
            self.taken, self.dropped = raw.dropped_reads, raw.dropped_bytes
            yield RawRow(RowKind.DROPPED, None, str(missing))
        first = self.taken - raw.dropped_reads
        for at, data in islice(raw.reads, first, first + MOST_READS):
            self.taken += 1
            self.dropped += len(data)
            yield from self._gap(at)
            for line in self._lines(self.unpack(data)):
                yield RawRow(_kind_of(line), at - raw.started, line)
        if raw.end is not None and not self.behind:
            self.ended = True
            if self.line:
                # Only a stream has to end its lines; a JSON answer rarely does.
                streamed = raw.head is not None and "event-stream" in (raw.head.header("content-type") or "")
                kind = RowKind.TORN if streamed else RowKind.FIELD
                yield RawRow(kind, (self.last or raw.started) - raw.started, self.line.decode(errors="replace"))
            yield from self._gap(raw.ended or raw.started)
            outcome = "" if raw.outcome is None else raw.outcome.value
            yield RawRow(RowKind.END, (raw.ended or raw.started) - raw.started, f"{raw.end.value} {outcome}".strip())

    @property
    def behind(self) -> bool:
        """Whether there are reads of which no rows are made yet."""
        return self.taken < self.raw.dropped_reads + len(self.raw.reads)

    def _gap(self, at: float) -> Iterator[RawRow]:
        since, self.last = self.last if self.last is not None else self.raw.started, at
        if at - since >= GAP_SECONDS:
            yield RawRow(RowKind.GAP, None, f"{at - since:.1f}")

    def _lines(self, data: bytes) -> Iterator[str]:
        if self.after_cr and data.startswith(b"\n"):
            data = data[1:]
        if data:
            self.after_cr = data.endswith(b"\r")
        *whole, rest = _LINE_END.split(data)
        for line in whole:
            self.line += line
            yield self.line.decode(errors="replace")
            self.line.clear()
        self.line += rest


def _request_rows(raw: RawStream) -> Iterator[RawRow]:
    request = raw.request
    time = raw.wall_started.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    yield RawRow(RowKind.ATTEMPT, None, f"{raw.attempt}/{raw.attempts}, {time}")
    yield RawRow(RowKind.REQUEST, None, f"{request.method} {mask_url(request.url)}")
    if request.key.kind != "none":
        yield RawRow(RowKind.REQUEST, None, f"Authorization: Bearer ${key_variable(request)}")


def _head_rows(raw: RawStream) -> Iterator[RawRow]:
    head = raw.head
    assert head is not None, "it has come"
    at = head.at - raw.started
    yield RawRow(RowKind.HEAD, at, f"{head.http_version} {head.status}")
    for name, value in head.headers:
        yield RawRow(RowKind.HEAD, at, f"{name}: {value}")


def _kind_of(line: str) -> RowKind:
    if not line:
        return RowKind.BLANK
    if line.startswith(":"):
        return RowKind.KEEPALIVE
    name, _, value = line.partition(":")
    if name == "data":
        return RowKind.DONE if value.strip() == "[DONE]" else RowKind.DATA
    return RowKind.FIELD


class RawPage:
    """The rows of every attempt of one reply. `refresh` takes in what came; texts are masked as they are asked for."""

    def __init__(self, streams: Sequence[RawStream], mask: Masker) -> None:
        """`streams` may grow."""
        self._streams = streams
        self._mask = mask
        self._readings: list[_Reading] = []
        self._masked: dict[int, tuple[int, list[str]]] = {}
        self.rows: list[RawRow] = []

    def refresh(self) -> bool:
        """Make rows of what is new, but not of too much at a time; whether there is more to make."""
        for stream in self._streams[len(self._readings) :]:
            self._readings.append(_Reading(stream))
        for reading in self._readings:
            if not reading.ended:
                self.rows += reading.rows()
                if reading.behind:
                    return True
        return False

    @property
    def running(self) -> RawStream | None:
        """The attempt that has not ended."""
        return next((stream for stream in self._streams if stream.end is None), None)

    @property
    def unfinished(self) -> int:
        """Bytes of a line that has not come to its end, in the attempt that runs."""
        return sum(len(reading.line) for reading in self._readings if not reading.ended)

    def text(self, number: int) -> str:
        """A row's text, masked and safe to show, cut if it is very long."""
        text = self.whole_text(number)
        return text if len(text) <= LONGEST_ROW else f"{text[:LONGEST_ROW]}… ({len(text)})"

    def whole_text(self, number: int) -> str:
        """A row's text, masked and safe to show."""
        row = self.rows[number]
        if row.kind is RowKind.REQUEST:  # its address is masked, and the variable that stands for the key is to be seen
            return sanitise_line(self._mask.known([row.text])[0])
        block, place = divmod(number, _BLOCK)
        first, last = block * _BLOCK, min(len(self.rows), (block + 1) * _BLOCK)
        around = min(len(self.rows), last + _SEAM)
        known = self._masked.get(block)
        if known is None or known[0] != around:
            start = max(0, first - _SEAM)
            texts = [row.text for row in self.rows[start:around]]
            masked = iter(self._mask.together([text for text in texts if text]))
            shown = [sanitise_line(next(masked)) if text else "" for text in texts]
            known = around, shown[first - start : last - start]
            self._masked[block] = known
        return known[1][place]
