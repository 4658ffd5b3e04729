"""What is told of a reply that runs and says nothing, as its clock goes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tui.chat.waiting import Wait, find_wait, tell_wait
from tui.stream.trace import Clock, StreamTrace
from tui.text.language import LanguageCode, load_language

START = datetime(2026, 4, 1, 12, 3, 0, tzinfo=UTC)


@dataclass
class Running:
    """A request that was sent two seconds after its begin."""

    now: float = 50.0
    trace: StreamTrace = field(init=False)

    def __post_init__(self) -> None:
        began = self.now
        self.trace = StreamTrace(Clock(lambda: self.now, lambda: START + timedelta(seconds=self.now - began)))
        self.trace.begin(1, 3)
        self.now += 2
        self.trace.sent = self.now

    @property
    def wait(self) -> Wait | None:
        return find_wait(self.trace)

    def hear(self, *, keepalive: bool = False) -> None:
        """A byte comes, of a comment or of the reply."""
        self.trace.mark_read(1)
        if keepalive:
            self.trace.evidence.keepalives += 1
        else:
            self.trace.mark_progress()


@pytest.fixture
def running() -> Running:
    return Running()


def local(seconds: float) -> str:
    return f"{(START + timedelta(seconds=seconds)).astimezone():%H:%M:%S}"


def test_silence_is_told_from_five_seconds_on_with_the_time_of_the_last_byte(running: Running) -> None:
    running.hear()
    running.now += 4.9
    assert running.wait is None
    running.now += 2.3
    assert running.wait == Wait("silent", 7, local(2), local(2))
    running.now += 12.6
    assert running.wait == Wait("silent", 15, local(2), local(2)), "each fifth second from ten on"
    running.hear()
    assert running.wait is None


def test_before_the_first_byte_it_is_the_answer_that_does_not_come(running: Running) -> None:
    running.now += 9
    assert running.wait == Wait("unanswered", 9, local(2), local(2))


def test_keepalives_are_told_apart_from_silence(running: Running) -> None:
    running.hear()
    for _ in range(4):
        running.now += 3
        running.hear(keepalive=True)
    assert running.wait == Wait("keepalives", 10, local(14), local(2))
    running.now += 15
    assert running.wait == Wait("keepalives", 25, local(14), local(2)), "the next may well be on its way"
    running.now += 25
    assert running.wait == Wait("silent", 40, local(14), local(14)), "they have ended too"


def test_keepalives_between_the_words_are_no_matter(running: Running) -> None:
    running.hear(keepalive=True)
    running.now += 6
    running.hear()
    running.now += 1
    assert running.wait is None
    running.now += 6
    assert running.wait == Wait("silent", 7, local(8), local(8))


def test_a_retry_is_counted_down_in_whole_seconds(running: Running) -> None:
    running.trace.end()
    running.trace.retry_at = running.now + 3.2
    assert running.wait == Wait("retrying", 4, since=local(5.2), attempt=2, attempts=3)
    running.now += 9
    assert running.wait == Wait("retrying", 0, since=local(5.2), attempt=2, attempts=3)
    running.trace.retry_at = None
    assert running.wait is None


@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_wait_has_a_sentence_with_its_figures(code: LanguageCode, running: Running) -> None:
    language = load_language(code)
    assert "7" in tell_wait(Wait("silent", 7, "12:03:07"), language)
    assert "12:03:07" in tell_wait(Wait("silent", 7, "12:03:07"), language)
    assert "12:03:07" in tell_wait(Wait("unanswered", 7, "12:03:07"), language)
    assert "12" in tell_wait(Wait("keepalives", 12, "10:00:00"), language)
    assert all(figure in tell_wait(Wait("retrying", 4, attempt=2, attempts=3), language) for figure in "423")
