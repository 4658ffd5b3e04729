"""The driver under a real app on a real pty: it looks as with Textual's own, and no state of the link holds it up."""

import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.command import ROOT
from tests.pty.terminal import PtyTerminal

COLUMNS, LINES = 100, 30
MOUSE = {1000, 1002, 1006}
INITIAL_MODES = {7, 25}
CLEAR = re.compile(rb"\x1b\[2J")


def stage(*arguments: str, **variables: str) -> PtyTerminal:
    """The app of `stage.py` in a terminal."""
    environ = {
        **os.environ,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_SMOOTH_SCROLL": "0",
        **variables,
    }
    argv = [sys.executable, "-m", "tests.ui.terminal.stage", *arguments]
    return PtyTerminal(argv, env=environ, columns=COLUMNS, rows=LINES, cwd=ROOT)


@contextmanager
def ready(driver: str = "grid", **variables: str) -> Iterator[PtyTerminal]:
    """The app when it can be typed into."""
    with stage(driver, **variables) as terminal:
        terminal.wait_for("ready")
        yield terminal


ACTS: dict[str, Callable[[PtyTerminal], None]] = {
    "weir 流量 ok": lambda terminal: terminal.send("weir 流量 ok"),
    "model 3 模型": lambda terminal: terminal.press("f2"),
    "model 10 模型": lambda terminal: terminal.press("pagedown"),
    "ready": lambda terminal: terminal.press("f2"),
    "all fed": lambda terminal: terminal.press("f3"),
    "def measure_11(height": lambda terminal: terminal.resize(80, 24),
    "model 4 模型": lambda terminal: terminal.press("f2"),
}
"""What is done, by what the screen shows after it."""
CLUSTERS = re.compile("flies|flag|heart|éclair|party")


def without_clusters(text: str) -> list[str]:
    """The rows that any terminal shows alike."""
    return [row for row in text.split("\n") if not CLUSTERS.search(row)]


def rested(terminal: PtyTerminal, wanted: str) -> list[str]:
    """The screen when it shows `wanted` and has stayed as it is for a while."""
    seen: list[str] = []

    def stays(text: str) -> bool:
        seen.append(text)
        return wanted in text and len(seen) > 12 and len(set(seen[-12:])) == 1

    return without_clusters(terminal.wait_for(stays, 60.0))


@pytest.mark.slow
def test_the_screen_is_as_with_textuals_own_driver() -> None:
    with ready("stock") as terminal:
        expected = []
        for wanted, act in ACTS.items():
            act(terminal)
            expected.append(rested(terminal, wanted))
    with ready("grid") as terminal:
        for act, meant in zip(ACTS.values(), expected, strict=True):
            act(terminal)
            terminal.wait_for(lambda text, meant=meant: without_clusters(text) == meant, 60.0)


@pytest.mark.slow
def test_the_cursor_rests_at_the_caret_while_the_log_streams() -> None:
    with ready() as terminal:
        terminal.send("流量 weir")
        terminal.wait_for("流量 weir")
        terminal.press("f3")
        terminal.wait_for("all fed", 60.0)
        terminal.wait_for(lambda text: terminal.cursor == (11, 26))
        assert "流量 weir" in terminal.row(26)
        terminal.press("left", "left")
        terminal.wait_for(lambda text: terminal.cursor == (9, 26))


def test_the_terminal_is_left_as_it_was() -> None:
    with ready() as terminal:
        assert {*MOUSE, 1004, 1049, 2004} <= terminal.modes
        assert {1003, 1015}.isdisjoint(terminal.modes)
        assert not terminal.raw_has(b"\x1b[?1003h")
        terminal.press("f9")
        assert terminal.wait_exit() == 0
        assert terminal.modes == INITIAL_MODES
        assert terminal.text().split() == ["left", "cleanly"]
        assert terminal.raw_has(b"\x1b[<u")


def test_the_mouse_can_be_left_alone() -> None:
    with ready(STAGE_MOUSE="off") as terminal:
        assert terminal.modes & (MOUSE | {1003}) == set()


def test_updates_are_synchronised_when_the_terminal_says_that_it_can() -> None:
    with ready() as terminal:
        terminal.wait_for(lambda text: terminal.raw_has(b"\x1b[?2026$p"))
        terminal.press("f2")
        terminal.wait_for("model 3 模型")
        assert terminal.raw_has(b"\x1b[?2026h")


