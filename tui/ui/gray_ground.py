"""Gray ground: a dark theme's grounds on a terminal of 256 colours.

The colour cube of those has nothing between black and tones so strong that a slate ground would turn teal; the ramp of
grays has 24 steps. The step below is taken, so that no text stands out less than it did.
"""

from dataclasses import replace

from textual.color import Color
from textual.theme import Theme

_FIRST, _STEP = 8, 10
"""The darkest gray of the ramp, and how far its steps are apart."""


def with_gray_grounds(theme: Theme) -> Theme:
    """The same theme for 256 colours; light ones, and those of the terminal's own colours, stay as they are."""
    if theme.ansi or not theme.dark:
        return theme
    grounds = {theme.background, theme.surface, theme.panel, theme.boost}
    variables = {name: _gray(value) or value for name, value in theme.variables.items() if value in grounds}
    return replace(
        theme,
        variables={**theme.variables, **variables},
        background=_gray(theme.background),
        surface=_gray(theme.surface),
        panel=_gray(theme.panel),
        boost=_gray(theme.boost),
    )


def _gray(colour: str | None) -> str | None:
    if colour is None:
        return None
    parsed = Color.parse(colour)
    if parsed.a < 1:
        return colour  # a tint of what lies below
    level = (parsed.r + parsed.g + parsed.b) // 3
    level = _FIRST + (level - _FIRST) // _STEP * _STEP if level >= _FIRST else 0
    return Color(level, level, level).hex
