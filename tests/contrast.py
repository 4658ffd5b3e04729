"""Contrast: how far apart two colours are (WCAG 2.2, 1.4.3), for every pair of them that the app has on its screen.

Blanks and ornaments (boxes, blocks, bars) are no text; of a screen behind an overlay nothing needs to be read. A colour
of the terminal's own sixteen is judged by what two usual terminals make of it, on black where it is their default.
"""

from collections.abc import Iterator

from rich.color import Color, ColorSystem
from rich.segment import Segment
from textual.app import App
from textual.strip import Strip

LEAST = 4.5
"""For text of any size, muted text included."""
VGA = (
    "000000", "aa0000", "00aa00", "aa5500", "0000aa", "aa00aa", "00aaaa", "aaaaaa",
    "555555", "ff5555", "55ff55", "ffff55", "5555ff", "ff55ff", "55ffff", "ffffff",
)  # fmt: skip
XTERM = (
    "000000", "cd0000", "00cd00", "cdcd00", "0000ee", "cd00cd", "00cdcd", "e5e5e5",
    "7f7f7f", "ff0000", "00ff00", "ffff00", "5c5cff", "ff00ff", "00ffff", "ffffff",
)  # fmt: skip
_DEFAULT_TEXT, _DEFAULT_GROUND = 7, 0
_ORNAMENTS = range(0x2500, 0x25A0)

Rgb = tuple[int, int, int]


def ratio(one: Rgb, other: Rgb) -> float:
    """From 1, the same, to 21, black on white."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def drawn_pairs(app: App[None]) -> dict[tuple[Color, Color], str]:
    """The colours of text and of what it stands on, as they are painted now, each with a text painted so."""
    pairs: dict[tuple[Color, Color], str] = {}
    for strip in _strips(app):
        for segment in strip:
            if words := "".join(letter for letter in segment.text if ord(letter) not in _ORNAMENTS).strip():
                pairs.setdefault(_colours(segment), words)
    return pairs


def _strips(app: App[None]) -> Iterator[Strip]:
    """What is painted: all of a screen, of an overlay its widgets alone."""
    screen = app.screen
    widgets = [screen] if not screen.is_modal else [each for each in screen.children if each.display]
    for row, strip in enumerate(screen._compositor.render_strips(app.size)):
        for region in (widget.region for widget in widgets):
            if region.y <= row < region.bottom:
                yield strip.crop(region.x, region.right)


def weak_pairs(app: App[None], *, sixteen: bool = False) -> Iterator[str]:
    """Each pair that is too close, as a sentence; `sixteen`: as a terminal shows it that has so many colours."""
    for (text, ground), words in drawn_pairs(app).items():
        if sixteen:
            text, ground = text.downgrade(ColorSystem.STANDARD), ground.downgrade(ColorSystem.STANDARD)
        for palette in (VGA, XTERM):
            found = ratio(_shown(text, palette, _DEFAULT_TEXT), _shown(ground, palette, _DEFAULT_GROUND))
            if found < LEAST:
                yield f"{words[:30]!r} has {text.name} on {ground.name}: {found:.2f}"
                break


def _shown(colour: Color, palette: tuple[str, ...], default: int) -> Rgb:
    if colour.triplet is not None:
        return colour.triplet
    red, green, blue = bytes.fromhex(palette[default if colour.number is None else colour.number])
    return red, green, blue


def _colours(segment: Segment) -> tuple[Color, Color]:
    style, default = segment.style, Color.default()
    if style is None:
        return default, default
    assert not style.dim, f"{segment.text!r} is dim: nobody knows how dim"
    text, ground = style.color or default, style.bgcolor or default
    return (ground, text) if style.reverse else (text, ground)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
