"""The parameters of a conversation: edited as TOML, refused with the reason, left alone by Esc."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from tests.ui.desk import Desk, open_raw, say, send_prompt, wait_for_status
from tests.ui.server import RawServer
from tui.settings.parameters import Parameters
from tui.text.language import load_language
from tui.ui.screens.parameters import ParametersScreen


@dataclass
class Table:
    """An app with nothing but the screen, and what came of it."""

    own: Parameters = field(default_factory=Parameters)
    configured: Parameters = field(default_factory=Parameters)
    results: list[Parameters | None] = field(default_factory=list)
    prompts: Path = Path("nowhere")

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[tuple[Pilot[None], ParametersScreen], None]:
        screen = ParametersScreen(self.own, self.configured, load_language("en"), self.prompts)
        results = self.results

        class Host(App[None]):
            """The app."""

            def on_mount(self) -> None:
                self.push_screen(screen, results.append)

        async with Host().run_test() as pilot:
            yield pilot, screen


async def test_what_is_written_holds() -> None:
    table = Table(Parameters(temperature=0.5, stop=("END",)))
    async with table.open() as (pilot, screen):
        assert screen.editor.text == 'temperature = 0.5\nstop = [\n    "END",\n]\n'
        screen.editor.text = "temperature = 1\n[extra]\ntop_k = 5\n"
        await pilot.press("ctrl+s")
    assert table.results == [Parameters(temperature=1, extra={"top_k": 5})]


async def test_a_system_prompt_can_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "terse.md").write_text('+++\nkind = "system"\n+++\nBe terse.')
    table = Table(prompts=tmp_path)
    async with table.open() as (pilot, screen):
        screen.editor.text = 'system = "@tense"'
        await pilot.press("ctrl+s")
        await pilot.pause()
        complaint = screen.query_one("#parameters-complaint", Static)
        while "no system prompt of the name tense" not in str(complaint.render()):
            await pilot.pause(0.01)
        screen.editor.text = 'system = "@terse"'
        await pilot.press("ctrl+s")
        while not table.results:
            await pilot.pause(0.01)
    assert table.results == [Parameters(system="Be terse.")]


async def test_an_empty_text_sets_nothing_and_esc_changes_nothing() -> None:
    table = Table(Parameters(seed=1))
    async with table.open() as (pilot, screen):
        screen.editor.text = ""
        await pilot.press("ctrl+s")
    async with table.open() as (pilot, _):
        await pilot.press("x", "escape")
    assert table.results == [Parameters(), None]


async def test_what_cannot_be_sent_is_said_and_the_editor_stays() -> None:
    table = Table()
    async with table.open() as (pilot, screen):
        for text, said in (("temperature = 3", "temperature must be a number from 0 to 2"), ("a = ", "Invalid value")):
            screen.editor.text = text
            await pilot.press("ctrl+s")
            complaint = screen.query_one("#parameters-complaint", Static)
            assert said in str(complaint.content)
        assert pilot.app.screen is screen
    assert table.results == []


async def test_what_the_model_has_is_shown() -> None:
    table = Table(configured=Parameters(top_p=0.3, system="x"))
    async with table.open() as (_, screen):
        assert any("system, top_p 0.3" in str(static.content) for static in screen.query(Static))


@pytest.mark.slow
def test_what_a_conversation_sets_is_shown_sent_and_kept(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    terminal.press("f3")
    terminal.wait_for(say("parameters.title"))
    terminal.send("seed = 7")
    terminal.press("ctrl+j")
    terminal.send('system = "Be brief."')
    terminal.wait_for("brief.")
    terminal.press("ctrl+s")
    terminal.wait_gone(say("parameters.title"))
    wait_for_status(terminal, "system, seed 7")
    send_prompt(terminal, "hello")
    stream = raw_server.next_stream()
    assert stream.body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert stream.body["seed"] == 7
    stream.finish()
    terminal.wait_for("ended")
    terminal.press("ctrl+q")
    terminal.wait_exit()
    again = desk.open("--base-url", raw_server.base_url, "-m", "raw", "--continue")
    again.wait_for("hello")
    wait_for_status(again, "system, seed 7")
