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
    measure: int = 0
    """Cells of a line of prose at most, since the eye loses its line in longer ones; 0: as wide as there is room.

    Code and tables take all the room.
    """

    def fit_prose(self, taken: int = 0) -> int:
        """Cells for prose, where so many are taken already."""
        room = self.width - taken
        return min(room, self.measure) if self.measure else room
