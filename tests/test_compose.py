"""What is opened for one run is closed again when the opening fails or is cancelled half-way."""

import asyncio
import threading
from pathlib import Path

import pytest

from tests.command import SHAPELESS_KEY, Command
from tests.stream.clock import until
from tui.chat.routes import Wish
from tui.compose import Launch, open_workspace
from tui.settings.config import Config
from tui.settings.key_source import KeySource
from tui.settings.paths import Paths
from tui.settings.provider import Provider
from tui.settings.secrets import Masker


def writers() -> int:
    """How many stores are open."""
    return [thread.name for thread in threading.enumerate()].count("weir-store")


async def open_with(paths: Paths) -> None:
    launch = Launch(paths, Config(), {}, Wish(practice=True))
    workspace = await open_workspace(launch, Masker(), lambda trouble: None, keep=True, consent=None)
    assert writers() == 1
    assert await workspace.close() == 0


async def test_what_is_opened_is_closed_with_the_workspace(tmp_path: Path) -> None:
    await open_with(Command(tmp_path).paths)
    assert writers() == 0


async def test_an_opening_that_fails_leaves_nothing_open(tmp_path: Path) -> None:
    """A path with a NUL stands for any bug; the practice server, which runs by then, ends with its tasks."""
    paths = Paths(tmp_path / "config", tmp_path / "data", tmp_path / "\0")
    with pytest.raises(ValueError, match="null byte"):
        await open_with(paths)
    assert writers() == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_opening_that_is_cancelled_leaves_nothing_open(tmp_path: Path) -> None:
    opening = asyncio.create_task(open_with(Command(tmp_path).paths))
    await until(writers)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert writers() == 0


async def test_the_key_of_every_route_is_masked(tmp_path: Path) -> None:
    provider = Provider("nest", "https://a.test/v1", key=KeySource("env", "NEST"))
    config, mask = Config(providers={"nest": provider}), Masker()
    launch = Launch(Command(tmp_path).paths, config, {"NEST": SHAPELESS_KEY}, Wish(practice=True))
    workspace = await open_workspace(launch, mask, lambda trouble: None, keep=False, consent=None)
    await workspace.close()
    assert SHAPELESS_KEY not in mask(f"somebody said {SHAPELESS_KEY}")
