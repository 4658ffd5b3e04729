"""The diagnosis of real routes: llama.cpp, and bad upstreams behind a real nginx; each has its step and its culprit."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.real.llama import LlamaServer, make_model
from tests.real.nginx import Nginx
from tests.real.tiny_model import REPLY
from tests.stream.wire import DONE, END, chunk, finish, head, http, opening, text
from tui.practice import PracticeServer
from tui.settings.key_source import KeySource
from tui.settings.provider import Provider, Timeouts
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.probe.diagnosis import Diagnosis, Patient
from tui.stream.probe.finding import Finding, Report
from tui.stream.probe.witness import Witness
from tui.stream.record import Record

pytestmark = pytest.mark.real

WORDS = [f"word{number} " for number in range(16)]
PACE = 0.06
"""Seconds before each event: each is a burst of its own, and all last longer than may pass unseen."""
LISTED = {"object": "list", "data": [{"id": "heron-1"}]}
PLAIN = {"choices": [{"message": {"content": "all at once"}, "finish_reason": "stop"}]}
KEY_NAME = "HERON_API_KEY"
PATIENT = Timeouts(first_byte=60, idle=60)
"""For a model that computes, on whatever machine this is."""


async def look_at(base_url: str, model: str | None = "heron-1", key: str = "", **options: Any) -> Report:
    """A whole diagnosis."""
    environ = {KEY_NAME: key}
    source = KeySource("env", KEY_NAME) if key else KeySource("none", "")
    provider = Provider("nest", base_url, key=source, **{"timeouts": Timeouts(first_byte=5, idle=2), **options})
    witness, records = Witness(), list[Record]()
    async with Client(environ, Masker(), retries=0, transport=witness) as client:
        diagnosis = Diagnosis(Patient(provider, model, environ), client, witness, records.append)
        async for finding in diagnosis.findings():
            assert not key or key not in finding.evidence
    return diagnosis.report


def find(report: Report, name: str) -> Finding:
    return next(finding for finding in report.findings if finding.name == name)


@asynccontextmanager
async def upstream(play: Callable[[asyncio.StreamWriter], Any]) -> AsyncGenerator[int, None]:
    """A server that lists one model and answers a plain request well; `play` sends its streams."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", request)
        body = await reader.readexactly(int(length[1]) if length else 0)
        if request.startswith(b"GET"):
            writer.write(http(200, LISTED, "Connection: close"))
        elif b'"stream":true' not in body.replace(b" ", b""):
            writer.write(http(200, PLAIN, "Connection: close"))
        else:
            await play(writer)

    answering: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(answer(reader, writer))
        answering.add(task)
        task.add_done_callback(lambda _: writer.transport.close())

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
    for task in answering:
        task.cancel()
    await asyncio.gather(*answering, return_exceptions=True)


async def speak_old(writer: asyncio.StreamWriter) -> None:
    """HTTP/1.0, whole, ended by closing."""
    writer.write(head().replace(b"HTTP/1.1", b"HTTP/1.0"))
    for event in [*map(text, WORDS), finish("stop") + DONE]:
        await asyncio.sleep(PACE)
        writer.write(event)


async def cut_old(writer: asyncio.StreamWriter) -> None:
    """HTTP/1.0, cut: it looks like a clean end."""
    writer.write(head().replace(b"HTTP/1.1", b"HTTP/1.0") + b"".join(map(text, WORDS)))


async def cut(writer: asyncio.StreamWriter) -> None:
    """Chunked, closed inside the body."""
    writer.write(opening() + chunk(b"".join(map(text, WORDS))))


async def stall(writer: asyncio.StreamWriter) -> None:
    """Some words, then silence."""
    writer.write(opening() + chunk(b"".join(map(text, WORDS))))
    await writer.drain()
    await asyncio.get_running_loop().create_future()


async def say_json(writer: asyncio.StreamWriter) -> None:
    """stream=true is ignored."""
    writer.write(http(200, PLAIN, "Connection: close"))


async def speak(writer: asyncio.StreamWriter) -> None:
    """Chunked, whole."""
    writer.write(opening("Connection: close"))
    for event in [*map(text, WORDS), finish("stop") + DONE]:
        await asyncio.sleep(PACE)
        writer.write(chunk(event))
    writer.write(END)


async def speak_long(writer: asyncio.StreamWriter) -> None:
    """Chunked, whole, and long enough for a pace to show."""
    writer.write(opening("Connection: close"))
    for event in [*map(text, WORDS * 4), finish("stop") + DONE]:
        writer.write(chunk(event))
        await asyncio.sleep(PACE / 2)
    writer.write(END)


