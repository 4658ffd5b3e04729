"""ContextLine: one line above the prompt that says, once, that the model's context is nearly full."""

from textual.content import Content
from textual.widgets import Static


class ContextLine(Static):
    """Out of sight until it warns; what it has warned of once it does not warn of again before `reset`."""

    DEFAULT_CSS = """
    ContextLine {
        display: none;
        height: auto;
        max-height: 3;
        margin: 0 2;
        color: $text-warning;
        &.-shown { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._about: object = None

    def warn(self, about: object, text: str) -> None:
        """Show a warning, unless it was the last one; `about` tells one from another."""
        if about != self._about:
            self._about = about
            self.update(Content(text))
            self.add_class("-shown")

    def hide(self) -> None:
        """It was read; the same is not told again."""
        self.remove_class("-shown")

    def reset(self) -> None:
        """What it warned of is over, and would be new if it came again."""
        self._about = None
        self.hide()
