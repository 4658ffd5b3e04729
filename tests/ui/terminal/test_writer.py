"""The writer on a real pty: order, newest screen first, a full link, the end, and a tty that goes away."""

import os
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest

from tests.ui.terminal.cells import CellScreen, draw
from tui.ui.terminal.ability import Abilities
from tui.ui.terminal.grid import Screen, blank_screen
from tui.ui.terminal.writer import FLUSH_SECONDS, QUEUE_LIMIT, Writer

COLUMNS, LINES = 80, 24
ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"


@dataclass
class Link:
    """Both ends of a pty, and what was read from it."""

    ours: int
    theirs: int
    received: bytearray = field(default_factory=bytearray)
    lost: list[str] = field(default_factory=list)

    def writer(self) -> Writer:
        writer = Writer(self.theirs, Abilities(True, True), "utf-8", lambda: self.lost.append("lost"))
        writer.start()
        return writer

    def read_until(self, reached: Callable[[bytes], bool], seconds: float = 20.0) -> bytes:
        deadline = time.monotonic() + seconds
        while not reached(bytes(self.received)):
            assert time.monotonic() < deadline, bytes(self.received[-300:])
            if select.select([self.ours], [], [], 0.05)[0]:
                self.received += os.read(self.ours, 65536)
        return bytes(self.received)

    def read_quiet(self) -> bytes:
        """All that is there."""
        while select.select([self.ours], [], [], 0.2)[0]:
            self.received += os.read(self.ours, 65536)
        return bytes(self.received)


@pytest.fixture
def link() -> Iterator[Link]:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    link = Link(ours, theirs)
    yield link
    for fd in (link.ours, link.theirs):
        if fd != -1:
            os.close(fd)


def screen_saying(text: str) -> Screen:
    return draw(blank_screen(COLUMNS, LINES), f"\x1b[3;5H{text}\x1b[1;1H")


@cache
def noise(number: int) -> Screen:
    """A screen that has nothing in common with the one before."""
    frame = "".join(
        f"\x1b[{line + 1};1H" + "".join(f"\x1b[38;5;{(number + line + x) % 250}m{(number + x) % 10}" for x in range(79))
        for line in range(LINES)
    )
    return draw(blank_screen(COLUMNS, LINES), frame + "\x1b[1;1H")


def test_sequences_go_first_and_in_order(link: Link) -> None:
    writer = link.writer()
    writer.show(screen_saying("hello"))
    for sequence in ("\x1b[?1000h", ENTER, "\x1b[?25l", "\x07"):
        writer.send(sequence)
    data = link.read_until(lambda data: b"hello" in data)
    assert data.startswith(b"\x1b[?1000h\x1b[?1049h\x1b[?25l\x07")
    writer.close()


def test_the_first_screen_waits_for_no_thread_and_no_size(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote: list[int] = []
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: wrote.append(threading.get_ident()) or write(fd, data))
    writer, here, deadline = link.writer(), threading.get_ident(), time.monotonic() + 20
    writer.send(ENTER)
    while wrote[-1:] != [here]:  # from then on the thread waits
        assert time.monotonic() < deadline
        writer.send("\x07")
    writer.forget(settle=True)
    writer.show(screen_saying("first"))
    assert not writer.behind
    assert wrote[-1] == here
    link.read_until(lambda data: b"first" in data)
    writer.close()


def test_nothing_is_painted_outside_the_alternate_screen(link: Link) -> None:
    writer = link.writer()
    writer.show(screen_saying("early"))
    writer.send(ENTER)
    link.read_until(lambda data: b"early" in data)
    writer.send(LEAVE)
    writer.show(screen_saying("late"))
    link.read_until(lambda data: data.endswith(b"\x1b[m\x1b[?1049l"))
    writer.send(ENTER)
    link.read_until(lambda data: b"late" in data)
    writer.close()
    assert b"\x1b[2J" in bytes(link.received).rpartition(ENTER.encode())[2]


def test_forgetting_paints_everything_again(link: Link) -> None:
    writer = link.writer()
    writer.send(ENTER)
    writer.show(screen_saying("again"))
    link.read_until(lambda data: b"again" in data)
    writer.forget()
    link.read_until(lambda data: data.count(b"again") == 2 and data.count(b"\x1b[2J") == 2)
    writer.forget(settle=True)
    link.read_until(lambda data: data.count(b"again") == 3)
    writer.close()


