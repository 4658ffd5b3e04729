"""Banner: one row above the chat; where it has too little room, its last parts are left out whole."""

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

_AIR = 4
"""Cells to its left and right."""


class Banner(Static):
    """What it tells are parts with ` · ` between them, the most important first."""

    _told = ""

    def tell(self, text: str) -> None:
        """Show this from now on."""
        self._told = text
        self.on_resize()

    def on_resize(self) -> None:
        """Another width has room for more or fewer parts."""
        shown, room = self._told, (self.outer_size.width or self.app.size.width) - _AIR
        while cell_len(shown) > room and " · " in shown:
            shown = shown.rpartition(" · ")[0]
        if Content(shown) != self.content:
            self.update(Content(shown))
