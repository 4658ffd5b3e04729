"""Question: one yes-or-no question that must be answered before something is done."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.ui.overlay import Overlay


class Question(Overlay[bool]):
    """The safe answer is no: Esc gives it too."""

    DEFAULT_CSS = """
    Question {
        align: center middle;
        #question {
            width: 80%;
            max-width: 76;
            height: auto;
            background: $surface;
            border: round $warning;
            padding: 1 2;
        }
        Static { height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Yes", id="question.yes"),
        Binding("n,escape", "dismiss(False)", "No", id="question.no"),
    ]

    def __init__(self, text: str, keys: str) -> None:
        super().__init__()
        self._text = text
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The question and its keys."""
        with Vertical(id="question"):
            yield Static(Content(self._text), markup=False)
            yield Static(Content(f"\n{self._keys}"), markup=False)
