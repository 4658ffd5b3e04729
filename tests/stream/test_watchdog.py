"""The watchdog: which limit is armed in which phase, and when it runs out. Times are plain numbers here."""

from collections.abc import Iterator
from dataclasses import replace

from tui.stream.outcome import Outcome
from tui.stream.watchdog import KEEPALIVE_FIRST_BYTE, LOCAL, REMOTE, Alarm, Limits, Watchdog

LIMITS = Limits(connect=5, first_byte=30, idle=10, stall=25, linger=2, deadline=0)


def test_connecting() -> None:
    assert Watchdog(LIMITS, started=100).next_alarm() == Alarm(105, Outcome.CONNECT_TIMEOUT, 5)


def test_waiting_for_the_first_event() -> None:
    assert Watchdog(LIMITS, 100, sent=102).next_alarm() == Alarm(132, Outcome.FIRST_BYTE_TIMEOUT, 30)


def test_bytes_that_are_no_event_do_not_move_the_first_limit() -> None:
    watchdog = Watchdog(LIMITS, 100, sent=102, last_byte=130)
    assert watchdog.next_alarm() == Alarm(132, Outcome.FIRST_BYTE_TIMEOUT, 30)


def test_keepalives_stretch_a_default_and_no_limit_that_was_set() -> None:
    waiting = Watchdog(REMOTE, 100, sent=102, keepalives=True)
    assert waiting.next_alarm() == Alarm(702, Outcome.FIRST_BYTE_TIMEOUT, KEEPALIVE_FIRST_BYTE)
    waiting.limits = replace(REMOTE, first_byte_is_default=False)
    assert waiting.next_alarm() == Alarm(222, Outcome.FIRST_BYTE_TIMEOUT, 120)


def test_keepalives_shorten_nothing() -> None:
    waiting = Watchdog(LOCAL, 100, sent=102, keepalives=True)
    assert waiting.next_alarm() == Alarm(1902, Outcome.FIRST_BYTE_TIMEOUT, 1800)


def test_any_byte_moves_the_limit_on_silence_and_none_the_one_on_progress() -> None:
    watchdog = Watchdog(LIMITS, 100, sent=100, first_event=101, last_byte=101, last_progress=101)
    assert watchdog.next_alarm() == Alarm(111, Outcome.IDLE_TIMEOUT, 10)
    watchdog.last_byte = 119
    assert watchdog.next_alarm() == Alarm(126, Outcome.STALLED, 25)
    watchdog.last_progress = 119
    assert watchdog.next_alarm() == Alarm(129, Outcome.IDLE_TIMEOUT, 10)


def test_progress_that_never_came_counts_from_the_first_event() -> None:
    watchdog = Watchdog(LIMITS, 100, sent=100, first_event=101, last_byte=120)
    assert watchdog.next_alarm() == Alarm(126, Outcome.STALLED, 25)


def test_of_two_that_fall_together_the_one_with_less_sign_of_life_wins() -> None:
    limits = replace(LIMITS, idle=25, deadline=26)
    watchdog = Watchdog(limits, 100, sent=100, first_event=101, last_byte=101, last_progress=101)
    assert watchdog.next_alarm() == Alarm(126, Outcome.IDLE_TIMEOUT, 25)


def test_after_the_finish_only_the_linger_is_left() -> None:
    watchdog = Watchdog(LIMITS, 100, sent=100, first_event=101, last_byte=101, last_progress=101, finished=104)
    assert watchdog.next_alarm() == Alarm(106, None, 2)


def test_the_deadline_is_armed_throughout() -> None:
    deadline = Alarm(101.5, Outcome.DEADLINE, 1.5)
    assert [watchdog.next_alarm() for watchdog in phases(replace(LIMITS, deadline=1.5))] == [deadline] * 5


def phases(limits: Limits) -> Iterator[Watchdog]:
    yield Watchdog(limits, 100)
    yield Watchdog(limits, 100, sent=100)
    yield Watchdog(limits, 100, sent=100, keepalives=True)
    yield Watchdog(limits, 100, sent=100, first_event=101)
    yield Watchdog(limits, 100, sent=100, first_event=101, finished=102)


def test_zero_is_no_limit() -> None:
    assert [watchdog.next_alarm() for watchdog in phases(Limits(0, 0, 0, 0, 0, 0))] == [None] * 5


def test_time_in_which_the_reader_was_held_up_is_left_out() -> None:
    watchdog = Watchdog(LIMITS, 100, sent=100, first_event=101, last_byte=102, last_progress=101)
    watchdog.shift(50)
    assert watchdog.next_alarm() == Alarm(162, Outcome.IDLE_TIMEOUT, 10)
    assert (watchdog.started, watchdog.sent, watchdog.finished) == (100, 150, None)


def test_ordinary_work_is_no_silence_and_counts_towards_the_deadline() -> None:
    watchdog = Watchdog(replace(LIMITS, deadline=9), 100, sent=100, first_event=101, last_byte=102, last_progress=101)
    for _ in range(20):
        watchdog.shift(0.5)
    assert (watchdog.sent, watchdog.first_event, watchdog.last_byte) == (100, 111, 112)
    assert watchdog.next_alarm() == Alarm(109, Outcome.DEADLINE, 9)
