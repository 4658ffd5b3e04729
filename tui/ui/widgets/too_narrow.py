"""TooNarrow: the sentence that covers a screen which has too few columns for anything else."""

from textual.screen import Screen
from textual.widgets import Static


class TooNarrow(Static, can_focus=False):
    """It lies over all that a screen has: keys still go where they went, so nothing that is typed is lost."""

    DEFAULT_CSS = """
    TooNarrow {
        overlay: screen;
        position: absolute;
        offset: 0 0;
        width: 100vw;
        height: 100vh;
        padding: 1;
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
