"""What is done in the first moment is there when the chat has come."""

import asyncio
from pathlib import Path

import pytest
from textual.app import App

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, wait_for_status
from tests.ui.opened import Consent, make_app, make_opener, until
from tui.chat.database import Report
from tui.chat.workspace import Workspace
from tui.text.language import load_language
from tui.ui.screens.chat import ChatScreen
from tui.ui.screens.opening import Leftover, OpeningScreen
from tui.ui.widgets.model_picker import ModelPicker


class Host(App[None]):
    """Only the opening screen."""

    def __init__(self) -> None:
        super().__init__()
        self.first = OpeningScreen(load_language("en"), "a draft", {})

    def get_default_screen(self) -> OpeningScreen:
        return self.first


async def test_all_that_was_done_is_told() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.press("enter", *"two", "left", "f2", "ctrl+l")
        assert app.first.unsent() == "a draft\n\ntwo"
        told = await app.first.leave()
        keys = (("f2", None), ("ctrl+l", None))
        assert told == Leftover((("a draft", frozenset()),), "two", (), (0, 2), keys, "a draft")


async def test_ctrl_c_takes_a_prompt_back_that_was_sent_too_early() -> None:
    app = Host()
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert app.first.stop_reply()
        assert app.first.prompt.content == "a draft"
        assert not app.first.stop_reply()


async def test_the_chat_goes_on_from_there(tmp_path: Path) -> None:
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.workspace is not None)
        chat = app.screen
        assert isinstance(chat, ChatScreen)
        chat.take_over(Leftover((), "some text", (), (0, 4), (("x", "x"),)))
        await pilot.pause()
        assert chat.prompt.text == "somex text"
        assert app.workspace is not None
        await app.workspace.close()


@pytest.mark.slow
def test_keys_from_before_the_start_are_not_lost(desk: Desk) -> None:
    terminal: PtyTerminal = desk.open("--practice")
    terminal.send("typed ahead")
    terminal.wait_for("│ typed ahead")
    wait_for_status(terminal, r"practice  \w")
    terminal.wait_for("│ typed ahead")


async def test_an_act_that_came_before_the_workspace_is_done_when_it_is_there(tmp_path: Path) -> None:
    opened = make_opener(tmp_path)
    gate = asyncio.Event()

    async def opener(report: Report, consent: Consent) -> Workspace:
        await gate.wait()
        return await opened(report, consent)

    app = make_app(tmp_path, opener)
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        await pilot.press("f2", "ctrl+l")
        assert isinstance(app.screen, ChatScreen)
        gate.set()
        await until(pilot, lambda: isinstance(app.screen, ModelPicker))
        assert app.workspace is not None
        await app.workspace.close()
