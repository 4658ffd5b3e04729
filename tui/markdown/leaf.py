"""Leaf: an open block, and how it takes the lines that follow."""

import re
from dataclasses import dataclass, field

from tui.markdown.block import Code, Empty, Html, Paragraph, Table
from tui.markdown.container import CODE_INDENT, Place
from tui.markdown.cursor import Cursor
from tui.markdown.marker import TRIMMED, closes_fence, interrupts
from tui.markdown.reference import Reference
from tui.markdown.row import SPARE_CELLS, split_row


@dataclass(frozen=True, slots=True)
class Source:
    """A line of the text."""

    line: str
    """Without its newline."""
    start: int
    """Its offset in the text."""
    end: int
    """The offset behind its newline."""
    whole: bool
    """Whether the newline has come."""

    @property
    def newline(self) -> str:
        """What ends it."""
        return "\n" if self.whole else ""


@dataclass(slots=True)
class Fence:
    """Fenced code."""

    block: Code
    fence: str
    indent: int
    open: bool = True

    def take(self, cursor: Cursor, place: Place) -> bool:
        """A line of code, or the fence that ends it."""
        if cursor.indent - place.indent < CODE_INDENT and closes_fence(cursor.rest, self.fence):
            self.open = False
        else:
            self.block.lines.append(cursor.cut(self.indent))
        return True

    def take_blank(self, cursor: Cursor, place: Place, source: Source) -> bool:
        """A blank line of code, once its newline has come."""
        if source.whole:
            self.block.lines.append(cursor.cut(self.indent))
        return source.whole


@dataclass(slots=True)
class Indented:
    """Code by indent. Blank lines belong to it only if more code follows."""

    block: Code
    blanks: list[str] = field(default_factory=list)
    open: bool = True

    def take(self, cursor: Cursor, place: Place) -> bool:
        """A line of code; a line with less indent is none."""
        if cursor.indent - place.indent < CODE_INDENT:
            return False
        self.block.lines += self.blanks
        self.block.lines.append(cursor.cut(place.indent + CODE_INDENT))
        self.blanks = []
        return True

    def take_blank(self, cursor: Cursor, place: Place, source: Source) -> bool:
        """Remember it; the block does not reach further for it."""
        self.blanks.append(cursor.cut(place.indent + CODE_INDENT))
        return False


@dataclass(slots=True)
class Markup:
    """A block of HTML."""

    block: Html
    ending: re.Pattern[str]
    open: bool = True

    def take(self, cursor: Cursor, place: Place) -> bool:
        """Any line, up to the one that ends it."""
        self.block.lines.append(cursor.cut(place.indent))
        self.open = not self.ending.search(cursor.rest)
        return True

    def take_blank(self, cursor: Cursor, place: Place, source: Source) -> bool:
        """A blank line ends some kinds and belongs to the others."""
        if self.ending.search(""):
            self.open = False
            return False
        line = cursor.cut(place.indent)
        if line or source.whole:
            self.block.lines.append(line)
        return True


@dataclass(slots=True)
class Rows:
    """A table."""

    block: Table
    spare: int = 0
    """Cells that rows left out so far."""
    open: bool = True

    def take(self, cursor: Cursor, place: Place) -> bool:
        """A row, unless something else begins or rows have left out too many cells."""
        if cursor.indent - place.indent >= CODE_INDENT or interrupts(cursor.rest, lists=True, paragraph=False):
            return False
        cells, columns = split_row(cursor.rest), len(self.block.header)
        spare = self.spare + columns - len(cells)
        if spare > SPARE_CELLS or not cursor.rest.strip(TRIMMED):
            return False
        self.spare = spare
        self.block.rows.append(tuple((cells + [""] * columns)[:columns]))
        return True

    def take_blank(self, cursor: Cursor, place: Place, source: Source) -> bool:
        """A blank line ends it."""
        self.open = False
        return False


@dataclass(slots=True)
class Nothing:
    """An item or a quote that has no content so far."""

    block: Empty


@dataclass(slots=True)
class Text:
    """A paragraph, as far as is known."""

    block: Paragraph
    text: str
    """All its lines, free of indent."""
    cut: int
    """Where the last line begins in it."""
    source: Source
    """The last line as it came."""
    header: str
    """The last line, if it may be a table's header."""
    outdented: bool = False
    """Whether the last line has less indent than the content of the list item that it continues."""

    def add(self, cursor: Cursor, source: Source, header: bool, outdented: bool) -> None:
        """One more line."""
        rest = cursor.rest
        self.cut = len(self.text) + 1
        self.text += "\n" + rest
        self.source, self.header, self.outdented = source, rest if header else "", outdented
        self.block.end = source.end


@dataclass(slots=True)
class Pending(Text):
    """What may be a link reference definition."""

    reference: Reference = field(default_factory=Reference)
    before: Reference = field(default_factory=Reference)
    """Without the last line."""
    lines: list[tuple[Source, str]] = field(default_factory=list)
    """Each as it came and free of indent."""


Taking = Fence | Indented | Markup | Rows
Leaf = Taking | Nothing | Text
