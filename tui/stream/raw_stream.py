"""RawStream: the bytes of one attempt as they came, with their times; in memory only, for as long as the program runs.

Nothing is decoded or masked on the way in: that is done by whoever looks (`tui.stream.raw_row`) or writes
(`tui.stream.capture`). A `RawShelf` bounds all that is kept: over its limit the oldest reads of the oldest stream go
first, and each stream counts what it has lost. Times are seconds of the trace's monotonic clock.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tui.settings.key_source import KeySource
from tui.stream.outcome import Outcome

SHELF_BYTES = 32 * 1024 * 1024
"""Of all streams together that are kept: some hundred thousand tokens."""
_READ_COST = 160
"""Bytes that a read takes beside its data: a tuple, a float, the head of a bytes object, its place in the deque."""


class RawEnd(StrEnum):
    """How the connection was left, as far as it could be seen from here."""

    CLOSED = "closed"
    """The body came to the end that its framing promises; without framing, the connection was closed."""
    CUT = "cut"
    """The connection was closed before that, or before any answer."""
    RESET = "reset"
    """The connection was reset."""
    GARBLED = "garbled"
    """Something came that is no HTTP."""
    LEFT = "left"
    """It was open when this side left it: a limit ran out, a person stopped it, the reply was over."""


_ENDS = {
    Outcome.TRUNCATED_BODY: RawEnd.CUT,
    Outcome.NO_RESPONSE: RawEnd.CUT,
    Outcome.CONNECTION_RESET: RawEnd.RESET,
    Outcome.SEND_FAILED: RawEnd.RESET,
    Outcome.PROTOCOL_ERROR: RawEnd.GARBLED,
}


@dataclass(frozen=True, slots=True)
class SentRequest:
    """What was sent, without the key, and the way that it took."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    """It holds the prompt."""
    route: str
    key: KeySource
    model: str = ""
    stream: bool = True
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class RawHead:
    """The head of an answer, unmasked."""

    at: float
    status: int
    http_version: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)

    def header(self, name: str) -> str | None:
        """The first value of a header, by its lower-case name."""
        return next((value for each, value in self.headers if each.lower() == name), None)


class Watcher(Protocol):
    """Whoever follows a stream while it runs."""

    def wake(self) -> None:
        """Something came."""

    def close(self) -> None:
        """The attempt has ended; called from another thread."""


@dataclass(slots=True, eq=False)
class RawStream:
    """One attempt."""

    request: SentRequest
    attempt: int
    attempts: int
    wall_started: datetime
    started: float
    shelf: "RawShelf"
    limits: Mapping[str, float] = field(default_factory=dict)
    """The limits in force, in seconds, by their names in the config."""
    head: RawHead | None = None
    reads: deque[tuple[float, bytes]] = field(default_factory=deque, repr=False)
    dropped_reads: int = 0
    dropped_bytes: int = 0
    """How much of the beginning had to make room."""
    end: RawEnd | None = None
    """None while it runs."""
    ended: float | None = None
    outcome: Outcome | None = None
    """None while it runs, and when it was ended from outside."""
    watcher: Watcher | None = None

    def take(self, at: float, data: bytes) -> None:
        """Keep one read of the body, as it came from the network."""
        self.reads.append((at, data))
        self.shelf.weigh(len(data) + _READ_COST)
        if self.watcher is not None:
            self.watcher.wake()

    def close(self, end: RawEnd, at: float) -> None:
        """The connection was left so; what is known already stands."""
        if self.end is None:
            self.end, self.ended = end, at

    def close_by(self, outcome: Outcome, at: float) -> None:
        """The attempt broke off with this outcome."""
        self.close(_ENDS.get(outcome, RawEnd.LEFT), at)

    def drop(self) -> int:
        """Give up the oldest read; how much room that makes."""
        _, data = self.reads.popleft()
        self.dropped_reads += 1
        self.dropped_bytes += len(data)
        return len(data) + _READ_COST

    def copy(self) -> "RawStream":
        """The stream as it is now, for another thread."""
        return replace(self, reads=deque(self.reads), watcher=None)


class RawShelf:
    """Every stream that is kept, the oldest first, within `limit` bytes."""

    def __init__(self, limit: int = SHELF_BYTES) -> None:
        self._limit = limit
        self._weight = 0
        self._streams: deque[RawStream] = deque()

    def put(self, stream: RawStream) -> None:
        """Keep a stream that begins."""
        self._streams.append(stream)

    def weigh(self, size: int) -> None:
        """So much more is kept; the oldest makes room for it."""
        self._weight += size
        while self._weight > self._limit and self._streams:
            oldest = self._streams[0]
            if oldest.reads:
                self._weight -= oldest.drop()
            elif oldest.end is not None:
                self._streams.popleft()
            else:
                self._streams.rotate(-1)  # it waits for its first byte, and what it gets will have to make room too
