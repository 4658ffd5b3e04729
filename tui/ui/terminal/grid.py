"""The cells of a screen, as values: rows are replaced, never changed, so an unchanged row is the same object."""

from typing import NamedTuple

from tui.ui.terminal.pen import PLAIN, Pen, blank_pen


class Row(NamedTuple):
    """One line of cells; a tuple, as a pen is. What is wider than a cell is followed by an empty text for each more."""

    text: tuple[str, ...]
    """A character, or a cluster of several that a terminal draws as one."""
    pens: tuple[Pen, ...]
    """As many as texts."""

    def joined(self) -> str:
        """The text of the row; rows that moved are found by it."""
        return "".join(self.text)

    def has_clusters(self) -> bool:
        """Whether a cell holds several characters: terminals disagree on how wide those are."""
        return len(self.joined()) + self.text.count("") > len(self.text)


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
    return Row((" ",) * columns, (pen,) * columns)


def blank_screen(columns: int, lines: int) -> Screen:
    """A cleared screen with its cursor in the corner."""
    return Screen((blank_row(columns),) * lines)


def with_cursor(screen: Screen, column: int, line: int) -> Screen:
    """The same screen with its cursor there, or at the nearest place that it has."""
    cursor = max(min(column, screen.columns - 1), 0), max(min(line, len(screen.rows) - 1), 0)
    return Screen(screen.rows, cursor)


def place(row: Row, column: int, text: tuple[str, ...], pens: tuple[Pen, ...]) -> Row:
    """The row with some cells written over; the same object if nothing in it changes.

    What does not fit is left out, and the other half of a wide character that is cut becomes a blank, as on terminals.
    """
    columns = len(row.text)
    room = columns - column
    end = column + min(len(text), room)
    if end <= column or (row.text[column:end] == text and row.pens[column:end] == pens):
        return row
    if len(text) == columns == room:
        return Row(text, pens)
    if len(text) <= room and row.text[column] != "" and (end == columns or row.text[end] != ""):
        # Nothing wide is cut: the most frequent case by far.
        return Row(row.text[:column] + text + row.text[end:], row.pens[:column] + pens + row.pens[end:])
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
    new = Row(tuple(cells), tuple(cell_pens))
    return row if new == row else new


def _blank_back(cells: list[str], pens: list[Pen], end: int) -> None:
    """Blank the wide character whose last remaining cell is before `end`."""
    for column in range(end - 1, -1, -1):
        first = cells[column] != ""
        cells[column], pens[column] = " ", blank_pen(pens[column])
        if first:
            return
