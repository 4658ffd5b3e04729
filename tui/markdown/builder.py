"""Builder: reads a text line by line into blocks.

The first phase of the strategy in CommonMark's appendix, "A parsing strategy": walk the open containers as far as the
line continues them; it may be a lazy continuation of a paragraph; else close what it does not continue, open new
containers, and let the line begin a block or join the open one. No earlier line is read again, but those of a link
reference definition that turns out to be none, and the last one of a paragraph that turns out to be a table's header.
"""

from dataclasses import replace

from tui.markdown.block import Block, Heading, Item, Quote, Table
from tui.markdown.container import CODE_INDENT, ROOT, count_continued, is_outside
from tui.markdown.cursor import Cursor
from tui.markdown.leaf import Fence, Indented, Markup, Nothing, Pending, Rows, Source, Text
from tui.markdown.marker import interrupts, read_underline
from tui.markdown.reference import Reference, Stage
from tui.markdown.row import read_alignment, split_row
from tui.markdown.tree import Opening, Tree


class Builder(Tree):
    """A tree that grows line by line."""

    def read(self, source: Source) -> None:
        """One more line."""
        opening, self.opening = self.opening, None
        if opening and self._begin_table(opening, source):
            return
        cursor = Cursor(source.line)
        depth = count_continued(self.containers, cursor)
        if isinstance(self.leaf, Pending) and not self._continues(cursor, depth):
            self._settle(self.leaf, self.leaf.reference, self.leaf.lines)
            self.read(source)
            return
        if cursor.blank:
            self._read_blank(cursor, source, depth)
        elif depth < len(self.containers):
            self._read_outside(cursor, source, depth)
        else:
            self._read_inside(cursor, source)
        self.after_blank = cursor.blank

    def finish(self) -> None:
        """The text has ended."""
        while isinstance(self.leaf, Pending):
            self._settle(self.leaf, self.leaf.reference, self.leaf.lines)
        self.close(0)

    def _continues(self, cursor: Cursor, depth: int) -> bool:
        """Whether a definition may reach into this line: in contrast to a paragraph, any list ends it."""
        if cursor.blank:
            return False
        if depth < len(self.containers):
            return not is_outside(self.containers, depth, cursor)
        indented = cursor.indent - self.place.indent >= CODE_INDENT
        return indented or not interrupts(cursor.rest, lists=True, paragraph=False) or self._reads_table(cursor.rest)

    def _read_blank(self, cursor: Cursor, source: Source, depth: int) -> None:
        leaf = self.leaf
        if depth < len(self.containers):
            self.close(depth)
        elif isinstance(leaf, Fence | Indented | Markup | Rows):
            if leaf.take_blank(cursor, self.place, source):
                leaf.block.end = source.end
            if not leaf.open:
                self.leaf = None
        elif isinstance(leaf, Text):
            self.close_leaf()
        elif self.containers and isinstance(self.containers[-1].frame, Item):
            # An item that begins with a blank line ends at a second one, and at a third its list, as in markdown-it.
            if self.containers[-1].dead:
                self.containers = self.containers[:-1]
            elif leaf:
                self.containers = (*self.containers[:-1], replace(self.containers[-1], dead=True))
                self.leaf = None

    def _read_outside(self, cursor: Cursor, source: Source, depth: int) -> None:
        leaf = self.leaf
        if isinstance(leaf, Text) and not is_outside(self.containers, depth, cursor):
            quoted = any(isinstance(container.frame, Quote) for container in self.containers[depth:])
            self._extend(leaf, cursor, source, header=not quoted, outdented=True)
        else:
            self._leave(cursor, source, depth)

    def _leave(self, cursor: Cursor, source: Source, depth: int) -> None:
        frame = self.containers[depth].frame
        self.close(depth)
        self.begin(cursor, source, frame if isinstance(frame, Item) else None)

    def _read_inside(self, cursor: Cursor, source: Source) -> None:
        leaf = self.leaf
        if isinstance(leaf, Text):
            self._read_text(leaf, cursor, source)
        elif isinstance(leaf, Fence | Indented | Markup | Rows) and leaf.take(cursor, self.place):
            leaf.block.end = source.end
            if not leaf.open:
                self.leaf = None
        else:
            if not isinstance(leaf, Nothing):
                self.close_leaf()
            self.begin(cursor, source, None)

    def _read_text(self, leaf: Text, cursor: Cursor, source: Source) -> None:
        rest = cursor.rest
        if cursor.indent - self.place.indent >= CODE_INDENT:
            self._extend(leaf, cursor, source, header=False, outdented=False)
        elif self._reads_table(rest):
            self._make_table(leaf, rest, source)
        elif not isinstance(leaf, Pending) and (level := read_underline(rest)):
            self.close_leaf()
            at = self.blocks.pop()
            text = leaf.block.text
            self.blocks.append(Heading(at.frames, at.start, source.end, at.spaced, at.known, level, text))
        elif isinstance(leaf, Pending) or not interrupts(rest, lists=True, paragraph=True):
            self._extend(leaf, cursor, source, header=True, outdented=False)
        else:
            self.close_leaf()
            self.begin(cursor, source, None)

    def _extend(self, leaf: Text, cursor: Cursor, source: Source, header: bool, outdented: bool) -> None:
        """One more line of running text, which may show that a definition is complete, or is none."""
        if isinstance(leaf, Pending):
            reference = leaf.reference.read(cursor.rest + source.newline)
            if reference.stage is Stage.FAILED:
                self._settle(leaf, reference, leaf.lines)
                self.read(source)
                return
            leaf.lines.append((source, cursor.rest))
            leaf.before, leaf.reference = leaf.reference, reference
        leaf.add(cursor, source, header, outdented)
        if isinstance(leaf, Pending) and leaf.reference.stage is Stage.DONE:
            self._settle(leaf, leaf.reference, leaf.lines)

    def _settle(self, leaf: Pending, reference: Reference, lines: list[tuple[Source, str]]) -> None:
        """Make of these lines what they are, a definition or a paragraph, and read those behind it."""
        block, used = leaf.block, reference.complete
        if used:
            del self.blocks[-1]
            block.end = lines[used - 1][0].end
            self.define(block, reference, "\n".join(text for _, text in lines[:used]))
        else:
            used, (source, text) = 1, lines[0]
            block.end = source.end
            self.leaf = Text(block, text, 0, source, text)
        for source, _ in lines[used:]:
            self.read(source)

    def _reads_table(self, rest: str) -> bool:
        """Whether this is the line below a table's header, and the last line of the open paragraph was the header."""
        return isinstance(self.leaf, Text) and bool(self.leaf.cut) and bool(_read_columns(self.leaf.header, rest))

    def _make_table(self, leaf: Text, rest: str, source: Source) -> None:
        """Begin a table. What came before its header stays what it is."""
        first = leaf.source
        if isinstance(leaf, Pending):
            self._settle(leaf, leaf.before, leaf.lines[:-1])
            self.read(first)
            self.read(source)
            return
        leaf.text, leaf.block.end = leaf.text[: leaf.cut - 1], first.start
        self.close_leaf()
        if leaf.outdented:
            # The header stands outside the item that holds the text before it.
            cursor = Cursor(first.line)
            self._leave(cursor, first, count_continued(self.containers, cursor))
            self.read(source)
        else:
            self._add_table(self.stub(first), leaf.header, rest, source)

    def _begin_table(self, opening: Opening, source: Source) -> bool:
        """Make the last line a table's header if this is the line below one, whatever else the last line began."""
        for containers, header in opening.levels:
            cursor = Cursor(source.line)
            if count_continued(containers, cursor) < len(containers) or cursor.blank:
                return False
            place = containers[-1].inner if containers else ROOT
            if cursor.indent - place.indent < CODE_INDENT and _read_columns(header, cursor.rest):
                break
        else:
            return False
        del self.blocks[opening.blocks :]
        while len(self.definitions) > opening.definitions:
            self.definitions.popitem()
        self.containers, self.after_blank = containers, opening.after_blank
        self._add_table(self.stub(opening.source, opening.vacant), header, cursor.rest, source)
        self.after_blank = False
        return True

    def _add_table(self, at: Block, header: str, rest: str, source: Source) -> None:
        cells, alignment = tuple(split_row(header)), read_alignment(rest)
        table = Table(self.frames, at.start, source.end, at.spaced, at.known, cells, alignment)
        self.blocks.append(table)
        self.leaf = Rows(table)


def _read_columns(header: str, rest: str) -> tuple[str, ...]:
    """The alignment of a table's columns, if these are its header and the line below it; else nothing."""
    alignment = read_alignment(rest) if "|" in header else ()
    return alignment if len(alignment) == len(split_row(header)) else ()
