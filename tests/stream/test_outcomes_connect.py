"""One test per outcome that falls before any answer: what the client itself stops, names, routes, TLS and proxies.

The names and addresses are set aside for documentation and tests (RFC 2606, RFC 5737); nothing leaves the machine.
"""

import asyncio
import errno
import socket
from collections.abc import Iterator

import pytest

from tests.stream.clock import MovedLoop, until
from tests.stream.listener import KEY, KEY_NAME, REQUEST, Listener, ask, check_ending, route
from tests.stream.peer import CERTIFICATE, End, Peer, Visit, answer
from tests.stream.wire import DONE, finish, http, page, stream, text
from tui.settings.key_source import KeySource
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.outcome import Outcome
from tui.stream.request import ChatMessage, ChatRequest, Role

ELSEWHERE = "http://192.0.2.1:8080/v1"
NAMED = "https://provider.test/v1"


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nothing listens; it is held, so that nobody else comes to listen there."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


async def test_no_api_key() -> None:
    async with Client({}, Masker()) as client:
        heard = await ask(client, ELSEWHERE, owner="the marsh team")
    detail: dict[str, object] = {"key_source": f"environment variable {KEY_NAME}"}
    check_ending(heard, Outcome.NO_API_KEY, status=None, detail=detail)
    assert heard.record.endpoint is not None
    assert heard.record.endpoint["host"] == "192.0.2.1"
    assert heard.record.owner == "the marsh team"


async def test_bad_api_key_text() -> None:
    async with Client({KEY_NAME: KEY[:7] + "\uff10" + KEY[7:]}, Masker()) as client:
        heard = await ask(client, ELSEWHERE)
    detail: dict[str, object] = {"key_source": f"environment variable {KEY_NAME}", "bad_char_index": 7}
    check_ending(heard, Outcome.BAD_API_KEY_TEXT, status=None, detail=detail)


async def test_bad_url(client: Client) -> None:
    heard = await ask(client, "htp://nest.test/v1")
    check_ending(heard, Outcome.BAD_URL, status=None)
    assert heard.record.endpoint == {"scheme": None, "host": None, "port": None, "path": "htp://nest.test/v1"}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nest.test/v1",
        "http://",
        "http://nest.test:99999/v1",
        "http://nest.test:0/v1",
        "http://nest.test:port/v1",
        "http://two words/v1",
        "http://[::1/v1",
        "http://nest.test\n/v1",
        "http://xn--a/v1",
        f"http://{KEY}@/v1",
        "http://heron:reeds@127.0.0.1:9/v1",
        f"http://{KEY}@127.0.0.1:9/v1",
        "http://@127.0.0.1:9/v1",
        "http://127.0.0.1:9/v1#nest",
        "http://127.0.0.1:9/v1?a=b#nest",
    ],
)
async def test_no_such_text_is_an_address(url: str, client: Client) -> None:
    check_ending(await ask(client, url, allow_http=True), Outcome.BAD_URL, status=None)


async def test_a_password_in_the_address_is_not_sent_and_not_recorded(client: Client) -> None:
    """httpx would send it in place of the key."""
    async with Peer(answer()) as peer:
        url = peer.url.replace("//", "//heron:among-the-reeds@")
        heard = await ask(client, url)
        listing = await client.list_models(route(url))
        assert peer.connections == 0
    check_ending(heard, Outcome.BAD_URL, status=None)
    assert listing.failure is Outcome.BAD_URL
    assert heard.record.endpoint is not None
    assert heard.record.endpoint["path"] == peer.url.replace("//", "//[masked]@")


async def test_insecure_url(client: Client) -> None:
    heard = await ask(client, ELSEWHERE)
    check_ending(heard, Outcome.INSECURE_URL, status=None, detail={"host": "192.0.2.1"})


async def test_dns_failure(client: Client, clock: MovedLoop) -> None:
    clock.network["provider.test"] = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    heard = await ask(client, NAMED)
    detail: dict[str, object] = {"host": "provider.test", "os_error": "Name or service not known"}
    check_ending(heard, Outcome.DNS_FAILURE, status=None, detail=detail)


async def test_connect_refused(client: Client, closed_port: int) -> None:
    heard = await ask(client, f"http://127.0.0.1:{closed_port}/v1")
    detail: dict[str, object] = {"host": "127.0.0.1", "port": closed_port, "os_error": "ECONNREFUSED"}
    check_ending(heard, Outcome.CONNECT_REFUSED, status=None, detail=detail)
    assert heard.record.exception is not None
    assert heard.record.exception[0] == "httpx.ConnectError"
    assert "ConnectionRefusedError" in heard.record.exception


async def test_connect_timeout(client: Client, clock: MovedLoop) -> None:
    clock.network["192.0.2.1"] = None
    listener = Listener(client, route(ELSEWHERE, allow_http=True))
    await until(lambda: listener.trace.started)
    clock.advance(4.9)
    await until(lambda: listener.trace.state == "connecting")
    assert not listener.task.done()
    clock.advance(0.1)
    detail: dict[str, object] = {"host": "192.0.2.1", "port": 8080, "limit_s": 5.0}
    check_ending(await listener.heard(), Outcome.CONNECT_TIMEOUT, status=None, detail=detail)


