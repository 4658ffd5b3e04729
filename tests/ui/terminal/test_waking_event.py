"""An event among descriptors."""

import select
import threading

from tui.ui.terminal.waking_event import WakingEvent


def is_heard(event: WakingEvent, seconds: float = 0.0) -> bool:
    return bool(select.select([event], [], [], seconds)[0])


def test_it_is_heard_while_it_is_set_however_often_that_was_said() -> None:
    event = WakingEvent()
    assert not is_heard(event)
    for _ in range(100_000):  # more than a pipe holds
        event.set()
    assert (event.is_set(), is_heard(event)) == (True, True)
    event.clear()
    assert (event.is_set(), is_heard(event)) == (False, False)


def test_it_wakes_who_waits_already() -> None:
    event = WakingEvent()
    thread = threading.Thread(target=event.set)
    thread.start()
    assert is_heard(event, 20)
    thread.join()
