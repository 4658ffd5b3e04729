"""GrowingText: a received text as it grows, from foreign characters to laid-out lines.

The markdown parser is imported with the first of them, not before: no screen is painted later for its sake.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from tui.markdown.block import Code
from tui.markdown.layout import Layout
from tui.markdown.line import Line
from tui.text.sanitise import StreamSanitiser


@dataclass(frozen=True, slots=True)
class BlockText:
    """A block of a text as it is laid out, and what it was."""

    rows: range
    """Without the blank row that may stand above it."""
    span: range
    """The characters of the text that it is made of."""
    source: str
    """The markdown."""
    words: str
    """What one wants of it alone: of a code block the code without its fence."""


class GrowingText:
    """Cleaned once, read as markdown once, laid out at one width at a time."""

    def __init__(self, layout: Layout) -> None:
        from tui.markdown.document import Document
        from tui.markdown.page import Page

        self._clean = StreamSanitiser()
        self._source: list[str] = []
        self.document = Document()
        self._page = Page(self.document, layout)

    @property
    def source(self) -> str:
        """What has come so far, made safe."""
        if len(self._source) > 1:
            self._source[:] = ["".join(self._source)]
        return self._source[0] if self._source else ""

    @property
    def has_text(self) -> bool:
        """Whether anything has come."""
        return bool(self._source)

    @property
    def lines(self) -> Sequence[Line]:
        """The rows as of the last `update`; always the same list at one layout."""
        return self._page.lines

    def feed(self, text: str) -> None:
        """Take the next piece."""
        self._take(self._clean.feed(text))

    def close(self) -> None:
        """The text is whole."""
        self._take(self._clean.end())
        self.document.close()

    def lay_out(self, layout: Layout) -> None:
        """Have the rows at another layout; what was read stays."""
        from tui.markdown.page import Page

        self._page = Page(self.document, layout)

    def update(self) -> int:
        """Bring the rows up to date; returns the first that may have changed."""
        return self._page.update()

    def number_at(self, row: int) -> int:
        """The number of the block that a row is in."""
        return self._page.block_at(row)

    def block(self, number: int) -> BlockText:
        """A block by its number."""
        blocks = self.document.blocks
        block, end = blocks[number], len(self.lines)
        if number + 1 < len(blocks):
            end = self._page.first_line(number + 1) - blocks[number + 1].spaced
        rows, span = range(self._page.first_line(number), end), range(block.start, block.end)
        source = self.source_of(span)
        return BlockText(rows, span, source, "\n".join(block.lines) if isinstance(block, Code) else source)

    def source_of(self, span: range) -> str:
        """A piece of the text, without the newlines at its end."""
        return self.source[span.start : span.stop].rstrip("\n")

    def is_code(self, row: int) -> bool:
        """Whether a row is of a block of code."""
        return isinstance(self.document.blocks[self.number_at(row)], Code)

    def code_blocks(self) -> list[BlockText]:
        """The blocks of code, in order."""
        return [self.block(number) for number, block in enumerate(self.document.blocks) if isinstance(block, Code)]

    def _take(self, text: str) -> None:
        if text:
            self._source.append(text)
            self.document.feed(text)


def load_markdown() -> None:
    """Import the parser now, in a thread, so that the first reply need not wait for it."""
    import_module("tui.markdown.page")
