"""Frames of a real app, replayed: our differences show the same cells as Textual's own bytes, frame by frame."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.command import ROOT
from tests.pty.terminal import PtyTerminal
from tests.ui.terminal.cells import CellScreen
from tui.ui.terminal.ability import Abilities
from tui.ui.terminal.difference import Sent, find_difference
from tui.ui.terminal.frame import draw
from tui.ui.terminal.grid import Row, Screen, blank_screen

COLUMNS, LINES = 100, 30
BARE = Abilities(links=False)
XTERM = Abilities(colour_erase=True, erase=True)
KITTY = Abilities(colour_erase=True, erase=True, repeat=True)
LEAST_FRAMES, LEAST_EXACT = 150, 100
"""The document has more pieces than that, each a frame; in the later ones a row with clusters is in sight."""


def record_frames(path: Path) -> list[str]:
    """Everything that Textual writes while the app streams, is typed into and shows overlays."""
    environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none"}
    argv = [sys.executable, "-m", "tests.ui.terminal.stage", "record", str(path)]
    with PtyTerminal(argv, env=environ, columns=COLUMNS, rows=LINES, cwd=ROOT) as terminal:
        terminal.wait_for("ready")
        terminal.send("weir 流量 ok")
        terminal.wait_for("weir 流量 ok")
        terminal.press("f2")
        terminal.wait_for("model 3 模型")
        terminal.press("pagedown")
        terminal.wait_for("model 10 模型")
        terminal.press("f2")
        terminal.wait_gone("model 10 模型")
        terminal.press("f3")
        terminal.wait_for("all fed", 60.0)
        terminal.press("backspace", "backspace", "left", "up")
        terminal.wait_for("weir 流量 ")
        terminal.press("f9")
        assert terminal.wait_exit() == 0
    lines = path.read_text(encoding="utf-8").splitlines()
    return [frame for frame in map(json.loads, lines) if frame.lstrip("\n").startswith("\x1b[") and "H" in frame[:12]]


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return record_frames(tmp_path_factory.mktemp("frames") / "frames.json")


@pytest.mark.parametrize(
    "abilities",
    [
        pytest.param(BARE, id="bare", marks=pytest.mark.slow),
        pytest.param(XTERM, id="xterm"),
        pytest.param(KITTY, id="kitty", marks=pytest.mark.slow),
    ],
)
def test_every_frame_shows_what_stock_shows(frames: list[str], abilities: Abilities) -> None:
    stock, ours = CellScreen(COLUMNS, LINES), CellScreen(COLUMNS, LINES)
    screen, sent = blank_screen(COLUMNS, LINES), None
    exact = 0
    for number, frame in enumerate(frames):
        stock.show(frame)
        drawn = draw(screen, frame)
        assert not drawn.foreign
        screen = drawn.screen
        difference = find_difference(sent, screen, abilities, synchronised=True)
        sent = difference.sent
        ours.show(difference.text)
        assert ours.cursor == stock.cursor == screen.cursor
        exact += compare(stock, ours, screen, number)
    assert len(frames) >= LEAST_FRAMES
    assert exact >= LEAST_EXACT


def compare(stock: CellScreen, ours: CellScreen, screen: Screen, number: int) -> bool:
    """Check one frame; whether all of it could be compared cell by cell.

    pyte draws the parts of a cluster side by side, so a row with one is held against what Textual means it to be.
    """
    expected, shown = stock.cells(), ours.cells()
    clustered = False
    for y, row in enumerate(screen.rows):
        if row.has_clusters():
            clustered = True
            assert plain_cells(row, ours.texts(y)) == plain_cells(row, list(row.text)), f"frame {number}, row {y}"
        else:
            assert shown[y] == expected[y], f"frame {number}, row {y}"
    return not clustered


def plain_cells(row: Row, texts: list[str]) -> list[tuple[int, str]]:
    """(column, text) of the cells that hold no part of a cluster."""
    found, inside = [], False
    for column, (meant, shown) in enumerate(zip(row.text, texts, strict=True)):
        inside = len(meant) > 1 or (inside and meant == "")
        if not inside:
            found.append((column, shown))
    return found


def test_differences_are_a_fraction_of_the_frames(frames: list[str]) -> None:
    """For every frame by itself, as a fast link would get it."""
    screen, sent, ours, longest = blank_screen(COLUMNS, LINES), None, 0, 0
    for frame in frames:
        screen = draw(screen, frame).screen
        difference = find_difference(sent, screen, XTERM)
        sent, size = difference.sent, len(difference.text.encode())
        ours, longest = ours + size, max(longest, size)
    assert ours * 20 < sum(len(frame.encode()) for frame in frames)
    assert longest < 8000


def test_a_frame_that_changes_nothing_sends_nothing(frames: list[str]) -> None:
    screen = draw(blank_screen(COLUMNS, LINES), frames[0]).screen
    again = draw(screen, frames[0]).screen
    assert all(old is new for old, new in zip(screen.rows, again.rows, strict=True))
    assert find_difference(Sent(screen), again, XTERM).text == ""


HOSTILE = {
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "title": "\x1b]0;owned\x1b\\",
    "unterminated": "\x1b]52;c;ZXZpbA==",
    "clear": "\x1b[2J",
    "mode": "\x1b[?1049l",
    "query": "\x1b[6n",
    "c1": "\x9b2J\x9d0;owned\x9c\x90q\x9c",
    "reset": "\x1bc",
    "charset": "\x1b(0",
    "controls": "\a\b\v\f\x0e\x0f\x7f\x00",
    "device": "\x1bP$q\x1b\\\x1b_x\x1b\\\x1b^x\x1b\\\x1bXx\x1b\\",
    "colon": "\x1b[4:3m",
    "unknown sgr": "\x1b[77m",
    "short colour": "\x1b[38;2;1m",
    "link with a control": "\x1b]8;;http://a\x9d0;owned\x07\x1b\\",
    "lone escape": "\x1b",
}


@pytest.mark.parametrize("sequence", HOSTILE.values(), ids=HOSTILE)
def test_what_belongs_in_no_frame_is_dropped(sequence: str) -> None:
    frame = f"\x1b[2;3H\x1b[1mbefore{sequence}\x1b[1;1Hafter\x1b[0m\x1b[1;1H"
    drawn = draw(blank_screen(40, 5), frame)
    assert drawn.foreign
    assert drawn.screen.rows[0].joined().startswith("after")
    assert drawn.screen.rows[1].joined().startswith("  before")
    sent = find_difference(None, drawn.screen, KITTY).text
    for piece in ("\x1b]52", "\x1b]0", "\x1b[?", "\x1b[6n", "\x1bc", "\x1b(", "\x9b", "\x9d", "\x90", "\x1bP", "\x1b_"):
        assert piece not in sent
    assert not set("\a\b\v\f\x0e\x0f\x7f\x00") & set(sent)


def test_a_line_end_goes_to_the_next_row() -> None:
    drawn = draw(blank_screen(10, 3), "\x1b[1;4Hab\ncd\n")
    assert [row.joined().rstrip() for row in drawn.screen.rows] == ["   ab", "cd", ""]
    assert drawn.screen.cursor == (0, 2)


def test_what_is_off_the_screen_is_not_drawn() -> None:
    drawn = draw(blank_screen(4, 2), "\x1b[9;1Hlost\x1b[1;3Habcdef\x1b[99;99H")
    assert [row.joined() for row in drawn.screen.rows] == ["  ab", "    "]
    assert drawn.screen.cursor == (3, 1)
