"""Document: a growing text as a flat list of blocks.

Whole lines are read once. The unfinished last line is read too, so that it is seen at once, and what it did is taken
back before more text is read: a feed costs what came and the unfinished line, however long the text is.
"""

from copy import copy
from dataclasses import fields

from tui.markdown.block import Block
from tui.markdown.builder import Builder
from tui.markdown.leaf import Leaf, Source


class Document:
    """A growing text as a flat list of leaf blocks. It is free of carriage returns and of controls."""

    def __init__(self) -> None:
        self._builder = Builder()
        self._checkpoint: _Checkpoint | None = None
        self._tail = ""
        self._offset = 0
        self.settled = 0
        """How many blocks, from the first on, never change again."""

    @property
    def blocks(self) -> list[Block]:
        """All blocks in the order of the text, those of the unfinished line included."""
        return self._builder.blocks

    @property
    def definitions(self) -> dict[str, tuple[str, str]]:
        """The link reference definitions so far, in their order: normalised label -> address and title."""
        return self._builder.definitions

    def feed(self, text: str) -> None:
        """More of the text."""
        self._withdraw()
        head, newline, tail = text.rpartition("\n")
        if newline:
            self._read_lines(self._tail + head)
            self._tail = ""
        line = self._tail = self._tail + tail
        if line.strip(" \t"):
            self._checkpoint = _Checkpoint(self._builder, self.settled)
            self._builder.read(Source(line, self._offset, self._offset + len(line), whole=False))
        self._builder.refresh()

    def close(self) -> None:
        """The text is whole. A last line of blanks alone is none."""
        self._checkpoint = None
        self._builder.finish()
        self.settled = len(self.blocks)

    def _read_lines(self, text: str) -> None:
        """`text`: whole lines, without the last newline."""
        builder = self._builder
        for line in text.split("\n"):
            end = self._offset + len(line) + 1
            builder.read(Source(line, self._offset, end, whole=True))
            self._offset = end
        self.settled = len(builder.blocks) - (builder.leaf is not None)
        if builder.opening:
            self.settled = min(self.settled, builder.opening.blocks)

    def _withdraw(self) -> None:
        if self._checkpoint:
            self._checkpoint.restore(self._builder)
            self._checkpoint = None


class _Checkpoint:
    """What a builder was: all of it that reading one line may change, and no more."""

    def __init__(self, builder: Builder, settled: int) -> None:
        self._settled, self._blocks = settled, builder.blocks[settled:]
        self._definitions = len(builder.definitions)
        self._last_definition = next(reversed(builder.definitions.items()), None)
        self._containers, self._leaf, self._opening = builder.containers, builder.leaf, builder.opening
        self._after_blank, self._ids = builder.after_blank, builder.ids
        self._values = [_Values(builder.leaf), _Values(builder.leaf.block)] if builder.leaf else []

    def restore(self, builder: Builder) -> None:
        """Make the builder what it was."""
        builder.blocks[self._settled :] = self._blocks
        while len(builder.definitions) > self._definitions:
            builder.definitions.popitem()
        if self._last_definition:
            builder.definitions.setdefault(*self._last_definition)
        for values in self._values:
            values.restore()
        builder.containers, builder.leaf, builder.opening = self._containers, self._leaf, self._opening
        builder.after_blank, builder.ids = self._after_blank, self._ids


class _Values:
    """The fields of a leaf or a block. Their lists only grow while one line is read, or give way to others."""

    def __init__(self, of: Leaf | Block) -> None:
        self._of, self._copy = of, copy(of)
        self._names = [field.name for field in fields(of)]
        self._sizes = [(value, len(value)) for name in self._names if isinstance(value := getattr(of, name), list)]

    def restore(self) -> None:
        for name in self._names:
            setattr(self._of, name, getattr(self._copy, name))
        for values, size in self._sizes:
            del values[size:]
