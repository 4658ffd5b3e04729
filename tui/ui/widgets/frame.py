"""Frame: the box of an overlay; the keys stand on its lower edge, as many as it has room for, the last one always."""

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget

from tui.ui.hint import fit_hints

EDGE = 6
"""Of the lower edge, in cells: the corners, and what stands between them and the text."""


_LOOK = """{
    background: $surface;
    border: round $border;
    border-title-color: $text-primary;
    border-subtitle-color: $text-muted;
    padding: 0 1;
}"""


class KeyEdge(Widget):
    """A lower edge that names keys; a narrower one names fewer, so that none is cut."""

    _keys = ""

    def name_keys(self, line: str) -> None:
        """Name these: hints with ` · ` between them, the most useful first."""
        self._keys = line
        self._fit()

    def on_resize(self) -> None:
        """Another width has room for others."""
        self._fit()

    def _fit(self) -> None:
        width = self.outer_size.width or self.app.size.width
        line = Content(fit_hints(self._keys.split(" · "), width - EDGE))
        if line != self.border_subtitle:
            self.border_subtitle = line


# The container comes first: Textual takes the style of a widget's first parent alone.
class Frame(Vertical, KeyEdge):
    """The box of what has rows of its own."""

    DEFAULT_CSS = f"Frame {_LOOK}"


class ScrollingFrame(VerticalScroll, KeyEdge):
    """The box of what may be longer than the screen."""

    DEFAULT_CSS = f"ScrollingFrame {_LOOK}"
