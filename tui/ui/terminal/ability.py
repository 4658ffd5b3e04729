"""What a terminal can do that saves bytes, by its name: what is not known is not used."""

from collections.abc import Mapping
from typing import NamedTuple

from tui.settings.terminal import read_terminal


class Abilities(NamedTuple):
    """All of it off is a VT100 with an alternate screen."""

    colour_erase: bool = False
    """Erased cells take the background of the pen (terminfo `bce`); else they are the terminal's own."""
    erase: bool = False
    """ECH: erase some cells from the cursor on. Erasing to the end of a line needs nothing."""
    repeat: bool = False
    """REP: repeat the last character."""
    links: bool = True
    """OSC 8 is at least ignored."""


def read_abilities(environ: Mapping[str, str]) -> Abilities:
    """What the terminal can do, as the environment tells. ECH comes with every terminal that is known for bce."""
    terminal = read_terminal(environ)
    return Abilities(terminal.bce, terminal.bce, terminal.repeat, terminal.osc8 is not False)
