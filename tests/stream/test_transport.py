"""Which proxy is used for what, what settings can spoil, and the names of failures that no socket here makes."""

import asyncio
import json
import ssl
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.stream.clock import MovedLoop
from tests.stream.listener import KEY, ask, check_ending
from tests.stream.peer import CERTIFICATE, End, Peer, answer
from tests.stream.wire import DONE, finish, stream, text
from tui.settings.provider import Provider
from tui.stream.client import Client
from tui.stream.outcome import Outcome
from tui.stream.transport import chain_of, explain, find_link

NAMED = "http://provider.test/v1"
YES = stream(text("Yes."), finish("stop"), DONE)


@pytest.mark.parametrize(
    ("environ", "url", "proxy"),
    [
        ({}, "https://provider.test", None),
        ({"HTTPS_PROXY": "http://p:1"}, "https://provider.test", "http://p:1"),
        ({"https_proxy": "http://p:1"}, "https://provider.test", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1"}, "http://provider.test", None),
        ({"ALL_PROXY": "socks5://p:1"}, "http://provider.test", "socks5://p:1"),
        ({"HTTP_PROXY": "http://p:1", "ALL_PROXY": "http://q:1"}, "http://provider.test", "http://p:1"),
        ({"HTTP_PROXY": "p:1"}, "http://provider.test", "http://p:1"),
        ({"ALL_PROXY": "http://p:1", "NO_PROXY": "provider.test"}, "https://provider.test", None),
        ({"ALL_PROXY": "http://p:1", "NO_PROXY": ".test"}, "https://provider.test", None),
        ({"ALL_PROXY": "http://p:1", "NO_PROXY": "*"}, "https://provider.test", None),
        ({"ALL_PROXY": "http://p:1", "NO_PROXY": "other.test, ,]["}, "https://provider.test", "http://p:1"),
        ({"ALL_PROXY": "http://p:1"}, "http://127.0.0.1:8080", None),
        ({"ALL_PROXY": "http://p:1"}, "http://127.8.8.8:8080", None),
        ({"ALL_PROXY": "http://p:1"}, "http://localhost:8080", None),
        ({"ALL_PROXY": "http://p:1"}, "http://nest.localhost:8080", None),
        ({"ALL_PROXY": "http://p:1"}, "http://[::1]:8080", None),
        ({"ALL_PROXY": "http://p:1"}, "http://192.168.1.5:8080", "http://p:1"),
    ],
)
def test_the_proxy_of_a_url(
    environ: dict[str, str], url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert find_link(Provider("nest", url), url).proxy == proxy


@pytest.mark.parametrize(
    ("own", "url", "proxy"),
    [
        ("http://own:1", "http://provider.test", "http://own:1"),
        ("own:1", "https://provider.test", "http://own:1"),
        ("none", "https://provider.test", None),
        ("", "https://provider.test", None),
        ("http://own:1", "http://127.0.0.1:8080", None),
    ],
)
def test_a_providers_own_proxy_goes_before_the_environments(
    own: str, url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://p:1")
    assert find_link(Provider("nest", url, proxy=own), url).proxy == proxy


async def test_a_providers_own_certificates_are_trusted(client: Client) -> None:
    async with Peer(answer(YES), answer(YES), tls=True) as peer:
        refused = await ask(client, peer.url)
        heard = await ask(client, peer.url, ca_file=str(CERTIFICATE))
    assert (refused.ending.outcome, heard.text) == (Outcome.TLS_CERTIFICATE, "Yes.")


async def test_own_certificates_that_cannot_be_read_are_an_outcome(client: Client, tmp_path: Path) -> None:
    for name, content in (("none.pem", None), ("empty.pem", "nothing")):
        if content is not None:
            (tmp_path / name).write_text(content)
        heard = await ask(client, "https://127.0.0.1:9/v1", ca_file=str(tmp_path / name))
        assert heard.ending.outcome is Outcome.TLS_CERTIFICATE
        assert name in heard.record.detail["tls_detail"]


async def test_a_proxy_is_never_asked_for_loopback(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Peer(answer(YES)) as proxy, Peer(answer(YES)) as peer:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        heard = await ask(client, peer.url)
        assert (heard.text, heard.record.proxy, proxy.connections) == ("Yes.", None, 0)


async def test_a_request_through_a_proxy(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Peer(answer(YES)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://heron:{KEY}@127.0.0.1:{proxy.port}")
        heard = await ask(client, NAMED, allow_http=True)
    assert heard.text == "Yes."
    assert heard.record.proxy == f"http://[masked]@127.0.0.1:{proxy.port}"
    assert proxy.visits[0].head.startswith(b"POST http://provider.test/v1/chat/completions HTTP/1.1\r\n")
    assert proxy.visits[0].header("Proxy-Authorization") is not None


async def test_a_change_of_the_proxy_holds_at_once(
    client: Client, monkeypatch: pytest.MonkeyPatch, clock: MovedLoop
) -> None:
    async with Peer(answer(YES)) as first, Peer(answer(YES)) as second:
        for proxy in (first, second):
            monkeypatch.setenv("HTTP_PROXY", f"127.0.0.1:{proxy.port}")
            assert (await ask(client, NAMED, allow_http=True)).text == "Yes."
        assert (first.connections, second.connections) == (1, 1)


@pytest.mark.parametrize("proxy", ["gopher://127.0.0.1:70", "http://127.0.0.1:99999", "http://"])
async def test_a_proxy_that_cannot_be_used_is_an_outcome(
    proxy: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    heard = await ask(client, NAMED, allow_http=True)
    assert heard.outcome is Outcome.PROXY_UNREACHABLE


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("SSL_CERT_FILE", None, "No such file or directory"),
        ("SSL_CERT_FILE", b"", "it holds no certificates"),
        ("SSL_CERT_FILE", b"no certificate", "it holds no certificates"),
    ],
)
async def test_certificates_that_cannot_be_read_are_an_outcome(
    name: str, content: bytes | None, reason: str, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "roots.pem"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv(name, str(file))
    heard = await ask(client, "https://127.0.0.1:1/v1")
    detail: dict[str, object] = {"host": "127.0.0.1", "tls_detail": f"{name}={file}: {reason}"}
    check_ending(heard, Outcome.TLS_CERTIFICATE, status=None, detail=detail)


async def test_plain_http_to_this_machine_needs_no_certificates(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    async with Peer(answer(YES)) as peer:
        assert (await ask(client, peer.url)).text == "Yes."


def name(error: BaseException, **phase: bool) -> str:
    given = {"in_tls": False, "in_request": False, "in_body": False, "proxied": False, **phase}
    return explain(error, **given).outcome.value


def test_failures_that_no_socket_on_loopback_makes() -> None:
    request = httpx.Request("POST", NAMED)
    reset = httpx.ReadError("", request=request)
    reset.__cause__ = ConnectionResetError(104, "Connection reset by peer")
    assert name(httpx.PoolTimeout("")) == "pool-timeout"
    assert name(httpx.ProxyError("Proxy Server could not connect")) == "proxy-refused"
    assert name(TimeoutError(110, "Connection timed out")) == "connect-timeout"
    assert name(reset, in_body=True) == "connection-reset"
    assert name(reset, in_request=True) == "send-failed"
    assert name(reset, in_request=True, in_body=True) == "connection-reset"
    assert name(httpx.ConnectError(""), in_tls=True) == "tls-handshake"
    assert name(httpx.ConnectError(""), proxied=True) == "connect-reset"
    assert name(ssl.SSLError(1, "bad record mac"), in_body=True) == "connection-reset"
    assert (
        name(ExceptionGroup("all", [OSError(113, "no route"), ConnectionRefusedError(111, "no")])) == "connect-refused"
    )
    assert name(httpx.LocalProtocolError(f"Illegal header value b'Bearer {KEY}'")) == "protocol-error"
    assert name(httpx.InvalidURL("")) == "bad-url"


def test_the_chain_of_an_exception_names_classes_and_no_texts() -> None:
    inner = ConnectionResetError(104, KEY)
    middle = OSError(KEY)
    middle.__context__ = inner
    outer = httpx.ReadError(KEY)
    outer.__cause__ = ExceptionGroup(KEY, [middle, outer])
    assert chain_of(outer) == ["httpx.ReadError", "ExceptionGroup", "OSError", "ConnectionResetError"]


async def serve_socks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, asked: list[str]) -> None:
    """One SOCKS5 connection (RFC 1928), whatever host it asks for led to a port of this machine."""
    await reader.readexactly((await reader.readexactly(2))[1])
    writer.write(b"\x05\x00")
    await reader.readexactly(4)
    asked.append((await reader.readexactly((await reader.readexactly(1))[0])).decode())
    await reader.readexactly(2)
    writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
    inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)

    async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            target.write(data)
        target.close()

    with suppress(ConnectionError):  # the test's client leaves when it has read its reply
        await asyncio.gather(pass_on(reader, inner_writer), pass_on(inner_reader, writer))


async def test_a_request_through_socks(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    async with Peer(answer(YES, end=End.FIN)) as peer:
        server = await asyncio.start_server(lambda r, w: serve_socks(r, w, peer.port, asked), "127.0.0.1", 0)
        async with server:
            monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            heard = await ask(client, NAMED, allow_http=True)
    assert (heard.text, asked) == ("Yes.", ["provider.test"])
    assert heard.record.proxy is not None
    assert heard.record.proxy.startswith("socks5://127.0.0.1:")


async def test_a_key_that_an_error_spreads_over_its_lines_is_masked(client: Client) -> None:
    spread = f"event: error\ndata: refused {KEY[:15]}\ndata: {KEY[15:]}\n\n".encode()
    async with Peer(answer(stream(text("Half"), spread))) as peer:
        heard = await ask(client, peer.url)
    assert heard.outcome is Outcome.IN_BAND_ERROR
    assert heard.record.error is not None
    assert "refused" in heard.record.error["message"]
    for part in (KEY[:15], KEY[15:]):
        assert part not in json.dumps(heard.record.as_json())


async def test_a_log_of_session_keys_that_cannot_be_written_is_named(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "none" / "keys"))
    async with Peer(answer(YES), tls=True) as peer:
        heard = await ask(client, peer.url)
    assert heard.outcome is Outcome.TLS_HANDSHAKE
    assert heard.record.detail["tls_detail"] == f"SSLKEYLOGFILE={tmp_path}/none/keys: No such file or directory"
