"""What is laid over rows when they are painted: the mark of what the keys are about, a selection, what was found."""

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip

from tui.ui.log.finder import Finder
from tui.ui.log.look import Look
from tui.ui.log.ornament import ornaments
from tui.ui.log.selection import Selection, Spot
from tui.ui.log.stack import Place, Stack


class Overlay:
    """All three may be there at once; each is seen without colour too, as a bar, underlined or in reverse."""

    def __init__(self) -> None:
        self.current: Selection | None = None
        self.selection: Selection | None = None
        self.finder: Finder | None = None
        self.found: Spot | None = None
        """Where the occurrence begins that one has gone to."""

    def paint(self, stack: Stack, place: Place, strip: Strip, look: Look) -> Strip:
        """A row with what is laid over it."""
        entry = stack.entries[place.entry]
        if self.finder is not None:
            for pieces in self.finder.occurrences(entry, range(place.row, place.row + 1)):
                here = self.found == Spot(Place(place.entry, pieces[0][0]), pieces[0][1])
                for row, first, last in pieces:
                    if row == place.row:
                        strip = restyle(strip, first, last, look.role("found-current" if here else "found"))
        if self.selection is not None and (cells := self.selection.cells(place, entry)) is not None:
            strip = restyle(strip, *cells, look.role("selected"))
        if self.current is not None and self.current.start.place <= place <= self.current.end.place:
            width = strip.cell_length
            mark = Segment(ornaments(ascii=stack.layout.ascii).current, look.role("current"))
            strip = Strip([mark, *strip.crop(1, width)], width)
        return strip


def restyle(strip: Strip, first: int, last: int, style: RichStyle) -> Strip:
    """A strip of which some cells, those out of sight aside, have another look."""
    width = strip.cell_length
    first, last = max(0, min(first, width)), max(0, min(last, width))
    middle = [Segment(text, (old or RichStyle()) + style) for text, old, _ in strip.crop(first, last)]
    return Strip([*strip.crop(0, first), *middle, *strip.crop(last, width)], width)
