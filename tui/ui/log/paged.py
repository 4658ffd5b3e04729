"""PagedView: a log view scrolled by keys, wheel and scrollbar, by exact rows though most heights are guesses."""

from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp

from tui.ui.log.view import TOP, LogView

NEAR_SCREENS = 4
"""A scroll over up to so many screens goes by exact rows; a longer one may land on a guess."""


class PagedView(LogView):
    """Nothing glides: over a slow link each step of an animation would be one more screen to send."""

    def turn_pages(self, pages: int) -> None:
        """Scroll by screens; one row stays in sight."""
        self.scroll_rows(pages * max(1, self.size.height - 1))

    def scroll_rows(self, rows: int) -> None:
        """Scroll by exact rows, whatever was only guessed so far."""
        if not self._stack.entries:
            return
        top = self._stack.move(self._top, rows)
        if rows < 0 and top != self._top:
            self._leave_end()
        self._top = top
        if rows > 0 and self.end_in_sight:
            self.follow()
        else:
            self.settle()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take over where the person has scrolled to."""
        self.vertical_scrollbar.position = new_value
        rows = round(new_value) - round(old_value)
        if self._placing or not rows or not self._stack.entries:
            return
        if rows < 0 and new_value >= self.max_scroll_y:
            self.settle()  # the log became taller and Textual moved the page; a person comes to the end from above
            return
        if abs(rows) <= NEAR_SCREENS * max(1, self.size.height):
            self.scroll_rows(rows)
        else:
            self._scroll_to_row(round(new_value))

    def on_scroll_to(self, event: ScrollTo) -> None:
        """The scrollbar was dragged: to its ends it means the ends, whatever is only guessed between them."""
        event.stop()
        event.prevent_default()
        if event.y is not None:
            self._scroll_to_row(round(event.y))

    def on_scroll_up(self, event: ScrollUp) -> None:
        """A click above the thumb."""
        event.stop()
        event.prevent_default()
        self.turn_pages(-1)

    def on_scroll_down(self, event: ScrollDown) -> None:
        """A click below the thumb."""
        event.stop()
        event.prevent_default()
        self.turn_pages(1)

    def action_scroll_up(self) -> None:
        """One row up."""
        self.scroll_rows(-1)

    def action_scroll_down(self) -> None:
        """One row down."""
        self.scroll_rows(1)

    def action_page_up(self) -> None:
        """One screen up."""
        self.turn_pages(-1)

    def action_page_down(self) -> None:
        """One screen down."""
        self.turn_pages(1)

    def action_scroll_home(self) -> None:
        """To the first row."""
        self._scroll_to_row(0)

    def action_scroll_end(self) -> None:
        """To the last row, and follow what comes."""
        self.follow()

    def _scroll_to_row(self, row: int) -> None:
        """To a row counted from the top, which may be a guess; the first and the last row are what they are."""
        if not self._stack.entries:
            return
        if row >= self.max_scroll_y:
            self.follow()
            return
        self._leave_end()
        self._top = self._stack.place(row) if row > 0 else TOP
        self.settle()

    @property
    def end_in_sight(self) -> bool:
        """Whether the last row is."""
        return self._stack.move(self._top, self.size.height - 1) == self._stack.end

    @property
    def in_sight(self) -> range:
        """The entries of which something is in sight."""
        bottom = self._stack.move(self._top, max(0, self.size.height - 1))
        return range(self._top.entry, bottom.entry + 1)
