"""Local servers that are found by their ports: believed only if they list models, and whose they are."""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator

import pytest

from tests.stream.clock import MovedLoop, until
from tests.stream.peer import End, Peer, answer
from tests.stream.wire import http
from tui.practice import MODELS, PracticeServer
from tui.stream.client import Client
from tui.stream.discovery import SEARCH_SECONDS, find_local_servers, listening_user

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


async def test_whose_a_port_is(client: Client, closed_port: int) -> None:
    """Where the system tells: it is ours, so it is nobody else's."""
    async with Peer(answer(http(200, LIST))) as peer:
        assert listening_user(peer.port) == (os.getuid() if sys.platform.startswith("linux") else None)
        assert listening_user(closed_port) is None
        (found,) = await find_local_servers(client, {peer.port: "a"})
    assert (found.stranger, found.account) == (None, None)
