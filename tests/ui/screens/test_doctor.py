"""The doctor on the screen: live, stopped by Esc, wrapped where it is narrow, copied as text."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.command import GUARD_SECONDS
from tests.stream.clock import until
from tests.ui.desk import Desk, say, welcome
from tests.ui.opened import make_app, make_opener
from tui.chat.routes import Wish
from tui.practice import Fault, PracticeServer
from tui.settings.config import Config
from tui.settings.provider import Provider
from tui.ui.app import WeirApp
from tui.ui.screens.doctor import DoctorScreen, FindingRow

pytestmark = pytest.mark.slow

FINDINGS = 13


class Bench:
    """An app with the doctor on top, and what was copied."""

    def __init__(self, app: WeirApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> DoctorScreen:
        screen = self.app.screen
        assert isinstance(screen, DoctorScreen)
        return screen

    @property
    def rows(self) -> list[FindingRow]:
        return list(self.screen.query(FindingRow))

    @property
    def verdict(self) -> str:
        shown = self.screen.verdict
        return str(shown.content) if shown.has_class("-shown") else ""

    async def until(self, holds: Callable[[], object]) -> None:
        await until(holds)
        await self.pilot.pause()


@asynccontextmanager
async def opened(home: Path, wish: Wish, config: Config | None = None, width: int = 120) -> AsyncGenerator[Bench, None]:
    app = make_app(home, make_opener(home, wish, config), config=config)
    try:
        async with app.run_test(size=(width, 40)) as pilot:
            async with asyncio.timeout(GUARD_SECONDS):
                while not isinstance(app.screen, DoctorScreen):
                    await pilot.press("f9")  # it says nothing until everything is open
                    await pilot.pause(0.01)
            yield Bench(app, pilot)
    finally:
        if app.workspace is not None:
            await app.workspace.close()


async def test_the_walk_is_shown_and_can_be_copied(tmp_path: Path) -> None:
    copied = tmp_path / "state" / "clipboard.txt"
    async with PracticeServer(token_delay=0, fault=Fault.JSON) as practice:
        async with opened(tmp_path, Wish(model="markdown", base_url=practice.base_url)) as bench:
            await bench.until(lambda: bench.verdict)
            assert len(bench.rows) == FINDINGS
            assert bench.rows[7].has_class("-failed")
            assert "Step 8, stream: The server ignored stream=true" in bench.verdict
            await bench.pilot.press("y")
            await bench.until(copied.exists)
            pasted = copied.read_text(encoding="utf-8").splitlines()
            assert (len(pasted), pasted[-3]) == (FINDINGS + 6, bench.verdict.splitlines()[0])
            await bench.pilot.press("escape")
            await bench.until(lambda: not isinstance(bench.app.screen, DoctorScreen))
    assert (tmp_path / "state" / "records.jsonl").read_text().count('"probe"') == 2


def count_chats(practice: PracticeServer) -> int:
    """Requests that asked for an answer; the app may list the models meanwhile."""
    return sum(request.method == "POST" for request in practice.requests)


async def test_esc_stops_it_and_what_was_found_stays(tmp_path: Path) -> None:
    async with PracticeServer(fault=Fault.MUTE) as practice:
        async with opened(tmp_path, Wish(model="markdown", base_url=practice.base_url), width=60) as bench:
            await bench.until(lambda: count_chats(practice) == 1)
            await bench.until(lambda: say("doctor.steps.plain_request") in str(bench.screen.state.content))
            await bench.pilot.press("escape")
            await bench.until(lambda: say("doctor_screen.stopped") in bench.verdict)
            assert len(bench.rows) == 6
            head, evidence = bench.rows[0].query(Static)
            assert evidence.region.y > head.region.y
            await bench.pilot.press("r")
            await bench.until(lambda: count_chats(practice) == 2)
            assert bench.screen.is_walking
            await bench.pilot.press("ctrl+c")
            await bench.until(lambda: not bench.screen.is_walking)


async def test_every_provider_has_its_verdict(tmp_path: Path) -> None:
    async with PracticeServer(token_delay=0) as good, PracticeServer(fault=Fault.HTTP_402) as bad:
        providers = {name: Provider(name, one.base_url) for name, one in (("good", good), ("bad", bad))}
        config = Config(model="good/chinese", providers=providers)
        async with opened(tmp_path, Wish(), config) as bench:
            await bench.pilot.press("a")
            await bench.until(lambda: say("doctor_screen.count", good=1, bad=1) in bench.verdict)
            assert [row.has_class("-failed") for row in bench.rows] == [False, True]


def test_from_the_palette_on_a_terminal(desk: Desk) -> None:
    terminal = desk.open("--practice", "-m", "chinese", columns=200, rows=40)
    welcome(terminal)
    terminal.press("ctrl+p")
    terminal.send("why does it")
    terminal.wait_for(say("act.doctor.open"))
    terminal.press("enter")
    terminal.wait_for(say("doctor.fine"))
    terminal.press("escape")
    terminal.wait_gone(say("doctor.fine"))
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
