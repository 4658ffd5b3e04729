"""Frames of a real app, replayed: our differences show the same cells as Textual's own bytes, frame by frame."""

import os
import pickle
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.command import ROOT
from tests.pty.terminal import PtyTerminal
from tests.ui.terminal.cells import CONSOLE, CellScreen, draw
from tui.ui.terminal.ability import Abilities
from tui.ui.terminal.difference import Sent, find_difference
from tui.ui.terminal.frame import Brush, read_pen
from tui.ui.terminal.grid import Row, Screen, blank_screen
from tui.ui.terminal.pen import PLAIN

COLUMNS, LINES = 100, 30
BARE = Abilities(links=False)
XTERM = Abilities(colour_erase=True, erase=True)
KITTY = Abilities(colour_erase=True, erase=True, repeat=True)
LEAST_FRAMES, LEAST_EXACT = 150, 100
"""The document has more pieces than that, each a frame; in the later ones a row with clusters is in sight."""


Frame = tuple[str, Screen]
"""What Textual's own driver would write, and what ours is to show."""


def record_frames(path: Path) -> list[Frame]:
    """Every update while the app streams, is typed into and shows overlays."""
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
    frames: list[Frame] = pickle.loads(path.read_bytes())
    return frames


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> list[Frame]:
    return record_frames(tmp_path_factory.mktemp("frames") / "frames.pickle")


@pytest.mark.slow
@pytest.mark.parametrize(
    "abilities", [pytest.param(BARE, id="bare"), pytest.param(XTERM, id="xterm"), pytest.param(KITTY, id="kitty")]
)
def test_every_frame_shows_what_stock_shows(frames: list[Frame], abilities: Abilities) -> None:
    stock, ours = CellScreen(COLUMNS, LINES), CellScreen(COLUMNS, LINES)
    sent, exact = None, 0
    for number, (frame, screen) in enumerate(frames):
        stock.show(frame)
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


@pytest.mark.slow
def test_differences_are_a_fraction_of_the_frames(frames: list[Frame]) -> None:
    """For every frame by itself, as a fast link would get it."""
    sent, ours, longest = None, 0, 0
    for _, screen in frames:
        difference = find_difference(sent, screen, XTERM)
        sent, size = difference.sent, len(difference.text.encode())
        ours, longest = ours + size, max(longest, size)
    assert ours * 20 < sum(len(frame.encode()) for frame, _ in frames)
    assert longest < 8000


def test_a_frame_that_changes_nothing_sends_nothing() -> None:
    frame = "\x1b[2;3H\x1b[1;31mred\x1b[0m plain 世界"
    screen = draw(blank_screen(COLUMNS, LINES), frame)
    again = draw(screen, frame)
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
def test_what_belongs_in_no_text_is_dropped(sequence: str) -> None:
    strip = Strip([Segment(f"before{sequence}", Style(bold=True)), Segment("behind", Style(link=sequence))])
    screen = Brush(CONSOLE).draw(blank_screen(40, 5), [(2, 1, strip), (0, 0, Strip([Segment("after")]))])
    assert screen.rows[0].joined().startswith("after")
    assert screen.rows[1].joined().startswith("  before")
    sent = find_difference(None, screen, KITTY).text
    for piece in ("\x1b]52", "\x1b]0", "\x1b[?", "\x1b[6n", "\x1bc", "\x1b(", "\x9b", "\x9d", "\x90", "\x1bP", "\x1b_"):
        assert piece not in sent
    assert not set("\a\b\v\f\x0e\x0f\x7f\x00") & set(sent)
    assert find_links(screen) == set()


def find_links(screen: Screen) -> set[str]:
    return {pen.link for row in screen.rows for pen in row.pens} - {""}


def test_styles_become_pens() -> None:
    style = Style(bold=True, color="#102030", bgcolor="color(9)", link="https://example.org/?a=1;b=2")
    assert read_pen(style, CONSOLE) == ("1", "38;2;16;32;48", "91", "https://example.org/?a=1;b=2")
    assert read_pen(Style(color="#ff0000"), Console(color_system="standard")).foreground in ("31", "91")
    assert read_pen(Style(color="#ff0000"), Console(color_system=None)) == read_pen(Style(color="#ff0000"), CONSOLE)
    assert read_pen(Style(meta={"@click": "x"}), CONSOLE) == PLAIN


def test_what_is_off_the_screen_is_not_drawn() -> None:
    strips = [(0, 8, Strip([Segment("lost")])), (2, 0, Strip([Segment("abcdef")])), (9, 1, Strip([Segment("lost")]))]
    screen = Brush(CONSOLE).draw(blank_screen(4, 2), strips)
    assert [row.joined() for row in screen.rows] == ["  ab", "    "]


def test_a_strip_is_read_once_and_another_one_as_it_is() -> None:
    brush, screen = Brush(CONSOLE), blank_screen(4, 1)
    for number in range(2000):
        strip = Strip([Segment(f"{number:4}")])
        for _ in range(2):
            screen = brush.draw(screen, [(0, 0, strip)])
            assert screen.rows[0].joined() == f"{number:4}"
