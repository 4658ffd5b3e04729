"""Block: a leaf of a document, such as a paragraph or a code fence, with the quotes and list items that it stands in.

A document is a flat list of these in the order of the text. Only the last one may still grow or become something else:
a paragraph a heading, any line with a pipe the header of a table.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quote around a block."""

    id: int
    """The same for all blocks in one quote."""


@dataclass(frozen=True, slots=True)
class Item:
    """A list item around a block."""

    id: int
    """The same for all blocks in one item."""
    list: int
    """The same for all items of one list."""
    marker: str
    """As it was written: `-`, `*`, `+`, `3.` or `3)`."""
    ordinal: int | None
    """The number that an ordered list gives this item (counted on from the first); None in a bullet list."""
    checked: bool | None = None
    """A task's box: done or not; None: no task."""


Frame = Quote | Item


@dataclass(slots=True)
class Block:
    """What all blocks have."""

    frames: tuple[Frame, ...]
    """The quotes and items around it, from the outside in."""
    start: int
    """Where its source begins in the text: the offset of its first line, containers' markers included."""
    end: int
    """Where its source ends: behind its last line's newline, as far as it came."""
    spaced: bool = False
    """Whether a blank row stands above it: blank lines in the source inside a list, always between other blocks."""
    known: int = 0
    """How many link reference definitions came before it: the first so many of the document's hold for its text."""


@dataclass(slots=True)
class Paragraph(Block):
    """Running text."""

    text: str = ""
    """The inline source, free of container markers and leading blanks, soft breaks as newlines."""


@dataclass(slots=True)
class Heading(Block):
    """A heading of level 1 to 6."""

    level: int = 1
    text: str = ""


@dataclass(slots=True)
class Code(Block):
    """A fenced or an indented block of code."""

    info: str = ""
    """The info string of the fence; empty for indented code."""
    lines: list[str] = field(default_factory=list)
    """The code, without container markers and the fence's own indent; grows at its end."""
    fenced: bool = True


@dataclass(slots=True)
class Table(Block):
    """A table: cells are inline source; every row has as many cells as the header."""

    header: tuple[str, ...] = ()
    align: tuple[str, ...] = ()
    """left, right, center or empty, one for each column."""
    rows: list[tuple[str, ...]] = field(default_factory=list)
    """Grows at its end."""


@dataclass(slots=True)
class Rule(Block):
    """A thematic break."""


@dataclass(slots=True)
class Html(Block):
    """A block of HTML, shown as it was written."""

    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Definition(Block):
    """A link reference definition; shown as it was written."""

    text: str = ""


@dataclass(slots=True)
class Empty(Block):
    """A list item or a quote without any content (yet)."""
