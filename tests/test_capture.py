"""`weir capture` and what it changes: given, told, ended, purged; and `weir replay` on what was written."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.command import Command, at
from tests.stream.clock import until
from tui.arguments import UsageError, make_parser
from tui.practice import Fault, PracticeServer
from tui.practice.script import WARNINGS
from tui.settings.permission import Permission, list_captures, write_permission

PROMPT = "Where does the heron nest?"


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


@pytest.mark.slow
async def test_a_stream_is_captured_and_replayed(weir: Command) -> None:
    """The permission is given, told by ask, obeyed, ended; what was written plays again with the same verdict."""
    on = await weir.run("capture", "on", "--for", "30m", "--reason", "ticket 812")
    assert (on.code, "ticket 812" in on.text) == (0, True)
    async with PracticeServer(token_delay=0) as practice:
        asked = await weir.run("ask", *at(practice, "cut"), PROMPT)
    assert "Capture is on until" in asked.complaint
    (file,) = list_captures(weir.paths.captures)
    assert PROMPT not in file.read_text()
    replayed = await weir.run("replay", "--fast", str(file))
    assert (replayed.out, replayed.code) == (asked.out, asked.code)
    assert "truncated-body" in replayed.complaint
    assert "recorded" in replayed.complaint
    off = await weir.run("capture", "off", "--json")
    assert (json.loads(off.out)["on"], json.loads(off.out)["streams"]) == (False, 1)
    purged = await weir.run("capture", "purge")
    assert "1" in purged.text
    assert not weir.paths.captures.exists()


@pytest.mark.slow
async def test_a_weir_that_is_killed_leaves_what_it_captured(weir: Command) -> None:
    now = datetime.now(UTC)
    write_permission(weir.paths.capture_file, Permission(now, now + timedelta(minutes=5), "ticket 812"))
    async with PracticeServer(token_delay=0.01, fault=Fault.STALL) as practice:
        async with weir.start("ask", *at(practice, "stall"), PROMPT) as asked:
            await until(lambda: list_captures(weir.paths.captures))
            asked.kill()
            await asked.communicate()
    (file,) = list_captures(weir.paths.captures)
    assert file.stat().st_mode & 0o777 == 0o600
    replayed = await weir.run("replay", "--fast", str(file))
    assert replayed.text
    assert WARNINGS[Fault.STALL].startswith(replayed.text.rstrip("\n"))
    assert "was killed while it ran" in replayed.complaint


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("capture", "on", "--for", "30", "--reason", "x"), "30 is no length of time"),
        (("capture", "on", "--for", "8d", "--reason", "x"), "8d is not between"),
        (("capture", "on", "--for", "30m"), "--reason"),
        (("capture",), "ACT"),
        (("replay", "--practice", "x"), "unrecognized arguments: --practice"),
    ],
)
def test_what_cannot_be_meant_is_told(arguments: tuple[str, ...], what: str) -> None:
    with pytest.raises(UsageError, match=re.escape(what)):
        make_parser().parse_args(arguments)


@pytest.mark.slow
async def test_what_cannot_be_played_is_told(weir: Command) -> None:
    file = weir.home / "broken.jsonl"
    file.write_text('{"weir": "stream"}\n{"t": 1}\n')
    ran = await weir.run("replay", str(file))
    assert (ran.code, ran.out) == (2, b"")
    assert "broken.jsonl: this cannot be played: line 2: it has none of" in ran.complaint


@pytest.mark.slow
async def test_a_saved_body_is_played_from_stdin(weir: Command) -> None:
    body = b'data: {"choices": [{"delta": {"content": "Among the reeds"}}]}\n\ndata: [DO'
    ran = await weir.run("replay", "--fast", "-", stdin=body)
    assert (ran.out, ran.code) == (b"Among the reeds\n", 3)
    assert "premature-eof" in ran.complaint


@pytest.mark.slow
async def test_ask_prints_a_command_and_asks_nothing(weir: Command) -> None:
    environ = {"THE_KEY": "sk-unused-Zz91Yy82Xx73Ww64"}
    flags = ("--base-url", "http://127.0.0.1:1/v1", "--api-key-env", "THE_KEY", "-m", "heron-1", "--curl")
    ran = await weir.run("ask", *flags, "--with-prompt", PROMPT, environ=environ)
    bare = await weir.run("ask", *flags, environ=environ)
    assert (ran.code, PROMPT in ran.text, "Bearer $THE_KEY" in ran.text) == (0, True, True)
    assert (bare.code, PROMPT in bare.text, bare.text.startswith("curl -N ")) == (0, False, True)
    assert environ["THE_KEY"] not in ran.text + bare.text
