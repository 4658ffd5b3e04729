"""Section: lines of one kind in an entry of the log, and the strips that a terminal is painted with.

A strip is made when its row is first seen and used again as long as its line stands, since Textual keeps what it worked
out for a strip in the strip.
"""

from collections.abc import Callable, Sequence
from operator import eq

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from tui.markdown.line import Line, Span
from tui.ui.log.look import Look

_CUT = ">"
"""Ends a row that goes on beyond the right edge."""
_COVERED = 1
"""Cells at the right edge that the scrollbar covers."""
_MARGIN = (Span("  "),)
KEPT_STRIPS = 400
"""Strips that a section keeps: some screens of them. Each is many objects, which the garbage collector all visits."""


class Section:
    """Lines that share what stands before each of them (`edge`, such as a bar) and what colours them (`mood`)."""

    __slots__ = ("_count", "_strips", "edge", "edge_width", "lines", "mood", "shift", "slides")

    def __init__(self, lines: Sequence[Line] = (), edge: Sequence[Span] = _MARGIN, mood: str | None = None) -> None:
        self.lines: Sequence[Line] = lines
        self.edge = edge
        self.edge_width = sum(cell_len(span.text) for span in edge)
        self.mood = mood
        self.shift = 0
        """Cells that are out of sight at the left of rows that slide."""
        self.slides: Callable[[int], bool] | None = None
        """Which rows slide sideways; None: none."""
        self._count = len(lines)
        self._strips: dict[int, Strip] = {}

    def replace(self, lines: Sequence[Line]) -> int | None:
        """Take other lines; returns the first that differs, None if none does."""
        if len(lines) == len(self.lines) and all(map(eq, lines, self.lines)):
            return None
        pairs = enumerate(zip(lines, self.lines, strict=False))
        same = next((at for at, (new, old) in pairs if new != old), None)
        return self.grow(list(lines), min(len(lines), len(self.lines)) if same is None else same)

    def grow(self, lines: Sequence[Line], first: int) -> int | None:
        """Take a list whose lines from `first` on are new, often the list that is here; returns as `replace`."""
        if lines is self.lines and first >= len(lines) and self._count == len(lines):
            return None
        self.lines, self._count = lines, len(lines)
        for row in [row for row in self._strips if row >= first]:
            del self._strips[row]
        return first

    def slide(self, shift: int) -> None:
        """Let the rows that slide begin so many cells further right."""
        if shift != self.shift:
            self.shift = shift
            self.forget_strips()

    def shift_of(self, row: int) -> int:
        """The cells of a row that are out of sight at its left."""
        return self.shift if self.shift and self.slides is not None and self.slides(row) else 0

    def forget_strips(self) -> None:
        """Make them anew, as after a change of the theme."""
        self._strips.clear()

    def strip(self, row: int, look: Look, width: int) -> Strip:
        """The row as it is painted, cut or filled to `width` cells."""
        strips = self._strips
        if (strip := strips.get(row)) is None or strip.cell_length != width:
            if len(strips) >= KEPT_STRIPS:
                strips.clear()
            strip = strips[row] = self._paint(row, look, width)
        return strip

    def _paint(self, row: int, look: Look, width: int) -> Strip:
        line, shift = self.lines[row], self.shift_of(row)
        segments = [Segment(span.text, look.of(span.style)) for span in self.edge]
        words = [Segment(span.text, look.of(span.style, self._mood_of(span))) for span in line.spans]
        blanks = width - self.edge_width - sum(cell_len(span.text) for span in line.spans)
        if blanks >= _COVERED and not shift:
            return Strip([*segments, *words, Segment(" " * blanks, look.role("text"))], width)
        return self._cut(row, segments, Strip(words), look, width)

    def _cut(self, row: int, segments: list[Segment], words: Strip, look: Look, width: int) -> Strip:
        """A row that is wider than the screen, or slid to the side."""
        line, shift = self.lines[row], self.shift_of(row)
        if shift:
            words = Strip([*words.crop(0, line.gutter), *words.crop(line.gutter + shift)])
        if self.edge_width + words.cell_length > width - _COVERED and self.slides is not None and self.slides(row):
            room = max(0, width - self.edge_width - _COVERED - cell_len(_CUT))
            cut = words.crop(0, room).extend_cell_length(room)
            return Strip([*segments, *cut, Segment(_CUT, look.role("more"))]).crop_extend(0, width, look.role("text"))
        return Strip([*segments, *words]).crop_extend(0, width, look.role("text"))

    def _mood_of(self, span: Span) -> str | None:
        return None if span.style.role.startswith("code") else self.mood