def test_an_idle_writer_sends_nothing(link: Link) -> None:
    writer = link.writer()
    writer.send(ENTER)
    screen = screen_saying("quiet")
    writer.show(screen)
    link.read_until(lambda data: b"quiet" in data)
    link.read_quiet()
    before = len(link.received)
    writer.show(screen)
    writer.show(draw(screen, "\x1b[3;5Hquiet\x1b[1;1H"))
    assert len(link.read_quiet()) == before
    writer.close()


def test_a_link_that_takes_nothing_holds_nobody_up_and_gets_the_newest_screen(link: Link) -> None:
    writer = link.writer()
    writer.send(ENTER)
    for number in range(300):
        writer.show(noise(number % 7))
    writer.show(screen_saying("the newest"))
    data = link.read_until(lambda data: b"the newest" in data)
    # What the pty holds, the screen that was under way, and the newest; never three hundred.
    assert data.count(b"38;5;") < 80 * LINES * 10
    terminal = CellScreen(COLUMNS, LINES)
    terminal.feed(link.read_quiet())
    assert terminal.row(2) == "    the newest"
    assert terminal.text().strip() == "the newest"
    writer.close()


def test_strings_that_wait_are_bounded_and_modes_are_kept(link: Link) -> None:
    writer = link.writer()
    writer.send(ENTER)
    for number in range(300):
        writer.show(noise(number % 6))
    string = f"\x1b]52;c;{'A' * 10_000}\x07"
    for _ in range(200):
        writer.send(string)
    writer.send("\x1b[?2004l")
    data = link.read_until(lambda data: b"\x1b[?2004l" in data)
    # One bound's worth may have been taken off the queue when the second began to fill.
    assert data.count(b"\x1b]52") <= 2 * QUEUE_LIMIT // len(string) + 1
    writer.close()


def test_closing_a_full_link_takes_no_longer_than_its_flush(link: Link) -> None:
    writer = link.writer()
    fill(link)
    writer.send(ENTER)
    done = threading.Event()

    def close() -> None:
        writer.send(LEAVE)
        writer.close()
        done.set()

    threading.Thread(target=close, daemon=True).start()
    assert done.wait(20 * FLUSH_SECONDS)
    assert LEAVE.encode() not in link.read_quiet()
    assert link.lost == []


def fill(link: Link) -> None:
    """Write until the pty takes no more; the kernel makes room a few times as it moves what it has."""
    fd = os.open(os.ttyname(link.theirs), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    refused = 0
    while refused < 20:
        if select.select([], [fd], [], 0.005)[1]:
            os.write(fd, b"x" * 256)
            refused = 0
        else:
            refused += 1
    os.close(fd)


def test_a_full_link_that_drains_at_the_end_gets_its_modes_back(link: Link) -> None:
    writer = link.writer()
    writer.send(ENTER)
    writer.show(screen_saying("once"))
    link.read_until(lambda data: b"once" in data)
    fill(link)
    writer.show(noise(1))
    writer.send(LEAVE)
    thread = threading.Thread(target=writer.close)
    thread.start()
    data = link.read_until(lambda data: data.endswith(LEAVE.encode()))
    thread.join()
    # The link may have taken some of the noise before the end was asked for; CAN is where that is broken off.
    _, broken, after = data.rpartition(b"x")[2].rpartition(b"\x18")
    assert after.endswith(b"\x1b[?2026l\x1b[r\x1b[m" + LEAVE.encode())
    assert after.count(b"38;5;") == (0 if broken else data.count(b"38;5;"))


def test_a_closed_tty_is_told_once(link: Link) -> None:
    writer = link.writer()
    writer.send(ENTER)
    os.close(link.ours)
    link.ours = -1
    deadline = time.monotonic() + 20
    while not link.lost and time.monotonic() < deadline:
        writer.show(screen_saying("anyone?"))
        time.sleep(0.01)
    writer.send("\x07")
    writer.close()
    assert link.lost == ["lost"]


def test_the_flags_of_the_shared_descriptor_stay(link: Link) -> None:
    writer = link.writer()
    assert os.get_blocking(link.theirs)
    writer.close()
    os.write(link.theirs, b"still open")
    assert link.read_quiet().endswith(b"still open")


def test_a_pipe_will_do(link: Link) -> None:
    reading, writing = os.pipe()
    writer = Writer(writing, Abilities(), "ascii", lambda: None)
    writer.start()
    writer.send(ENTER)
    writer.show(screen_saying("caf\u00e9"))
    writer.close()
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        assert file.read().startswith(ENTER.encode())
