"""StreamTrace: marks and counts of one reply, handed in by the caller so that a cancelled stream has its figures too.

Durations are seconds of the clock's monotonic time; only `wall_started` is wall time. A trace follows one request
through all its attempts: `begin` starts the marks anew for each, `asked` and `first_asked` keep the first one's.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.stream.evidence import Evidence

if TYPE_CHECKING:
    from tui.stream.raw_stream import RawStream

BURST_GAP = 0.05
"""Reads less than this many seconds apart belong to one burst."""
SUSPENDED_SECONDS = 5.0
"""From this drift of the clocks on the machine is taken to have slept."""
_WIDEST_DELTA = 4.0
"""Characters to a token, roughly, where deltas carry more than one token each."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time comes from; tests move it."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], datetime] = _now


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a request goes, without userinfo and query."""

    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked of whom; every text in it is masked already."""

    model: str
    route: str
    request_type: str
    environment: str | None = None
    endpoint: Endpoint | None = None
    unusable_url: str | None = None
    """The address, where it is none that a request could go to."""
    key: str | None = None
    proxy: str | None = None
    owner: str | None = None
    support: str | None = None
    key_source: str | None = None
    """Where the key came from, in words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of the response, masked."""

    status: int
    http_version: str
    content_type: str | None = None
    content_encoding: str | None = None
    content_length: str | None = None
    server: str | None = None
    request_id: str | None = None


@dataclass(slots=True)
class StreamTrace:
    """Figures of one reply while it runs and after. The status bar reads it, the record is made from it."""

    clock: Clock = field(default_factory=Clock)
    call: Call | None = None
    answer: Answer | None = None
    evidence: Evidence = field(default_factory=Evidence)
    notices: list[str] = field(default_factory=list)
    """Codes of the notices that were given, in order."""
    attempt: int = 0
    attempts: int = 1
    wall_started: datetime | None = None
    first_started: float | None = None
    """The start of the first attempt: what a person waits from."""
    started: float | None = None
    sent: float | None = None
    headers: float | None = None
    first_byte: float | None = None
    first_text: float | None = None
    last_text: float | None = None
    last_byte: float | None = None
    ended: float | None = None
    bytes_sent: int = 0
    """Of the request's body."""
    bytes: int = 0
    bursts: int = 0
    burst_bytes: list[int] = field(default_factory=list)
    """Sizes of the first bursts, for the rules on buffering."""
    burst_events: list[int] = field(default_factory=list)
    paused: float = 0.0
    """Seconds of all pauses between bursts."""
    first_burst_torn: bool = False
    max_gap: float | None = None
    reused_connection: bool = False
    wall_lead: float = 0.0
    """By how much wall time led at the start of the attempt: it grows while the machine sleeps."""
    prefilled: bool = False
    """Whether the model was given the start of its answer, and not asked in words to go on with it."""
    last_progress: float | None = None
    """When the last event came that brought the reply on: text, reasoning, a tool call, its finish."""
    keepalives_then: int = 0
    """The keep-alives that had come by then."""
    retry_at: float | None = None
    """While a retry is waited for: when it begins."""
    raw: "list[RawStream]" = field(default_factory=list, repr=False)
    """What came over the wire, an attempt each, those of fallbacks too."""

    def begin(self, attempt: int, attempts: int) -> None:
        """Start the marks of an attempt; counted from 1."""
        self.attempt, self.attempts = attempt, attempts
        self.wall_started = self.clock.wall()
        self.started = self.clock.monotonic()
        self.wall_lead = self.wall_started.timestamp() - self.started
        if self.first_started is None:
            self.first_started = self.started
        self.answer = None
        self.evidence = Evidence()
        self.sent = self.headers = self.first_byte = self.first_text = self.last_text = self.last_byte = None
        self.ended = self.max_gap = self.retry_at = self.last_progress = None
        self.keepalives_then = 0
        self.bytes = self.bytes_sent = self.bursts = 0
        self.paused = 0.0
        self.burst_bytes, self.burst_events = [], []
        self.reused_connection = self.first_burst_torn = False

    def mark_read(self, size: int) -> None:
        """Bytes of the body came."""
        now = self.clock.monotonic()
        gap = None if self.last_byte is None else now - self.last_byte
        if self.first_byte is None:
            self.first_byte = now
        elif gap is not None:
            self.max_gap = max(self.max_gap or 0.0, gap)
        if gap is None or gap >= BURST_GAP:
            self.bursts += 1
            self.paused += gap or 0.0
            if len(self.burst_bytes) < 64:
                self.burst_bytes.append(0)
                self.burst_events.append(0)
        if self.bursts == len(self.burst_bytes):
            self.burst_bytes[-1] += size
        self.last_byte = now
        self.bytes += size

    def mark_events(self, count: int, *, torn: bool = False) -> None:
        """Events were decoded out of the last read; `torn`: it ended in the middle of one."""
        if self.bursts == 1:
            self.first_burst_torn = torn
        if count and self.bursts == len(self.burst_events):
            self.burst_events[-1] += count

    def mark_progress(self) -> None:
        """The reply came on."""
        self.last_progress, self.keepalives_then = self.clock.monotonic(), self.evidence.keepalives

    def mark_text(self) -> None:
        """Visible text came: what first-token time and speed are measured by."""
        self.last_text = self.clock.monotonic()
        if self.first_text is None:
            self.first_text = self.last_text

    def end(self) -> None:
        """The attempt is over; later calls change nothing."""
        if self.ended is None:
            self.ended = self.clock.monotonic()

    @property
    def state(self) -> str:
        """`connecting`, `retrying`, `waiting`, `streaming` or `ended`: what a person is told."""
        if self.ended is not None and self.retry_at is None:
            return "ended"
        if self.retry_at is not None:
            return "retrying"
        if self.sent is None:
            return "connecting"
        return "streaming" if self.evidence.has_output else "waiting"

    def suspended(self) -> float | None:
        """Seconds for which the machine slept during the attempt, by the drift of its two clocks; None if it did not.

        Monotonic time stands still in a suspend and wall time does not; a smaller drift may be a clock's correction.
        """
        slept = self.clock.wall().timestamp() - self.clock.monotonic() - self.wall_lead
        return slept if slept > SUSPENDED_SECONDS else None

    def silence(self) -> float | None:
        """Seconds since the last byte, or since the request was sent if none came; None when nothing is awaited."""
        if self.ended is not None or self.sent is None:
            return None
        return self.clock.monotonic() - (self.last_byte or self.sent)

    def first_text_seconds(self) -> float | None:
        """Seconds from the start of the attempt to its first visible text."""
        return None if self.first_text is None or self.started is None else self.first_text - self.started

    def tokens(self) -> tuple[int, bool]:
        """Tokens of visible text so far, and whether that is an estimate."""
        evidence = self.evidence
        thought = evidence.reasoning_chars + evidence.thought_chars
        if evidence.tokens_out is not None and (evidence.tokens_reasoning or not thought):
            return max(0, evidence.tokens_out - (evidence.tokens_reasoning or 0)), False
        characters = evidence.text_chars - evidence.thought_chars + evidence.refusal_chars
        return max(evidence.deltas - evidence.thought_deltas, round(characters / _WIDEST_DELTA)), True

    def speed(self) -> float | None:
        """Tokens a second over decode time only, first visible text to last; None while that is too short to say."""
        if self.first_text is None or self.last_text is None or self.last_text - self.first_text < BURST_GAP:
            return None
        count, _ = self.tokens()
        return count / (self.last_text - self.first_text)
