"""What the environment tells of the terminal; each row is an environment that somebody has."""

from collections.abc import Mapping

import pytest

from tui.settings.terminal import COLOUR_CHOICES, Terminal, colour_count, default_theme, is_remote, read_terminal

XTERM = {"TERM": "xterm-256color"}
TMUX = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"}
SCREEN = {"TERM": "screen.xterm-256color", "STY": "1.pts-0"}


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({"TERM": "xterm"}, "16"),
        (XTERM, "256"),
        ({**XTERM, "COLORTERM": "truecolor"}, "truecolor"),
        ({**XTERM, "COLORTERM": "24bit"}, "truecolor"),
        ({**XTERM, "COLORTERM": "yes"}, "256"),
        ({"TERM": "xterm-kitty"}, "truecolor"),
        ({"TERM": "xterm-ghostty"}, "truecolor"),
        ({"TERM": "alacritty"}, "truecolor"),
        ({"TERM": "foot"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({**XTERM, "TERM_PROGRAM": "iTerm.app"}, "truecolor"),
        ({**XTERM, "TERM_PROGRAM": "Apple_Terminal"}, "256"),
        ({**XTERM, "WT_SESSION": "1"}, "truecolor"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "vt220"}, "none"),
        ({"TERM": "xterm-mono"}, "none"),
        ({"TERM": "dumb"}, "none"),
        ({}, "none"),
        ({**XTERM, "NO_COLOR": "1"}, "none"),
        ({**XTERM, "NO_COLOR": ""}, "256"),
        (TMUX, "256"),
        ({**TMUX, "TERM": "screen"}, "256"),
        ({**TMUX, "COLORTERM": "truecolor"}, "truecolor"),
        (SCREEN, "256"),
        ({**SCREEN, "COLORTERM": "truecolor"}, "256"),
        ({"TERM": "screen"}, "16"),
        ({**XTERM, "TEXTUAL_COLOR_SYSTEM": "truecolor"}, "truecolor"),
        ({**XTERM, "TEXTUAL_COLOR_SYSTEM": "standard"}, "16"),
        ({**XTERM, "TEXTUAL_COLOR_SYSTEM": "auto"}, "256"),
    ],
)
def test_how_many_colours(environ: Mapping[str, str], colours: str) -> None:
    assert read_terminal(environ).colours == colours


@pytest.mark.parametrize("choice", COLOUR_CHOICES)
def test_who_asks_for_colours_gets_them(choice: str) -> None:
    for environ in (XTERM, {"TERM": "linux"}, {**XTERM, "NO_COLOR": "1", "COLORTERM": "truecolor"}):
        terminal = read_terminal(environ, choice)
        assert terminal.colours == (read_terminal(environ).colours if choice == "auto" else choice)


@pytest.mark.parametrize(
    ("colours", "system", "count", "theme"),
    [
        ("truecolor", "truecolor", 1 << 24, "weir-dark"),
        ("256", "256", 256, "weir-dark"),
        ("16", "standard", 16, "ansi"),
        ("none", "standard", 16, "ansi"),
    ],
)
def test_what_follows_from_the_colours(colours: str, system: str, count: int, theme: str) -> None:
    terminal = read_terminal(XTERM, colours)
    assert (terminal.textual_color_system, terminal.colour_count, terminal.default_theme) == (system, count, theme)
    environ = {**XTERM, "TEXTUAL_COLOR_SYSTEM": system}
    assert (colour_count(environ), default_theme(environ)) == (count, theme)


@pytest.mark.parametrize(
    ("environ", "bce", "repeat", "osc8"),
    [
        (XTERM, True, False, None),
        ({"TERM": "linux"}, True, False, False),
        ({"TERM": "vt100"}, False, False, False),
        ({"TERM": "dumb"}, False, False, False),
        ({"TERM": "xterm-kitty"}, True, True, True),
        ({"TERM": "foot"}, True, True, True),
        ({**XTERM, "VTE_VERSION": "7006"}, True, False, True),
        (TMUX, False, False, None),
        ({**TMUX, "TERM": "xterm-256color"}, False, False, None),
        (SCREEN, False, False, None),
        ({"TERM": "screen-256color-bce"}, True, False, None),
    ],
)
def test_what_it_can_do(environ: Mapping[str, str], bce: bool, repeat: bool, osc8: bool | None) -> None:
    terminal = read_terminal(environ)
    assert (terminal.bce, terminal.repeat, terminal.osc8) == (bce, repeat, osc8)


@pytest.mark.parametrize(
    ("environ", "tmux", "screen"),
    [(XTERM, False, False), (TMUX, True, False), ({"TERM": "screen", "TMUX": "x"}, True, False), (SCREEN, False, True)],
)
def test_what_stands_between(environ: Mapping[str, str], tmux: bool, screen: bool) -> None:
    terminal = read_terminal(environ)
    assert (terminal.tmux, terminal.screen) == (tmux, screen)


@pytest.mark.parametrize(
    ("environ", "dumb"),
    [
        ({"TERM": "dumb"}, True),
        ({"TERM": "unknown"}, True),
        ({"TERM": ""}, True),
        ({"OS": "Windows_NT"}, False),
        (XTERM, False),
    ],
)
def test_what_takes_nothing_but_lines(environ: Mapping[str, str], dumb: bool) -> None:
    assert read_terminal(environ).dumb is dumb


@pytest.mark.parametrize(
    ("environ", "utf8"),
    [
        ({}, False),
        ({"LANG": "C"}, False),
        ({"LANG": "en_GB.UTF-8"}, True),
        ({"LANG": "zh_CN.utf8"}, True),
        ({"LANG": "de_DE.UTF-8@euro"}, True),
        ({"LC_CTYPE": "UTF-8"}, True),
        ({"LC_ALL": "C", "LANG": "en_GB.UTF-8"}, False),
        ({"LC_ALL": "", "LANG": "en_GB.UTF-8"}, True),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
    ],
)
def test_the_locale(environ: Mapping[str, str], utf8: bool) -> None:
    assert read_terminal(environ).utf8 is utf8


@pytest.mark.parametrize("name", ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"])
def test_an_ssh_session(name: str) -> None:
    assert is_remote({name: "x"})
    assert read_terminal({**XTERM, name: "x"}).ssh
    assert not is_remote({name: ""})


def test_the_facts_are_a_value() -> None:
    assert read_terminal({**XTERM, "LANG": "C.UTF-8"}) == Terminal("256", bce=True, utf8=True)
