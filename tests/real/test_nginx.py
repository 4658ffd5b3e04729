"""The client behind a real nginx: what a proxy does to streams, and whether the verdict says so.

The upstream is the practice provider, an old server that answers in HTTP/1.0, or llama.cpp. The times that nginx itself
needs to lose its patience are real ones, of a second each.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.command import Command, lesson
from tests.real.hearing import GUARD_SECONDS, ask
from tests.real.llama import LlamaServer
from tests.real.nginx import CERTIFICATE, PORTAL_TITLE, Nginx
from tests.real.tiny_model import REPLY
from tests.stream.listener import KEY_NAME, PROMPT, REQUEST, check_ending
from tests.stream.wire import DONE, finish, text
from tui.practice import Fault, PracticeServer
from tui.practice.script import WARNINGS
from tui.settings.provider import Timeouts
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.request import ChatMessage, Role

pytestmark = pytest.mark.real

MARKDOWN = replace(REQUEST, model="markdown")
WORDS = [f"word{number} " for number in range(15)]
LONG_WORDS = [f"{'word' * 40}{number} " for number in range(20)]
"""More than the 4 KiB of one of nginx's buffers, less than two."""
PACE = 0.06
"""Seconds before each event of an old server: each is a burst of its own, and all last longer than may pass unseen."""


