"""Every text that is drawn stands out from its ground in every theme that comes with weir: WCAG's 4.5 to 1."""

from collections.abc import Sequence
from functools import partial

import pytest
from textual.theme import Theme

from tests.contrast import ratio, weak_pairs
from tests.scene import SCENES, open_scene
from tui.practice.server import PracticeServer
from tui.settings.paths import shipped_themes
from tui.ui.theme_shelf import ThemeShelf

SHELF = ThemeShelf((shipped_themes(),))
FEW = ThemeShelf((shipped_themes(),), colours="16")
LOOKS = [(theme, shelf is FEW) for shelf in (SHELF, FEW) for theme in shelf.read_all()[0]]
NAMES = [theme.name for theme in SHELF.read_all()[0]]
SEEN = ("document", "reading", "notes", "compare", "chats", "doctor", "help", "palette", "picker")
"""The scenes that draw something of their own; `python -m tests.contact_sheet` judges all of them."""


def test_ten_themes_come_with_weir() -> None:
    assert len(NAMES) == 10
    assert {"nord", "gruvbox-dark", "dracula", "catppuccin-mocha", "solarized-light", "tokyo-night"} < set(NAMES)


def test_the_ratio_is_that_of_wcag() -> None:
    assert ratio((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert ratio((0x77, 0x77, 0x77), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn is judged, not waited for."""
    monkeypatch.setattr("tui.practice.server.PracticeServer", partial(PracticeServer, token_delay=0.002))


async def find_weak(name: str, looks: Sequence[tuple[Theme, bool]]) -> list[str]:
    """What cannot be read well in a scene, in each of these themes; true is for a terminal of sixteen colours."""
    weak: list[str] = []
    async with open_scene(next(scene for scene in SCENES if scene.name == name), "weir-dark") as pilot:
        app = pilot.app
        for theme, few in looks:
            app.theme = "textual-light"
            app.register_theme(theme)
            app.theme = theme.name
            await pilot.pause(0)  # the app of a running reply would never be idle
            weak += [f"{name}, {theme.name}: {found}" for found in weak_pairs(app, sixteen=few)]
    return weak


@pytest.mark.slow
async def test_every_text_of_a_reply_can_be_read_and_one_too_faint_is_found() -> None:
    faint = Theme("faint", primary="#6cb6d9", foreground="#40454c", background="#11151c", dark=True)
    weak = await find_weak("document", [(faint, False), *(look for look in LOOKS if look[0].name == "weir-dark")])
    assert {sentence.partition(":")[0] for sentence in weak} == {"document, faint"}


@pytest.mark.slow
@pytest.mark.parametrize("scene", SEEN)
async def test_every_text_can_be_read(scene: str) -> None:
    assert await find_weak(scene, LOOKS) == []


def test_a_pair_that_is_too_close_is_found() -> None:
    assert ratio((0x61, 0x6E, 0x88), (0x2E, 0x34, 0x40)) < 4.5  # Nord's own comments on its ground


def test_no_dark_ground_is_a_tone_of_the_256_colours() -> None:
    for theme in ThemeShelf((shipped_themes(),), colours="256").read_all()[0]:
        if theme.dark and not theme.ansi:
            for ground in (theme.background, theme.surface, theme.panel, theme.boost):
                red, green, blue = bytes.fromhex((ground or "").removeprefix("#"))
                assert red == green == blue, f"{theme.name}: {ground}"
