"""ModelList: rows of which only those in sight are ever made, so that no key depends on their number."""

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.ui.widgets.model_row import ListRow


class ModelList(ScrollView, can_focus=False):
    """A list with a highlight; the filter above it keeps the focus."""

    DEFAULT_CSS = """
    ModelList {
        height: auto;
        scrollbar-size-vertical: 1;
        .model-list--name { color: $foreground; }
        .model-list--muted { color: $text-muted; }
        .model-list--mark { color: $text-accent; text-style: bold underline; }
        .model-list--highlight {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "model-list--name",
        "model-list--muted",
        "model-list--mark",
        "model-list--highlight",
    }

    class Clicked(Message):
        """A row was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, make: Callable[[int, int], ListRow]) -> None:
        """`make` gives a row by its place and the width in cells."""
        super().__init__()
        self._make = make
        self.count = 0
        self.highlighted = 0
        """The place of the highlight; it means nothing in an empty list."""

    def show(self, count: int, highlighted: int) -> None:
        """Show so many rows, all made anew."""
        if count != self.count:
            self.count = count
            self.virtual_size = Size(0, count)
            self.refresh(layout=True)
        self.refresh()
        self.highlight(highlighted)

    def highlight(self, place: int) -> None:
        """Move the highlight, as far as there are rows, and bring it into sight."""
        self.highlighted = max(0, min(self.count - 1, place))
        self.scroll_to_region(Region(0, self.highlighted, 1, 1), animate=False, force=True)
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A cell for each row."""
        return self.count

    def render_line(self, y: int) -> Strip:
        """One row, made now."""
        place, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if place >= self.count:
            return Strip.blank(width, self.rich_style)
        row = self._make(place, width)
        styles = {part: self.get_component_rich_style(f"model-list--{part}") for part in ("name", "muted", "mark")}
        if place == self.highlighted:
            highlight = self.get_component_rich_style("model-list--highlight")
            styles = {"name": highlight, "muted": highlight, "mark": highlight + Style(underline=True)}
        segments = [Segment(text, styles[part]) for text, part in row.parts if text]
        return Strip(segments).adjust_cell_length(width, styles["name"])

    def on_click(self, event: events.Click) -> None:
        """Tell which row it was."""
        place = event.y + self.scroll_offset.y
        if place < self.count:
            event.stop()
            self.post_message(self.Clicked(place))
