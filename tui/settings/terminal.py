"""Facts about the terminal that we run in, from the environment alone: nothing is asked of the terminal itself.

What cannot be told is answered with the poorer thing: a terminal does not get a sequence that it might print. Sources:
terminfo (ncurses 6.4) for bce and rep, sshd(8), tmux(1), screen(1), https://no-color.org, POSIX 8.2 for the locale.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

ColourChoice = Literal["auto", "truecolor", "256", "16", "none"]
Colours = Literal["truecolor", "256", "16", "none"]
COLOUR_CHOICES: Final[tuple[str, ...]] = get_args(ColourChoice)

_COUNTS: Final[Mapping[Colours, int]] = {"truecolor": 1 << 24, "256": 256, "16": 16, "none": 16}
_TRUECOLOR_TERMS = ("alacritty", "contour", "foot", "ghostty", "iterm", "kitty", "wezterm", "direct")
_TRUECOLOR_PROGRAMS = ("iterm.app", "wezterm", "ghostty", "vscode", "rio", "tabby", "hyper", "warpterminal")
_TRUECOLOR_MARKS = ("WT_SESSION", "KONSOLE_VERSION", "VTE_VERSION", "KITTY_WINDOW_ID", "ALACRITTY_WINDOW_ID")
"""Variables that only a terminal with all colours sets; a multiplexer inside it may still hand them on."""
_BCE_TERMS = (*_TRUECOLOR_TERMS, "xterm", "linux", "rxvt", "konsole", "vte", "gnome", "putty", "st-", "-bce")
_REPEAT_TERMS = ("alacritty", "contour", "foot", "ghostty", "kitty", "wezterm")
"""Terminals that know REP (ECMA-48 8.3.103) and say who they are; "xterm" is also what others call themselves."""
_LINK_TERMS = ("alacritty", "contour", "foot", "ghostty", "iterm", "kitty", "wezterm")
_NO_LINK_TERMS = re.compile(r"linux|vt\d+|ansi|cons\d+")
_MONOCHROME_TERMS = re.compile(r"vt\d+.*|.*-m|.*-mono")


@dataclass(frozen=True, slots=True)
class Terminal:
    """What holds where we run."""

    colours: Colours
    """How many are shown, or are to be."""
    tmux: bool = False
    screen: bool = False
    """GNU screen."""
    ssh: bool = False
    dumb: bool = False
    """It can do nothing but take lines."""
    bce: bool = False
    """Erasing leaves the background colour (terminfo `bce`)."""
    repeat: bool = False
    """It repeats a character on request (terminfo `rep`)."""
    osc8: bool | None = None
    """Whether it takes hyperlinks; None where that cannot be told."""
    utf8: bool = False
    """The locale's encoding is UTF-8."""

    @property
    def colour_count(self) -> int:
        """16, 256 or 2**24."""
        return _COUNTS[self.colours]

    @property
    def textual_color_system(self) -> str:
        """What TEXTUAL_COLOR_SYSTEM has to be before Textual is imported.

        It has no word for no colours at all: those come of NO_COLOR and a theme that keeps to the terminal's own.
        """
        return {"16": "standard", "none": "standard"}.get(self.colours, self.colours)

    @property
    def default_theme(self) -> str:
        """The theme for a person who chose none: the terminal's own colours where there are only sixteen, or none."""
        return "ansi" if self.colours in ("16", "none") else "weir-dark"


def read_terminal(environ: Mapping[str, str], colours: str = "auto") -> Terminal:
    """The facts; `colours` is one of COLOUR_CHOICES, as the flag or the config has it."""
    term = environ.get("TERM", "").lower()
    tmux = bool(environ.get("TMUX")) or term.startswith("tmux")
    screen = not tmux and (bool(environ.get("STY")) or term.startswith("screen"))
    nested = tmux or screen
    return Terminal(
        _choose_colours(environ, term, colours, tmux=tmux, screen=screen),
        tmux,
        screen,
        is_remote(environ),
        _is_dumb(environ, term),
        _names(term, _BCE_TERMS) and (not nested or term.endswith("-bce")),
        not nested and _names(term, _REPEAT_TERMS),
        _takes_links(environ, term, nested=nested),
        _is_utf8(environ),
    )


def is_remote(environ: Mapping[str, str]) -> bool:
    """Whether we run in an SSH session: sshd sets these (sshd(8))."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))


def colour_count(environ: Mapping[str, str]) -> int:
    """How many colours the terminal shows: 16, 256 or 2**24."""
    return read_terminal(environ).colour_count


def default_theme(environ: Mapping[str, str]) -> str:
    """The theme for a person who chose none."""
    return read_terminal(environ).default_theme


def _choose_colours(environ: Mapping[str, str], term: str, wanted: str, *, tmux: bool, screen: bool) -> Colours:
    named: Mapping[str, Colours] = {"truecolor": "truecolor", "256": "256", "16": "16", "none": "none"}
    if wanted in named:
        return named[wanted]
    if environ.get("NO_COLOR"):
        return "none"
    system = environ.get("TEXTUAL_COLOR_SYSTEM", "").replace("standard", "16")
    if system in named:
        return named[system]
    if _is_dumb(environ, term):
        return "none"
    by_term: Colours = "256" if "256" in term else "none" if _MONOCHROME_TERMS.fullmatch(term) else "16"
    if screen:
        return by_term  # it would print what it does not know, and COLORTERM tells of the terminal around it
    if _shows_all_colours(environ, term):
        return "truecolor"
    # tmux itself brings any colour down to what the terminal around it has.
    return "256" if tmux or environ.get("TERM_PROGRAM", "").lower() == "apple_terminal" else by_term


def _shows_all_colours(environ: Mapping[str, str], term: str) -> bool:
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") or _names(term, _TRUECOLOR_TERMS):
        return True
    program = environ.get("TERM_PROGRAM", "").lower()
    return program in _TRUECOLOR_PROGRAMS or any(environ.get(name) for name in _TRUECOLOR_MARKS)


def _takes_links(environ: Mapping[str, str], term: str, *, nested: bool) -> bool | None:
    if nested:
        return None  # tmux does from 3.4 on, screen from 5 on, and neither tells
    if _is_dumb(environ, term) or _NO_LINK_TERMS.match(term):
        return False
    known = _names(term, _LINK_TERMS) or environ.get("TERM_PROGRAM", "").lower() in _TRUECOLOR_PROGRAMS
    return True if known or any(environ.get(name) for name in _TRUECOLOR_MARKS) else None


def _is_dumb(environ: Mapping[str, str], term: str) -> bool:
    """Windows has no TERM; elsewhere nobody is known to stand behind an empty one."""
    return term in ("dumb", "unknown") or (not term and environ.get("OS") != "Windows_NT")


def read_locale(environ: Mapping[str, str]) -> str:
    """The locale that decides about characters, as its variable has it; empty if none is set."""
    return next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "")


def _is_utf8(environ: Mapping[str, str]) -> bool:
    value = read_locale(environ)
    return value.lower().replace("-", "").partition("@")[0].endswith("utf8")


def _names(term: str, known: tuple[str, ...]) -> bool:
    return any(name in term for name in known)
