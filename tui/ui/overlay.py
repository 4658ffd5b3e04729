"""Overlay: a screen in front of the chat, which is closed once and by nobody else's key."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Overlay(ModalScreen[Result]):
    """Textual closes the screen in front, whichever is asked to close; asked twice, it tells a result twice."""

    @property
    def is_there(self) -> bool:
        """Whether it is neither closed nor being closed: its widgets go before it does."""
        return self.is_attached and self.display

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close it with a result, if it is in front; a key that comes once too often closes nothing."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()

    def conclude(self, result: Result | None) -> None:
        """Close it with what was chosen before something was waited for, and whatever has come in front meanwhile."""
        stack = [*self.app.screen_stack]
        if self in stack:
            for other in reversed(stack[stack.index(self) + 1 :]):
                other.dismiss(None)
            self.dismiss(result)
