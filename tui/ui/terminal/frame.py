"""Textual's frames, read into cells: CUP, SGR, OSC 8, line ends and text. Nothing else of a frame gets any further.

Text in a frame can come from anywhere, so whatever is not one of these is dropped whole: other sequences as ECMA-48
(sections 5.4 and 5.6) delimits them, and single control characters.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from rich.cells import split_graphemes

from tui.ui.terminal.grid import Screen, place
from tui.ui.terminal.pen import PLAIN, Pen, blank_pen, read_sgr, with_link

_MOVE = re.compile(r"\x1b\[(\d{1,5});(\d{1,5})H")
_PRINTED = r"[^\x00-\x1f\x7f-\x9f]"
_TOKEN = re.compile(
    rf"(?P<text>{_PRINTED}+)"
    r"|\x1b\[(?P<sgr>[0-9;]*)m"
    rf"|(?P<link>\x1b\]8;[^;\x00-\x1f\x7f-\x9f]*;(?P<address>{_PRINTED}*)(?:\x1b\\|\x07))"
    r"|(?P<unknown>(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x18\x1a\x1b\x9c]*(?:\x1b\\|[\x07\x18\x1a\x9c])?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?|.)",
    re.DOTALL,
)
_NARROW = re.compile("[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u2500-\u25fc\u2800-\u28ff]*")
"""Text in which every character is one cell wide, in any terminal."""
_INDICATOR = re.compile("[\U0001f1e6-\U0001f1ff]")
"""Regional indicators: two of them are one flag (UAX 29, GB12)."""
_RUNS = 256
"""How many pieces of frames are remembered: two large screens; a row that scrolls is read once."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a frame within one row."""

    text: tuple[str, ...]
    pens: tuple[Pen, ...]
    pen: Pen
    """The pen that the next piece starts with."""
    foreign: bool
    """Something was dropped from it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a frame made of a screen."""

    screen: Screen
    foreign: bool
    """The frame held something that belongs in no frame."""


def draw(screen: Screen, frame: str) -> Drawn:
    """The screen after a frame. Its cursor is where the frame leaves it, which is where Textual wants it to rest."""
    rows = list(screen.rows)
    column, line = screen.cursor
    pen, foreign = PLAIN, False
    pieces = _MOVE.split(frame)
    for number in range(0, len(pieces), 3):
        if number:
            line, column = (int(pieces[number - 2]) or 1) - 1, (int(pieces[number - 1]) or 1) - 1
        for turn, piece in enumerate(pieces[number].split("\n")):
            if turn:
                column, line = 0, line + 1
            if not piece:
                continue
            run = read_run(piece, pen)
            pen, foreign = run.pen, foreign or run.foreign
            if run.text and line < len(rows):
                rows[line] = place(rows[line], column, run.text, run.pens)
            column += len(run.text)
    cursor = max(min(column, screen.columns - 1), 0), max(min(line, len(rows) - 1), 0)
    return Drawn(replace(screen, rows=tuple(rows), cursor=cursor), foreign)


@lru_cache(maxsize=_RUNS)
def read_run(piece: str, pen: Pen) -> Run:
    """The cells of a piece without moves and line ends."""
    text: list[str] = []
    pens: list[Pen] = []
    foreign = False
    for token in _TOKEN.finditer(piece):
        match token.lastgroup:
            case "text":
                cells = split_cells(token["text"])
                blank = blank_pen(pen)
                text += cells
                pens += [blank if cell == " " else pen for cell in cells]
            case "sgr":
                changed = read_sgr(pen, token["sgr"])
                pen, foreign = changed or pen, foreign or changed is None
            case "link":
                pen = with_link(pen, token["address"])
            case _:
                foreign = True
    return Run(tuple(text), tuple(pens), pen, foreign)


def split_cells(text: str) -> list[str]:
    """One string for each cell that printable text takes, by the widths that Textual lays it out with.

    What has no width and nothing to stand on is left out.
    """
    if _NARROW.fullmatch(text):
        return list(text)
    cells: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        cluster = text[start:end]
        if width == 0:
            if cells:
                lead = next(at for at in range(len(cells) - 1, -1, -1) if cells[at])
                cells[lead] += cluster
        elif cells and _INDICATOR.fullmatch(cluster) and _INDICATOR.fullmatch(cells[-1]):
            cells[-1] += cluster
            cells.append("")
        else:
            cells += [cluster, *[""] * (width - 1)]
    return cells
