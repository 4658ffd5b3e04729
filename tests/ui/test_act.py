"""Every act has a plain name, stands among the keys of its screen, and is found and done in the palette."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.command import Hit
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets._toast import Toast

from tests.ui.opened import make_app, make_opener, until
from tui.settings.config import Config
from tui.text.language import load_language
from tui.ui.act import find_acts
from tui.ui.act_commands import ActCommands
from tui.ui.app import WeirApp
from tui.ui.binding_id import all_bindings, bound_elsewhere
from tui.ui.hint import HINTED
from tui.ui.screens.chat import ChatScreen
from tui.ui.screens.help import HelpScreen
from tui.ui.widgets.prompt import Prompt

OVERLAYS = {
    "ctrl+l": {"picker.mark", "picker.favourite", "picker.close", "list.down", "list.take"},
    "ctrl+s": {"chats.rename", "chats.delete", "chats.shelf", "list.page_up", "list.down"},
    "f3": {"parameters.save", "parameters.close"},
    "f4": {"provider.close", "provider.next"},
    "ctrl+g": {"records.copy", "records.outcome", "records.close"},
}
"""By the key that opens it, acts that an overlay has."""
ENGLISH = load_language("en")


@asynccontextmanager
async def opened(home: Path, config: Config | None = None) -> AsyncIterator[tuple[WeirApp, Pilot[None]]]:
    """The app in the practice provider, with everything behind the screen open."""
    app = make_app(home, make_opener(home, config=config), config=config)
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await until(pilot, lambda: app.workspace is not None and isinstance(app.screen, ChatScreen))
        yield app, pilot
    assert app.workspace is not None
    await app.workspace.close()


def test_a_hint_names_the_key_that_its_binding_has() -> None:
    bound = {binding.id: binding.key.split(",")[0] for binding in all_bindings()}
    assert {ident: bound[ident] for hint in HINTED.values() for ident, _ in hint} == {
        ident: key for hint in HINTED.values() for ident, key in hint
    }


def test_a_key_is_found_where_it_is_bound_and_where_the_person_has_moved_it() -> None:
    assert bound_elsewhere("f6", {"trial.long": "f9"}) == "chats.rename"
    assert bound_elsewhere("f6", {"trial.long": "f9", "chats.rename": "f11"}) is None
    assert bound_elsewhere("f11", {"chats.rename": "f11"}) == "chats.rename"
    assert bound_elsewhere("f10", {}) is None


@pytest.mark.slow
async def test_the_palette_has_every_act_of_the_chat_once_with_its_key(tmp_path: Path) -> None:
    async with opened(tmp_path, Config(keys={"log.next_code": "f11"})) as (app, _):
        acts = [act for act in find_acts(app.screen, app.own_keys) if act.ident != "app.palette"]
        assert {"prompt.send", "log.next", "chat.retry", "models.pick", "app.quit"} <= {act.ident for act in acts}
        commands = ActCommands(app.screen)
        shown = [str(hit.display) async for hit in commands.discover()]
        assert len(shown) == len(set(shown))
        for act in acts:
            assert sum(line.endswith(f"  {act.shown_keys()}") for line in shown) >= 1, act
        for words in ("Next block of code", "Choose a model", "Retry the last", "Record of the reply"):
            found = [str(hit.match_display) async for hit in commands.search(words) if isinstance(hit, Hit)]
            assert any(re.search(r"  \S+$", line) for line in found), words
        assert [line for line in shown if line.endswith("  F11")] == ["Next block of code  F11"]


@pytest.mark.slow
async def test_every_act_can_be_done_from_the_palette_in_an_empty_chat(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        screen = app.screen
        commands = ActCommands(screen)
        acts = [act for act in find_acts(screen, app.own_keys) if act.ident != "app.palette"]
        for act in acts:
            found = [hit async for hit in commands.search(act.name(ENGLISH)) if isinstance(hit, Hit)]
            assert any(act.shown_keys() in str(hit.match_display) for hit in found), act
        for act in acts:
            if act.ident in ("app.quit", "app.stop") or act.place == "trial":
                continue
            await act.run(screen)
            await pilot.pause()
            while app.screen is not screen:
                app.pop_screen()
                await pilot.pause()
        assert app.is_running


async def test_naming_a_file_can_be_begun_from_the_palette(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        commands = ActCommands(app.screen)
        found = [hit async for hit in commands.search("attach file") if isinstance(hit, Hit)]
        attach = next(hit for hit in found if hit.text == ENGLISH.say("attachment.attach"))
        prompt = app.screen.query_one(Prompt)
        for before, after in (("", "@"), ("see", "see @"), ("see ", "see @")):
            prompt.put(before)
            attach.command()
            assert prompt.text == after
        await pilot.pause()


class Told:
    """What was said on the screen, however short it stood there."""

    def __init__(self, app: WeirApp) -> None:
        self._app = app
        self.texts: list[str] = []

    def has(self, *words: str) -> bool:
        """Whether something with each of these has been said by now."""
        toasts = [str(toast.render()) for toast in self._app.screen.query(Toast)]
        self.texts += [text for text in toasts if text not in self.texts]
        return all(any(word in text for text in self.texts) for word in words)


@pytest.mark.slow
@pytest.mark.parametrize(("key", "idents"), OVERLAYS.items())
async def test_f1_shows_the_keys_of_an_overlay_and_fits(key: str, idents: set[str], tmp_path: Path) -> None:
    async with opened(tmp_path, Config(keys={"picker.mark": "f11"})) as (app, pilot):
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, ModalScreen))
        overlay = app.screen
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and bool(app.screen.query("#help Static")))
        assert isinstance(app.screen, HelpScreen)
        acts = {act.ident: act for act in app.screen.acts}
        assert idents | {"app.quit", "app.palette"} <= acts.keys()
        assert "prompt.send" not in acts
        assert "picker.mark" not in idents or acts["picker.mark"].shown_keys() == "F11"
        await pilot.resize_terminal(40, 12)
        await until(pilot, lambda: app.screen.size.width == 40)
        await pilot.pause()
        assert app.screen.box.region.right <= 40
        assert app.screen.box.region.bottom <= 12
        assert app.screen.box.max_scroll_y > 0
        await pilot.press("f1")
        await until(pilot, lambda: app.screen is overlay)


@pytest.mark.slow
async def test_a_key_that_does_nothing_here_says_why(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        told = Told(app)
        await pilot.press("f11", "f2", "ctrl+o")  # no more notices than these are shown at a time
        await until(pilot, lambda: told.has("F11 does nothing here", "No other model", "no reply to copy"))
        await pilot.press("shift+f8", "escape", "enter")
        await until(pilot, lambda: told.has("no reply to ask", "Nothing is", "nothing to"))
        await pilot.press("tab")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "log")
        await pilot.press("t", "t", "right_square_bracket", "r")
        await until(pilot, lambda: told.has("In a comparison it is: Scroll all columns", "one reply only"))
        assert sum("In a comparison" in text for text in told.texts) == 1
