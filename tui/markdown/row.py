"""Rows of a table, as GitHub Flavored Markdown section 4.10 and markdown-it read them."""

import re

from tui.markdown.marker import TRIMMED

SPARE_CELLS = 0x10000
"""How many cells rows may leave out in one table; past this the table ends, as in markdown-it."""

_DELIMITERS = re.compile(r"(?!-[ \t])[-|:][-|: \t]+\Z")
_DELIMITER = re.compile(r":?-+:?\Z")
_PIPE = re.compile(r"(?<!\\)\|")


def read_alignment(rest: str) -> tuple[str, ...]:
    """The alignment of each column, if this is the row below a table's header; else nothing."""
    if rest[0] not in "|-:" or not _DELIMITERS.match(rest):
        return ()
    cells = [cell.strip(TRIMMED) for cell in rest.split("|")]
    if cells and not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    if not all(map(_DELIMITER.match, cells)):
        return ()
    return tuple(_alignment(cell) for cell in cells)


def split_row(text: str) -> list[str]:
    """The cells of a row. A pipe behind a backslash is text, and loses the backslash."""
    cells = _PIPE.split(text.strip(TRIMMED))
    if cells and not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    return [cell.replace("\\|", "|").strip(TRIMMED) for cell in cells]


def _alignment(delimiter: str) -> str:
    if delimiter.endswith(":"):
        return "center" if delimiter.startswith(":") else "right"
    return "left" if delimiter.startswith(":") else ""
