"""The record of a reply on the screen, all records, and the support bundle, which is shown before it is written."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from tests.chat.sample import make_sample_record
from tests.stream.clock import until
from tests.ui.desk import say
from tests.ui.opened import make_app, make_opener, make_paths
from tui.chat.conversation import RUNNING
from tui.chat.journal import RecordJournal
from tui.chat.routes import Wish
from tui.practice import Fault, PracticeServer
from tui.stream.events import Notice
from tui.stream.outcome import NoticeCode, Outcome
from tui.ui.app import WeirApp
from tui.ui.screens.chat import ChatScreen
from tui.ui.screens.record import RecordScreen
from tui.ui.screens.record_list import RecordListScreen
from tui.ui.screens.support import SupportScreen
from tui.ui.widgets.frame import Frame

Kind = TypeVar("Kind", bound=Screen[object])


class Bench:
    """An app, and what is on top of it."""

    def __init__(self, app: WeirApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def top(self, kind: type[Kind]) -> Kind:
        """The screen on top once it is one of this kind and is drawn."""
        await until(lambda: isinstance(self.app.screen, kind))
        await self.pilot.pause()
        screen = self.app.screen
        assert isinstance(screen, kind)
        return screen

    async def until(self, holds: Callable[[], object]) -> None:
        await until(holds)
        await self.pilot.pause()

    def shown(self, name: str) -> str:
        """What a Static of the screen on top says."""
        return str(self.app.screen.query_one(f"#{name}", Static).content)

    async def ask(self, chat: ChatScreen) -> None:
        await self.pilot.press(*"hi", "enter")
        await self.until(lambda: chat._conversation.turns)


@asynccontextmanager
async def opened(home: Path, wish: Wish, width: int = 120) -> AsyncGenerator[Bench, None]:
    app = make_app(home, make_opener(home, wish))
    try:
        async with app.run_test(size=(width, 40)) as pilot:
            await until(lambda: isinstance(app.screen, ChatScreen) and app.screen._workspace is not None)
            await pilot.pause()
            yield Bench(app, pilot)
    finally:
        if app.workspace is not None:
            await app.workspace.close()


def asking(practice: PracticeServer, model: str = "markdown") -> Wish:
    return Wish(model=model, base_url=practice.base_url)


@pytest.mark.slow
async def test_the_record_of_the_last_reply_is_shown_copied_and_handed_on(tmp_path: Path) -> None:
    copied, paths = tmp_path / "state" / "clipboard.txt", make_paths(tmp_path)
    async with PracticeServer(token_delay=0, fault=Fault.CUT) as practice, opened(tmp_path, asking(practice)) as bench:
        chat = await bench.top(ChatScreen)
        await bench.ask(chat)
        reply = chat._conversation.turns[0].reply
        await bench.until(lambda: reply.outcome)
        await bench.pilot.press("ctrl+g")
        screen = await bench.top(RecordScreen)
        assert screen.reply is reply
        assert bench.shown("record-head").startswith("truncated-body  The connection closed")
        assert reply.record is not None
        assert reply.record.id in bench.shown("record-left")
        assert "first_text_ms" in bench.shown("record-right")
        await bench.pilot.press("y")
        await bench.until(copied.exists)
        assert json.loads(copied.read_text(encoding="utf-8")) == reply.record.as_json()
        await bench.pilot.press("b")
        await bench.top(SupportScreen)
        ready = say("records_screen.bundle_ready", folder=paths.support)
        await bench.until(lambda: bench.shown("support-state") == ready)
        text = bench.shown("support-text")
        assert "The steps that cost tokens were left out." in text
        assert not paths.support.exists(), "it is shown before it is written"
        await bench.pilot.press("enter")
        await bench.top(RecordScreen)
        (written,) = paths.support.iterdir()
        assert written.read_text(encoding="utf-8") == text
        assert written.stat().st_mode & 0o777 == 0o600
        await bench.pilot.press("a")
        await bench.top(RecordListScreen)
        await bench.pilot.press("escape")
        await bench.top(ChatScreen)


@pytest.mark.slow
async def test_each_attempt_has_its_record_and_a_reply_that_runs_is_followed(tmp_path: Path) -> None:
    async with PracticeServer(token_delay=0) as practice, opened(tmp_path, asking(practice, "stall"), 60) as bench:
        chat = await bench.top(ChatScreen)
        await bench.ask(chat)
        reply = chat._conversation.turns[0].reply
        await bench.until(lambda: reply.text)
        await bench.pilot.press("ctrl+g")
        screen = await bench.top(RecordScreen)
        assert screen.record.outcome == RUNNING
        assert bench.shown("record-head") == f"{RUNNING}  {say('records_screen.running')}"
        assert screen.has_class("-narrow")
        keys = str(screen.query_one(Frame).border_subtitle)
        assert keys == "w raw stream · y copy · Esc close · F1 all keys"
        failed = make_sample_record(Outcome.SERVER_ERROR)
        reply.notices.append(Notice(NoticeCode.RETRYING, {}, failed))
        await bench.pilot.press("left")
        assert bench.shown("record-head").startswith("server-error")
        chat.stop_reply()
        await bench.until(lambda: reply.outcome)
        assert screen.record == failed, "whoever went back to it stays there"
        await bench.pilot.press("right")
        assert bench.shown("record-head").startswith("cancelled")
        assert screen.record == reply.record


@pytest.mark.slow
async def test_all_records_are_listed_filtered_and_opened(tmp_path: Path) -> None:
    paths = make_paths(tmp_path)
    async with opened(tmp_path, Wish(practice=True), 200) as bench:
        await bench.pilot.press("ctrl+g")
        screen = await bench.top(RecordListScreen)
        await bench.until(lambda: say("records.empty") in bench.shown("records-empty"))
        await bench.pilot.press("escape")
        journal = RecordJournal(paths.records, lambda reason: None)
        for outcome in (Outcome.COMPLETE, Outcome.STALLED, Outcome.COMPLETE):
            journal.append(make_sample_record(outcome))
        await bench.pilot.press("ctrl+g")
        screen = await bench.top(RecordListScreen)
        await bench.until(lambda: screen.rows.count == 3)
        assert bench.shown("records-state") == "3 records: complete 2, stalled 1"
        screen.filter_input.value = "outcome:brok"
        await bench.until(lambda: screen.rows.count == 1)
        await bench.pilot.press("tab")
        await bench.until(lambda: screen.rows.count == 2)
        assert screen.filter_input.value == "outcome:complete"
        screen.filter_input.value = "since:soon"
        await bench.until(lambda: "such as 90m" in bench.shown("records-state"))
        screen.filter_input.value = "stalled"
        await screen.open_highlighted()
        assert (await bench.top(RecordScreen)).record.outcome == "stalled"
        await bench.pilot.press("escape")
        await bench.top(RecordListScreen)
