"""SearchableView: a log view in which words are looked for; every occurrence is marked, and one of them is gone to."""

from tui.ui.log.finder import Finder
from tui.ui.log.markable import MarkableView
from tui.ui.log.selection import Spot
from tui.ui.log.stack import Place


class SearchableView(MarkableView):
    """A search holds until another one, or none, takes its place."""

    def find(self, words: str) -> int:
        """Mark these words everywhere and go to the last occurrence; about how many there are. No words: mark none."""
        self._overlay.finder = finder = Finder(words) if words else None
        self._overlay.found = None
        if finder is None or not self.find_next(-1):
            self.refresh()
            return 0
        return max(1, finder.count(self._stack))

    def find_in(self, entry: int, words: str) -> None:
        """Mark these words everywhere, and go to the first in this entry, or to its start where none is seen as is."""
        self._overlay.finder = finder = Finder(words)
        found = finder.step(self._stack, Spot(Place(entry, 0), -1), 1)
        self._overlay.found = found if found is not None and found.place.entry == entry else None
        self.go_to_found(self._overlay.found.place if self._overlay.found is not None else Place(entry, 0))
        self.refresh()

    @property
    def is_searched(self) -> bool:
        """Whether words are looked for."""
        return self._overlay.finder is not None

    def find_next(self, step: int) -> bool:
        """Go to the next (1) or previous (-1) occurrence; False if there is none."""
        if (finder := self._overlay.finder) is None:
            return False
        found = self._overlay.found = finder.step(self._stack, self._overlay.found, step)
        if found is not None:
            self.go_to_found(found.place)
        self.refresh()
        return found is not None

    def go_to_found(self, place: Place) -> None:
        """Bring an occurrence into sight."""
        self.go_to(place)
