"""The limits on waiting, and the watchdog that knows which of them runs out next. Pure: it reads marks, never a clock.

One limit is armed in each phase: connect; then the first event; then silence (any byte resets it) and progress (only
text, reasoning, tool calls, usage or a finish reset it: keep-alives must not); after the finish reason the linger. The
deadline is armed throughout. Times are seconds on the clock of the trace.
"""

from dataclasses import dataclass

from tui.stream.outcome import Outcome

KEEPALIVE_FIRST_BYTE = 600.0
"""Seconds to which keep-alives stretch a default first-byte limit: DeepSeek queues that long behind them."""


HALT = 1.0
"""Seconds from which being held up is no ordinary work, but a process that was stopped or a loop that was blocked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of patience; 0 is none of that limit."""

    connect: float = 10.0
    first_byte: float = 120.0
    idle: float = 60.0
    stall: float = 180.0
    linger: float = 2.0
    deadline: float = 0.0
    first_byte_is_default: bool = True
    """A default stretches while keep-alives come; one that a person set does not."""

    def as_applied(self, *, keepalives: bool) -> dict[str, float]:
        """What held for an attempt, by the names in the config, without that for connecting."""
        names = ("first_byte", "idle", "stall", "linger", "deadline")
        applied: dict[str, float] = {name: getattr(self, name) for name in names}
        if keepalives and self.first_byte and self.first_byte_is_default:
            applied["first_byte"] = max(applied["first_byte"], KEEPALIVE_FIRST_BYTE)
        return applied


REMOTE = Limits()
LOCAL = Limits(connect=5.0, first_byte=1800.0, idle=300.0, stall=600.0)
"""For loopback and private addresses: a local model may take minutes to read its prompt."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """The limit that runs out next."""

    at: float
    outcome: Outcome | None
    """None for the linger: the reply is at its proven end, only `[DONE]` did not come."""
    limit: float


@dataclass(slots=True)
class Watchdog:
    """Marks of one attempt; `next_alarm` says when patience ends."""

    limits: Limits
    started: float
    sent: float | None = None
    first_event: float | None = None
    last_byte: float | None = None
    last_progress: float | None = None
    finished: float | None = None
    keepalives: bool = False

    def shift(self, seconds: float) -> None:
        """Leave out time in which the reader itself was held up: it is no silence of the server's.

        The deadline is on the whole, ordinary work included; only a halt is left out of it.
        """
        held = ("first_event", "last_byte", "last_progress", "finished", *(("sent",) if seconds >= HALT else ()))
        for name in held:
            mark = getattr(self, name)
            if mark is not None:
                setattr(self, name, mark + seconds)

    def next_alarm(self) -> Alarm | None:
        """The earliest limit; of two that fall together the one with less sign of life wins."""
        alarms = [alarm for alarm in self._armed() if alarm.limit > 0]
        return min(alarms, key=lambda alarm: alarm.at, default=None)

    def _armed(self) -> list[Alarm]:
        limits = self.limits
        armed = []
        if self.sent is None:
            armed.append(Alarm(self.started + limits.connect, Outcome.CONNECT_TIMEOUT, limits.connect))
        elif self.finished is not None:
            armed.append(Alarm(self.finished + limits.linger, None, limits.linger))
        elif self.first_event is None:
            first = limits.first_byte
            if self.keepalives and limits.first_byte_is_default and first:
                first = max(first, KEEPALIVE_FIRST_BYTE)
            armed.append(Alarm(self.sent + first, Outcome.FIRST_BYTE_TIMEOUT, first))
        else:
            silent_since = self.last_byte or self.first_event
            progress = self.last_progress or self.first_event
            armed.append(Alarm(silent_since + limits.idle, Outcome.IDLE_TIMEOUT, limits.idle))
            armed.append(Alarm(progress + limits.stall, Outcome.STALLED, limits.stall))
        if limits.deadline:
            armed.append(Alarm((self.sent or self.started) + limits.deadline, Outcome.DEADLINE, limits.deadline))
        return armed