@asynccontextmanager
async def old_server(*events: bytes) -> AsyncGenerator[int, None]:
    """A server of HTTP/1.0, whose closing says that this was all; it ends well or cut just as its events do."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for event in events:
            await asyncio.sleep(PACE)
            writer.write(event)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def whole(words: list[str]) -> list[bytes]:
    """The events of a reply that ends well."""
    return [*map(text, words), finish("stop") + DONE]


@asynccontextmanager
async def practice_behind(
    folder: Path, fault: Fault | None = None
) -> AsyncGenerator[tuple[Nginx, PracticeServer], None]:
    """nginx with the practice provider behind it, which says all it has to say without a pause."""
    async with PracticeServer(fault=fault, token_delay=0) as practice:
        with Nginx(folder, practice.port) as nginx:
            yield nginx, practice


async def test_a_real_stream_passes_unharmed(llama: LlamaServer, tmp_path: Path) -> None:
    port = int(llama.base_url.removesuffix("/v1").rpartition(":")[2])
    with Nginx(tmp_path, port) as nginx:
        heard = await ask(nginx.url("smooth"), replace(REQUEST, model=llama.model))
    assert (heard.outcome, heard.text) == (Outcome.COMPLETE, REPLY)
    assert NoticeCode.BUFFERING_SUSPECTED not in heard.codes
    assert (heard.record.server or "").startswith("nginx/")


async def test_a_proxy_that_passes_on_at_once_is_not_suspected(tmp_path: Path) -> None:
    async with old_server(*whole(WORDS)) as port:
        with Nginx(tmp_path, port) as nginx:
            heard = await ask(nginx.url("smooth"))
    check_ending(heard, Outcome.COMPLETE, finished=True, text="".join(WORDS))
    assert heard.codes == []
    assert heard.record.bursts > 1


@pytest.mark.parametrize(("words", "bursts"), [(WORDS, 1), (LONG_WORDS, 2)], ids=["at once", "in lumps"])
async def test_a_proxy_that_buffers_is_suspected(words: list[str], bursts: int, tmp_path: Path) -> None:
    async with old_server(*whole(words)) as port:
        with Nginx(tmp_path, port) as nginx:
            heard = await ask(nginx.url("stock"))
    check_ending(heard, Outcome.COMPLETE, finished=True, text="".join(words))
    assert heard.codes == [NoticeCode.BUFFERING_SUSPECTED]
    assert heard.record.bursts <= bursts


@pytest.mark.parametrize(("name", "codes"), [("smooth", []), ("stock", [NoticeCode.BUFFERING_SUSPECTED])])
async def test_a_cut_that_looks_like_a_clean_end_is_noticed(name: str, codes: list[NoticeCode], tmp_path: Path) -> None:
    async with old_server(*map(text, WORDS)) as port:
        with Nginx(tmp_path, port) as nginx:
            heard = await ask(nginx.url(name))
    check_ending(heard, Outcome.PREMATURE_EOF, text="".join(WORDS))
    assert heard.codes == codes


async def test_a_proxy_that_holds_the_text_back_looks_like_a_silent_server(tmp_path: Path) -> None:
    async with practice_behind(tmp_path, Fault.STALL) as (nginx, _):
        heard = await ask(nginx.url("stock"), timeouts=Timeouts(first_byte=0.5))
    assert heard.outcome is Outcome.FIRST_BYTE_TIMEOUT
    assert (heard.text, heard.record.bytes) == ("", 0)


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.RESET])
async def test_what_breaks_behind_the_proxy_breaks_here(fault: Fault, tmp_path: Path) -> None:
    async with practice_behind(tmp_path, fault) as (nginx, _):
        heard = await ask(nginx.url("smooth"))
    torn = heard.record.detail.get("tail_bytes", 0)
    check_ending(heard, Outcome.TRUNCATED_BODY, text=WARNINGS[fault], detail={"tail_bytes": torn} if torn else None)
    assert bool(torn) is (fault is Fault.CUT)
    assert (heard.record.exception or [""])[0] == "httpx.RemoteProtocolError"


async def test_an_end_without_proof_stays_one(tmp_path: Path) -> None:
    async with practice_behind(tmp_path, Fault.EOF) as (nginx, _):
        heard = await ask(nginx.url("smooth"))
    check_ending(heard, Outcome.PREMATURE_EOF, text=WARNINGS[Fault.EOF])


async def test_the_proxy_loses_patience_in_mid_stream(tmp_path: Path) -> None:
    async with practice_behind(tmp_path, Fault.STALL) as (nginx, _):
        heard = await ask(nginx.url("slow_idle"))
    check_ending(heard, Outcome.TRUNCATED_BODY, text=WARNINGS[Fault.STALL])
    assert (heard.record.last_byte_ago_ms or 0) > 500


async def test_the_client_loses_patience_first_and_the_upstream_learns_of_it(tmp_path: Path) -> None:
    async with practice_behind(tmp_path, Fault.STALL) as (nginx, practice):
        heard = await ask(nginx.url("smooth"), timeouts=Timeouts(idle=1))
        async with asyncio.timeout(GUARD_SECONDS):
            await practice.wait_closed_by_client()
    check_ending(heard, Outcome.IDLE_TIMEOUT, text=WARNINGS[Fault.STALL], detail={"limit_s": 1})


async def test_the_proxy_loses_patience_before_the_first_byte(tmp_path: Path) -> None:
    async with practice_behind(tmp_path, Fault.MUTE) as (nginx, _):
        heard = await ask(nginx.url("slow_first"))
    check_ending(heard, Outcome.GATEWAY_TIMEOUT, status=504, detail={"html_title": "504 Gateway Time-out"})


async def test_a_reply_in_one_piece_is_told_from_a_buffered_one(tmp_path: Path) -> None:
    async with practice_behind(tmp_path, Fault.JSON) as (nginx, _):
        heard = await ask(nginx.url("stock"))
    check_ending(heard, Outcome.COMPLETE, finished=True, text=WARNINGS[Fault.JSON])
    assert heard.codes == [NoticeCode.NOT_STREAMED]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("gzip", None),  # the client asks for identity, and nginx keeps to it
        ("careless", "gzip"),
    ],
)
async def test_compression_is_undone_and_noticed(name: str, encoding: str | None, tmp_path: Path) -> None:
    async with practice_behind(tmp_path) as (nginx, _):
        heard = await ask(nginx.url(name), MARKDOWN)
    check_ending(heard, Outcome.COMPLETE, finished=True, text=lesson("markdown"))
    assert heard.record.content_encoding == encoding
    assert (NoticeCode.COMPRESSED_STREAM in heard.codes) is (encoding is not None)


@pytest.mark.parametrize(
    ("name", "outcome", "status", "detail"),
    [
        ("dead", Outcome.BAD_GATEWAY, 502, {"html_title": "502 Bad Gateway"}),
        ("gate", Outcome.INVALID_KEY, 401, {"key_source": f"environment variable {KEY_NAME}"}),
        ("limited", Outcome.RATE_LIMITED, 429, {"limit_headers": None}),
        ("portal", Outcome.HTML_PAGE, 200, {"html_title": PORTAL_TITLE}),
    ],
)
async def test_a_page_of_the_proxys_own(
    name: str, outcome: Outcome, status: int, detail: dict[str, object], tmp_path: Path
) -> None:
    with Nginx(tmp_path) as nginx:
        heard = await ask(nginx.url(name))
    check_ending(heard, outcome, status=status, detail=detail)
    assert (heard.record.content_type, heard.record.error, heard.record.retry_after_s) == ("text/html", None, None)
    assert (heard.record.server or "").startswith("nginx/")


async def test_a_request_that_is_too_large_for_the_proxy(tmp_path: Path) -> None:
    long = replace(REQUEST, messages=(ChatMessage(Role.USER, PROMPT * 50),))
    async with practice_behind(tmp_path) as (nginx, practice):
        heard = await ask(nginx.url("small"), long)
    size = heard.record.detail["request_bytes"]
    check_ending(heard, Outcome.PAYLOAD_TOO_LARGE, status=413, detail={"request_bytes": size})
    assert size > len(PROMPT) * 50
    assert practice.requests == []


async def test_a_redirect_is_told_and_not_followed(tmp_path: Path) -> None:
    async with practice_behind(tmp_path) as (nginx, practice):
        heard = await ask(nginx.url("moved"))
        detail: dict[str, object] = {"location": f"{nginx.url('smooth')}/chat/completions"}
    check_ending(heard, Outcome.REDIRECTED, status=301, detail=detail)
    assert practice.requests == []


async def test_a_connection_closed_without_an_answer(tmp_path: Path) -> None:
    with Nginx(tmp_path) as nginx:
        heard = await ask(nginx.url("hang_up"))
    check_ending(heard, Outcome.NO_RESPONSE, status=None, detail={"reused_connection": False})


async def test_a_busy_proxy_is_asked_again_as_soon_as_it_allows(tmp_path: Path) -> None:
    with Nginx(tmp_path) as nginx:
        heard = await ask(nginx.url("busy"), retries=2)
    check_ending(heard, Outcome.UNAVAILABLE, status=503)
    assert heard.codes == [NoticeCode.RETRYING, NoticeCode.RETRYING]
    records = [*(notice.record for notice in heard.notices), heard.record]
    assert [(record.attempt, record.status, record.retry_after_s) for record in records if record is not None] == [
        (1, 503, 0.0),
        (2, 503, 0.0),
        (3, 503, 0.0),
    ]


@pytest.mark.parametrize(
    ("host", "trusted", "complaint"),
    [
        ("127.0.0.1", False, "self-signed certificate"),
        ("localhost", False, "self-signed certificate"),
        ("localhost", True, "Hostname mismatch, certificate is not valid for 'localhost'"),
    ],
)
async def test_a_certificate_that_proves_nothing(host: str, trusted: bool, complaint: str, tmp_path: Path) -> None:
    async with practice_behind(tmp_path) as (nginx, practice):
        heard = await ask(nginx.url("tls", host), MARKDOWN, ca_file=str(CERTIFICATE) if trusted else None)
    check_ending(heard, Outcome.TLS_CERTIFICATE, status=None, detail={"host": host, "tls_detail": complaint})
    assert practice.requests == []


async def test_a_certificate_that_the_provider_trusts(tmp_path: Path) -> None:
    async with practice_behind(tmp_path) as (nginx, _):
        heard = await ask(nginx.url("tls"), MARKDOWN, ca_file=str(CERTIFICATE))
    check_ending(heard, Outcome.COMPLETE, finished=True, text=lesson("markdown"))


async def test_ask_tells_a_script_that_the_reply_was_cut(tmp_path: Path) -> None:
    weir = Command(tmp_path / "home")
    async with old_server(*map(text, WORDS)) as port:
        with Nginx(tmp_path, port) as nginx:
            asked = await weir.run(
                "ask", "--base-url", nginx.url("stock"), "-m", "heron-1", "--retries", "0", "--json", PROMPT
            )
    assert (asked.code, asked.end["outcome"], asked.end["text"]) == (3, "premature-eof", "".join(WORDS))
    assert asked.end["notices"] == ["buffering-suspected"]
    assert asked.end["record"]["server"].startswith("nginx/")
