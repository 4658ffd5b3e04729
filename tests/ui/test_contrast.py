"""Every text that is drawn stands out from its ground in every theme that comes with weir: WCAG's 4.5 to 1."""

import asyncio

import pytest

from tests.contrast import ratio, weak_pairs
from tests.scene import SCENES, open_scene
from tui.settings.paths import shipped_themes
from tui.ui.theme_shelf import ThemeShelf

SHELF = ThemeShelf((shipped_themes(),))
FEW = ThemeShelf((shipped_themes(),), colours="16")
NAMES = [theme.name for theme in SHELF.read_all()[0]]
SEEN = ("reading", "notes", "compare", "chats", "doctor", "help")
"""The scenes that draw something of their own; `python -m tests.contact_sheet` judges all of them."""


def test_ten_themes_come_with_weir() -> None:
    assert len(NAMES) == 10
    assert {"nord", "gruvbox-dark", "dracula", "catppuccin-mocha", "solarized-light", "tokyo-night"} < set(NAMES)


def test_the_ratio_is_that_of_wcag() -> None:
    assert ratio((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert ratio((0x77, 0x77, 0x77), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


async def find_weak(name: str, shelf: ThemeShelf = SHELF) -> list[str]:
    """What cannot be read well in a scene, in each theme."""
    weak: list[str] = []
    async with open_scene(next(scene for scene in SCENES if scene.name == name), "weir-dark") as pilot:
        app = pilot.app
        for theme in shelf.read_all()[0]:
            app.register_theme(theme)
        app.theme = "textual-light"
        for theme_name in NAMES:
            app.theme = theme_name
            await pilot.pause()
            weak += [f"{name}, {theme_name}: {found}" for found in weak_pairs(app, sixteen=shelf is FEW)]
    return weak


async def test_every_text_of_a_reply_can_be_read() -> None:
    assert await find_weak("document") == []


@pytest.mark.slow
async def test_every_text_can_be_read() -> None:
    found = await asyncio.gather(*map(find_weak, SEEN))
    assert [sentence for weak in found for sentence in weak] == []


@pytest.mark.slow
async def test_every_text_can_be_read_in_sixteen_colours() -> None:
    found = await asyncio.gather(*(find_weak(scene, FEW) for scene in ("document", "picker")))
    assert [sentence for weak in found for sentence in weak] == []


def test_a_pair_that_is_too_close_is_found() -> None:
    assert ratio((0x61, 0x6E, 0x88), (0x2E, 0x34, 0x40)) < 4.5  # Nord's own comments on its ground


def test_no_dark_ground_is_a_tone_of_the_256_colours() -> None:
    for theme in ThemeShelf((shipped_themes(),), colours="256").read_all()[0]:
        if theme.dark and not theme.ansi:
            for ground in (theme.background, theme.surface, theme.panel, theme.boost):
                red, green, blue = bytes.fromhex((ground or "").removeprefix("#"))
                assert red == green == blue, f"{theme.name}: {ground}"
