"""What stands at the address of a proxy and is none, or is dead: the proxy is blamed, and its secrets stay secret."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from tests.stream.clock import MovedLoop, turns, until
from tests.stream.listener import KEY, KEY_NAME, Listener, ask, route
from tests.stream.peer import Peer, answer
from tests.stream.wire import error, http
from tui.settings.provider import Timeouts
from tui.settings.secrets import Masker, Secret, secrets_of
from tui.stream.client import Client
from tui.stream.outcome import Outcome

SECURE, PLAIN = "https://provider.test/v1", "http://provider.test/v1"
PASSWORD = "hunter2Zq7Wn2Xv9"
Said = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def standing(*replies: bytes, stays: bool = False) -> AsyncGenerator[tuple[int, list[bytes]], None]:
    """A port that answers each thing it is told by the next reply, and then closes, or stays and says nothing."""
    told: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            for reply in (*replies, *((None,) if stays else ())):
                told.append(await reader.read(4096))
                if reply is None:
                    await reader.read()
                else:
                    writer.write(reply)
            if not replies and not stays:
                told.append(await reader.read(4096))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], told


@pytest.mark.parametrize(
    "replies",
    [
        (),
        (b"garbage that is no answer\r\n",),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n",),
        (b"\x00\x5a\x00\x00\x00\x00\x00\x00",),
        (b"\x05",),
        (b"\x05\x00",),
        (b"\x05\x00", b"\x05\x00\x00"),
        (b"\x05\x00", b"\x05\x09\x00\x01\x00\x00\x00\x00\x00\x00"),
        (b"\x05\x00", b"\x05\x63\x00\x01\x00\x00\x00\x00\x00\x00"),
        (b"\x05\x00", b"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"),
    ],
    ids=["nothing", "garbage", "HTTP", "SOCKS4", "half a reply", "closes", "half an answer", "9", "99", "refused"],
)
@pytest.mark.parametrize("url", [SECURE, PLAIN])
async def test_what_is_no_socks_proxy_is_blamed(replies: tuple[bytes, ...], url: str, client: Client) -> None:
    async with standing(*replies) as (port, _):
        heard = await ask(client, url, proxy=f"socks5://127.0.0.1:{port}", allow_http=True)
    assert heard.outcome in (Outcome.PROXY_UNREACHABLE, Outcome.PROXY_REFUSED)
    assert heard.record.proxy == f"socks5://127.0.0.1:{port}"


@pytest.mark.parametrize(
    "reply", [None, b"SSH-2.0-OpenSSH_9.9\r\n", b"\x00\x01junk\r\n\r\n"], ids=["closes", "SSH", "junk"]
)
async def test_what_is_no_http_proxy_is_blamed_and_not_asked_again(reply: bytes | None, patient: Client) -> None:
    async with standing(*(() if reply is None else (reply,))) as (port, told):
        heard = await ask(patient, SECURE, proxy=f"http://127.0.0.1:{port}")
    assert heard.outcome is Outcome.PROXY_UNREACHABLE
    assert [one.split()[0] for one in told] == [b"CONNECT"]


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_handshake_that_hangs_is_the_proxys(scheme: str, client: Client, clock: MovedLoop) -> None:
    async with standing(stays=True) as (port, _):
        options = {"proxy": f"{scheme}://127.0.0.1:{port}", "timeouts": Timeouts(connect=5)}
        listener = Listener(client, route(SECURE, **options))
        await until(lambda: listener.trace.started)
        while not listener.task.done():
            await turns()
            clock.advance(1)
        heard = await listener.heard()
    assert heard.outcome is Outcome.PROXY_UNREACHABLE
    assert heard.record.detail == {"os_error": "no answer within 5 s"}


@pytest.mark.parametrize("status", [407, 502])
async def test_the_password_of_a_proxy_is_masked_where_it_is_repeated(status: int) -> None:
    body = error(f"user bob with {PASSWORD} refused")
    async with Peer(answer(http(status, body))) as peer, Client({KEY_NAME: KEY}, Masker(), retries=0) as client:
        heard = await ask(client, PLAIN, proxy=f"http://bob:{PASSWORD}@127.0.0.1:{peer.port}", allow_http=True)
    kept = json.dumps(heard.record.as_json())
    assert PASSWORD not in kept
    assert "refused" in kept


async def test_a_secret_in_the_base_url_is_masked_where_it_is_repeated(client: Client) -> None:
    async with Peer(answer(http(400, error("no such key as ABCDsecret9876xyz")))) as peer:
        heard = await ask(client, f"{peer.url}?api_key=ABCDsecret9876xyz&api-version=2026-01-01")
    kept = json.dumps(heard.record.as_json())
    assert "ABCDsecret9876xyz" not in kept
    assert "no such key as" in kept


def test_the_secrets_of_an_address() -> None:
    assert secrets_of("http://bob:a%2Fb@h.test/v1?api-version=2026&sig=xy%20z") == [
        Secret("a%2Fb"),
        Secret("xy z"),
        Secret("a/b"),
    ]
    assert secrets_of("http://token@h.test") == [Secret("token")]
    assert secrets_of("http://[::1") == secrets_of("h.test/v1") == []
