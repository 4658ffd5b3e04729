"""What was typed before the terminal was raw means what the keys say."""

import os
import termios
import tty
from collections.abc import Iterator
from select import select

import pytest

from tui.ui.terminal.typed_ahead import find_typed_ahead


@pytest.fixture
def line() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal: where keys are typed, and where a program reads them."""
    keyboard, screen = os.openpty()
    yield keyboard, screen
    os.close(keyboard)
    os.close(screen)


def test_enter_before_the_terminal_is_raw_is_enter(line: tuple[int, int]) -> None:
    keyboard, screen = line
    os.write(keyboard, b"Hello\rAgain")
    select([screen], [], [])
    typed_ahead = find_typed_ahead(screen)
    tty.setraw(screen, termios.TCSANOW)
    os.write(keyboard, b"\n\r")
    assert typed_ahead.restore(os.read(screen, 3)) == b"Hel"
    rest = b""
    while not rest.endswith(b"\n\r"):
        rest += typed_ahead.restore(os.read(screen, 100))
    assert rest == b"lo\rAgain\n\r", "ctrl+j is ctrl+j from then on"


def test_a_raw_terminal_told_them_apart(line: tuple[int, int]) -> None:
    keyboard, screen = line
    tty.setraw(screen)
    os.write(keyboard, b"a\nb\r")
    select([screen], [], [])
    assert find_typed_ahead(screen).restore(os.read(screen, 100)) == b"a\nb\r"


def test_no_terminal() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a\n")
    assert find_typed_ahead(reading).restore(os.read(reading, 100)) == b"a\n"
    os.close(reading)
    os.close(writing)
    assert find_typed_ahead(reading).restore(b"a\n") == b"a\n", "one that is gone"
