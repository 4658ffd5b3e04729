"""Stack: the entries of a conversation above one another, laid out only as far as somebody looks.

Every entry has a height: exact once it was laid out at the present width, guessed before. A `Place` names a row by its
entry, so that it stays the same row when what is above turns out taller or shorter than was guessed.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from textual.strip import Strip

from tui.markdown.layout import Layout
from tui.ui.log.entry import Entry
from tui.ui.log.height import Heights
from tui.ui.log.look import Look

KEPT_ENTRIES = 48
"""Entries that keep their rows after they were out of sight for long."""
KEPT_ROWS = 6_000
"""Rows that all of these may have; the one in sight is kept whatever its length."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A row: which entry, and which of its rows. Places are ordered as they stand."""

    entry: int
    row: int


class Stack:
    """Entries, their heights, and where one is in them."""

    def __init__(self, layout: Layout, entries: Sequence[Entry] = ()) -> None:
        self.entries = list(entries)
        self.layout = layout
        self._kept: OrderedDict[int, None] = OrderedDict()  # entries that have rows, the one seen last at the end
        self._guess_all()

    @property
    def rows(self) -> int:
        """All rows, guessed ones too."""
        return self._heights.total

    def append(self, entry: Entry) -> None:
        """Put an entry below all others; it is laid out."""
        self.entries.append(entry)
        self._heights.append(0)
        self._exact.append(0)
        self.make_exact(len(self.entries) - 1)

    def replace(self, first: int, entries: Sequence[Entry]) -> None:
        """Put others in the place of the entries from this one on; none of them is laid out yet."""
        for entry in [entry for entry in self._kept if entry >= first]:
            del self._kept[entry]
        self._heights.truncate(first)
        del self.entries[first:], self._exact[first:]
        for other in entries:
            self.entries.append(other)
            self._heights.append(other.estimate(self.layout.fit_prose()))
            self._exact.append(0)

    def change_layout(self, layout: Layout, top: Place) -> Place:
        """Have everything at another layout; only what stands at `top` is laid out. Returns where that is now."""
        if not self.entries:
            self.layout = layout
            return top
        entry = self.entries[top.entry]
        self.make_exact(top.entry)
        held = entry.hold(min(top.row, entry.height - 1))
        self.layout = layout
        self._guess_all()
        self.make_exact(top.entry)
        return Place(top.entry, entry.row_of(held))

    def place(self, row: int) -> Place:
        """The place of a row counted from the top of the stack."""
        return Place(*self._heights.find(row))

    def row(self, place: Place) -> int:
        """The row of a place, counted from the top of the stack."""
        return self._heights.first_row(place.entry) + min(place.row, max(0, self._heights[place.entry] - 1))

    def height(self, entry: int) -> int:
        """The rows of an entry, laid out first if it was not."""
        self.make_exact(entry)
        return self._heights[entry]

    def move(self, place: Place, rows: int) -> Place:
        """The place so many rows further down (or up); every entry on the way is made exact."""
        entry, row = place.entry, min(place.row, self.height(place.entry) - 1) + rows
        while row < 0 and entry > 0:
            entry -= 1
            row += self.height(entry)
        while row >= self.height(entry) and entry + 1 < len(self.entries):
            row -= self.height(entry)
            entry += 1
        return Place(entry, max(0, min(row, self.height(entry) - 1)))

    @property
    def end(self) -> Place:
        """The last row."""
        last = len(self.entries) - 1
        return Place(last, max(0, self.height(last) - 1))

    def make_exact(self, entry: int) -> int:
        """Lay an entry out if it is not, or bring it up to date; returns by how many rows it grew over what it had."""
        self.entries[entry].lay_out(self.layout)
        self._kept[entry] = None
        self._kept.move_to_end(entry)
        self._exact[entry] = not self.entries[entry].is_unread
        return self._heights.change(entry, self.entries[entry].height)

    def read_whole(self, entry: int) -> None:
        """Lay an entry out to its last row, however long that takes."""
        self.make_exact(entry)
        while self.entries[entry].is_unread:
            self.update(entry)
        self.make_exact(entry)

    def update(self, entry: int) -> int | None:
        """Bring an entry that has grown up to date; returns its first row that may differ, None if none does."""
        first = self.entries[entry].update()
        if first is not None:
            self.make_exact(entry)
        return first

    def refine(self, seen: range, enough: Callable[[], bool]) -> None:
        """Make guessed heights exact, those nearest to what is `seen` first, until `enough` or all are.

        A very long entry is laid out in portions; one that is seen is left to whoever paints its growth.
        """
        while not enough() and (entry := self._next_guessed(seen.start)) is not None:
            if self.entries[entry].layout != self.layout:
                self.make_exact(entry)
            elif entry in seen:
                return
            else:
                self.update(entry)
            if not self.entries[entry].is_unread:
                self._kept.move_to_end(entry, last=False)  # nobody has looked at it: its rows are the first to go
            self.forget(seen)

    @property
    def is_exact(self) -> bool:
        """Whether no height is guessed."""
        return 0 not in self._exact

    def forget(self, seen: range) -> None:
        """Give up the rows of entries not seen for long, as far as too many are kept; not of those that are `seen`.

        One that is half read keeps them too: else it would be read from its start again, and never to its end.
        """
        rows = sum(self._heights[entry] for entry in self._kept)
        for entry in list(self._kept):
            if len(self._kept) <= KEPT_ENTRIES and rows <= KEPT_ROWS:
                return
            held = self.entries[entry]
            if entry not in seen and not held.is_growing and not held.is_unread:
                del self._kept[entry]
                rows -= self._heights[entry]
                held.drop()

    def strips(self, first: int, count: int, look: Look, width: int) -> Iterator[tuple[Place, Strip]]:
        """The rows from one on, as they are painted."""
        place = self.place(first)
        entry, row = place.entry, place.row
        while count > 0 and entry < len(self.entries):
            height = self.height(entry)
            while row < height and count > 0:
                yield Place(entry, row), self.entries[entry].strip(row, look, width)
                row += 1
                count -= 1
            entry, row = entry + 1, 0

    def forget_strips(self) -> None:
        """Paint everything anew."""
        for entry in self._kept:
            self.entries[entry].forget_strips()

    def _guess_all(self) -> None:
        width = self.layout.fit_prose()
        self._heights = Heights(entry.estimate(width) for entry in self.entries)
        self._exact = bytearray(len(self.entries))

    def _next_guessed(self, near: int) -> int | None:
        """The guessed entry nearest to one, those above first: that is where one scrolls to."""
        above = self._exact.rfind(0, 0, near + 1)
        below = self._exact.find(0, near + 1)
        if above < 0 or below < 0:
            return max(above, below) if max(above, below) >= 0 else None
        return above if near - above <= below - near else below
