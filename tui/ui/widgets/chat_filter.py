"""ChatFilter: the words that chats are looked for by; each key takes effect in its turn."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.ui.widgets.list_filter import ListFilter


class ChatFilter(ListFilter):
    """It has those keys of the list that would edit its text otherwise."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "screen.next_shelf", "Archive", id="chats.shelf", tooltip="Archived, deleted chats"),
        Binding("ctrl+d", "screen.pin", "Pin", id="chats.pin", tooltip="Let it stand above the others"),
    ]
