"""FindBar: the line in which one types what to look for in the conversation."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.message import Message
from textual.widgets import Input

from tui.ui.widgets.key_order import KeyOrder


class FindBar(Input):
    """Out of sight until it is wanted. Enter looks, Esc ends the search."""

    DEFAULT_CSS = """
    FindBar {
        display: none;
        height: 1;
        border: none;
        padding: 0 2;
        background: $panel;
        &:focus { border: none; }
        &.-textual-compact { padding: 0 2; }
        &.-shown { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "End the search", id="find.close")]

    @dataclass
    class Wanted(Message):
        """Look for these words."""

        words: str

    @dataclass
    class Closed(Message):
        """The search is over."""

    def __init__(self, hint: str) -> None:
        super().__init__(placeholder=hint, compact=True)
        self.cursor_blink = False
        self._key_order = KeyOrder(self, {"submit", "close"}, takes_text=True)

    async def _on_key(self, event: Key) -> None:
        """Keys that were typed behind the Enter or Esc that ends it are for the log or the prompt."""
        await self._key_order.take(event)

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
