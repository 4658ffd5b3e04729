"""Local servers that are found by their ports: believed only if they list models, and whose they are."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stream.clock import MovedLoop, until
from tests.stream.peer import End, Peer, answer
from tests.stream.wire import http
from tui.practice import MODELS, PracticeServer
from tui.stream.client import Client
from tui.stream.discovery import (
    SEARCH_SECONDS,
    UNKNOWN_PERSON,
    find_local_servers,
    find_owner,
    listening_user,
)

LIST = {"object": "list", "data": [{"id": "heron-1"}]}


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


async def test_servers_that_list_models_are_found_in_the_order_of_the_ports(client: Client, closed_port: int) -> None:
    async with (
        PracticeServer() as practice,
        Peer(answer(http(200, LIST, "Server: llama.cpp"))) as llama,
        Peer(answer(http(200, "Ollama is running"))) as mute,
        Peer(answer(http(200, {"data": []}))) as empty,
    ):
        ports = {closed_port: "a", practice.port: "b", mute.port: "c", llama.port: "d", empty.port: "e"}
        found = await find_local_servers(client, ports)
    assert [(server.provider.name, server.listing.models) for server in found] == [
        ("b", MODELS),
        ("llama.cpp", ("heron-1",)),
    ]
    assert found[1].provider.base_url == llama.url
    assert {server.provider.origin for server in found} == {"found"}
    assert llama.visits[0].header("Authorization") is None


async def test_a_server_that_does_not_answer_is_not_waited_for(client: Client, clock: MovedLoop) -> None:
    async with Peer(answer(end=End.SILENCE)) as peer:
        search = asyncio.create_task(find_local_servers(client, {peer.port: "a"}))
        await peer.wait_visits(1)
        clock.advance(SEARCH_SECONDS)
        await until(search.done)
        assert search.result() == []


async def test_a_server_of_ours_is_nobody_else_s(client: Client) -> None:
    async with Peer(answer(http(200, LIST))) as peer:
        (found,) = await find_local_servers(client, {peer.port: "a"})
    assert (found.stranger, found.account) == (None, None)


@pytest.mark.parametrize("system", [sys.platform, "darwin"])
async def test_whose_a_port_is(system: str, closed_port: int) -> None:
    """By the tables of /proc, and by lsof elsewhere; what nobody tells of is a stranger's."""
    async with Peer(answer()) as peer:
        assert await find_owner(peer.port, system) == (None, None)
    assert await find_owner(closed_port, system) == (UNKNOWN_PERSON, None)


async def test_without_lsof_a_server_is_a_stranger_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with Peer(answer()) as peer:
        assert await find_owner(peer.port, "darwin") == (UNKNOWN_PERSON, None)


async def test_another_address_s_server_is_not_the_one_that_answers() -> None:
    """Ours listens on the same port of another address of this machine; nobody does on 127.0.0.1."""
    with socket.create_server(("127.0.0.2", 0)) as elsewhere:
        port = elsewhere.getsockname()[1]
        for system in ("linux", "darwin"):
            assert await find_owner(port, system) == (UNKNOWN_PERSON, None)


LOOPBACK, EVERY, OTHER = "0100007F", "00000000", "0200007F"
MAPPED, EVERY_6, LOOPBACK_6 = "0000000000000000FFFF00000100007F", "0" * 32, "0" * 24 + "01000000"


@pytest.mark.parametrize(
    ("tcp", "tcp6", "user"),
    [
        ({OTHER: 1, LOOPBACK: 2, EVERY: 3}, {MAPPED: 4, EVERY_6: 5}, 2),
        ({OTHER: 1, EVERY: 3}, {MAPPED: 4, EVERY_6: 5}, 4),
        ({OTHER: 1, EVERY: 3}, {EVERY_6: 5}, 3),
        ({OTHER: 1}, {LOOPBACK_6: 6, EVERY_6: 5}, 5),
        ({OTHER: 1}, {LOOPBACK_6: 6}, None),
        ({}, None, None),
    ],
)
def test_the_most_specific_address_tells(
    tmp_path: Path, tcp: dict[str, int], tcp6: dict[str, int] | None, user: int | None
) -> None:
    """Tables as Linux writes them, on a machine of little-endian words."""
    port = 8080
    for name, users in (("tcp", tcp), ("tcp6", tcp6)):
        if users is not None:
            rows = [f" 0: {place}:{port:04X} 0:0 0A 0:0 00:0 0 {uid} 0 1 1" for place, uid in users.items()]
            connected = f" 9: {LOOPBACK}:{port:04X} 0:0 01 0:0 00:0 0 77 0 1 1"
            neighbour = f" 9: {LOOPBACK}:{port + 1:04X} 0:0 0A 0:0 00:0 0 78 0 1 1"
            (tmp_path / name).write_text("\n".join(["  sl  local_address ...", connected, neighbour, *rows]) + "\n")
    assert listening_user(port, tmp_path) == (user if sys.byteorder == "little" else None)
