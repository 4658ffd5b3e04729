"""The empty screen of practice offers three things by one key each, and nothing that was typed is touched."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.opened import Consent, make_app, make_opener, until
from tui.chat.catalogue import Model
from tui.chat.conversation import Reply
from tui.chat.database import Report
from tui.chat.routes import Wish
from tui.chat.workspace import Workspace
from tui.settings.config import PRACTICE, Config
from tui.text.language import load_language
from tui.ui.app import WeirApp
from tui.ui.key_hint import bound_keys
from tui.ui.screens.chat import ChatScreen

pytestmark = pytest.mark.slow

ENGLISH = load_language("en")


@asynccontextmanager
async def opened(
    home: Path, config: Config | None = None, wish: Wish | None = None
) -> AsyncIterator[tuple[WeirApp, ChatScreen, Pilot[None]]]:
    """The app, in practice unless something else is wished, with everything behind the screen open."""
    app = make_app(home, make_opener(home, wish, config), config=config)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and not app.screen._opening)
        chat = app.screen
        assert isinstance(chat, ChatScreen)
        yield app, chat, pilot
        assert app.workspace is not None
        await app.workspace.close()


def replies(chat: ChatScreen) -> list[Reply]:
    return [reply for turn in chat._conversation.turns for reply in turn.replies]


def status(chat: ChatScreen) -> list[str]:
    """What the status bar was last told, whether there is room for it or not; the environment is left out."""
    return [part.text.removesuffix(" (test)") for part in chat.status._parts]


@pytest.mark.parametrize(("key", "name"), [("f6", "long"), ("f7", "stall")])
async def test_one_key_asks_a_model_once(key: str, name: str, tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, chat, pilot):
        await pilot.press(*"a draft")
        await pilot.press(key)
        await until(pilot, lambda: any(reply.text for reply in replies(chat)))
        assert [reply.model for reply in replies(chat)] == [name]
        assert chat._conversation.turns[0].prompt == ENGLISH.say(f"trial.{name}")
        assert chat.prompt.content == "a draft"
        assert app.workspace is not None
        assert app.workspace.state.recent == ()
        chosen = app.workspace.choose_model()
        assert chosen is not None
        assert chosen.id == "markdown"


async def test_with_a_turn_there_the_keys_try_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, chat, pilot):
        await pilot.press("f8")
        await until(pilot, lambda: status(chat)[:3] == ["practice", "cut", "ended: truncated-body"])
        assert status(chat)[-1] == ENGLISH.say("status.next", model="markdown")
        await pilot.press("f6", "f7")
        assert len(chat._conversation.turns) == 1
        await pilot.press("f8")  # which retries from here on
        await until(pilot, lambda: len(replies(chat)) == 2)
        assert len(chat._conversation.turns) == 1


async def test_the_welcome_names_the_keys_that_the_person_has(tmp_path: Path) -> None:
    config = Config(keys={"chat.retry": "f10", "chat.connect": "f12", "app.keys": "f11"})
    async with opened(tmp_path, config) as (_, chat, pilot):
        words = chat.say_welcome()
        assert all(key in words for key in ("F6 ", "F7 ", "F10 ", "F12 ", "F11 "))
        assert "F4" not in words
        await pilot.press("f10")
        await until(pilot, lambda: [reply.model for reply in replies(chat)] == ["cut"])


async def test_where_no_model_could_be_had_the_welcome_says_why_and_what_changes_it(tmp_path: Path) -> None:
    wish = Wish(base_url="http://127.0.0.1:1/v1")
    async with opened(tmp_path, wish=wish) as (_, chat, _pilot):
        words = chat.say_welcome()
        assert ENGLISH.outcome("connect-refused", {"host": "127.0.0.1", "port": 1}) in words
        assert ENGLISH.say("welcome.stuck", **bound_keys(ChatScreen, {})) in words


async def test_a_key_that_came_before_the_workspace_tries_it_when_that_is_there(tmp_path: Path) -> None:
    opener, gate = make_opener(tmp_path), asyncio.Event()

    async def late(report: Report, consent: Consent) -> Workspace:
        await gate.wait()
        return await opener(report, consent)

    app = make_app(tmp_path, late)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        chat = app.screen
        assert isinstance(chat, ChatScreen)
        await pilot.press("f8")
        gate.set()
        await until(pilot, lambda: [reply.model for reply in replies(chat)] == ["cut"])
        assert app.workspace is not None
        await app.workspace.close()


async def test_a_model_that_is_chosen_while_another_replies_is_named_as_the_next(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, chat, pilot):
        await pilot.press("f7")
        await until(pilot, lambda: any(reply.text for reply in replies(chat)))
        assert chat._workspace is not None
        chat._choose(Model(chat._workspace.routes.providers[PRACTICE], "code"))
        assert (status(chat)[1], status(chat)[-1]) == ("stall", ENGLISH.say("status.next", model="code"))
        await pilot.press("escape")
        await until(pilot, lambda: status(chat)[1:] == ["code", ENGLISH.say("status.idle")])
