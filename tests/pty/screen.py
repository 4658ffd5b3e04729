"""What a terminal shows: bytes in, a grid of cells and the terminal's answers out (sans-I/O, on pyte).

pyte knows the VT220 and prints or raises on much of what came later, so the stream is cut into tokens first and only
those that pyte understands reach it. Grammar of control sequences: ECMA-48, sections 5.4 and 5.6. Modes, queries and
the alternate screen: xterm's ctlseqs. Synchronised output (mode 2026): the specification of the Contour terminal.
"""

import codecs
import copy
import itertools
import re
import unicodedata

import pyte
from pyte.screens import Char, Cursor, StaticDefaultDict
from wcwidth import wcwidth

_STRING = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x18\x1a\x1b\x9c]*"
_INTRODUCER = re.compile(r"[\x1b\x90\x98\x9b\x9d-\x9f]")
_CONTROL = re.compile(
    rf"{_STRING}(?:[\x07\x18\x1a\x9c]|\x1b\\|(?=\x1b[^\\]))"
    r"|(?:\x1b\[|\x9b)(?P<prefix>[<-?]?)(?P<parameters>[0-?]*)(?P<middle>[ -/]*)(?P<final>[@-~])"
    r"|\x1b(?P<escape>[0-OQ-WYZ`-~\\]|[#%()][0-~])"
    r"|\x1b[ -/]+[0-~]"
)
_TORN = re.compile(rf"(?:{_STRING}\x1b?|(?:\x1b\[|\x9b)[0-?]*[ -/]*|\x1b[ -/]*)\Z")
_MALFORMED = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*|.", re.DOTALL)

_ALTERNATE_MODES = frozenset({47, 1047, 1049})
_SYNCHRONISED_MODE = 2026
_INITIAL_MODES = frozenset({7, 25})
_PYTE_MODES = frozenset({6, 7, 25})
_KNOWN_MODES = _ALTERNATE_MODES | _PYTE_MODES | {1000, 1002, 1003, 1004, 1006, 2004, _SYNCHRONISED_MODE}
# A VT220 with colours.
_DEVICE_ATTRIBUTES = "\x1b[?62;22c"


class TerminalScreen:
    """The screen of one terminal. `title` and clipboard strings are not kept: they are in the bytes."""

    def __init__(self, columns: int, rows: int) -> None:
        self.modes: set[int] = set(_INITIAL_MODES)
        """The private modes that are set: 25 visible cursor, 1049 alternate screen, 2004 bracketed paste, ..."""
        self._grid = _Grid(columns, rows)
        self._parser = pyte.Stream(self._grid)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._torn = ""

    def feed(self, data: bytes) -> bytes:
        """Show `data`; return what the terminal answers to the queries in it, in order.

        A character or sequence that `data` ends inside of waits for the next call.
        """
        text = self._torn + self._decoder.decode(data)
        self._torn = ""
        answers: list[str] = []
        position = 0
        while introducer := _INTRODUCER.search(text, position):
            self._parser.feed(text[position : introducer.start()])
            position = introducer.start()
            control = _CONTROL.match(text, position)
            if control is None and _TORN.match(text, position):
                self._torn = text[position:]
                return "".join(answers).encode()
            if control is None:
                # As terminals do, the sequence is dropped up to the character that cannot belong to it.
                malformed = _MALFORMED.match(text, position)
                position = malformed.end() if malformed else len(text)
                continue
            position = control.end()
            answers.append(self._obey(control))
        self._parser.feed(text[position:])
        return "".join(answers).encode()

    def resize(self, columns: int, rows: int) -> None:
        self._grid.resize(lines=rows, columns=columns)

    def text(self) -> str:
        """All rows, without the blanks at the end of each, joined with newlines."""
        return "\n".join(self.row(number) for number in range(self._grid.lines))

    def row(self, number: int) -> str:
        """Row `number` from 0, without the blanks at its end."""
        return self._grid.render(number).rstrip()

    @property
    def cursor(self) -> tuple[int, int]:
        """(column, row), both from 0."""
        # After a character in the last column pyte's cursor stands one beyond, where the next one wraps.
        return min(self._grid.cursor.x, self._grid.columns - 1), self._grid.cursor.y

    @property
    def between_frames(self) -> bool:
        """False inside a synchronised update, which a terminal shows at its end only."""
        return _SYNCHRONISED_MODE not in self.modes

    def _obey(self, control: re.Match[str]) -> str:
        escape, final = control["escape"], control["final"]
        if escape is not None:
            if escape == "c":
                self.modes = set(_INITIAL_MODES)
            self._parser.feed("\x1b" + escape)
        elif final is not None:
            prefix, middle = control["prefix"], control["middle"]
            kind = prefix + middle + final
            if re.fullmatch(r"[0-9;]*", control["parameters"]):
                return self._obey_sequence(kind, [int(number or 0) for number in control["parameters"].split(";")])
        return ""

    def _obey_sequence(self, kind: str, numbers: list[int]) -> str:
        first = numbers[0]
        match kind:
            case "?h" | "?l":
                for mode in numbers:
                    self._switch(mode, kind == "?h")
            case "?$p":
                return f"\x1b[?{first};{self._report(first)}$y"
            case "c" if first == 0:
                return _DEVICE_ATTRIBUTES
            case "n" if first == 5:
                return "\x1b[0n"
            case "n" if first == 6:
                column, row = self.cursor
                return f"\x1b[{row + 1};{column + 1}R"
            case "S":
                self._grid.scroll(max(first, 1))
            case "T":
                self._grid.scroll(-max(first, 1))
            case "m" | "h" | "l":
                self._pass(kind, numbers)
            case "H" | "f" | "r":
                self._pass(kind, numbers[:2])
            case "c" | "n":
                pass
            case _ if kind in pyte.Stream.csi:
                self._pass(kind, numbers[:1])
        return ""

    def _pass(self, kind: str, numbers: list[int]) -> None:
        self._parser.feed(f"\x1b[{';'.join(map(str, numbers))}{kind}")

    def _switch(self, mode: int, on: bool) -> None:
        if on:
            self.modes.add(mode)
        else:
            self.modes.discard(mode)
        if mode in _ALTERNATE_MODES:
            self._grid.show_alternate(on)
        elif mode in _PYTE_MODES:
            self._parser.feed(f"\x1b[?{mode}{'h' if on else 'l'}")

    def _report(self, mode: int) -> int:
        """DECRQM: 0 not recognised, 1 set, 2 reset."""
        if mode not in _KNOWN_MODES:
            return 0
        return 1 if mode in self.modes else 2


