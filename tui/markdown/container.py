"""Container: an open quote or list item, and which of them a line continues."""

from dataclasses import dataclass

from tui.markdown.block import Frame, Quote
from tui.markdown.cursor import Cursor
from tui.markdown.marker import interrupts

CODE_INDENT = 4
"""Columns of indent that make code."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where content stands, in columns from the innermost quote."""

    indent: int = 0
    """Content begins here."""
    list_indent: int = -1
    """The content around the innermost list begins here; -1: there is no list around."""


ROOT = Place()


@dataclass(frozen=True, slots=True)
class Container:
    """An open quote or list item."""

    frame: Frame
    outer: Place
    """Where it stands."""
    inner: Place
    """Where its content stands."""
    dead: bool = False
    """A list item that began with a blank line and got a second one: nothing more belongs to it."""


def count_continued(containers: tuple[Container, ...], cursor: Cursor) -> int:
    """How many of these the line continues, from the outside in; the cursor steps into them."""
    for depth, container in enumerate(containers):
        if isinstance(container.frame, Quote):
            # However far in it stands, a `>` continues a quote; so does markdown-it.
            if cursor.blank or cursor.line[cursor.first] != ">" or cursor.indent < container.outer.indent:
                return depth
            cursor.enter_quote()
        elif not cursor.blank and (container.dead or cursor.indent < container.inner.indent):
            return depth
    return len(containers)


def is_outside(containers: tuple[Container, ...], depth: int, cursor: Cursor) -> bool:
    """Whether a line that continues only the first `depth` containers ends the paragraph in the last, or is lazy.

    markdown-it asks in the place of each quote that the line does not continue, or else in that of the paragraph. Once
    a quote has let the line pass, those inside it see it without its indent.
    """
    quotes = [container.outer for container in containers[depth:] if isinstance(container.frame, Quote)]
    indent = cursor.indent
    for place in quotes or [containers[-1].inner]:
        if indent - place.indent < CODE_INDENT:
            too_deep = place.list_indent >= 0 and indent - place.list_indent >= CODE_INDENT and indent < place.indent
            if interrupts(cursor.rest, lists=not too_deep, paragraph=False):
                return True
        indent = -1
    return False
