"""What is told of a reply that keeps a person waiting; the clock is the test's."""

import re
from dataclasses import dataclass

import pytest

from tui.plain.reply_printer import StateTeller
from tui.stream.trace import Clock, StreamTrace
from tui.text.language import load_language


@dataclass
class Waiting:
    """A reply that was asked for, and the time."""

    now: float = 100.0

    def __post_init__(self) -> None:
        self.trace = StreamTrace(Clock(monotonic=lambda: self.now))
        self.trace.begin(1, 1)
        self.teller = StateTeller(load_language("en"))

    def told(self, upto: int) -> list[str]:
        """What is told within so many seconds, four times each, with the second."""
        lines = []
        for quarter in range(upto * 4 + 1):
            self.now = 100.0 + quarter / 4
            lines += self.teller.lines(self.trace)
        return lines


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


def test_connecting_is_told_once(waiting: Waiting) -> None:
    assert waiting.told(30) == ["connecting"]


def test_waiting_is_told_ever_more_rarely(waiting: Waiting) -> None:
    waiting.trace.sent = 100.0
    assert waiting.told(200) == [f"no text yet after {seconds} s" for seconds in (5, 15, 30, 60, 120, 180)]


def test_keep_alives_are_no_text(waiting: Waiting) -> None:
    waiting.trace.sent = 100.0
    waiting.told(4)
    waiting.trace.mark_read(10)
    assert waiting.told(6) == ["no text yet after 5 s"]


def test_silence_in_a_reply_is_told_anew_when_something_has_come(waiting: Waiting) -> None:
    trace = waiting.trace
    trace.sent = 100.0
    trace.evidence.text_chars = 3
    assert trace.state == "streaming"
    trace.mark_read(10)
    assert [line.partition(",")[0] for line in waiting.told(16)] == ["no data for 5 s", "no data for 15 s"]
    trace.mark_read(10)
    assert waiting.teller.lines(trace) == []
    waiting.now += 5
    (line,) = waiting.teller.lines(trace)
    assert re.fullmatch(r"no data for 5 s, last byte \d\d:\d\d:\d\d", line)


def test_keep_alives_in_a_reply_are_told_apart(waiting: Waiting) -> None:
    trace = waiting.trace
    trace.sent = 100.0
    trace.evidence.text_chars = 3
    trace.mark_read(10)
    trace.mark_progress()
    for second in range(1, 8):
        waiting.now = 100.0 + second
        trace.mark_read(2)
        trace.evidence.keepalives += 1
    (line,) = waiting.teller.lines(trace)
    assert line.startswith("keep-alives arrive, no text for 7 s")


def test_nothing_is_told_of_a_reply_that_has_ended(waiting: Waiting) -> None:
    waiting.trace.sent = 100.0
    waiting.trace.end()
    assert waiting.told(100) == []
