"""Layout: how a document is to be laid out; the same for all of its blocks."""

from dataclasses import dataclass

LEAST_CELLS = 8
"""What margins leave to the text at least."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Width and manner."""

    width: int
    """Cells of a line, at least 8."""
    wrap_code: bool = True
    """False: long lines of code stay long, to be scrolled."""
    ascii: bool = False
    """Plain ASCII for bullets, bars, rules, boxes."""
