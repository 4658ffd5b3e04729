"""The server around the replies: connections, bad requests, closing."""

import asyncio
import gc
import socket
import subprocess
import sys
from contextlib import suppress

import pytest

from tests.practice.wire import CHAT, Wire, connect, finish_of
from tui.practice import Fault, PracticeRequest, PracticeServer


async def test_a_connection_is_used_again(wire: Wire) -> None:
    request_ids = set()
    for _ in range(3):
        wire.ask("empty")
        head = await wire.head()
        assert head.headers["connection"] == "keep-alive"
        request_ids.add(head.headers["x-request-id"])
        assert (await wire.body()).endswith(b"data: [DONE]\n\n")
    wire.ask("500")
    request_ids.add((await wire.json())[0].headers["x-request-id"])
    assert len(request_ids) == 4


async def test_requests_sent_ahead_are_answered_in_order(wire: Wire) -> None:
    wire.ask("length")
    wire.ask("filter")
    assert [finish_of(await wire.events()) for _ in range(2)] == ["length", "content_filter"]


async def test_a_request_that_comes_in_pieces_is_whole(practice: PracticeServer, wire: Wire) -> None:
    request = b"GET /v1/models?page=1 HTTP/1.1\r\nHost: practice\r\nX-One: a\r\nX-One: b\r\n\r\n"
    for place in range(len(request)):
        wire.writer.write(request[place : place + 1])
        await asyncio.sleep(0)
    assert (await wire.json())[0].status == 200
    headers = {"host": "practice", "x-one": "a, b"}
    assert practice.requests == [PracticeRequest("GET", "/v1/models?page=1", headers, b"")]


async def test_connection_close_is_kept(wire: Wire) -> None:
    wire.send("GET", "/v1/models", headers="Connection: close\r\n")
    head, _ = await wire.json()
    assert head.headers["connection"] == "close"
    assert await wire.reader.read() == b""


async def test_expect_100_continue_is_answered(wire: Wire) -> None:
    wire.ask("empty", headers="Expect: 100-continue\r\n")
    assert await wire.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert finish_of(await wire.events()) == "stop"


async def test_any_key_is_accepted_and_kept_out_of_the_repr(practice: PracticeServer, wire: Wire) -> None:
    wire.ask("empty", headers="Authorization: Bearer sk-secret-1\r\n")
    assert finish_of(await wire.events()) == "stop"
    request = practice.requests[-1]
    assert (request.method, request.path) == ("POST", CHAT)
    assert request.headers["authorization"] == "Bearer sk-secret-1"
    assert b'"model": "empty"' in request.body
    assert "sk-secret-1" not in repr(practice.requests)


async def test_the_last_hundred_requests_are_kept(practice: PracticeServer, wire: Wire) -> None:
    for number in range(103):
        wire.send("GET", f"/{number}")
        assert (await wire.json())[0].status == 404
    assert [request.path for request in practice.requests] == [f"/{number}" for number in range(3, 103)]


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/v1/models"), ("GET", CHAT), ("PUT", "/v1/x")])
async def test_other_routes_are_not_found(wire: Wire, method: str, path: str) -> None:
    wire.send(method, path)
    head, body = await wire.json()
    assert head.status == 404
    assert body["error"]["message"] == f"Invalid URL ({method} {path})"


async def test_head_has_no_body(wire: Wire) -> None:
    wire.send("HEAD", "/v1/models")
    assert (await wire.head()).status == 404
    wire.send("GET", "/v1/models")
    assert (await wire.json())[0].status == 200


async def test_an_unknown_model_is_not_found(wire: Wire) -> None:
    wire.ask("practice/gpt-x")
    head, body = await wire.json()
    assert head.status == 404
    error = {"type": "invalid_request_error", "param": None, "code": "model_not_found"}
    assert body == {"error": {"message": "The model `practice/gpt-x` does not exist.", **error}}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b"[]",
        b'"text"',
        b'{"messages":[{}]}',
        b'{"model":1,"messages":[{}]}',
        b'{"model":"slow"}',
        b'{"model":"slow","messages":[]}',
    ],
)
async def test_a_bad_body_leaves_the_connection_usable(wire: Wire, body: bytes) -> None:
    wire.send("POST", CHAT, body)
    head, answer = await wire.json()
    assert head.status == 400
    assert answer["error"]["type"] == "invalid_request_error"
    wire.ask("empty")
    assert finish_of(await wire.events()) == "stop"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"NONSENSE\r\n", 400),
        (b"GET /v1/models HTTP/2.0\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n", 400),
        (b"GET / HTTP/1.1\r\nName : value\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: five\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: 8388609\r\n\r\n", 413),
        (b"GET /" + b"a" * 70_000, 431),
    ],
)
async def test_bad_http_is_answered_and_ends_the_connection(
    practice: PracticeServer, wire: Wire, data: bytes, status: int
) -> None:
    wire.writer.write(data)
    head, body = await wire.json()
    assert head.status == status
    assert head.headers["connection"] == "close"
    assert body["error"]["type"] == "invalid_request_error"
    assert await wire.reader.read() == b""
    assert practice.requests == []


