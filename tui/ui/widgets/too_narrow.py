"""TooNarrow: the sentence that covers a screen which has too little room for anything else."""

from textual.screen import Screen
from textual.widgets import Static


class TooNarrow(Static, can_focus=False):
    """It lies over all that a screen has: what is typed still goes where it went, so nothing of it is lost."""

    DEFAULT_CSS = """
    TooNarrow {
        overlay: screen;
        position: absolute;
        offset: 0 0;
        width: 100vw;
        height: 100vh;
        padding: 0 1;
        background: $background;
        color: $foreground;
    }
    """


def cover(screen: Screen[object], sentence: str) -> None:
    """Lay the sentence over a screen."""
    screen.mount(TooNarrow(sentence, markup=False))


def uncover(screen: Screen[object]) -> None:
    """Show the screen again."""
    screen.query(TooNarrow).remove()
