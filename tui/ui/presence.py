"""Whether a screen still has its widgets: they go before it does, and what comes late finds none."""

from textual.dom import DOMNode


def is_there(screen: DOMNode) -> bool:
    """Whether it is neither closed nor being closed. Nothing hides a screen otherwise."""
    return screen.is_attached and screen.display
