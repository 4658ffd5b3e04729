"""The theme picker shows each theme on the whole screen; the theme in use follows its file."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.opened import make_app, make_opener, make_paths, until
from tui.settings.state import read_state
from tui.ui.app import WeirApp
from tui.ui.screens.theme_picker import ThemePicker

MINE = 'name = "mine"\nprimary = "#6cb6d9"\nbackground = "{ground}"\n'


async def open_picker(app: WeirApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: app.workspace is not None)
    app.action_pick_theme()
    await until(pilot, lambda: isinstance(app.screen, ThemePicker))


def remembered(home: Path) -> str | None:
    picked = read_state(make_paths(home).state_file).theme
    return picked.value if picked is not None else None


@pytest.mark.slow
async def test_the_arrow_keys_change_the_screen_and_esc_puts_it_back(tmp_path: Path) -> None:
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test(size=(100, 30)) as pilot:
        await open_picker(app, pilot)
        await pilot.press("down")
        assert app.theme == "weir-light"
        await pilot.press("n", "o", "r")
        await until(pilot, lambda: app.theme == "nord")
        await pilot.press("escape")
        await until(pilot, lambda: app.theme == "weir-dark" and not isinstance(app.screen, ThemePicker))
        assert app.workspace is not None
        assert remembered(tmp_path) is None
        await open_picker(app, pilot)
        await pilot.press(*"drac", "enter")
        await until(pilot, lambda: not isinstance(app.screen, ThemePicker))
        await until(pilot, lambda: remembered(tmp_path) == "dracula")
        assert app.theme == "dracula"
        await app.workspace.close()


async def test_the_theme_in_use_follows_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.themed_app.LOOK_SECONDS", 0.02)
    file = make_paths(tmp_path).user_themes / "mine.toml"
    file.parent.mkdir(parents=True)
    file.write_text(MINE.format(ground="#101010"), encoding="utf-8")
    app = make_app(tmp_path, make_opener(tmp_path), theme="mine")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.workspace is not None and app.is_following)
        file.write_text(MINE.format(ground="#202020"), encoding="utf-8")
        await until(pilot, lambda: app.screen.styles.background.hex == "#202020")
        file.write_text(MINE.format(ground="greyish"), encoding="utf-8")
        await until(pilot, lambda: any("greyish" in each.message for each in app._notifications))
        assert app.screen.styles.background.hex == "#202020"
        file.write_text(MINE.format(ground="#303030"), encoding="utf-8")
        await until(pilot, lambda: app.screen.styles.background.hex == "#303030")
        assert app.workspace is not None
        await app.workspace.close()
