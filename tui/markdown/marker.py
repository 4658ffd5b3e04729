"""How each kind of block begins: the markers of CommonMark, read off what a line holds behind its indent.

The rules for HTML are markdown-it's own tables, and where markdown-it deviates from CommonMark it is followed.
"""

import re
from dataclasses import dataclass

from markdown_it.rules_block.html_block import HTML_SEQUENCES

TRIMMED = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What CommonMark's implementations trim from running text: the blanks of Unicode, an ideographic space among them."""

_FENCE = re.compile(r"(?:(`{3,})([^`]*)|(~{3,})(.*))\Z", re.DOTALL)
_HEADING = re.compile(r"(#{1,6})(?=[ \t]|\Z)")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*\Z")
_LIST_MARKER = re.compile(r"(?:[-+*]|([0-9]{1,9})[.)])(?=[ \t]|\Z)")
_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
_STARTERS = frozenset("`~-*_#>+<0123456789")


@dataclass(frozen=True, slots=True)
class ListMarker:
    """A marker of a list item, such as `-` or `3.`."""

    text: str
    number: int | None
    """None: a bullet."""


def read_fence(rest: str) -> tuple[str, str] | None:
    """The fence that opens here and its info string."""
    found = _FENCE.match(rest) if rest[0] in "`~" else None
    return (found[1] or found[3], (found[2] or found[4] or "").strip(TRIMMED)) if found else None


def closes_fence(rest: str, fence: str) -> bool:
    """Whether the line ends the code that this fence opened."""
    if rest[0] != fence[0]:
        return False
    marks = rest.rstrip(" \t")
    return len(marks) >= len(fence) and not marks.strip(fence[0])


def is_rule(rest: str) -> bool:
    """Whether this is a thematic break."""
    return rest[0] in "-*_" and rest.count(rest[0]) >= 3 and not rest.strip(rest[0] + " \t")


def read_heading(rest: str) -> tuple[int, str] | None:
    """The level and the text of a heading that begins with `#`."""
    found = _HEADING.match(rest)
    if not found:
        return None
    text = rest[found.end() :].rstrip(" \t")
    opened = text.rstrip("#")
    return len(found[1]), (opened if opened[-1:] in (" ", "\t") else text).strip(TRIMMED)


def read_underline(rest: str) -> int:
    """The level of the heading that this line makes of the paragraph above it; 0: it is no underline."""
    if rest[0] not in "=-" or not _UNDERLINE.match(rest):
        return 0
    return 1 if rest[0] == "=" else 2


def read_list_marker(rest: str) -> ListMarker | None:
    """The marker of the list item that begins here."""
    found = _LIST_MARKER.match(rest)
    return ListMarker(found[0], int(found[1]) if found[1] else None) if found else None


def read_html(rest: str) -> tuple[re.Pattern[str], bool] | None:
    """What ends the block of HTML that begins here, and whether it may end a paragraph.

    Where it is a blank line that ends the block, the pattern matches nothing but the empty text.
    """
    if rest[0] != "<":
        return None
    return next(((end, interrupts) for start, end, interrupts in HTML_SEQUENCES if start.search(rest)), None)


def read_task(text: str) -> tuple[bool, int] | None:
    """Whether the box at the start of an item's text is ticked, and where the trimmed text behind it begins."""
    found = _TASK.match(text.lstrip(TRIMMED))
    return (found[1] != " ", found.end()) if found else None


def interrupts(rest: str, lists: bool, paragraph: bool) -> bool:
    """Whether a line without much indent ends the running text before it.

    `lists`: a list may begin here at all; `paragraph`: only as it can within a paragraph, with the number 1 and with
    text.
    """
    if rest[0] not in _STARTERS:
        return False
    if rest[0] == ">" or read_fence(rest) or is_rule(rest) or read_heading(rest):
        return True
    marker = read_list_marker(rest) if lists else None
    if marker and not (paragraph and (marker.number not in (None, 1) or not rest[len(marker.text) :].strip(" \t"))):
        return True
    html = read_html(rest)
    return html is not None and html[1]
