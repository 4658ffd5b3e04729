"""Cursor: one line on its way through the containers that it stands in.

Columns, not characters, count: a tab reaches to the next multiple of four. As in markdown-it, columns start again at
the content of each quote, and `shift` says where its tab stops lie.
"""

BLANKS = " \t"


class Cursor:
    """Where the content of a line begins, at the present depth."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.begin = 0
        """Where the line begins for the innermost quote: behind its marker."""
        self.first = 0
        """The first character that is no blank; the length of the line if there is none."""
        self.indent = 0
        """Columns from `begin` to `first`."""
        self.shift = 0
        """Columns in front of `begin`, as far as tab stops are concerned."""
        self._skip_blanks(0)

    @property
    def blank(self) -> bool:
        """Whether nothing is left of the line."""
        return self.first >= len(self.line)

    @property
    def rest(self) -> str:
        """The line from its first character that is no blank."""
        return self.line[self.first :] if self.first else self.line

    def enter_quote(self) -> None:
        """Step behind the `>` that the cursor stands at, and behind one column of blanks."""
        place, column = self.first + 1, self.indent + 1
        after = self.line[place : place + 1]
        split_tab = False
        if after == " " or (after == "\t" and (self.shift + column) % 4 == 3):
            place += 1
            column += 1
        elif after == "\t":
            split_tab = True
        self.begin = self.first = place
        self.shift += split_tab
        self._skip_blanks(column)
        self.indent -= column
        self.shift = column + split_tab

    def enter_item(self, after: int) -> int:
        """Step behind a list marker that ends at `after`; returns the column at which the item's content begins."""
        column = self.indent + after - self.first
        self.first = after
        self._skip_blanks(column)
        width = 1 if self.blank else self.indent - column
        return column + (width if width <= 4 else 1)

    def cut(self, columns: int) -> str:
        """The line without so many columns of blanks and markers; a tab that is cut in two leaves spaces."""
        line, place, column = self.line, self.begin, 0
        while place < len(line) and column < columns:
            if line[place] == "\t":
                column += 4 - (column + self.shift) % 4
            elif line[place] == " " or place < self.first:
                column += 1
            else:
                break
            place += 1
        return " " * (column - columns) + line[place:]

    def _skip_blanks(self, column: int) -> None:
        line, place = self.line, self.first
        while place < len(line) and line[place] in BLANKS:
            column += 1 if line[place] == " " else 4 - (column + self.shift) % 4
            place += 1
        self.first, self.indent = place, column
