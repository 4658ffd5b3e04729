"""A redirect is told as one wherever it leads, also where no client could follow it."""

import pytest

from tests.stream.listener import ask
from tests.stream.peer import End, Peer, answer
from tests.stream.wire import http
from tui.stream.client import Client
from tui.stream.outcome import Outcome


@pytest.mark.parametrize(
    "location",
    ["javascript:alert(1)", "http://[::1", "http://h:port/", "/\x1b[31m", "http://\xff\xfe/", "//", "ftp://h/", ""],
)
async def test_a_redirect_that_leads_nowhere(location: str, client: Client) -> None:
    sent = http(302, "").replace(b"\r\n\r\n", b"\r\nLocation: " + location.encode("latin-1") + b"\r\n\r\n")
    async with Peer(answer(sent, end=End.FIN)) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.record.status) == (Outcome.REDIRECTED, 302)
    assert list(heard.record.detail) == ["location"]


async def test_a_long_redirect_is_cut(client: Client) -> None:
    async with Peer(answer(http(302, "", f"Location: https://h.test/{'x/' * 4000}"))) as peer:
        heard = await ask(client, peer.url)
    assert len(heard.record.detail["location"]) == 600
