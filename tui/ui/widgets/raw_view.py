"""RawView: the rows of a raw stream as a virtual page: however many there are, only those in sight are drawn.

It follows the end while that is in sight; whoever scrolls up stays where they are. A line of the wire is a line here,
and the arrow keys go sideways; wrapped, a long one takes as many as it needs.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.stream.raw_row import LONGEST_ROW, RawPage, RowKind
from tui.text.language import Language
from tui.ui.plain_sign import keep_signs

PAUSE_SECONDS = 0.02
"""For which the loop is left to others where there is much to take in."""
_TIME_CELLS = 10
_PLAIN = "raw--data"
_LOOKS = {
    RowKind.ATTEMPT: "raw--end",
    RowKind.REQUEST: "raw--head",
    RowKind.HEAD: "raw--head",
    RowKind.KEEPALIVE: "raw--keepalive",
    RowKind.DONE: "raw--done",
    RowKind.TORN: "raw--gap",
    RowKind.GAP: "raw--gap",
    RowKind.DROPPED: "raw--gap",
    RowKind.END: "raw--end",
}
_TOLD = {
    RowKind.ATTEMPT: "attempt",
    RowKind.GAP: "gap",
    RowKind.DROPPED: "dropped",
    RowKind.END: "end",
    RowKind.TORN: "torn",
}


class RawView(ScrollView, can_focus=True):
    """`take_in` makes it look at what came."""

    DEFAULT_CSS = """
    RawView {
        height: 1fr;
        background: $surface;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 1;
        .raw--time { color: $text-muted; }
        .raw--data { color: $foreground; }
        .raw--head { color: $text-primary; }
        .raw--keepalive { color: $text-accent; }
        .raw--done { color: $text-success; }
        .raw--gap { color: $text-warning; }
        .raw--end { color: $text-primary; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "raw--time", "raw--data", "raw--head", "raw--keepalive", "raw--done", "raw--gap", "raw--end",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "Down", id="raw.down", show=False),
        Binding("k,up", "scroll_up", "Up", id="raw.up", show=False),
        Binding("h,left", "scroll_left", "Left", id="raw.left", show=False),
        Binding("l,right", "scroll_right", "Right", id="raw.right", show=False),
        Binding("g,home", "scroll_home", "First", id="raw.first", show=False),
        Binding("G,end", "scroll_end", "Last", id="raw.last", show=False),
        Binding("pageup", "page_up", "Page up", id="raw.page_up", show=False),
        Binding("pagedown,space", "page_down", "Page down", id="raw.page_down", show=False),
        Binding("w", "wrap", "Wrap", id="raw.wrap", tooltip="Wrap long lines, or slide them sideways"),
    ]

    def __init__(self, page: RawPage, language: Language, *, ascii: bool = False) -> None:
        super().__init__()
        self._page = page
        self._language = language
        self._rule = "--" if ascii else "──"
        self._widths: list[tuple[int, bool]] = []
        """Cells of each row, as received: masked it may have a few less; and whether wide characters are among them."""
        self._starts: list[int] = []
        """The line of the page on which each row begins."""
        self._height = 0
        self._widest = 0
        self._wrapped = False
        self._following = True

    def on_mount(self) -> None:
        """Begin at the end of what is there."""
        self.take_in()
        self.call_after_refresh(self._follow)

    def take_in(self) -> None:
        """Show what came since the last look."""
        behind = self._page.refresh()
        if len(self._page.rows) == len(self._widths):
            return
        for row in self._page.rows[len(self._widths) :]:
            wide = not row.text.isascii()
            width = cell_len(row.text[:LONGEST_ROW]) if wide else len(row.text)
            self._widths.append((min(width, 2 * LONGEST_ROW), wide))
            self._place(*self._widths[-1])
        self._settle()
        if behind:
            self.set_timer(PAUSE_SECONDS, self.take_in)

    def on_resize(self) -> None:
        """Another width, other lines."""
        if self._wrapped:
            self._place_all()
        else:
            self._settle()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow from now on if this is the end."""
        super().watch_scroll_y(old_value, new_value)
        self._following = round(new_value) >= self.max_scroll_y

    def action_scroll_home(self) -> None:
        """Go to the first row, and stay there."""
        self._stay()
        super().action_scroll_home()

    def action_scroll_up(self) -> None:
        """Go up a row, and stay there."""
        self._stay()
        super().action_scroll_up()

    def action_page_up(self) -> None:
        """Go up a page, and stay there."""
        self._stay()
        super().action_page_up()

    def _stay(self) -> None:
        """Follow no more, at once: Textual scrolls later, and what comes meanwhile must not take it back."""
        self._following = self.max_scroll_y == 0

    def _follow(self) -> None:
        if self._following:
            self.scroll_end(animate=False, immediate=True)

    def action_wrap(self) -> None:
        """Wrap long lines, or slide them sideways again."""
        self._wrapped = not self._wrapped
        self.scroll_to(x=0, animate=False)
        self._place_all()

    def _place_all(self) -> None:
        """Find anew where each row begins; the row on top stays there."""
        following, top = self._following, self._row_at(self.scroll_offset.y)
        self._starts, self._height, self._widest = [], 0, 0
        for width, wide in self._widths:
            self._place(width, wide)
        self._settle()
        if not following and top < len(self._starts):
            self.scroll_to(y=self._starts[top], animate=False)

    def _place(self, width: int, wide: bool) -> None:
        self._starts.append(self._height)
        room = max(1, self._room - wide)  # a wide character that does not fit leaves a cell free
        self._height += max(1, -(-width // room)) if self._wrapped else 1
        self._widest = max(self._widest, width)

    def _settle(self) -> None:
        width = self._cells if self._wrapped else self._widest + _TIME_CELLS + 2
        self.virtual_size = Size(width, self._height)
        self.refresh()
        if self._following:
            self.call_after_refresh(self._follow)

    @property
    def _room(self) -> int:
        """Cells beside the time."""
        return max(1, self._cells - _TIME_CELLS - 1)

    @property
    def _cells(self) -> int:
        """Of a line, beside the scrollbar, which may be there."""
        return max(1, self.size.width - self.styles.scrollbar_size_vertical)

    def _row_at(self, line: int) -> int:
        return max(0, bisect_right(self._starts, line) - 1)

    def line(self, number: int) -> tuple[str, str, RowKind]:
        """Time, text and kind of a row, safe to show."""
        row = self._page.rows[number]
        time = "" if row.at is None else f"+{row.at:.3f}"
        if (name := _TOLD.get(row.kind)) is None:
            return time, self._page.text(number), row.kind
        told = self._language.say(f"raw_view.{name}", value=self._page.text(number))
        return time, told if row.kind is RowKind.TORN else f"{self._rule} {told} {self._rule}", row.kind

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What the server sent is shown as it was."""
        return keep_signs(super().get_line_filters())

    def render_line(self, y: int) -> Strip:
        """A row of the page."""
        left, top = self.scroll_offset
        width, base = self.size.width, self.rich_style
        if top + y >= self._height:
            return Strip.blank(width, base)
        number = self._row_at(top + y)
        time, text, kind = self.line(number)
        if self._wrapped:
            part, pieces = top + y - self._starts[number], chop_cells(text, self._room)
            time, text = time if part == 0 else "", pieces[part] if part < len(pieces) else ""
        look = self.get_component_rich_style(_LOOKS.get(kind, _PLAIN))
        stamp = Segment(f"{time:>{_TIME_CELLS}} ", self.get_component_rich_style("raw--time"))
        body = Strip([Segment(text, look)]).crop(left)
        return Strip([stamp, *body]).extend_cell_length(width, base).crop(0, width).apply_style(base)

    def copied(self) -> str:
        """All rows as text; masking thousands takes seconds, so call it in a thread."""
        lines = []
        for number, row in enumerate(tuple(self._page.rows)):
            time, text, kind = self.line(number)
            shown = text if kind in _TOLD else self._page.whole_text(number)
            lines.append(f"{time:>{_TIME_CELLS}} {shown}".rstrip() if shown or row.at is None else "")
        return "\n".join(lines) + "\n"