async def test_the_largest_body_is_read_and_a_larger_one_still_gets_its_answer(wire: Wire) -> None:
    wire.send("POST", CHAT, b" " * 8_388_608)
    assert (await wire.json())[0].status == 400
    wire.send("POST", CHAT, b" " * 8_388_609)
    assert (await wire.json())[0].status == 413
    await wire.writer.drain()
    assert await wire.reader.read() == b""


async def test_only_a_close_in_the_middle_of_a_reply_counts(practice: PracticeServer) -> None:
    async with connect(practice) as whole:
        whole.ask("slow")
        assert finish_of(await whole.events()) == "stop"
    async with connect(practice) as broken:
        broken.ask("stall")
        await broken.text_until("stays open.")
        waiting = asyncio.create_task(practice.wait_closed_by_client())
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
    assert practice.open_streams == 0


async def test_a_reset_by_the_client_counts_as_its_close(practice: PracticeServer, wire: Wire) -> None:
    wire.ask("stall")
    await wire.text_until("stays open.")
    linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
    wire.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    wire.writer.transport.abort()
    await practice.wait_closed_by_client()
    assert practice.open_streams == 0


async def test_a_client_that_does_not_read_can_still_leave(practice: PracticeServer, wire: Wire) -> None:
    wire.ask("endless")
    async with connect(practice) as other:
        other.ask("long")
        assert finish_of(await other.events()) == "stop"
    assert practice.open_streams == 1
    wire.writer.transport.abort()
    await practice.wait_closed_by_client()


async def test_streams_run_side_by_side(practice: PracticeServer) -> None:
    async with connect(practice) as one, connect(practice) as two:
        one.ask("stall")
        await one.text_until("stays open.")
        two.ask("slow")
        assert finish_of(await two.events()) == "stop"
        assert practice.open_streams == 1


async def test_closing_ends_everything_and_leaves_nothing() -> None:
    practice = PracticeServer(token_delay=0, fault=Fault.STALL)
    await practice.start()
    assert practice.base_url == f"http://127.0.0.1:{practice.port}/v1"
    async with connect(practice) as stalled, connect(practice) as idle, connect(practice) as refused:
        stalled.ask("slow")
        await stalled.text_until("stays open.")
        idle.send("GET", "/v1/models")
        await idle.json()
        refused.writer.write(b"NONSENSE\r\n")
        await refused.json()
        await practice.aclose()
        assert practice.open_streams == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}
        for wire in (stalled, idle, refused):
            assert await wire.reader.read() == b""
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", practice.port)
    await practice.aclose()
    gc.collect()


async def test_closing_before_a_connection_has_begun_leaves_nothing() -> None:
    for turns in range(5):
        practice = PracticeServer()
        await practice.start()
        with socket.create_connection(("127.0.0.1", practice.port)) as client:
            for _ in range(turns):
                await asyncio.sleep(0)
            await practice.aclose()
            client.setblocking(False)
            # A reset comes where the kernel had accepted the connection and the server had not.
            with suppress(ConnectionResetError):
                assert await asyncio.get_running_loop().sock_recv(client, 1) == b""
    assert asyncio.all_tasks() == {asyncio.current_task()}
    gc.collect()


async def test_a_port_that_is_taken_is_an_error(practice: PracticeServer) -> None:
    with pytest.raises(OSError, match="address already in use"):
        await PracticeServer(port=practice.port).start()


async def test_it_can_be_started_again_on_the_same_port() -> None:
    practice = PracticeServer(token_delay=0)
    await practice.start()
    port = practice.port
    await practice.aclose()
    async with practice, connect(practice) as wire:
        assert practice.port == port
        wire.ask("empty")
        assert finish_of(await wire.events()) == "stop"


def test_it_imports_nothing_else_of_the_project() -> None:
    program = "import sys, tui.practice; print(*sorted(name for name in sys.modules if name.startswith('tui')))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert [name for name in run.stdout.split() if not name.startswith("tui.practice")] == ["tui"]
