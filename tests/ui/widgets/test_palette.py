"""The palette: its own words, and the colours of the rest."""

import asyncio
from pathlib import Path

import pytest
from textual.command import CommandList
from textual.events import Key

from tests.ui.opened import make_app, make_opener, until
from tui.ui.screens.chat import ChatScreen
from tui.ui.widgets.palette import Palette


@pytest.mark.slow
async def test_a_name_that_nothing_has_is_told(tmp_path: Path) -> None:
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test(size=(60, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and not app.screen._opening)
        await pilot.press("ctrl+p", *"qqzz")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        offered = app.screen.query_one(CommandList)
        sentence = app.language.say("palette.nothing")
        await until(pilot, lambda: [str(option.prompt) for option in offered.options] == [sentence])
        assert app.workspace is not None
        await app.workspace.close()


async def test_an_open_palette_follows_the_theme(tmp_path: Path) -> None:
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test(size=(60, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and not app.screen._opening)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        offered = app.screen.query_one(CommandList)
        before = offered.styles.background
        app.wear("weir-light", "weir-light")
        await until(pilot, lambda: offered.styles.background != before)
        assert offered.styles.background.hex == app.get_css_variables()["surface"]
        assert app.workspace is not None
        await app.workspace.close()


@pytest.mark.slow
async def test_it_can_be_opened_and_closed_as_fast_as_keys_come(tmp_path: Path) -> None:
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and not app.screen._opening)
        for other in ("ctrl+s", "f1", "ctrl+l", "f3", "ctrl+g"):
            for key in (other, "escape", "ctrl+p", "escape", "ctrl+p", "escape", other, "escape", "ctrl+p"):
                app.post_message(Key(key, None))
            async with asyncio.timeout(20):
                while not isinstance(app.screen, ChatScreen):
                    await pilot.press("escape")
        assert app.crash_message is None
        assert app.workspace is not None
        await app.workspace.close()
