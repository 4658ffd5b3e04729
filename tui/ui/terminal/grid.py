"""The cells of a screen, as values: rows are replaced, never changed, so an unchanged row is the same object."""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from tui.ui.terminal.pen import PLAIN, Pen, blank_pen

Cells: TypeAlias = str | tuple[str, ...]
"""For each cell a character, or a cluster of several that a terminal draws as one; what is wider than a cell is
followed by an empty text for each more. A `str` where every cell is one character, since that is compared at once."""


class Row(NamedTuple):
    """One line of cells; a tuple, as a pen is."""

    text: Cells
    pens: tuple[Pen, ...]
    """As many as cells."""

    def joined(self) -> str:
        """The text of the row; rows that moved are found by it."""
        return self.text if isinstance(self.text, str) else "".join(self.text)

    def has_clusters(self) -> bool:
        """Whether a cell holds several characters: terminals disagree on how wide those are."""
        return not isinstance(self.text, str) and len(self.joined()) + self.text.count("") > len(self.text)


class Screen(NamedTuple):
    """What a terminal shows."""

    rows: tuple[Row, ...]
    cursor: tuple[int, int] = (0, 0)
    """(column, row), both from 0."""

    @property
    def columns(self) -> int:
        """Cells in a row."""
        return len(self.rows[0].text) if self.rows else 0


def blank_row(columns: int, pen: Pen = PLAIN) -> Row:
    """A row of blanks."""
    return Row(" " * columns, (pen,) * columns)


def join_rows(rows: Iterable[Row]) -> Row:
    """Several pieces of a row, one behind the other."""
    text: Cells = ""
    pens: list[Pen] = []
    for row in rows:
        text = _join(text, row.text)
        pens += row.pens
    return Row(text, tuple(pens))


def blank_screen(columns: int, lines: int) -> Screen:
    """A cleared screen with its cursor in the corner."""
    return Screen((blank_row(columns),) * lines)


def with_cursor(screen: Screen, column: int, line: int) -> Screen:
    """The same screen with its cursor there, or at the nearest place that it has."""
    cursor = max(min(column, screen.columns - 1), 0), max(min(line, len(screen.rows) - 1), 0)
    return Screen(screen.rows, cursor)


def place(row: Row, column: int, piece: Row) -> Row:
    """The row with some cells written over; the same object if nothing in it changes.

    What does not fit is left out, and the other half of a wide character that is cut becomes a blank, as on terminals.
    """
    text, pens = piece
    columns = len(row.text)
    room = columns - column
    end = column + min(len(text), room)
    if end <= column or (row.text[column:end] == text and row.pens[column:end] == pens):
        return row
    if len(text) == columns == room:
        return piece
    if len(text) <= room and row.text[column] != "" and (end == columns or row.text[end] != ""):
        # Nothing wide is cut: the most frequent case by far.
        left, right = row.text[:column], row.text[end:]
        return Row(_join(_join(left, text), right), row.pens[:column] + pens + row.pens[end:])
    cells = [*row.text[:column], *text[:room], *row.text[end:]]
    cell_pens = [*row.pens[:column], *pens[:room], *row.pens[end:]]
    if len(text) > room and text[room] == "":
        _blank_back(cells, cell_pens, columns)
    if row.text[column] == "":
        _blank_back(cells, cell_pens, column)
    for cut in range(end, columns):
        if cells[cut] != "":
            break
        cells[cut], cell_pens[cut] = " ", blank_pen(cell_pens[cut])
    return Row(tuple(cells), tuple(cell_pens))


def _join(left: Cells, right: Cells) -> Cells:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    return (*left, *right)


def _blank_back(cells: list[str], pens: list[Pen], end: int) -> None:
    """Blank the wide character whose last remaining cell is before `end`."""
    for column in range(end - 1, -1, -1):
        first = cells[column] != ""
        cells[column], pens[column] = " ", blank_pen(pens[column])
        if first:
            return
