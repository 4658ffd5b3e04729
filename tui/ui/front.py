"""What the app asks of its screens, whichever of them is there."""

from typing import Protocol, runtime_checkable

from tui.ui.widgets.prompt import Prompt


@runtime_checkable
class Busy(Protocol):
    """An overlay that may have work of its own under way."""

    def stop_work(self) -> bool:
        """Stop it; False if there is none."""


class Front(Protocol):
    """The screen below all others: the opening one, then the chat."""

    prompt: Prompt

    @property
    def conversation_id(self) -> str:
        """Which conversation what was typed belongs to; empty before one is open."""

    def unsent(self) -> str:
        """What was typed and has not gone out; also when the screen is gone."""

    @property
    def selected_text(self) -> str:
        """What is marked in the log."""

    def clear_marks(self) -> None:
        """Mark nothing any more."""

    def note_input(self, key: str | None) -> None:
        """A key has come, wherever it goes; None: something else that a person did."""

    def stop_reply(self) -> bool:
        """Stop the reply in view, or take back what was just sent; False if there is nothing to stop."""
