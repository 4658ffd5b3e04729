"""LogView: entries as one scrolling page, painted row by row, that keeps in place what is being read.

It follows the end while the reader is there. Who scrolls up keeps the rows that they read, whatever comes below or
turns out taller above. Each paint leaves ten times as long free as it took, so keys and the stream always have their
turn; while the terminal is behind with what it was sent, nothing is painted.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.events import Resize
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from tui.markdown.layout import LEAST_CELLS, Layout
from tui.text.language import Language
from tui.ui.log.entry import SIDES, Entry
from tui.ui.log.look import COMPONENT_ROLES, Look
from tui.ui.log.ornament import ornaments
from tui.ui.log.overlay import Overlay
from tui.ui.log.stack import Place, Stack
from tui.ui.plain_sign import keep_signs

REST = 10
"""Times the cost of a paint from its begin to the next."""
CATCH_UP = 2
"""The same while more has come than one paint takes in."""
MEASURE = 100
"""Cells of a line of prose at most."""
SLICE_SECONDS = 0.008
"""How long guessed heights are made exact at a stretch."""
PAUSE_SECONDS = 0.04
"""How long the loop is left to others between two such slices."""
TOP = Place(0, 0)


class LogView(ScrollView):
    """What is on the page comes from `show_entries`, `add_entries` and, as an entry grows, `mark_grown`."""

    ALLOW_SELECT = False  # Textual's selection counts rows from the top, which move while heights are guessed
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"log--{role}" for role in COMPONENT_ROLES}

    def __init__(
        self,
        language: Language,
        *,
        frames: float = 30,
        behind: Callable[[], bool] = lambda: False,
        ascii: bool = False,
        wrap_code: bool = True,
    ) -> None:
        """`frames` a second at most; `behind` tells whether the terminal has not taken the last one yet.

        `ascii`: no other signs than those of the texts; `wrap_code`: long lines of code are wrapped, not slid sideways.
        """
        super().__init__()
        self._language = language
        self._frame_seconds = 1 / frames
        self._behind = behind
        self._layout_options = Layout(80, wrap_code=wrap_code, ascii=ascii, measure=MEASURE)
        self._look = Look(self.get_component_rich_style)
        self._stack = Stack(self._layout_options)
        self._overlay = Overlay()
        self._grown: dict[int, None] = {}
        self._frame_asked = False
        self._slice: Timer | None = None
        self._rested = 0.0
        self._following = True
        self._placing = False
        self._top = TOP
        self._left: Place | None = None
        self._told_below = 0

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these from their end."""
        self._stack = Stack(self._layout_options, entries)
        self._overlay = Overlay()
        self._grown.clear()
        self.follow()

    def add_entries(self, entries: Sequence[Entry]) -> None:
        """Show these below the others, and go to the end."""
        for entry in entries:
            self._stack.append(entry)
        self.follow()

    def replace_entries(self, first: int, entries: Sequence[Entry]) -> None:
        """Show others in the place of those from this one on; what stands above them stays where it is."""
        self._stack.replace(first, entries)
        self._overlay.selection = self._overlay.found = None
        for entry in [entry for entry in self._grown if entry >= first]:
            del self._grown[entry]
        last = self._stack.end
        self._following, self._left, self._top = False, last, min(self._top, last)
        self.settle()

    def mark_grown(self, entry: int) -> None:
        """An entry has more to show; it is painted when the last paint has rested."""
        self._grown[entry] = None
        self._ask_for_frame()

    def follow(self) -> None:
        """Go to the end and stay there."""
        self._following, self._left = True, None
        self.settle()

    def go_to(self, place: Place, rows: int = 1) -> None:
        """Bring so many rows into sight, a few rows below the top if they were not, and stop following."""
        height, first = self.size.height, self._stack.row(place)
        top = self._stack.row(self._top)
        if not top <= first <= first + rows <= top + height:
            self._top = self._stack.move(place, -min(3, height // 4))
        self._leave_end()
        self.settle()

    def settle(self, changed: Place | None = TOP) -> None:
        """Make exact what is in sight, take over how high everything is now, and paint.

        `changed` is the first row that may look different if the rows in sight stay; None: none does.
        """
        stack, height, top = self._stack, self.size.height, self._top
        if not stack.entries or not height:
            self.refresh()
            return
        self._top = self._find_end_top() if self._following else stack.move(stack.move(top, height - 1), 1 - height)
        bottom = stack.move(self._top, height - 1)
        seen = range(self._top.entry, bottom.entry + 1)
        stack.forget(seen)
        for entry in seen:
            if stack.entries[entry].is_behind:
                self.mark_grown(entry)
        self._place_scrollbar(stack.row(self._top))
        self._refresh_from(changed if self._top == top else TOP)
        if not stack.is_exact and self._slice is None:
            self._slice = self.set_timer(PAUSE_SECONDS, self._refine)

    @property
    def leap(self) -> int:
        """How many rows the page goes up at once when what is followed has come to its last row."""
        return 1

    def _find_end_top(self) -> Place:
        """The row at the top with the end in sight: the present one as long as that holds."""
        stack, height = self._stack, self.size.height
        lowest = stack.move(stack.end, 1 - height)
        free = min(self.leap, height) - 1 if lowest > TOP else 0
        if lowest <= self._top <= stack.move(lowest, free):
            return self._top
        return stack.move(lowest, free)

    def _place_scrollbar(self, row: int) -> None:
        """Say how long the page is and where one is on it; set as Textual does, a new row lays out the whole screen."""
        size = Size(self.size.width, max(self._stack.rows, row + self.size.height))
        if size != self.virtual_size:
            self.set_reactive(LogView.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
        self._placing = True
        self.scroll_target_y = self.scroll_y = row
        self._placing = False

    def _refresh_from(self, changed: Place | None) -> None:
        width, height = self.size
        told, self._told_below = self._told_below, self.rows_below
        row = height if changed is None else max(0, self._stack.row(changed) - self._stack.row(self._top))
        if told != self._told_below:
            row = min(row, height - 1)
        if row == 0:
            self.refresh()
        elif row < height:
            self.refresh(Region(0, row, width, height - row))

    def on_resize(self, event: Resize) -> None:
        """Wrap anew, what is in sight first."""
        layout = replace(self._layout_options, width=max(LEAST_CELLS, self.size.width - SIDES))
        if layout != self._layout_options:
            self._layout_options = layout
            last = Place(len(self._stack.entries) - 1, 0)
            self._top = self._stack.change_layout(layout, last if self._following else self._top)
            self.forget_rows()
        if not self._following and self._stack.entries:
            self._left = self._stack.end
        self.settle()

    def forget_rows(self) -> None:
        """Rows are others now: nothing that was marked by its row is marked any more."""
        self._overlay.selection = self._overlay.found = None

    def notify_style_update(self) -> None:
        """A theme was chosen: everything looks different."""
        super().notify_style_update()
        self._look = Look(self.get_component_rich_style)
        self._stack.forget_strips()
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows in sight; `crop` is in cells from the upper left of the view."""
        width, look, stack = self.size.width, self._look, self._stack
        base = look.role("text")
        first = round(self.scroll_y) + crop.y
        rows = stack.strips(first, crop.height, look, width) if stack.entries else iter(())
        strips = [self._overlay.paint(stack, place, strip, look) for place, strip in rows]
        strips += [Strip.blank(width, base)] * (crop.height - len(strips))
        if crop.bottom >= self.size.height and (below := self.rows_below):
            strips[-1] = self._more(strips[-1], below)
        if filters := self.get_line_filters():
            background = self.background_colors[1]
            for line_filter in filters:
                strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The signs of the log are chosen when it is laid out; those of the texts stay what they are."""
        return keep_signs(super().get_line_filters())

    @property
    def is_exact(self) -> bool:
        """Whether no height is a guess any more."""
        return self._stack.is_exact

    @property
    def rows_below(self) -> int:
        """How many rows have come below since the reader left the end; 0 if the end is in sight."""
        if self._left is None or self._stack.row(self._top) + self.size.height >= self._stack.rows:
            return 0
        return self._stack.rows - 1 - self._stack.row(self._left)

    def _more(self, strip: Strip, below: int) -> Strip:
        """Over the last row, at its right: how much more there is."""
        sign = ornaments(ascii=self._layout_options.ascii).below
        words = f" {sign}{self._language.say('log.new_lines', count=below)} "
        size = min(cell_len(words), strip.cell_length)
        kept = strip.crop(0, strip.cell_length - size)
        return Strip([*kept, Segment(words, self._look.role("more"))]).crop(0, strip.cell_length)

    @property
    def _is_left_unread(self) -> bool:
        """Whether the reader left the end of a reply that is not read whole: what of it becomes known is not new."""
        return self._left is not None and self._stack.entries[self._left.entry].is_unread

    def _leave_end(self) -> None:
        if self._following:
            self._following, self._left = False, self._stack.end

    def _ask_for_frame(self) -> None:
        if self._frame_asked:
            return
        self._frame_asked = True
        wait = self._rested - time.monotonic()
        if wait > 0:
            self.set_timer(wait, self._paint_grown)
        else:
            self.call_later(self._paint_grown)

    def _paint_grown(self) -> None:
        """Bring what has grown up to date."""
        self._frame_asked = False
        if self._behind():
            self._rested = time.monotonic() + self._frame_seconds
            self._ask_for_frame()
            return
        began = time.monotonic()
        grown, self._grown = list(self._grown), {}
        known = self._is_left_unread
        changed = [Place(entry, row) for entry in grown if (row := self._stack.update(entry)) is not None]
        if known:
            self._left = self._stack.end
        if changed:
            self.settle(min(changed))
        behind = [entry for entry in grown if self._stack.entries[entry].is_behind]
        cost = time.monotonic() - began
        self._rested = began + max(self._frame_seconds, cost * (CATCH_UP if behind else REST))
        for entry in behind:
            self.mark_grown(entry)

    def _refine(self) -> None:
        """Make some more guessed heights exact, with what is in sight held where it is."""
        self._slice = None
        until = time.monotonic() + SLICE_SECONDS
        bottom = self._stack.place(round(self.scroll_y) + self.size.height - 1)
        known = self._is_left_unread
        self._stack.refine(range(self._top.entry, bottom.entry + 1), lambda: time.monotonic() >= until)
        if known:
            self._left = self._stack.end
        self.settle(changed=None)
