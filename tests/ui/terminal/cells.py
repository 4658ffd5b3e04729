"""The cells of a terminal, with what can be seen of their attributes, for comparing one screen with another."""

import re
from typing import TypeAlias

from rich.ansi import AnsiDecoder
from rich.console import Console
from textual.strip import Strip
from wcwidth import wcwidth

from tests.pty.screen import TerminalScreen
from tui.ui.terminal.frame import Brush
from tui.ui.terminal.grid import Screen, with_cursor

Cell: TypeAlias = tuple[str, ...]

CONSOLE = Console(color_system="truecolor", force_terminal=True)
_MOVE = re.compile(r"\x1b\[(\d+);(\d+)H")
_REPEAT = re.compile(r"([^\x1b])\x1b\[(\d+)b")


def draw(screen: Screen, frame: str) -> Screen:
    """The screen after a frame as Textual writes it: moves, styled text, and line ends."""
    column, line = screen.cursor
    strips: list[tuple[int, int, Strip]] = []
    pieces = _MOVE.split(frame)
    for number in range(0, len(pieces), 3):
        if number:
            line, column = int(pieces[number - 2]) - 1, int(pieces[number - 1]) - 1
        for turn, piece in enumerate(pieces[number].split("\n")):
            if turn:
                column, line = 0, line + 1
            text = AnsiDecoder().decode_line(piece)
            text.end = ""
            strips.append((column, line, Strip(text.render(CONSOLE))))
            column += strips[-1][2].cell_length
    return with_cursor(Brush(CONSOLE).draw(screen, strips), column, line)


class CellScreen(TerminalScreen):
    """A terminal whose cells can be read. It knows REP, but only behind the character in the same text.

    Lines do not wrap in it, as under Textual.
    """

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows)
        # pyte clears only what was written before.
        self.feed(b"\x1b[?7l" + b"".join(b"\x1b[%dH%s" % (row + 1, b" " * columns) for row in range(rows)) + b"\x1b[H")

    def show(self, text: str) -> None:
        """Feed text."""
        repeated = _REPEAT.sub(lambda match: match[1] * (int(match[2]) + 1), text)
        self.feed(repeated.encode("utf-8", "replace"))

    def cells(self) -> list[list[Cell]]:
        """(text, background, marks, foreground, bold, italic); the last three are empty where a blank hides them."""
        return [self._row_cells(row) for row in range(self._grid.lines)]

    def texts(self, row: int) -> list[str]:
        """The text of each cell; the second cell of a wide character has none."""
        data = [self._grid.buffer[row][column].data for column in range(self._grid.columns)]
        for column, text in enumerate(data):
            wide = text != "" and wcwidth(text[0]) == 2
            if (wide and data[column + 1 : column + 2] != [""]) or (text == "" and not _leads(data, column)):
                data[column] = " "
        return data

    def _row_cells(self, row: int) -> list[Cell]:
        cells: list[Cell] = []
        line = self._grid.buffer[row]
        for column, text in enumerate(self.texts(row)):
            cell = line[column]
            marks = f"{cell.underscore:d}{cell.reverse:d}{cell.strikethrough:d}"
            if text == " " and marks == "000":
                cells.append((text, cell.bg, marks, "", "", ""))
            elif text == "":
                cells.append((text, "", "", "", "", ""))
            else:
                cells.append((text, cell.bg, marks, cell.fg, str(cell.bold), str(cell.italics)))
        return cells


def _leads(data: list[str], column: int) -> bool:
    return column > 0 and data[column - 1] != "" and wcwidth(data[column - 1][0]) == 2
