"""What comes late to a screen: its widgets go before it does, and another may have come in front of it."""

from typing import TypeVar

from textual.dom import DOMNode
from textual.screen import Screen

Result = TypeVar("Result")


def is_there(screen: DOMNode) -> bool:
    """Whether it is neither closed nor being closed. Nothing hides a screen otherwise."""
    return screen.is_attached and screen.display


def conclude(screen: Screen[Result], result: Result) -> None:
    """Close a screen with what was chosen before something was waited for, and whatever has come in front meanwhile.

    Textual closes the one in front, whichever is asked to close.
    """
    stack = [*screen.app.screen_stack]
    if screen in stack:
        for other in reversed(stack[stack.index(screen) + 1 :]):
            other.dismiss(None)
        screen.dismiss(result)
