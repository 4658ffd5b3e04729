"""A terminal's cursor and pen while a difference is written, and the shortest sequences that bring them along.

CUP, CUF, CUB, CUD, CUU, CHA, ECH, EL and REP are ECMA-48, section 8.3. A line feed is only sent where it is the same
whether or not the line discipline of the tty puts a carriage return before it (`onlcr` of stty(1)).
"""

import re

from tui.ui.terminal.ability import Abilities
from tui.ui.terminal.pen import PLAIN, Pen, blank_pen, change_link, change_pen

_SHORTEST_REPEAT = 4
"""REP itself takes so many bytes."""
_REPEATED = re.compile(rf"(.)\1{{{_SHORTEST_REPEAT},}}")
_LONGEST_BACKSPACES = 3
"""With more, CUB is shorter."""


class Pencil:
    """Collects what is to be sent. A column or row that is not known is None, and the next move is absolute."""

    def __init__(self, abilities: Abilities, columns: int, cursor: tuple[int, int] | None, pen: Pen) -> None:
        self.pen = pen
        """The pen of the terminal now."""
        self._abilities = abilities
        self._columns = columns
        self._x: int | None = None
        self._y: int | None = None
        if cursor is not None:
            self._x, self._y = cursor
        self._parts: list[str] = []

    def result(self) -> str:
        """All that was collected."""
        return "".join(self._parts)

    def control(self, sequence: str, cursor: tuple[int, int] | None) -> None:
        """Send a sequence as it is; the cursor is then at `cursor`."""
        self._parts.append(sequence)
        self._x, self._y = cursor if cursor is not None else (None, None)

    def move(self, x: int, y: int) -> None:
        """Bring the cursor to a place."""
        if (self._x, self._y) != (x, y):
            self._parts.append(min(self._moves(x, y), key=len))
            self._x, self._y = x, y

    def stands(self, y: int) -> int | None:
        """The column of the cursor if it is in this row."""
        return self._x if self._y == y else None

    def take(self, pen: Pen) -> None:
        """Change to a pen."""
        if not self._abilities.links and pen.link:
            pen = pen._replace(link="")
        if pen != self.pen:
            self._parts.append(change_link(self.pen, pen) + change_pen(self.pen, pen))
            self.pen = pen

    def suits(self, cell: str, pen: Pen) -> bool:
        """Whether the pen of the terminal shows this cell as `pen` would."""
        return pen == self.pen or (cell == " " and pen == blank_pen(self.pen))

    def write(self, cell: str, pen: Pen, width: int, count: int = 1) -> None:
        """Write a cell `count` times, from the cursor on.

        The column after a cluster is not known: terminals disagree on how wide it is.
        """
        if not self.suits(cell, pen):
            self.take(pen)
        repeat = f"{cell}\x1b[{count - 1}b"
        if self._abilities.repeat and count > _SHORTEST_REPEAT and len(cell.encode()) * count > len(repeat.encode()):
            self._parts.append(repeat)
        else:
            self._parts.append(cell * count)
        if self._x is not None:
            self._x += width * count
        if len(cell) > 1 or (self._x is not None and self._x >= self._columns):
            self._x = None

    def write_text(self, text: str, pen: Pen) -> None:
        """Write characters of one cell each that take one pen, from the cursor on; the first is no blank."""
        if pen is not self.pen:
            self.take(pen)
        start = 0
        for repeated in _REPEATED.finditer(text) if self._abilities.repeat else ():
            self._put(text[start : repeated.start()])
            self.write(repeated[1], pen, 1, repeated.end() - repeated.start())
            start = repeated.end()
        self._put(text[start:])

    def _put(self, text: str) -> None:
        self._parts.append(text)
        if self._x is not None:
            self._x += len(text)
            if self._x >= self._columns:
                self._x = None

    def erase(self, pen: Pen, count: int) -> None:
        """Erase some cells from the cursor on, which stays; 0: the rest of the row."""
        if not self.suits(" ", pen):
            self.take(pen)
        self._parts.append(f"\x1b[{count}X" if count else "\x1b[K")

    def rest(self, cursor: tuple[int, int]) -> None:
        """End with the cursor at its place and no link open."""
        if self.pen.link:
            self.take(self.pen._replace(link=""))
        self.move(*cursor)

    def _moves(self, x: int, y: int) -> list[str]:
        """Every way to get there; of two that are equally short the first is taken."""
        ways = ["\x1b[H" if x == y == 0 else f"\x1b[{y + 1}H" if x == 0 else f"\x1b[{y + 1};{x + 1}H"]
        if self._y is None:
            return ways
        if self._y == y:
            ways += ["\r"] if x == 0 else [f"\x1b[{x + 1}G"]
            if self._x is not None:
                ways += _steps(x - self._x, "C", "D")
                if 0 < self._x - x <= _LONGEST_BACKSPACES:
                    ways.append("\b" * (self._x - x))
        else:
            if x == 0 and y == self._y + 1:
                ways.append("\r\n")
            if x == self._x:
                ways += _steps(y - self._y, "B", "A")
        return ways


def cleared(abilities: Abilities, columns: int, fill: Pen) -> Pencil:
    """A pencil on a terminal of which nothing is known: it is cleared first, with a background if it has that."""
    pencil = Pencil(abilities, columns, None, PLAIN)
    pencil.control("\x1b[r\x1b]8;;\x1b\\\x1b[m" if abilities.links else "\x1b[r\x1b[m", (0, 0))
    pencil.take(fill)
    pencil.control("\x1b[2J", None)
    return pencil


def _steps(count: int, ahead: str, back: str) -> list[str]:
    if count == 0:
        return []
    number = str(abs(count)) if abs(count) > 1 else ""
    return [f"\x1b[{number}{ahead if count > 0 else back}"]
