"""Sixteen: a theme told in the sixteen colours of an old terminal, so that it keeps its temper and can be read.

Left to the nearest colour, most themes would be grey on grey. Here the ground is black or white and each role has the
nearest hue of those that stand out from it on the usual terminals (VGA and xterm differ in what a colour's number is).
"""

import colorsys

from textual.color import Color
from textual.theme import Theme

_BLACK, _GREY, _WHITE = "#000000", "#aaaaaa", "#ffffff"
_BRIGHT = ("#ff5555", "#ffff55", "#55ff55", "#55ffff", "#ff55ff")
"""On black."""
_DEEP = ("#aa0000", "#0000aa", "#aa00aa")
"""On white, where green, cyan and yellow cannot be read."""
_ROLES = ("primary", "secondary", "accent", "success", "warning", "error")
_PALE = 0.2
"""A colour with less saturation than this has no hue to speak of."""


def reduce(theme: Theme) -> Theme:
    """The same theme for a terminal of sixteen colours; one that is made of the terminal's own stays as it is."""
    if theme.ansi:
        return theme
    ground, text, muted = (_BLACK, _WHITE, _GREY) if theme.dark else (_WHITE, _BLACK, _BLACK)
    roles = {role: _nearest(getattr(theme, role) or theme.primary, dark=theme.dark, pale=text) for role in _ROLES}
    variables = {
        "text": text,
        "text-muted": muted,
        "text-disabled": muted,
        **{f"text-{role}": colour for role, colour in roles.items()},
        "block-cursor-background": roles["primary"],
        "block-cursor-foreground": ground,
        "footer-key-foreground": roles["primary"],
        "input-cursor-background": text,
        "input-cursor-foreground": ground,
        "input-selection-background": roles["primary"],
        "input-selection-foreground": ground,
        "screen-selection-background": roles["primary"],
        "screen-selection-foreground": ground,
        "border": text,
        "border-blurred": muted,
        "scrollbar": muted,
        "scrollbar-hover": text,
        "scrollbar-active": roles["primary"],
        "scrollbar-background": ground,
    }
    return Theme(
        theme.name,
        primary=roles["primary"],
        secondary=roles["secondary"],
        accent=roles["accent"],
        success=roles["success"],
        warning=roles["warning"],
        error=roles["error"],
        foreground=text,
        background=ground,
        surface=ground,
        panel=ground,
        boost=ground,
        dark=theme.dark,
        luminosity_spread=0.0,
        variables=variables,
    )


def _nearest(colour: str, *, dark: bool, pale: str) -> str:
    hue, saturation = _hue(colour)
    if saturation < _PALE:
        return pale
    return min(_BRIGHT if dark else _DEEP, key=lambda each: min((hue - _hue(each)[0]) % 1, (_hue(each)[0] - hue) % 1))


def _hue(colour: str) -> tuple[float, float]:
    """Hue and saturation, both from 0 to 1."""
    parsed = Color.parse(colour)
    hue, _, saturation = colorsys.rgb_to_hls(parsed.r / 255, parsed.g / 255, parsed.b / 255)
    return hue, saturation
