"""Tree: the blocks so far, the containers and the block that are open, and how a line begins new ones."""

from dataclasses import dataclass, replace

from tui.markdown.block import Block, Code, Definition, Empty, Frame, Heading, Html, Item, Paragraph, Quote, Rule
from tui.markdown.container import CODE_INDENT, ROOT, Container, Place
from tui.markdown.cursor import BLANKS, Cursor
from tui.markdown.leaf import Fence, Indented, Leaf, Markup, Nothing, Pending, Source, Text
from tui.markdown.marker import (
    TRIMMED,
    ListMarker,
    is_rule,
    read_fence,
    read_heading,
    read_html,
    read_list_marker,
    read_task,
)
from tui.markdown.reference import Reference, Stage

DEPTH = 32
"""How many containers may be nested; deeper markers are text."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How the last line began blocks, when the next one may still make it a table's header instead."""

    source: Source
    blocks: int
    """How many blocks there were before."""
    definitions: int
    after_blank: bool
    """Whether the line before was blank."""
    vacant: Block | None
    """The empty block that it replaced."""
    levels: tuple[tuple[tuple[Container, ...], str], ...]
    """What was open, and what was left of the line, wherever a table could begin; from the outside in."""


class Tree:
    """What the lines so far have made."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.definitions: dict[str, tuple[str, str]] = {}
        self.containers: tuple[Container, ...] = ()
        self.leaf: Leaf | None = None
        """What the last block takes further lines with; None: it is closed."""
        self.after_blank = False
        """Whether the last line was blank."""
        self.opening: Opening | None = None
        """How the last line began blocks, if it may be the header of a table."""
        self.ids = 0
        """The last number given to a quote, an item or a list."""

    @property
    def place(self) -> Place:
        """Where the content of the innermost container stands."""
        return self.containers[-1].inner if self.containers else ROOT

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The open containers as a block names them."""
        return tuple(container.frame for container in self.containers)

    def refresh(self) -> None:
        """Bring the text of the open paragraph up to date."""
        if isinstance(self.leaf, Text):
            self.leaf.block.text = self.leaf.text.strip(TRIMMED)

    def close(self, depth: int) -> None:
        """Close the open block, and all containers but the first so many."""
        self.close_leaf()
        self.containers = self.containers[:depth]

    def close_leaf(self) -> None:
        """Close the open block."""
        self.refresh()
        self.leaf = None

    def begin(self, cursor: Cursor, source: Source, sibling: Item | None) -> None:
        """Begin what the line begins: containers, then a block in them.

        `sibling`: the item that this line closed, if an item that begins at once belongs to the same list.
        """
        vacant = self.blocks.pop() if isinstance(self.leaf, Nothing) else None
        self.leaf, opened = None, len(self.containers)
        blocks, definitions = len(self.blocks), len(self.definitions)
        levels: list[tuple[tuple[Container, ...], str]] = []
        while not cursor.blank and cursor.indent - self.place.indent < CODE_INDENT and len(self.containers) < DEPTH:
            rest = cursor.rest
            marker = read_list_marker(rest) if not is_rule(rest) else None
            # The items of a list follow each other; anywhere else a table comes before all else, as in markdown-it.
            if "|" in rest and not (marker and sibling and marker.text[-1] == sibling.marker[-1]):
                levels.append((self.containers, rest))
            if rest[0] == ">":
                self._open_quote(cursor)
            elif marker:
                self._open_item(cursor, marker, sibling)
            else:
                break
            sibling = None
        bare = vacant is not None or len(self.containers) > opened
        self._begin_leaf(cursor, source, self.stub(source, vacant), bare)
        if levels:
            self.opening = Opening(source, blocks, definitions, self.after_blank, vacant, tuple(levels))

    def stub(self, source: Source, vacant: Block | None = None) -> Block:
        """What all blocks have, for one that begins at this line, or where the empty one stood that it replaces."""
        frames = self.frames
        if vacant:
            return Block(frames, vacant.start, source.end, vacant.spaced, vacant.known)
        return Block(frames, source.start, source.end, self._is_spaced(frames), len(self.definitions))

    def define(self, at: Block, reference: Reference, text: str) -> None:
        """Add a definition in the place of the open block."""
        self.blocks.append(Definition(at.frames, at.start, at.end, at.spaced, at.known, text))
        self.definitions.setdefault(reference.key, reference.definition)
        self.leaf = None

    def _set_task(self, checked: bool) -> None:
        container = self.containers[-1]
        if isinstance(container.frame, Item):
            item = replace(container.frame, checked=checked)
            self.containers = (*self.containers[:-1], replace(container, frame=item))

    def _is_spaced(self, frames: tuple[Frame, ...]) -> bool:
        """Whether a blank row belongs above a block in these containers."""
        for before, now in zip(self.blocks[-1].frames if self.blocks else (), frames, strict=False):
            if isinstance(before, Item) and isinstance(now, Item) and before.list == now.list:
                return self.after_blank
            if before.id != now.id:
                break
        return bool(self.blocks)

    def _open_quote(self, cursor: Cursor) -> None:
        outer = self.place
        cursor.enter_quote()
        self.ids += 1
        self.containers += (Container(Quote(self.ids), outer, Place(0, outer.list_indent)),)

    def _open_item(self, cursor: Cursor, marker: ListMarker, sibling: Item | None) -> None:
        outer, number, group = self.place, marker.number, self.ids + 1
        indent = cursor.enter_item(cursor.first + len(marker.text))
        if sibling and sibling.marker[-1] == marker.text[-1]:
            group, number = sibling.list, None if sibling.ordinal is None else sibling.ordinal + 1
        self.ids += 2
        item = Item(self.ids, group, marker.text, number)
        self.containers += (Container(item, outer, Place(indent, outer.indent)),)

    def _begin_leaf(self, cursor: Cursor, source: Source, at: Block, bare: bool) -> None:
        """`bare`: the innermost container holds nothing yet."""
        start = (at.frames, at.start, at.end, at.spaced, at.known)
        indent, rest = self.place.indent, cursor.rest
        block: Block
        if not rest:
            block = Empty(*start)
            self.leaf = Nothing(block)
        elif cursor.indent - indent >= CODE_INDENT:
            block = Code(*start, "", [cursor.cut(indent + CODE_INDENT)], fenced=False)
            self.leaf = Indented(block)
        elif fence := read_fence(rest):
            block = Code(*start, fence[1])
            self.leaf = Fence(block, fence[0], cursor.indent)
        elif is_rule(rest):
            block = Rule(*start)
        elif html := read_html(rest):
            block = Html(*start, [cursor.cut(indent)])
            self.leaf = None if html[0].search(rest) else Markup(block, html[0])
        elif heading := read_heading(rest):
            block = Heading(*start, *heading)
        else:
            self._begin_text(cursor, source, at, bare)
            return
        self.blocks.append(block)

    def _begin_text(self, cursor: Cursor, source: Source, at: Block, bare: bool) -> None:
        rest = cursor.rest
        reference = Reference().read(rest + source.newline) if rest[0] == "[" else None
        if reference and reference.stage is Stage.DONE:
            self.define(at, reference, rest)
            return
        # Where tabs stand between nested quotes and an item, its marker may stay in the text, as in markdown-it.
        text = cursor.cut(self.place.indent).lstrip(BLANKS)
        if bare and isinstance(at.frames[-1], Item) and (task := read_task(text)):
            self._set_task(task[0])
            text = text.lstrip(TRIMMED)[task[1] :]
        block = Paragraph(self.frames, at.start, at.end, at.spaced, at.known)
        self.blocks.append(block)
        if reference and reference.stage is not Stage.FAILED:
            lines = [(source, text)]
            self.leaf = Pending(block, text, 0, source, rest, reference=reference, lines=lines)
        else:
            self.leaf = Text(block, text, 0, source, rest)
