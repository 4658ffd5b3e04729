"""ListFilter: the words that a list is filtered by; it keeps the keys while one moves in the list."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.ui.widgets.line_input import LineInput


class ListFilter(LineInput):
    """The screen has the action `move`. The keys are bound here, so that each comes in its turn among those typed."""

    DEFAULT_CSS = """
    ListFilter { margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "screen.move(1)", "Down", show=False, id="list.down", tooltip="The next row"),
        Binding("up", "screen.move(-1)", "Up", show=False, id="list.up", tooltip="The row before"),
        Binding("pagedown", "screen.move(10)", "Page down", show=False, id="list.page_down", tooltip="Ten rows on"),
        Binding("pageup", "screen.move(-10)", "Page up", show=False, id="list.page_up", tooltip="Ten rows back"),
    ]
