"""Textual's updates, read into cells: strips of styled text, each with the place where it begins.

Textual would render them to one text with sequences in it. Here nothing gets any further but printable text and the
pens of its styles. The text can come from anywhere, so what else is in it is dropped: sequences whole, as ECMA-48
(sections 5.4 and 5.6) delimits them, and single control characters.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rich.cells import split_graphemes
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.strip import Strip

from tui.ui.terminal.compositor import Placed, StripUpdate
from tui.ui.terminal.grid import Cells, Row, Screen, join_rows, place
from tui.ui.terminal.pen import PLAIN, Pen, blank_pen, read_sgr, with_link

_FOREIGN = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x18\x1a\x1b\x9c]*(?:\x1b\\|[\x07\x18\x1a\x9c])?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?|[\x00-\x1f\x7f-\x9f]"
)
_PRINTED = re.compile(r"[^\x00-\x1f\x7f-\x9f]*")
_NARROW = re.compile("[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u2500-\u25fc\u2800-\u28ff]*")
"""Text in which every character is one cell wide, in any terminal."""
_INDICATOR = re.compile("[\U0001f1e6-\U0001f1ff]")
"""Regional indicators: two of them are one flag (UAX 29, GB12)."""
_STYLED = re.compile(r"\x1b\[([0-9;]*)mx\x1b\[0m")
_STRIPS = 512
"""How many strips are remembered: two large screens with their scrollbars; a row that stays is read once."""


def find_strips(update: StripUpdate | LayoutUpdate) -> Iterable[Placed]:
    """What an update paints."""
    return update.strips if isinstance(update, StripUpdate) else _place_rows(update)


def _place_rows(update: LayoutUpdate) -> Iterator[Placed]:
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            yield x, y, strip
            x += strip.cell_length


class Brush:
    """Paints strips, in as many colours as a console has."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._known: dict[int, tuple[Strip, Row]] = {}
        """By id, which is nobody else's as long as the strip is kept: what does not change comes as the same strip."""

    def draw(self, screen: Screen, strips: Iterable[Placed]) -> Screen:
        """The screen with strips painted over it; each comes with its column and row."""
        rows = list(screen.rows)
        lines = len(rows)
        for x, y, strip in strips:
            if y < lines:
                known = self._known.get(id(strip))
                rows[y] = place(rows[y], x, self._read(strip) if known is None else known[1])
        return Screen(tuple(rows), screen.cursor)

    def _read(self, strip: Strip) -> Row:
        if len(self._known) == _STRIPS:
            self._known.clear()
        console = self._console
        parts = [read_segment(segment, console) for segment in strip]
        row = parts[0] if len(parts) == 1 else join_rows(parts)
        self._known[id(strip)] = strip, row
        return row


@lru_cache(maxsize=1024)
def read_segment(segment: Segment, console: Console) -> Row:
    """The cells of a segment."""
    text, style, _ = segment
    pen = PLAIN if style is None else read_pen(style, console)
    blank = blank_pen(pen)
    cells = split_cells(text)
    return Row(cells, tuple([blank if cell == " " else pen for cell in cells]))


@lru_cache(maxsize=2048)
def read_pen(style: Style, console: Console) -> Pen:
    """The pen of a style, with as many colours as the console has. What is unknown, and a bad link, are left out."""
    rendered = _STYLED.search(Strip([Segment("x", style)]).render(console))
    pen = read_sgr(PLAIN, rendered[1]) if rendered is not None else None
    return with_link(pen or PLAIN, style.link if style.link and _PRINTED.fullmatch(style.link) else "")


def split_cells(text: str) -> Cells:
    """What is in each cell that the printable part of a text takes, by the widths that Textual lays it out with.

    What has no width and nothing to stand on is left out.
    """
    if _NARROW.fullmatch(text):
        return text
    text = _FOREIGN.sub("", text)
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
    return "".join(cells) if all(len(cell) == 1 for cell in cells) else tuple(cells)
