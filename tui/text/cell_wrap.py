"""Wrapping by the cells that a terminal gives each character: Chinese ones take two, and a line may end behind any.

By UAX #14 no line begins with a closing sign nor ends with an opening one.
"""

import re
from collections.abc import Iterator
from unicodedata import combining, east_asian_width

_CLOSING = "，。、；：！？）》」』”’…·,.;:!?)]}"
_OPENING = "（《「『“‘([{"
_WIDE = r"[⺀-\u9fff豈-\ufaff︰-﹏＀-｠￠-￦“”‘’…]"
_PIECE = re.compile(rf"\s+|[{re.escape(_OPENING)}]*(?:{_WIDE}|(?:(?!{_WIDE})\S)+)[{re.escape(_CLOSING)}]*|\S+")


def cells(text: str) -> int:
    """How many cells a text takes, without anything in it that a terminal obeys."""
    return sum(2 if east_asian_width(sign) in "WF" else 0 if combining(sign) else 1 for sign in text)


def wrap_cells(text: str, width: int) -> list[str]:
    """The text in lines of at most so many cells, as far as its words are not longer; white space is one blank."""
    return list(_lines(" ".join(text.split()), width))


def wrap_rows(text: str, width: int) -> str:
    """The same of each line that the text has."""
    return "\n".join(line for row in text.split("\n") for line in wrap_cells(row, width) or [""])


def _lines(text: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _PIECE.findall(text):
        if line and cells(line + piece.rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += piece.lstrip() if not line else piece
    if line:
        yield line.rstrip()
