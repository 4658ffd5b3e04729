"""LineInput: one line to be typed, with no key that overtakes the one before it."""

from typing import ClassVar

from textual import events
from textual.widgets import Input

from tui.text.sanitise import sanitise
from tui.ui.widgets.key_order import KeyOrder


class LineInput(Input):
    """Enter posts `Input.Submitted`."""

    DEFAULT_CSS = """
    LineInput, LineInput:focus { border: none; height: 1; padding: 0; background: $surface; }
    """

    LEAVING: ClassVar[frozenset[str]] = frozenset({"submit"})
    """Actions behind which a key is for whatever has the keys then."""

    def __init__(self, hint: str = "", *, ident: str | None = None) -> None:
        super().__init__(placeholder=hint, id=ident)
        self.cursor_blink = False
        self._key_order = KeyOrder(self, self.LEAVING, takes_text=True)

    async def on_key(self, event: events.Key) -> None:
        """Do what the key is bound to before the next one comes, which may be for another widget."""
        await self._key_order.take(event)

    def _on_paste(self, event: events.Paste) -> None:
        """A control character in a paste must not reach the terminal."""
        event.prevent_default()
        event.stop()
        super()._on_paste(events.Paste(sanitise(event.text)))