@pytest.mark.parametrize(
    ("play", "name", "outcome", "exit_code"),
    [
        (speak, "smooth", "complete", 0),
        (speak, "stock", "complete", 0),
        (speak, "gzip", "complete", 0),
        (speak_old, "smooth", "complete", 0),
        (speak_old, "stock", "buffering-suspected", 19),
        (speak_long, "paced", "buffering-suspected", 19),
        (cut_old, "smooth", "premature-eof", 18),
        (cut_old, "stock", "premature-eof", 18),
        (cut, "smooth", "truncated-body", 18),
        (cut, "stock", "truncated-body", 18),
        (stall, "slow_idle", "truncated-body", 18),
        (stall, "smooth", "idle-timeout", 18),
        (say_json, "smooth", "not-streamed", 18),
        (say_json, "stock", "not-streamed", 18),
    ],
)
async def test_what_an_upstream_does_behind_nginx(
    play: Callable[[asyncio.StreamWriter], Any], name: str, outcome: str, exit_code: int, tmp_path: Path
) -> None:
    async with upstream(play) as port:
        with Nginx(tmp_path, port) as nginx:
            report = await look_at(nginx.url(name))
    assert (report.outcome, report.exit_code) == (outcome, exit_code)
    assert find(report, "headers").result == "warn"
    assert "server: nginx/" in find(report, "headers").evidence


@pytest.mark.parametrize(
    ("name", "step", "outcome", "exit_code"),
    [
        ("dead", "plain request", "bad-gateway", 17),
        ("moved", "plain request", "redirected", 17),
        ("gate", "models", "invalid-key", 16),
        ("portal", "plain request", "html-page", 17),
        ("hang_up", "plain request", "no-response", 17),
        ("busy", "plain request", "unavailable", 17),
        ("limited", "plain request", "rate-limited", 17),
        ("tls", "tls", "tls-certificate", 15),
    ],
)
async def test_what_nginx_does_by_itself(name: str, step: str, outcome: str, exit_code: int, tmp_path: Path) -> None:
    async with PracticeServer(token_delay=0) as practice:
        with Nginx(tmp_path, practice.port) as nginx:
            report = await look_at(nginx.url(name), "chinese")
    assert report.failed is not None
    assert (report.failed.name, report.outcome, report.exit_code) == (step, outcome, exit_code)


async def test_nginx_gives_up_on_a_silent_server(tmp_path: Path) -> None:
    async with PracticeServer() as practice:
        with Nginx(tmp_path, practice.port) as nginx:
            report = await look_at(nginx.url("slow_first"), "mute")
    assert (report.outcome, report.exit_code) == ("gateway-timeout", 17)


async def test_a_gate_says_whose_password_it_wants(tmp_path: Path) -> None:
    with Nginx(tmp_path) as nginx:
        report = await look_at(nginx.url("gate"))
    assert "asks for a password of its own" in find(report, "headers").evidence
    assert report.gate is not None
    assert "marsh" in report.gate


async def test_llama_is_well(llama: LlamaServer) -> None:
    report = await look_at(llama.base_url, llama.model, timeouts=PATIENT)
    assert report.failed is None
    assert (report.exit_code, report.culprit) == (0, None)
    assert "the server wrote for" in find(report, "timing").evidence
    assert REPLY[:20] not in f"{report}"


async def test_llama_stops_when_its_stream_is_stopped(llama_endless: LlamaServer) -> None:
    report = await look_at(llama_endless.base_url, None, timeouts=PATIENT)
    assert report.failed is None
    assert (report.exit_code, report.model) == (0, llama_endless.model)
    assert "connection closed" in find(report, "cancel").evidence
    await asyncio.to_thread(llama_endless.wait_idle)


async def test_llama_answers_to_any_name(llama: LlamaServer) -> None:
    report = await look_at(llama.base_url, "heron-1", timeouts=PATIENT)
    assert (report.exit_code, report.outcome) == (0, "model-not-found")


async def test_llama_with_a_key(tmp_path: Path) -> None:
    key = "-".join(("sk", "heron", "41Qm7Zp0Xw93LtVb6RkYc2Dn"))
    with LlamaServer(make_model("tiny", tmp_path), api_key=key) as server:
        right = await look_at(server.base_url, server.model, key, timeouts=PATIENT)
        wrong = await look_at(server.base_url, server.model, f"{key}x", timeouts=PATIENT)
    assert right.failed is None
    assert wrong.outcome == "invalid-key"
    assert wrong.exit_code in (16, 17)
