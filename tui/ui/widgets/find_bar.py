"""FindBar: the line in which one types what to look for in the conversation."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from tui.ui.widgets.line_input import LineInput


class FindBar(LineInput):
    """Out of sight until it is wanted. Enter looks, Esc ends the search."""

    DEFAULT_CSS = """
    FindBar {
        display: none;
        &, &:focus { padding: 0 2; background: $panel; }
        &.-shown { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "End the search", id="find.close")]
    LEAVING = LineInput.LEAVING | {"close"}

    @dataclass
    class Wanted(Message):
        """Look for these words."""

        words: str

    @dataclass
    class Closed(Message):
        """The search is over."""

    def open(self) -> None:
        """Come into sight and take the keys; what was looked for last can be typed over."""
        self.add_class("-shown")
        self.screen.set_focus(self)

    @on(Input.Submitted)
    def look(self, event: Input.Submitted) -> None:
        """Look for what was typed."""
        event.stop()
        self.post_message(self.Wanted(event.value) if event.value else self.Closed())

    def action_close(self) -> None:
        """End the search."""
        self.post_message(self.Closed())
