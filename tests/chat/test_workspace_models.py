"""What a workspace knows of models: each answer at once, local servers beside the configured ones, and favourites."""

import json
import time
from pathlib import Path

from tests.command import Command
from tests.stream.peer import Peer, answer
from tests.stream.wire import http
from tui.chat.catalogue import Model
from tui.chat.routes import Wish
from tui.chat.workspace import STALE_SECONDS, Workspace
from tui.compose import Launch, open_workspace
from tui.settings.config import Config
from tui.settings.key_source import KeySource
from tui.settings.provider import Provider
from tui.settings.secrets import Masker
from tui.settings.state import read_state


async def open_with(home: Path, *providers: Provider, wish: Wish | None = None) -> Workspace:
    config = Config(providers={one.name: one for one in providers})
    launch = Launch(Command(home).paths, config, {}, wish or Wish())
    workspace = await open_workspace(launch, Masker(), lambda trouble: None, keep=False, consent=None)
    workspace.ports = {}
    return workspace


def names(workspace: Workspace) -> list[str]:
    return [model.name for model in workspace.catalogue.models()]


def listing(*models: str) -> bytes:
    return http(200, {"data": [{"id": model} for model in models]})


async def test_each_answer_counts_at_once(tmp_path: Path) -> None:
    """The quick one is told of while the slow one still waits; the slow one answers only when it was."""
    async with Peer(answer(listing("a"))) as quick, Peer(answer()) as slow:
        workspace = await open_with(tmp_path, Provider("slow", slow.url), Provider("quick", quick.url))

        def told() -> None:
            if names(workspace) == ["quick/a"] and slow.visits:
                slow.visits[0].send(listing("b"))

        await workspace.list_models(told)
        assert names(workspace) == ["slow/b", "quick/a"]
        await workspace.close()


async def test_a_server_on_this_machine_is_found_beside_the_configured_ones(tmp_path: Path) -> None:
    async with Peer(answer(listing("a"))) as own, Peer(answer(listing("m"))) as local:
        workspace = await open_with(tmp_path, Provider("own", own.url))
        workspace.ports = {local.port: "ollama", own.port: "llama.cpp"}
        await workspace.list_models()
        assert names(workspace) == ["own/a", "ollama/m"], "the one that is configured is not there twice"
        assert workspace.routes.default == "own"
        await workspace.close()


async def test_no_port_is_asked_where_a_route_is_named_or_a_config_forbids_it(tmp_path: Path) -> None:
    async with Peer(answer(listing("a"))) as own, Peer(answer(listing("m"))) as local:
        pinned = await open_with(tmp_path, Provider("own", own.url), wish=Wish(provider="own"))
        pinned.ports = {local.port: "ollama"}
        await pinned.list_models()
        await pinned.close()
        forbidden = await open_with(tmp_path, Provider("own", own.url))
        forbidden.config = Config(providers=forbidden.config.providers, discovery="off")
        forbidden.ports = {local.port: "ollama"}
        await forbidden.list_models()
        await forbidden.close()
        assert local.visits == []


async def test_the_next_run_knows_the_lists_without_the_network(tmp_path: Path) -> None:
    async with Peer(answer(listing("a", "b"))) as own:
        provider = Provider("own", own.url)
        first = await open_with(tmp_path, provider)
        await first.list_models()
        await first.close()
    second = await open_with(tmp_path, provider)
    await second.load_models()
    assert names(second) == ["own/a", "own/b"]
    assert second.choose_model() is None, "a list of before chooses nothing"
    await second.close()


async def test_only_a_list_that_is_old_is_asked_for_unasked(tmp_path: Path) -> None:
    async with Peer(answer(listing("a")), answer(listing("a", "b"))) as own:
        command = Provider("vault", own.url, key=KeySource("command", "false"))
        first = await open_with(tmp_path, Provider("own", own.url), command)
        await first.refresh_models()
        await first.close()
        second = await open_with(tmp_path, Provider("own", own.url), command)
        await second.refresh_models()
        assert (names(second), len(own.visits)) == (["own/a"], 1)
        second.catalogue.wall = lambda: time.time() + STALE_SECONDS + 1
        await second.refresh_models()
        assert (names(second), len(own.visits)) == (["own/a", "own/b"], 2)
        await second.close()


async def test_a_favourite_is_kept_and_comes_first(tmp_path: Path) -> None:
    async with Peer(answer(listing("a", "b"))) as own:
        workspace = await open_with(tmp_path, Provider("own", own.url))
        await workspace.list_models()
        workspace.favour_model(Model(workspace.routes.providers["own"], "b"))
        assert names(workspace) == ["own/b", "own/a"]
        assert workspace.save_state() is None
        await workspace.close()
    assert read_state(Command(tmp_path).paths.state_file).favourites == ("own/b",)


async def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    async with Peer(answer(listing("a"))) as own:
        workspace = await open_with(tmp_path, Provider("own", own.url))
        workspace.paths.models.mkdir(parents=True)
        await workspace.list_models()
        assert names(workspace) == ["own/a"]
        await workspace.close()


async def test_the_practice_provider_is_not_kept(tmp_path: Path) -> None:
    workspace = await open_with(tmp_path, wish=Wish(practice=True))
    await workspace.list_models()
    assert "practice/cut" in names(workspace)
    await workspace.close()
    assert json.loads(Command(tmp_path).paths.models.read_bytes())["providers"] == {}
