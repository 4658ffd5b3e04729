"""MarkableView: a log view in which text is marked by dragging the mouse, a word by two clicks, a block by three."""

from collections.abc import Sequence

from textual.events import Click, MouseDown, MouseMove, MouseUp

from tui.ui.log.entry import Entry
from tui.ui.log.paged import PagedView
from tui.ui.log.selection import Selection, Spot, block_at, selected_text, word_at


class MarkableView(PagedView):
    """What is marked names rows of entries, so it stays where it is when others grow or are measured."""

    FOCUS_ON_CLICK = False  # who marks something goes on typing where they were
    _anchor: Spot | None = None

    @property
    def selected_text(self) -> str:
        """What is marked, as it was typed or received where whole blocks are, else as words; unwrapped."""
        selection = self._overlay.selection
        return selected_text(self._stack, selection) if selection is not None else ""

    def clear_selection(self) -> None:
        """Mark nothing."""
        self._overlay.selection = None
        self.refresh()

    def on_mouse_down(self, event: MouseDown) -> None:
        """Begin to mark."""
        if event.button == 1 and self._stack.entries:
            self.clear_selection()
            self._anchor = self._spot(event.x, event.y)
            self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Mark up to here; beyond the edge the page moves."""
        if self._anchor is None:
            return
        if event.y < 0:
            self.scroll_rows(-1)
        elif event.y >= self.size.height:
            self.scroll_rows(1)
        head = self._spot(event.x, max(0, min(event.y, self.size.height - 1)))
        self._overlay.selection = Selection(self._anchor, head) if head != self._anchor else None
        self.refresh()

    def on_mouse_up(self, event: MouseUp) -> None:
        """What is marked stays so until it is copied or something else is."""
        self._anchor = None
        self.release_mouse()

    def on_click(self, event: Click) -> None:
        """Two clicks mark a word, three the block."""
        if event.chain > 1 and self._stack.entries:
            spot = self._spot(event.x, event.y)
            mark = word_at(self._stack, spot) if event.chain == 2 else block_at(self._stack, spot)
            self._overlay.selection = mark
            self.refresh()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these; a drag that goes on began in others."""
        self._anchor = None
        super().show_entries(entries)

    def _spot(self, x: int, y: int) -> Spot:
        return Spot(self._stack.place(round(self.scroll_y) + y), x)
