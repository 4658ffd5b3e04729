"""Grid: the lines of a table, brought up to date as it grows row by row.

Columns get what their widest cell needs; where that is more than the line holds, the widest are cut down to one width
and their cells wrap. While rows still come, the widths stay as the first rows made them, so that a row costs the same
wherever it stands; the whole is laid out anew when the table has ended, or sooner when it is so long that this would be
felt. Where a column would be too narrow to read,
each cell becomes a line of its own, `header: value`.
"""

from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len

from tui.markdown.block import Table
from tui.markdown.inline import InlineParser, References
from tui.markdown.layout import Layout
from tui.markdown.line import Line, Span, Style
from tui.markdown.margin import Margin
from tui.markdown.wrap import break_rows, cut_rows

_TRIAL_ROWS = 4
"""Rows of the body after which the widths of an open table stay."""
_MEASURED_ROWS = 400
"""Rows of the body that the final widths depend on; once there are more, the widths are final."""
_SPARE = 8
"""Cells at most that each column of so long a table gets on top, where there is room, for wider cells to come."""
_NARROWEST = 6
"""Cells of a column, unless it needs fewer."""
_HEADER = Style("table.header", bold=True)
_CELL = Style()
_BORDER = Style("table.border")

Cell = list[Span]


class Grid:
    """The lines of one table."""

    def __init__(self, parser: InlineParser, margin: Margin, layout: Layout, references: References | None) -> None:
        self._parser = parser
        self._margin = margin
        self._width = layout.width - margin.cells
        self._bar, self._rule, self._cross = (" | ", "-", "-+-") if layout.ascii else (" │ ", "─", "─┼─")
        self._references = references
        self.lines: list[Line] = []
        self._widths: list[int] | None = None  # None: one line for each cell
        self._align: Sequence[str] = ()
        self._header: list[Cell] = []
        self._starts: list[int] = []  # of each row of the body, its first line
        self._needs: list[list[int]] = []  # of the header and of each row of the body, the cells that it would take

    def update(self, table: Table) -> int:
        """Take the table as it is now; all but its last row was final. Returns the first line that may have changed."""
        if len(self._starts) <= _MEASURED_ROWS < len(table.rows):
            return self._lay_out(table, table.rows[:_MEASURED_ROWS])
        if len(self._starts) <= _TRIAL_ROWS or len(table.rows) <= _TRIAL_ROWS:
            return self._lay_out(table, table.rows[:_TRIAL_ROWS])
        again = min(len(self._starts), len(table.rows)) - 1
        changed = self._starts[again]
        del self.lines[changed:], self._starts[again:], self._needs[again + 1 :]
        self._add_rows([self._parse(row, _CELL) for row in table.rows[again:]])
        return changed

    def finish(self, table: Table) -> int:
        """The table has ended: lay it out as a whole, unless all that came fits the widths it has."""
        changed = self.update(table)
        measured = table.rows[:_MEASURED_ROWS]
        widths = self._fit(self._needs[: len(measured) + 1], spare=len(table.rows) > len(measured))
        return changed if widths == self._widths else self._lay_out(table, measured)

    def _lay_out(self, table: Table, measured: Sequence[tuple[str, ...]]) -> int:
        rows = [self._parse(row, _CELL) for row in table.rows]
        self._header = self._parse(table.header, _HEADER)
        self._align = table.align
        self._needs = [_measure_row(self._header)]
        needs = [*self._needs, *map(_measure_row, rows[: len(measured)])]
        self._widths = self._fit(needs, spare=len(measured) == _MEASURED_ROWS < len(rows))
        old, self.lines, self._starts = self.lines, [], []
        if self._widths is not None:
            self._add_row(self._header, self._widths)
            rule = self._cross.join(self._rule * width for width in self._widths)
            self.lines.append(self._margin.ornament([Span(rule, _BORDER)], 1))
        elif not rows:
            self._add_stack([[] for _ in self._header], ruled=False)
        self._add_rows(rows)
        same = (n for n, (a, b) in enumerate(zip(old, self.lines, strict=False)) if a != b)
        return next(same, min(len(old), len(self.lines)))

    def _fit(self, needs: Sequence[Sequence[int]], *, spare: bool) -> list[int] | None:
        room = self._width - len(self._bar) * (len(needs[0]) - 1)
        widths = fit([max(column) for column in zip(*needs, strict=True)], room)
        if widths is None or not spare:
            return widths
        extra = min(_SPARE, max(0, room - sum(widths)) // len(widths))
        return [width + extra for width in widths]

    def _parse(self, cells: Sequence[str], style: Style) -> list[Cell]:
        return [self._parser.parse(cell, style, self._references) for cell in cells]

    def _add_rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        for row in rows:
            self._starts.append(len(self.lines))
            self._needs.append(_measure_row(row))
            if self._widths is None:
                self._add_stack(row, ruled=len(self._starts) > 1)
            else:
                self._add_row(row, self._widths)

    def _add_row(self, row: Sequence[Cell], widths: Sequence[int]) -> None:
        """A row with its cells side by side, as high as the highest of them."""
        cells = [_wrap(cell, width) for cell, width in zip(row, widths, strict=False)]
        for pieces in zip_longest(*cells, fillvalue=None):
            line: list[Span] = []
            for column, piece in enumerate(pieces):
                if column:
                    line.append(Span(self._bar, _BORDER))
                align = self._align[column] if column < len(self._align) else ""
                _pad(line, piece or [], widths[column], align, last=column == len(pieces) - 1)
            self.lines.append(self._margin.line(line, len(self.lines)))

    def _add_stack(self, row: Sequence[Cell], ruled: bool) -> None:
        """A row as one line for each cell, below a rule that parts it from the row before."""
        if ruled:
            self.lines.append(self._margin.ornament([Span(self._rule * self._width, _BORDER)], len(self.lines)))
        for name, cell in zip(self._header, row, strict=False):
            spans = [*name, Span(": " if cell else ":", _HEADER), *cell] if name else cell
            for piece, join in zip(*_wrap_joined(spans, self._width), strict=True):
                self.lines.append(self._margin.line(piece, len(self.lines), join))


def fit(needed: Sequence[int], room: int) -> list[int] | None:
    """The widths of columns that need so many cells in so much room; None if one would be too narrow."""
    widths = [max(need, 1) for need in needed]
    if sum(widths) <= room:
        return widths
    rest, level = room, 0
    for done, width in enumerate(sorted(widths)):
        level, surplus = divmod(rest, len(widths) - done)
        if width > level:
            break
        rest -= width
    if level < _NARROWEST:
        return None
    for column, width in enumerate(widths):
        if width > level:
            extra = min(surplus, 1)
            widths[column], surplus = min(width, level + extra), surplus - extra
    return widths


def _measure(cell: Cell) -> int:
    return sum(cell_len(span.text) for span in cell)


def _measure_row(row: Sequence[Cell]) -> list[int]:
    return [_measure(cell) for cell in row]


def _wrap(cell: Cell, width: int) -> list[Cell]:
    return _wrap_joined(cell, width)[0]


def _wrap_joined(cell: Cell, width: int) -> tuple[list[Cell], list[str | None]]:
    rows = break_rows("".join(span.text for span in cell), width)
    return cut_rows(cell, rows), [row.join for row in rows]


def _pad(line: list[Span], piece: Cell, width: int, align: str, last: bool) -> None:
    """Put a piece of a cell on a line, with the blanks that its alignment asks for; none at the end of the line."""
    room = width - _measure(piece)
    left = room if align == "right" else room // 2 if align == "center" else 0
    if left > 0:
        line.append(Span(" " * left))
    line += piece
    if room - left > 0 and not last:
        line.append(Span(" " * (room - left)))
