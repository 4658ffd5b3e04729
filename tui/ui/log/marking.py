"""MarkingView: a log view in which rows are marked by keys, as the mouse marks them, and copied as their source.

The first key marks one row, which the keys for steps and pages move; the second holds that end, so that they move the
other; again lets it go. Rows with nothing in them are passed over, since a mark is not seen there.
"""

from tui.ui.log.entry import Entry
from tui.ui.log.selection import Selection, Spot
from tui.ui.log.stack import Place
from tui.ui.log.turns import TurnView


class MarkingView(TurnView):
    """Whatever else marks or unmarks something ends it."""

    _mark: Place | None = None  # the row that moves
    _held: Place | None = None  # the other end, once it is held

    @property
    def is_marking(self) -> bool:
        """Whether keys move a mark."""
        return self._mark is not None and self._overlay.selection is not None

    def end_marking(self) -> bool:
        """Mark nothing any more; False if keys did not mark anything."""
        if not self.is_marking:
            return False
        self.clear_selection()
        return True

    def clear_selection(self) -> None:
        """Mark nothing, by keys neither."""
        self._mark = self._held = None
        super().clear_selection()

    def begin_marking(self, first: Place) -> None:
        """Mark the row at or below one that has words, or above if there is none."""
        self._held = None
        self._mark = self._find_words(first, 1) or self._find_words(first, -1)
        self._show_mark()

    def hold_mark(self) -> None:
        """Let the next steps move the other end, or the whole mark again."""
        self._held = self._mark if self._held is None else None
        self._show_mark()

    def move_mark(self, rows: int) -> None:
        """By so many rows, and on to one with words; never beyond the last of these."""
        if self._mark is None:
            return
        step = 1 if rows > 0 else -1
        place = self._stack.move(self._mark, rows)
        self._mark = self._find_words(place, step) or self._find_words(place, -step)
        self._show_mark()

    def turn_pages(self, pages: int) -> None:
        """By screens; a mark that keys move goes along."""
        if self.is_marking:
            self.move_mark(pages * max(1, self.size.height - 1))
        else:
            super().turn_pages(pages)

    def action_scroll_up(self) -> None:
        """One row up, or the mark."""
        self.move_mark(-1) if self.is_marking else super().action_scroll_up()

    def action_scroll_down(self) -> None:
        """One row down, or the mark."""
        self.move_mark(1) if self.is_marking else super().action_scroll_down()

    def _show_mark(self) -> None:
        """Bring the row that moves into sight and mark up to it."""
        if self._mark is None:
            self.clear_selection()
            return
        ends = sorted((self._mark, self._held or self._mark))
        first, last = (self._stack.entries[place.entry] for place in ends)
        begin = min(0, first.text_cells(ends[0].row)[0])
        end = last.text_cells(ends[1].row)[1]
        self._overlay.selection = Selection(Spot(ends[0], begin), Spot(ends[1], end))
        top, row = self._stack.row(self._top), self._stack.row(self._mark)
        self._leave_end()
        self.scroll_rows(min(0, row - top) or max(0, row - top - self.size.height + 1))
        self.refresh()

    def _find_words(self, place: Place, step: int) -> Place | None:
        """The nearest row with words from a place on, up or down; None if there is none."""
        while not _has_words(self._stack.entries[place.entry], place.row):
            following = self._stack.move(place, step)
            if following == place:
                return None
            place = following
        return place


def _has_words(entry: Entry, row: int) -> bool:
    first, last = entry.text_cells(row)
    return first < last
