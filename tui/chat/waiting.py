"""Waiting: what there is to tell of a reply that runs and says nothing: a retry that is due, silence, keep-alives.

Whole seconds, so that what is told changes at most once a second, and a thin link carries a few digits. From ten on
every fifth is told: the time of day beside it says the same, and a stream can be silent for long.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Literal

from tui.stream.trace import StreamTrace
from tui.text.language import Language

SILENCE_SECONDS = 5
"""From here on a silent stream is called silent."""
_BEGINNING_SECONDS = 0.5
"""What takes no longer is not worth a line that comes and goes."""
_EACH_SECOND, _STEP = 10, 5
"""So long each second is told, then every fifth."""
_KEEPALIVE_SECONDS = 35
"""How long after a keep-alive more are expected: the rarest that are known come every 30 s."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Why nothing is to be seen."""

    kind: Literal["retrying", "unanswered", "silent", "keepalives"]
    """A retry is due; not a byte has come; no byte comes any more; bytes come, but keep-alives only."""
    seconds: int
    """Until the retry; since the request was sent; since the last byte; without anything of the reply."""
    at: str = ""
    """When the request was sent, or the last byte came, as local time of day."""
    since: str = ""
    """From when the seconds count, or when they end with a retry, likewise."""
    attempt: int = 0
    """The one that is due, counted from 1."""
    attempts: int = 0


def find_beginning(trace: StreamTrace) -> str:
    """`connecting` or `waiting`, once that has taken a while and nothing else is to be told; else nothing."""
    begun = trace.sent or trace.started
    if begun is None or trace.state not in ("connecting", "waiting") or find_wait(trace) is not None:
        return ""
    return trace.state if trace.clock.monotonic() - begun >= _BEGINNING_SECONDS else ""


def find_wait(trace: StreamTrace) -> Wait | None:
    """What is waited for now; None while text comes, and once nothing is."""
    if trace.retry_at is not None:
        left = max(0, ceil(trace.retry_at - trace.clock.monotonic()))
        due = _time_of_day(trace, trace.retry_at)
        return Wait("retrying", left, since=due, attempt=trace.attempt + 1, attempts=trace.attempts)
    silence = trace.silence()
    if silence is None or trace.sent is None:
        return None
    came = trace.last_byte
    without = trace.clock.monotonic() - (trace.last_progress or trace.sent)
    kept_alive = trace.evidence.keepalives > trace.keepalives_then and silence < _KEEPALIVE_SECONDS
    if kept_alive and without >= SILENCE_SECONDS:
        since = _time_of_day(trace, trace.last_progress or trace.sent)
        return Wait("keepalives", _round(without), _time_of_day(trace, came or trace.sent), since)
    if silence < SILENCE_SECONDS:
        return None
    at = _time_of_day(trace, came or trace.sent)
    return Wait("unanswered" if came is None else "silent", _round(silence), at, at)


def tell_wait(wait: Wait, language: Language) -> str:
    """It as a sentence."""
    return language.say(
        f"waiting.{wait.kind}", seconds=wait.seconds, at=wait.at, attempt=wait.attempt, attempts=wait.attempts
    )


def _round(seconds: float) -> int:
    whole = int(seconds)
    return whole if whole < _EACH_SECOND else whole - whole % _STEP


def _time_of_day(trace: StreamTrace, mark: float) -> str:
    """Counted from the start of the attempt: of two clocks that are read anew each time the seconds would flicker."""
    if trace.wall_started is None or trace.started is None:
        return ""
    return f"{trace.wall_started.astimezone() + timedelta(seconds=mark - trace.started):%H:%M:%S}"
