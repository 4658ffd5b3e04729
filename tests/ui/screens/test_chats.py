"""The list of chats: searched, opened at the place, renamed, pinned, archived, deleted and brought back."""

import os
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.chat.sample import end, feed, make_turn
from tests.stream.clock import until
from tests.ui.desk import say
from tests.ui.opened import make_app, make_opener, make_paths
from tui.chat.chat_list import Item
from tui.chat.conversation import Conversation
from tui.chat.routes import Wish
from tui.chat.search import Hit
from tui.chat.store import Store
from tui.practice import PracticeServer
from tui.ui.app import WeirApp
from tui.ui.screens.chat import ChatScreen
from tui.ui.screens.chats import ChatsScreen
from tui.ui.screens.title_form import TitleForm


class Bench:
    """An app with some chats in its store."""

    def __init__(self, app: WeirApp, pilot: Pilot[None], home: Path) -> None:
        self.app = app
        self.pilot = pilot
        self._home = home

    @property
    def chat(self) -> ChatScreen:
        assert isinstance(self.app.screen, ChatScreen)
        return self.app.screen

    @property
    def chats(self) -> ChatsScreen:
        assert isinstance(self.app.screen, ChatsScreen)
        return self.app.screen

    async def until(self, holds: Callable[[], object]) -> None:
        await until(holds)
        await self.pilot.pause()

    async def open_list(self) -> None:
        await self.pilot.press("ctrl+s")
        await self.until(lambda: isinstance(self.app.screen, ChatsScreen) and self.chats._filtered is not None)

    async def type(self, text: str) -> None:
        """Type a filter, and wait until its list is there."""
        self.chats.query_one(Input).value = text
        await self.until(lambda: self.chats._filtered == text)

    async def press(self, key: str) -> None:
        await self.pilot.press(key)
        await self.pilot.pause()

    def shown(self) -> list[str]:
        """Titles, and of hits their texts."""

        def name(item: Item) -> str:
            return f"> {item.text}" if isinstance(item, Hit) else item.title

        return [name(item) for item in self.chats._shown.items]

    def stored(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(make_paths(self._home).database)) as connection:
            return connection.execute(sql).fetchall()


def write_chats(home: Path, count: int) -> list[str]:
    store, ids = Store(make_paths(home).database, lambda trouble: None), []
    for number in range(count):
        conversation = Conversation()
        for step in range(30):
            turn = make_turn(conversation, f"chat {number} step {step}")
            store.add_turn(conversation, turn)
            feed(turn.reply, "some text\n\n" * 3, f"call `foo_{number}(x{step})` 中文搜索 {number}.")
            end(turn.reply)
            store.finish(turn.reply)
        ids.append(conversation.id)
    assert store.close(60) == 0
    return ids


@asynccontextmanager
async def opened(home: Path, wish: Wish | None = None, width: int = 100) -> AsyncGenerator[Bench, None]:
    app = make_app(home, make_opener(home, wish))
    try:
        async with app.run_test(size=(width, 30)) as pilot:
            await until(lambda: isinstance(app.screen, ChatScreen) and app.screen._workspace is not None)
            await pilot.pause()
            yield Bench(app, pilot, home)
    finally:
        if app.workspace is not None:
            await app.workspace.close()


@pytest.mark.slow
async def test_a_hit_opens_at_its_place(tmp_path: Path) -> None:
    ids = write_chats(tmp_path, 2)
    async with opened(tmp_path, width=60) as bench:
        await bench.open_list()
        assert bench.shown() == ["chat 1 step 0", "chat 0 step 0"]
        await bench.type('"0 step"')
        assert bench.shown()[:1] == ["chat 0 step 0"]
        await bench.type("foo_0(x3)")
        assert [row[:1] for row in bench.shown()] == ["c", ">"]
        await bench.press("enter")
        await bench.until(lambda: isinstance(bench.app.screen, ChatScreen))
        await bench.until(lambda: bench.chat._conversation.id == ids[0] and bench.chat.find_bar.has_class("-shown"))
        log = bench.chat.page_log
        await bench.until(lambda: log._overlay.found is not None)
        assert log._overlay.found is not None
        assert log.shown_reply(log._overlay.found.place.entry) is not None
        assert log._overlay.found.place.entry == 2 * 3 + 1
        assert log._overlay.found.place.entry in log.in_sight
        assert log.has_focus
        await bench.press("escape")
        assert bench.chat.prompt.has_focus
        assert not bench.chat.find_bar.has_class("-shown")


@pytest.mark.slow
async def test_no_key_is_about_another_list_than_that_of_what_was_typed(tmp_path: Path) -> None:
    ids = write_chats(tmp_path, 2)
    async with opened(tmp_path) as bench:
        await bench.open_list()
        await bench.pilot.press(*"foo_0(x3)", "f8", *"#")
        await bench.until(lambda: bench.chats.deleted)
        assert bench.chats.deleted == ids[:1]
        await bench.until(lambda: bench.chats._filtered == "foo_0(x3)#")


