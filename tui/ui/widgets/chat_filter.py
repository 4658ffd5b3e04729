"""ChatFilter: the words that chats are looked for by; each key takes effect in its turn."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from tui.ui.widgets.key_order import KeyOrder
from tui.ui.widgets.line_field import LineField


class ChatFilter(LineField):
    """It has those keys of the list that would edit its text otherwise."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "screen.next_shelf", "Archive", id="chats.shelf", tooltip="Archived, deleted chats"),
        Binding("ctrl+d", "screen.pin", "Pin", id="chats.pin", tooltip="Let it stand above the others"),
        Binding("down", "screen.move(1)", "Down", id="list.down", show=False),
        Binding("up", "screen.move(-1)", "Up", id="list.up", show=False),
        Binding("pagedown", "screen.move(10)", "Ten down", id="list.page_down", show=False),
        Binding("pageup", "screen.move(-10)", "Ten up", id="list.page_up", show=False),
    ]

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self._key_order = KeyOrder(self, {"submit"}, takes_text=True)

    async def on_key(self, event: events.Key) -> None:
        """Do what the key is bound to before the next one comes."""
        await self._key_order.take(event)
