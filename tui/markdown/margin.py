"""Margin: what stands to the left of a block's lines, made of the quotes and list items around it.

An item's marker stands on the first line of its first block, and all else in it hangs as far in as the marker is wide.
Where too little room would be left for the text, the outermost parts go first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.markdown.block import Frame, Item, Quote
from tui.markdown.layout import LEAST_CELLS, Layout
from tui.markdown.line import PLAIN, Line, Span, Style

_BAR, _BAR_ASCII = "▌ ", "> "
_BULLETS, _BULLETS_ASCII = "•◦▪", "-*+"
_BOXES, _BOXES_ASCII = {False: "☐ ", True: "☑ "}, {False: "[ ] ", True: "[x] "}
_QUOTE, _MARKER = Style("quote"), Style("marker")


@dataclass(frozen=True, slots=True)
class Margin:
    """The left of a block's first line and of its other lines; both are `cells` wide."""

    first: tuple[Span, ...] = ()
    rest: tuple[Span, ...] = ()
    cells: int = 0

    def line(self, spans: Sequence[Span], index: int, join: str | None = None) -> Line:
        """A line of the block: its `index`th, so that the first gets the marker."""
        left = self.rest if index else self.first
        return Line((*left, *spans) if left else tuple(spans), self.cells, join)

    def ornament(self, spans: Sequence[Span], index: int) -> Line:
        """A line without text of the document, such as a rule: all of it is gutter."""
        line = self.line(spans, index)
        return Line(line.spans, cell_len(line.text))

    def inset(self, text: str, layout: Layout) -> "Margin":
        """This margin with a text at its right, on the first line alone; none where the room is too small for it."""
        cells = cell_len(text)
        if self.cells + cells > layout.width - LEAST_CELLS:
            return self
        return self.extend(text, " " * cells, _MARKER)

    def extend(self, first: str, rest: str, style: Style) -> "Margin":
        """This margin with a part at its right, as wide on the first line as on the others."""
        below = Span(rest, style if rest.strip() else PLAIN)
        return Margin((*self.first, Span(first, style)), (*self.rest, below), self.cells + cell_len(first))


def make_margin(frames: Sequence[Frame], before: Sequence[Frame], layout: Layout) -> Margin:
    """The margin of a block in `frames`, when the block before it stands in `before`."""
    parts = _make_parts(frames, before, layout)
    room = layout.width - LEAST_CELLS
    while parts and sum(cell_len(first) for first, _, _ in parts) > room:
        parts.pop(0)
    margin = Margin()
    for first, rest, style in parts:
        margin = margin.extend(first, rest, style)
    return margin


def make_gap(frames: Sequence[Frame], before: Sequence[Frame], layout: Layout) -> Line:
    """The blank row between two blocks: the bars of the quotes that hold both go on through it."""
    shared = 0
    while shared < min(len(frames), len(before)) and frames[shared].id == before[shared].id:
        shared += 1
    spans = list(make_margin(frames[:shared], frames[:shared], layout).rest)
    while spans and not spans[-1].text.strip():
        spans.pop()
    return Line(tuple(spans), sum(cell_len(span.text) for span in spans))


def _make_parts(frames: Sequence[Frame], before: Sequence[Frame], layout: Layout) -> list[tuple[str, str, Style]]:
    """What each frame gives to the first line and to the others."""
    known = {frame.id for frame in before}
    bullets = _BULLETS_ASCII if layout.ascii else _BULLETS
    parts: list[tuple[str, str, Style]] = []
    depth = 0
    for frame in frames:
        if isinstance(frame, Quote):
            bar = _BAR_ASCII if layout.ascii else _BAR
            parts.append((bar, bar, _QUOTE))
            continue
        marker = _marker(frame, bullets[min(depth, len(bullets) - 1)], layout.ascii)
        depth += frame.ordinal is None
        blank = " " * cell_len(marker)
        parts.append((blank if frame.id in known else marker, blank, _MARKER))
    return parts


def _marker(item: Item, bullet: str, ascii: bool) -> str:
    box = "" if item.checked is None else (_BOXES_ASCII if ascii else _BOXES)[item.checked]
    if item.ordinal is None:
        return box or f"{bullet} "
    return f"{item.ordinal}. {box}"
