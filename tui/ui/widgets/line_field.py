"""LineField: one line of text to be typed; what is pasted into it is safe on a terminal."""

from textual import events
from textual.widgets import Input

from tui.text.sanitise import sanitise


class LineField(Input):
    """An input whose cursor does not blink: over a slow link that would be bytes without end."""

    def __init__(self, hint: str) -> None:
        super().__init__(placeholder=hint)
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        """A control character in a paste must not reach the terminal."""
        event.prevent_default()
        event.stop()
        super()._on_paste(events.Paste(sanitise(event.text)))
