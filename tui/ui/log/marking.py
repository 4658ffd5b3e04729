"""MarkingView: a log view in which text is marked by keys, as the mouse marks it, and copied as its source.

The first key marks one row, which the keys for steps and pages move; the second holds that end, so that they move the
other; again lets it go. The keys to the sides make a character or a word of the end that moves. Rows with nothing in
them are passed over, since a mark is not seen there.
"""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.ui.log.entry import SIDES, Entry
from tui.ui.log.selection import Selection, Spot, characters_of, words_of
from tui.ui.log.stack import Place
from tui.ui.log.turns import TurnView


@dataclass(frozen=True, slots=True)
class _End:
    """One end of what is marked."""

    place: Place
    cells: tuple[int, int] | None = None
    """Of a character or a word, the first and the one behind its last, from where the text starts; None: the row."""


class MarkingView(TurnView):
    """Whatever else marks or unmarks something ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+left", "mark_word(-1)", "Mark word before", id="log.mark_word_before", show=False),
        Binding("ctrl+right", "mark_word(1)", "Mark next word", id="log.mark_next_word", show=False),
    ]

    _mark: _End | None = None  # the end that moves
    _held: _End | None = None  # the other, once it is held

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
        place = self._find_words(first, 1) or self._find_words(first, -1)
        self._mark = _End(place) if place is not None else None
        self._show_mark()

    def hold_mark(self) -> None:
        """Let the next steps move the other end, or the whole mark again."""
        self._held = self._mark if self._held is None else None
        self._show_mark()

    def move_mark(self, rows: int) -> None:
        """By so many rows, and on to one with words; never beyond the last of these."""
        if self._mark is None:
            return
        mark = self._renew(self._mark)
        step, cells = 1 if rows > 0 else -1, mark.cells
        place = self._stack.move(mark.place, rows)
        place = self._find_words(place, step) or self._find_words(place, -step) or mark.place
        if cells is not None:
            characters = characters_of(self._stack.entries[place.entry], place.row)
            before = (each for each in characters if each[0] <= cells[0])
            cells = max(before, default=next(iter(characters), None))
        self._mark = _End(place, cells)
        self._show_mark()

    def move_mark_sideways(self, step: int, *, words: bool = False) -> None:
        """To the next (1) or previous (-1) character, or word, in the next row where there is none in this one."""
        if self._mark is None:
            return
        mark = self._renew(self._mark)
        find, place, cells = words_of if words else characters_of, mark.place, mark.cells
        found = find(self._stack.entries[place.entry], place.row)
        if cells is not None:
            found = [each for each in found if (each[0] >= cells[1] if step > 0 else each[1] <= cells[0])]
        if not found:
            beyond = self._find_words(self._stack.move(place, step), step)
            if beyond is None or beyond == place:
                return
            place, found = beyond, find(self._stack.entries[beyond.entry], beyond.row)
        self._mark = _End(place, found[0 if step > 0 else -1])
        self._show_mark()

    def action_mark_word(self, step: int) -> None:
        """Make a word of the end that moves, then go by words; not while nothing is marked by keys."""
        if self.is_marking:
            self.move_mark_sideways(step, words=True)

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
        self._slide_to(self._renew(self._mark))
        marks = [self._select(end) for end in (self._mark, self._held or self._mark)]
        self._overlay.selection = Selection(min(mark.start for mark in marks), max(mark.end for mark in marks))
        top, row = self._stack.row(self._top), self._stack.row(self._mark.place)
        self._leave_end()
        self.scroll_rows(min(0, row - top) or max(0, row - top - self.size.height + 1))
        self.refresh()

    def _slide_to(self, end: _End) -> None:
        """Move wide code sideways as far as a character of it is out of sight."""
        if end.cells is not None:
            entry = self._stack.entries[end.place.entry]
            first, last = (entry.text_start(end.place.row) + cell for cell in end.cells)
            if by := min(0, first - SIDES // 2) or max(0, last - self.size.width + SIDES // 2):
                entry.slide(by)

    def _renew(self, end: _End) -> _End:
        """The end where it stands now: rows far away were given up, and a growing reply may have fewer than it had."""
        row = min(end.place.row, self._stack.height(end.place.entry) - 1)
        return end if row == end.place.row else _End(Place(end.place.entry, row))

    def _select(self, end: _End) -> Selection:
        end = self._renew(end)
        entry, row = self._stack.entries[end.place.entry], end.place.row
        first, last = min(0, entry.text_cells(row)[0]), entry.text_cells(row)[1]
        if end.cells is not None:
            first, last = (entry.text_start(row) + cell for cell in end.cells)
        return Selection(Spot(end.place, first), Spot(end.place, last))

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