async def test_a_silent_handshake_is_a_connect_timeout(client: Client, clock: MovedLoop) -> None:
    async with Peer(answer()) as peer:
        listener = Listener(client, route(f"https://127.0.0.1:{peer.port}/v1"))
        await until(lambda: peer.connections)
        clock.advance(5)
        heard = await listener.heard()
    assert heard.outcome is Outcome.CONNECT_TIMEOUT


async def test_unreachable(client: Client, clock: MovedLoop) -> None:
    clock.network["192.0.2.1"] = OSError(errno.ENETUNREACH, "Network is unreachable")
    heard = await ask(client, ELSEWHERE, allow_http=True)
    check_ending(heard, Outcome.UNREACHABLE, status=None, detail={"host": "192.0.2.1", "os_error": "ENETUNREACH"})


async def test_connect_reset(client: Client, clock: MovedLoop) -> None:
    clock.network["192.0.2.1"] = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
    heard = await ask(client, ELSEWHERE, allow_http=True)
    detail: dict[str, object] = {"host": "192.0.2.1", "port": 8080, "os_error": "ECONNRESET"}
    check_ending(heard, Outcome.CONNECT_RESET, status=None, detail=detail)


async def test_tls_certificate(client: Client) -> None:
    async with Peer(answer(), tls=True) as peer:
        heard = await ask(client, peer.url)
    detail: dict[str, object] = {"host": "127.0.0.1", "tls_detail": "self-signed certificate"}
    check_ending(heard, Outcome.TLS_CERTIFICATE, status=None, detail=detail)
    assert peer.visits == []


async def test_a_certificate_from_ssl_cert_file_is_accepted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    async with Peer(answer(stream(text("Among the reeds."), finish("stop"), DONE)), tls=True) as peer:
        heard = await ask(client, peer.url)
    check_ending(heard, Outcome.COMPLETE, finished=True, text="Among the reeds.")


async def test_tls_handshake(client: Client) -> None:
    """A server of plain HTTP, asked in TLS, answers in plain HTTP."""

    async def complain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(http(400, "this is not HTTP"))
        writer.close()

    server = await asyncio.start_server(complain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        heard = await ask(client, f"https://127.0.0.1:{port}/v1")
    detail: dict[str, object] = {"host": "127.0.0.1", "port": port, "tls_detail": "WRONG_VERSION_NUMBER"}
    check_ending(heard, Outcome.TLS_HANDSHAKE, status=None, detail=detail)


async def test_proxy_unreachable(client: Client, closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://heron:{KEY}@127.0.0.1:{closed_port}")
    heard = await ask(client, NAMED)
    check_ending(heard, Outcome.PROXY_UNREACHABLE, status=None, detail={"os_error": "ECONNREFUSED"})
    assert heard.record.proxy == f"http://[masked]@127.0.0.1:{closed_port}"


async def test_proxy_auth(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Peer(answer(http(407, page("Who are you?")), end=End.FIN)) as peer:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{peer.port}")
        heard = await ask(client, NAMED)
    check_ending(heard, Outcome.PROXY_AUTH, status=407)
    assert peer.visits[0].head.startswith(b"CONNECT provider.test:443 HTTP/1.1\r\n")
    assert peer.visits[0].header("Authorization") is None
    assert heard.record.proxy == f"http://127.0.0.1:{peer.port}"


async def test_a_proxy_asks_for_credentials_over_plain_http(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Peer(answer(http(407, "Who are you?"))) as peer:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{peer.port}")
        heard = await ask(client, "http://provider.test/v1", allow_http=True)
    check_ending(heard, Outcome.PROXY_AUTH, status=407)


async def test_proxy_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Peer(answer(http(503, page("Blocked")), end=End.FIN)) as peer:
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{peer.port}")
        heard = await ask(client, NAMED)
    check_ending(heard, Outcome.PROXY_REFUSED, status=503)


async def test_send_failed(client: Client) -> None:
    """The server reads a little of a request that is longer than any buffer, and breaks the connection."""

    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        Visit(head, b"", reader, writer).reset()

    server = await asyncio.start_server(break_off, "127.0.0.1", 0)
    async with server:
        long = ChatRequest("heron-1", (ChatMessage(Role.USER, "heron " * (4 << 20)),))
        heard = await ask(client, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", long)
    sent = heard.record.detail["bytes_sent"]
    assert 0 <= sent < len(long.messages[0].text)
    check_ending(heard, Outcome.SEND_FAILED, status=None, detail={"bytes_sent": sent})


async def test_the_request_is_whole_on_the_wire(client: Client) -> None:
    """It has a length and no transfer coding, whatever its size: servers of HTTP/1.0 know no chunks."""
    long = ChatRequest("heron-1", (ChatMessage(Role.USER, "heron " * 40_000),))
    async with Peer(answer(stream(text("Yes."), finish("stop"), DONE))) as peer:
        for request in (REQUEST, long):
            await ask(client, peer.url, request)
    for visit in peer.visits:
        assert visit.header("Content-Length") == str(len(visit.body))
        assert visit.header("Transfer-Encoding") is None
        assert visit.header("Authorization") == f"Bearer {KEY}"
        assert visit.header("Accept-Encoding") == "identity"
    assert peer.connections == 1


async def test_why_a_key_could_not_be_read_is_on_record(client: Client) -> None:
    heard = await ask(client, ELSEWHERE, key=KeySource("command", "exit 3"))
    assert heard.outcome is Outcome.NO_API_KEY
    source = heard.record.detail["key_source"]
    assert source.startswith("command exit 3 (")
    assert "3" in source.partition("(")[2]
