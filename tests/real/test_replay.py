"""A stream out of a real server or through a real proxy, captured and replayed: the same text, verdict and times."""

import json
from pathlib import Path

import pytest

from tests.command import Command
from tests.real.llama import LlamaServer
from tests.real.nginx import Nginx
from tui.practice import Fault, PracticeServer
from tui.settings.permission import list_captures

pytestmark = pytest.mark.real

SAME = ("outcome", "notices", "finish_reason", "status", "content_type", "bytes", "events", "keepalives", "text_chars")
CLOSE = ("first_text_ms", "duration_ms", "max_gap_ms")
TOLERANCE_MS = 1_500
"""Of the machine that runs both; a silence that was lost or doubled would be seconds."""


async def check_replay(home: Path, base_url: str, model: str) -> str:
    """Capture one reply and replay it at once; the outcome."""
    weir = Command(home)
    await weir.run("capture", "on", "--for", "10m", "--reason", "a test")
    limits = ("--idle-timeout", "3", "--first-byte-timeout", "3", "--retries", "0")
    asked = await weir.run("ask", "--json", "--base-url", base_url, "-m", model, *limits, "Tell me of herons")
    (file,) = list_captures(weir.paths.captures)
    replayed = await weir.run("replay", "--fast", "--json", str(file))
    before, after = asked.end["record"], replayed.end["record"]
    assert replayed.end["text"] == asked.end["text"]
    assert {name: after[name] for name in SAME} == {name: before[name] for name in SAME}
    for name in CLOSE:
        assert abs((after[name] or 0) - (before[name] or 0)) < TOLERANCE_MS, name
    assert json.loads(file.read_text().splitlines()[-1])["outcome"] == before["outcome"]
    return str(before["outcome"])


async def test_a_reply_of_llama(llama: LlamaServer, tmp_path: Path) -> None:
    assert await check_replay(tmp_path, llama.base_url, llama.model) == "complete"


@pytest.mark.parametrize(
    ("route", "fault", "outcome"),
    [
        ("smooth", None, "complete"),
        ("smooth", Fault.CUT, "truncated-body"),
        ("smooth", Fault.EOF, "premature-eof"),
        ("careless", None, "complete"),
        ("stock", None, "complete"),
        ("slow_first", Fault.MUTE, "gateway-timeout"),
        ("slow_idle", Fault.STALL, "truncated-body"),
        ("smooth", Fault.STALL, "idle-timeout"),
        ("smooth", Fault.MUTE, "first-byte-timeout"),
        ("dead", None, "bad-gateway"),
        ("portal", None, "html-page"),
        ("hang_up", None, "no-response"),
        ("limited", None, "rate-limited"),
    ],
)
async def test_a_reply_through_nginx(route: str, fault: Fault | None, outcome: str, tmp_path: Path) -> None:
    (tmp_path / "nginx").mkdir()
    async with PracticeServer(fault=fault, token_delay=0.005) as practice:
        with Nginx(tmp_path / "nginx", practice.port) as nginx:
            assert await check_replay(tmp_path / "home", nginx.url(route), "code") == outcome