def test_a_repaint_sends_everything_again() -> None:
    with ready() as terminal:
        terminal.send("spoilt")
        terminal.wait_for("spoilt")
        before = len(CLEAR.findall(terminal.output))
        terminal.screen.feed(b"\x1b[2J\x1b[Hsomebody else wrote this")
        terminal.press("f5")
        terminal.wait_for("spoilt")
        terminal.wait_gone("somebody else")
        assert len(CLEAR.findall(terminal.output)) == before + 1


def test_after_a_suspension_everything_comes_back() -> None:
    with ready() as terminal:
        terminal.send("kept")
        terminal.wait_for("kept")
        terminal.kill(signal.SIGTSTP)
        os.waitpid(terminal.pid, os.WUNTRACED)
        assert terminal.modes == INITIAL_MODES
        terminal.kill(signal.SIGCONT)
        terminal.wait_for("kept")
        assert 1049 in terminal.modes
        terminal.send(" and more")
        terminal.wait_for("kept and more")


@pytest.mark.slow
def test_a_stop_that_nobody_sees_leaves_one_reader_of_keys() -> None:
    with ready() as terminal:
        terminal.kill(signal.SIGSTOP)
        os.waitpid(terminal.pid, os.WUNTRACED)
        terminal.kill(signal.SIGCONT)
        terminal.wait_for(lambda text: len(CLEAR.findall(terminal.output)) > 1)
        terminal.send("0123456789")
        terminal.wait_for("0123456789")
        terminal.press("f9")
        assert terminal.wait_exit() == 0
        assert terminal.modes == INITIAL_MODES


def test_nothing_of_foreign_text_is_obeyed() -> None:
    with ready() as terminal:
        terminal.press("f6")
        terminal.wait_for("attacked")
        assert 1049 in terminal.modes
        assert not terminal.raw_has(b"\x1b]52")
        assert not terminal.raw_has(b"\x1b]0")
        assert not terminal.raw_has(b"\x9b")
        terminal.send("still here")
        terminal.wait_for("still here")


def figures_of(path: Path, seconds: float = 60.0) -> dict[str, float]:
    """What the app left, when it has ended; its terminal is not read meanwhile."""
    deadline = time.monotonic() + seconds
    while not (path.exists() and path.read_text(encoding="utf-8")):
        assert time.monotonic() < deadline, "the app did not end"
        time.sleep(0.05)
    figures: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
    return figures


@pytest.mark.slow
def test_a_terminal_that_is_not_read_holds_nothing_up(tmp_path: Path) -> None:
    free, stalled = tmp_path / "free.json", tmp_path / "stalled.json"
    with stage("busy", str(free)) as terminal:
        assert terminal.wait_exit() == 0
        baseline = figures_of(free)
    with stage("busy", str(stalled)) as terminal:
        figures = figures_of(stalled)
        # What it takes on this machine at this time is what it takes with a terminal that is read.
        assert figures["worst_gap"] < max(0.3, 3 * baseline["worst_gap"])
        assert figures["exit"] < max(1.0, 0.5 + 3 * baseline["exit"])
        # It lasted because nothing was read, not because there was nothing to write.
        assert not terminal.raw_has(b"\x1b[?1049l")


@pytest.mark.slow
def test_a_terminal_that_is_gone_is_told_once_and_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lost.json"
    with stage("lost", str(path)) as terminal:
        terminal.wait_for("ready")
        terminal.hang_up()
        figures = figures_of(path)
        assert terminal.wait_exit() == 0
    assert figures["losses"] == 1
    # A thread that spins takes the whole second.
    assert figures["idle_cpu"] < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("term", ["linux", "screen-256color", "xterm-kitty", "vt220"])
def test_other_terminals_get_what_they_know(term: str) -> None:
    with ready(TERM=term, COLORTERM="") as terminal:
        terminal.send("hello 流量")
        terminal.wait_for("hello 流量")
        terminal.press("f2")
        terminal.wait_for("model 3 模型")
        repeats = terminal.raw_has(re.compile(rb"\x1b\[\d+b"))
        erases = terminal.raw_has(re.compile(rb"\x1b\[\d+X"))
        assert repeats == (term == "xterm-kitty")
        assert not erases or term in ("linux", "xterm-kitty")