@pytest.mark.slow
async def test_chats_are_renamed_pinned_archived_deleted_and_brought_back(tmp_path: Path) -> None:
    ids = write_chats(tmp_path, 3)
    async with opened(tmp_path) as bench:
        await bench.open_list()
        await bench.pilot.press("down", "down", "ctrl+d")
        await bench.until(lambda: bench.shown()[0] == "chat 0 step 0")
        await bench.pilot.press("f6")
        await bench.until(lambda: isinstance(bench.app.screen, TitleForm))
        await bench.pilot.press("ctrl+u", *"new", "enter")
        await bench.until(lambda: isinstance(bench.app.screen, ChatsScreen))
        await bench.until(lambda: bench.shown() == ["new", "chat 2 step 0", "chat 1 step 0"])
        await bench.pilot.press("down", "f7")
        await bench.until(lambda: bench.shown() == ["new", "chat 1 step 0"])
        await bench.pilot.press("f8")
        await bench.until(lambda: bench.shown() == ["new"])
        await bench.pilot.press("tab")
        await bench.until(lambda: bench.shown() == ["chat 2 step 0"])
        await bench.pilot.press("f7", "tab")
        await bench.until(lambda: bench.shown() == ["chat 1 step 0"])
        await bench.pilot.press("shift+f8")
        await bench.until(lambda: bench.chats.has_class("-empty"))
        await bench.pilot.press("tab")
        await bench.until(lambda: bench.shown() == ["new", "chat 2 step 0", "chat 1 step 0"])
        await bench.pilot.press("f8")
        await bench.until(lambda: len(bench.shown()) == 2)
        await bench.pilot.press("shift+f8")
        await bench.until(lambda: len(bench.shown()) == 3)
    rows = bench.stored("SELECT id, title, pinned, archived, deleted FROM conversation ORDER BY created")
    assert rows == [
        (ids[0], "new", 1, 0, None),
        *((one, f"chat {n} step 0", 0, 0, None) for n, one in enumerate(ids[1:], 1)),
    ]


@pytest.mark.slow
async def test_a_reply_goes_on_while_another_chat_is_shown(tmp_path: Path) -> None:
    ids = write_chats(tmp_path, 1)
    async with PracticeServer(token_delay=0.05) as practice:
        async with opened(tmp_path, Wish(model="endless", base_url=practice.base_url)) as bench:
            await bench.pilot.press(*"hi", "enter")
            await bench.until(lambda: bench.chat._reply is not None and bench.chat._reply.text)
            running, conversation = bench.chat._reply, bench.chat._conversation
            assert running is not None
            await bench.open_list()
            assert bench.shown()[0] == "hi"
            await bench.pilot.press("down", "enter")
            await bench.until(
                lambda: isinstance(bench.app.screen, ChatScreen) and bench.chat._conversation.id == ids[0]
            )
            length = len(running.text)
            await bench.until(lambda: len(running.text) > length)
            assert (running.outcome, bench.chat.streaming) == (None, False)
            await bench.open_list()
            await bench.pilot.press("enter")
            await bench.until(
                lambda: isinstance(bench.app.screen, ChatScreen) and bench.chat._conversation is conversation
            )
            assert bench.chat._reply is running
            assert bench.chat.streaming
            last = bench.chat.page_log.last_reply
            assert last is not None
            assert last[1] is running
            await bench.press("escape")
            await bench.until(lambda: running.outcome is not None)


async def test_a_model_gives_the_title_and_nothing_of_that_is_stored(tmp_path: Path) -> None:
    async with PracticeServer(token_delay=0) as practice:
        async with opened(tmp_path, Wish(model="table", base_url=practice.base_url)) as bench:
            await bench.pilot.press(*"hi", "enter")
            await bench.until(lambda: bench.chat._reply is not None and bench.chat._reply.outcome)
            commands = {command.title: command.callback for command in bench.chat.commands()}
            commands[say("chats.by_model")]()
            await bench.until(lambda: bench.chat._conversation.title != "hi")
            title = bench.chat._conversation.title
    assert bench.stored("SELECT title FROM conversation") == [(title,)]
    assert bench.stored("SELECT count(*) FROM turn") == bench.stored("SELECT count(*) FROM reply") == [(1,)]


async def test_an_empty_list_says_what_it_is_for(tmp_path: Path) -> None:
    async with opened(tmp_path, width=60) as bench:
        await bench.open_list()
        assert bench.chats.has_class("-empty")
        assert say("chats.empty_chats", close="Esc") in str(bench.chats.query_one("#chats-empty").content)
        await bench.press("escape")
        assert isinstance(bench.app.screen, ChatScreen)


@pytest.mark.slow
async def test_what_another_weir_writes_is_not_deleted(tmp_path: Path) -> None:
    store = Store(make_paths(tmp_path).database, lambda trouble: None)
    conversation = Conversation()
    store.add_turn(conversation, make_turn(conversation, "running"))
    assert store.close(60) == 0
    with closing(sqlite3.connect(make_paths(tmp_path).database)) as connection, connection:
        connection.execute("UPDATE reply SET owner = ?", (f"{os.getppid()}:",))
    async with opened(tmp_path) as bench:
        await bench.open_list()
        await bench.pilot.press("f8")
        told = say("chats.written_elsewhere", title="running")
        await bench.until(lambda: any(told in str(toast.message) for toast in bench.app._notifications))
        assert bench.shown() == ["running"]
    assert bench.stored("SELECT deleted FROM conversation") == [(None,)]


@pytest.mark.slow
async def test_a_reply_that_ends_meanwhile_is_seen_to_end(tmp_path: Path) -> None:
    store = Store(make_paths(tmp_path).database, lambda trouble: None)
    conversation = Conversation()
    turn = make_turn(conversation, "running")
    store.add_turn(conversation, turn)
    assert store.settle(60)
    async with opened(tmp_path) as bench:
        await bench.open_list()
        assert bench.chats._summaries[0].running
        end(turn.reply)
        store.finish(turn.reply)
        await bench.until(lambda: bench.chats._summaries[0].outcome == "complete")
        assert [item.outcome for item in bench.chats._shown.items] == ["complete"]
    store.close(60)
