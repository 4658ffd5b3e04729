"""The app where a standard stream is no terminal, and with as many colours as were asked for."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, welcome
from tui.settings.state import State, read_state, write_state

ALL_COLOURS, SOME_COLOURS = re.compile(rb"\x1b\[[0-9;]*[34]8;2;"), re.compile(rb"\x1b\[[0-9;]*[34]8;5;")
PRACTICE = ("--practice", "-m", "table")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as desk:
        yield desk


def in_terminal(desk: Desk, script: str, *arguments: str) -> PtyTerminal:
    """A line of sh in a terminal; in it "$@" is weir."""
    weir = [sys.executable, "-m", "tui", *arguments]
    return PtyTerminal(["sh", "-c", script, "sh", *weir], env=desk.environ, cwd=desk.home)


@pytest.mark.slow
def test_a_file_that_is_piped_in_stands_in_the_editor(desk: Desk) -> None:
    (desk.home / "file").write_text("first heron\nsecond egret\n")
    write_state(desk.state / "state.toml", State(draft="left from before"))
    with in_terminal(desk, 'cat file | "$@"', *PRACTICE) as terminal:
        welcome(terminal)
        screen = terminal.wait_for("second egret")
        assert screen.index("left from before") < screen.index("first heron") < screen.index("second egret")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    assert read_state(desk.state / "state.toml").draft == "left from before\n\nfirst heron\nsecond egret"


def test_with_stderr_in_a_file_the_app_is_on_the_terminal(desk: Desk) -> None:
    with in_terminal(desk, '"$@" 2>log', *PRACTICE) as terminal:
        welcome(terminal)
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    assert (desk.home / "log").read_bytes() == b""


@pytest.mark.slow
def test_with_stdout_in_a_file_the_app_is_on_the_terminal(desk: Desk) -> None:
    with in_terminal(desk, '"$@" >log', *PRACTICE) as terminal:
        welcome(terminal)
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    assert (desk.home / "log").read_bytes() == b""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("config", "flags", "all_colours", "some_colours"),
    [
        ("", (), True, False),
        ("", ("--colors", "256"), False, True),
        ("", ("--colors", "16"), False, False),
        ("", ("--colors", "none"), False, False),
        ('colors = "256"', (), False, True),
        ('colors = "256"', ("--colors", "truecolor"), True, False),
    ],
)
def test_the_colours_that_were_asked_for(
    desk: Desk, config: str, flags: tuple[str, ...], all_colours: bool, some_colours: bool
) -> None:
    desk.write_config(config)
    terminal = desk.open(*PRACTICE, *flags)
    welcome(terminal)
    assert (terminal.raw_has(ALL_COLOURS), terminal.raw_has(SOME_COLOURS)) == (all_colours, some_colours)
