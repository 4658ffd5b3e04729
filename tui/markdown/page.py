"""Page: a document as lines of one width, brought up to date as it grows at the cost of what is new.

Settled blocks are laid out once. The last block is kept in a form that grows (`Flow`, `Listing`, `Grid`): its lines are
replaced from the first that may have changed. Headings keep their number signs, dim and outside the text, so that their
levels differ without colour.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice

from tui.markdown.block import Block, Code, Definition, Frame, Heading, Html, Paragraph, Rule, Table
from tui.markdown.document import Document
from tui.markdown.flow import Flow
from tui.markdown.inline import InlineParser
from tui.markdown.layout import Layout as Layout
from tui.markdown.line import Line, Span, Style
from tui.markdown.listing import Listing
from tui.markdown.margin import make_gap, make_margin
from tui.markdown.table import Grid

_HTML, _DEFINITION, _RULE = Style("html"), Style("definition"), Style("rule")
_HEADINGS = tuple(Style(f"heading{level}", bold=True) for level in range(1, 7))

Form = Flow | Listing | Grid | list[Line]
"""A block's lines while it may grow; a list where they are made once and for all."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What must stay as it is for a block's form to be used on."""

    kind: type[Block]
    start: int
    frames: tuple[Frame, ...]
    before: tuple[Frame, ...]
    spaced: bool
    known: int
    detail: object


class _Definitions:
    """The definitions of a document in the order in which they came."""

    def __init__(self, definitions: Mapping[str, tuple[str, str]]) -> None:
        self._source = definitions
        self._numbered: dict[str, tuple[int, dict[str, str]]] = {}

    def update(self, final: int) -> None:
        """Take in those that came; all but the first `final` may have changed."""
        while len(self._numbered) > final:
            self._numbered.popitem()
        for label, (href, title) in islice(self._source.items(), len(self._numbered), None):
            self._numbered[label] = (len(self._numbered), {"href": href, "title": title})

    def first(self, count: int) -> "_Known | None":
        """The first so many; None: there are none."""
        return _Known(self._numbered, count) if count else None


class _Known:
    """The definitions that a block knows."""

    def __init__(self, numbered: Mapping[str, tuple[int, dict[str, str]]], count: int) -> None:
        self._numbered = numbered
        self._count = count

    def get(self, key: str, default: None = None, /) -> Mapping[str, str] | None:
        """The definition of a normalised label."""
        number, definition = self._numbered.get(key, (self._count, None))
        return definition if number < self._count else default


class Page:
    """The lines of a document at one width, brought up to date as it grows.

    `lines` is empty before the first `update`. A blank row above a block counts with the block.
    """

    def __init__(self, document: Document, layout: Layout) -> None:
        self.lines: list[Line] = []
        self._document = document
        self._layout = layout
        self._parser = InlineParser(layout.ascii)
        self._definitions = _Definitions(document.definitions)
        self._tops: list[int] = []  # of each block, its first line
        self._firsts: list[int] = []  # the same, but behind the blank row above it
        self._done = 0  # blocks that never change again
        self._forms: list[tuple[_Place, Form]] = []  # of the blocks behind those

    def update(self) -> int:
        """Bring the lines up to date; returns the index of the first one that may have changed."""
        blocks, settled = self._document.blocks, self._document.settled
        old, self._forms = self._forms, []
        self._definitions.update(blocks[self._done - 1].known if self._done else 0)
        changed = len(self.lines)
        for index in range(self._done, len(blocks)):
            known = old[index - self._done] if index - self._done < len(old) else None
            changed = min(changed, self._bring_up(index, known, final=index < settled))
        if len(self._tops) > len(blocks):
            changed = min(changed, self._truncate(len(blocks)))
        done = max(self._done, min(settled, len(blocks)))
        del self._forms[: done - self._done]
        self._done = done
        return changed

    def block_at(self, line: int) -> int:
        """The index of the block that a line belongs to."""
        return max(bisect_right(self._tops, line) - 1, 0)

    def first_line(self, block: int) -> int:
        """The line at which a block begins, below the blank row that may stand above it."""
        return self._firsts[block]

    def _bring_up(self, index: int, known: tuple[_Place, Form] | None, final: bool) -> int:
        """Bring one block's lines up to date; what stands below goes away if they change. Returns the first changed."""
        block = self._document.blocks[index]
        before = self._document.blocks[index - 1].frames if index else ()
        place = _Place(type(block), block.start, block.frames, before, block.spaced, block.known, _detail(block))
        form = known[1] if known and known[0] == place else self._make_form(block, before)
        first = _grow(form, block, final)
        lines = form if isinstance(form, list) else form.lines
        self._forms.append((place, form))
        if known and known[1] is form and index < len(self._tops):
            end = self._tops[index + 1] if index + 1 < len(self._tops) else len(self.lines)
            if first == len(lines) == end - self._firsts[index]:
                return len(self.lines)
            changed = self._firsts[index] + first
            self._truncate(index + 1)
            self.lines[changed:] = lines[first:]
            return changed
        changed = self._truncate(index)
        self._tops.append(changed)
        if block.spaced and index:
            self.lines.append(make_gap(block.frames, before, self._layout))
        self._firsts.append(len(self.lines))
        self.lines += lines
        return changed

    def _truncate(self, block: int) -> int:
        """Take away the lines of all blocks from this one on; returns where they began."""
        if block >= len(self._tops):
            return len(self.lines)
        at = self._tops[block]
        del self.lines[at:], self._tops[block:], self._firsts[block:]
        return at

    def _make_form(self, block: Block, before: tuple[Frame, ...]) -> Form:
        layout, definitions = self._layout, self._definitions.first(block.known)
        margin = make_margin(block.frames, before, layout)
        match block:
            case Paragraph():
                return Flow(self._parser, margin, layout, references=definitions)
            case Heading():
                margin = margin.inset("#" * block.level + " ", layout)
                return Flow(self._parser, margin, layout, _HEADINGS[block.level - 1], definitions)
            case Code():
                return Listing(block.info, margin, layout)
            case Table():
                return Grid(self._parser, margin, layout, definitions)
            case Html() | Definition():
                style = _DEFINITION if isinstance(block, Definition) else _HTML
                return Listing("", margin, replace(layout, wrap_code=True), style, indent="")
            case Rule():
                rule = "-" if layout.ascii else "─"
                return [margin.ornament([Span(rule * layout.fit_prose(margin.cells), _RULE)], 0)]
            case _:
                return [margin.line([], 0)]


def _detail(block: Block) -> object:
    """What makes a block of one kind another block when it changes."""
    match block:
        case Heading():
            return block.level
        case Code():
            return block.info
        case Table():
            return block.header, block.align
        case _:
            return None


def _grow(form: Form, block: Block, final: bool) -> int:
    match form, block:
        case Flow(), Paragraph() | Heading():
            return form.update(block.text)
        case Listing(), Code() if final:
            return form.finish(block.lines)
        case Listing(), Code() | Html():
            return form.update(block.lines)
        case Listing(), Definition():
            return form.update(block.text.split("\n"))
        case Grid(), Table():
            return form.finish(block) if final else form.update(block)
        case _:
            return len(form) if isinstance(form, list) else 0