class _Grid(pyte.Screen):
    """pyte's cells, with an alternate screen, SU and SD, and characters that have no width."""

    def reset(self) -> None:
        super().reset()
        self._main: tuple[dict[int, StaticDefaultDict[int, Char]], Cursor] | None = None

    def draw(self, data: str) -> None:
        # pyte drops the rest of a run at a joiner or variation selector, and puts accents beside a wide character.
        for blank, run in itertools.groupby(data, key=lambda character: wcwidth(character) <= 0):
            if not blank:
                super().draw("".join(run))
            elif self.cursor.x > 0:
                self._attach("".join(character for character in run if wcwidth(character) == 0))

    def delete_lines(self, count: int | None = None) -> None:
        # pyte leaves a deleted row as it was when the row that moves up was never written to.
        self.buffer.update({row: self.buffer[row] for row in range(self.lines)})
        super().delete_lines(count)

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        # pyte clips at the top in any case; a terminal only as far as the cursor's row asks for.
        rows = lines or self.lines
        above = max(0, self.cursor.y - rows + 1)
        self.set_margins()
        if above:
            self.scroll(above)
        self.cursor.y -= above
        for row in [row for row in self.buffer if row >= rows]:
            del self.buffer[row]
        self.lines = rows
        super().resize(rows, columns)
        self.ensure_hbounds()

    def scroll(self, lines: int) -> None:
        """Move the rows between the margins up by `lines`, or down when negative; the cursor stays."""
        cursor = copy.copy(self.cursor)
        self.cursor.y = self.margins.top if self.margins else 0
        if lines > 0:
            self.delete_lines(lines)
        else:
            self.insert_lines(-lines)
        self.cursor = cursor

    def show_alternate(self, on: bool) -> None:
        if on and self._main is None:
            self._main = dict(self.buffer), copy.copy(self.cursor)
            self.buffer.clear()
        elif not on and self._main is not None:
            rows, self.cursor = self._main
            self._main = None
            self.buffer.clear()
            self.buffer.update(rows)
            self.ensure_hbounds()
            self.ensure_vbounds()

    def render(self, row: int) -> str:
        """The text of a row, one column after another.

        A wide character is followed by an empty cell; half of one, left by what was written over the other half, is a
        blank.
        """
        cells = [self.buffer[row][column].data for column in range(self.columns)]
        parts: list[str] = []
        column = 0
        while column < len(cells):
            cell = cells[column]
            wide = cell != "" and wcwidth(cell[0]) == 2
            if wide and cells[column + 1 : column + 2] in ([""], []):
                parts.append(cell)
                column += 2
            else:
                parts.append(" " if wide or cell == "" else cell)
                column += 1
        return "".join(parts)

    def _attach(self, marks: str) -> None:
        line = self.buffer[self.cursor.y]
        column = self.cursor.x - 1
        if line[column].data == "" and column > 0:
            column -= 1
        line[column] = line[column]._replace(data=unicodedata.normalize("NFC", line[column].data + marks))
