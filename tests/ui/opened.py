"""The app without a terminal, for what a terminal does not show; driven with Textual's Pilot."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from tui.chat.database import Report
from tui.chat.routes import Wish
from tui.chat.workspace import Workspace
from tui.compose import Launch, open_workspace
from tui.settings.config import Config
from tui.settings.paths import Paths
from tui.settings.secrets import Masker
from tui.stream.discovery import FoundServer
from tui.text.language import load_language
from tui.ui.app import Opening, WeirApp

Consent = Callable[[FoundServer], Awaitable[bool]]
Opener = Callable[[Report, Consent], Awaitable[Workspace]]


def make_opener(home: Path, wish: Wish | None = None, config: Config | None = None) -> Opener:
    """Opens what the command line would open with this wish; the environment is empty."""

    async def opener(report: Report, consent: Consent) -> Workspace:
        launch = Launch(make_paths(home), config or Config(), {}, wish or Wish(practice=True))
        return await open_workspace(launch, Masker(), report, keep=True, consent=consent)

    return opener


def make_app(home: Path, opener: Opener, *, config: Config | None = None, theme: str = "weir-dark") -> WeirApp:
    """The app, not running yet; whoever runs it closes its workspace."""
    return WeirApp(Opening(config or Config(), make_paths(home), load_language("en"), Masker, theme, opener))


def make_paths(home: Path) -> Paths:
    """Three folders in one."""
    return Paths(home / "config", home / "data", home / "state")


async def until(pilot: Pilot[None], arrived: Callable[[], bool]) -> None:
    """Let the app work until something has come about; a test that waits in vain fails after 20 seconds."""
    async with asyncio.timeout(20):
        while not arrived():
            await pilot.pause(0.01)
