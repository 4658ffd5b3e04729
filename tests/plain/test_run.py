"""How line mode is come to, what it reads first, and what it does not load."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.command import GUARD_SECONDS, ROOT, Command, Ran
from tests.plain.lines import asked, at_prompt, open_raw, type_line
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, say, spoken
from tests.ui.server import RawServer

MODULES = """
import sys
from tui.cli import main
code = main(sys.argv[1:])
print([name for name in ("textual", "tui.ui", "tui.markdown") if name in sys.modules], code)
"""


def in_terminal(desk: Desk, script: str, *arguments: str, term: str = "xterm") -> PtyTerminal:
    """A line of sh in a terminal; in it "$@" is weir."""
    weir = [sys.executable, "-m", "tui", *arguments]
    return PtyTerminal(["sh", "-c", script, "sh", *weir], env={**desk.environ, "TERM": term}, cwd=desk.home)


async def without_terminal(home: Path, *arguments: str, stdin: bytes) -> Ran:
    """weir in a session that no terminal belongs to."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "tui", *arguments),
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        cwd=ROOT,
        env=Command(home).environ({"TERM": "xterm"}),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(GUARD_SECONDS):
            out, err = await process.communicate(stdin)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return Ran(process.returncode, out, err)


@pytest.mark.slow
def test_it_loads_no_textual(desk: Desk) -> None:
    with PtyTerminal(
        [sys.executable, "-c", MODULES, "--plain", "--practice", "-m", "cut"], env=desk.environ, cwd=desk.home
    ) as terminal:
        terminal.wait_for(at_prompt())
        type_line(terminal, "hello")
        terminal.wait_for(at_prompt("truncated-body"))
        type_line(terminal, "/quit")
        terminal.wait_for("[] 0")


@pytest.mark.slow
def test_a_pipe_is_the_first_message_and_then_the_terminal_is_read(desk: Desk, raw_server: RawServer) -> None:
    script = 'printf "line one\\nline two\\n" | "$@"'
    with in_terminal(desk, script, "--plain", "--base-url", raw_server.base_url, "-m", "raw") as terminal:
        stream = raw_server.next_stream()
        assert asked(stream) == "line one\nline two"
        stream.say("read")
        stream.finish()
        terminal.wait_for(at_prompt("read"))
        type_line(terminal, "and this")
        assert asked(raw_server.next_exchange()) == "and this"


@pytest.mark.slow
@pytest.mark.parametrize(("model", "code", "said"), [("table", 0, "Practice model"), ("cut", 3, "truncated-body")])
async def test_without_a_terminal_the_pipe_is_all(tmp_path: Path, model: str, code: int, said: str) -> None:
    ran = await without_terminal(tmp_path, "--plain", "--practice", "-m", model, stdin=b"hello\n")
    assert (ran.code, ran.err) == (code, b"")
    assert f"practice/{model}:\n" in ran.text
    assert said in ran.text
    assert "\x1b" not in ran.text


@pytest.mark.slow
async def test_with_nothing_to_read_it_says_so(tmp_path: Path) -> None:
    cases = (
        (("--plain", "--practice"), b"", "weir: line mode takes its lines from"),
        (("--practice",), b"hello", "weir: the app needs a terminal"),
    )
    for flags, stdin, complaint in cases:
        ran = await without_terminal(tmp_path, *flags, stdin=stdin)
        assert (ran.code, ran.out) == (2, b"")
        assert ran.complaint.startswith(complaint)
    assert Command(tmp_path).files() == {}


def test_a_dumb_terminal_gets_lines_and_is_told_why(desk: Desk) -> None:
    terminal = desk.open("--practice", "-m", "table", environ={"TERM": "dumb"})
    terminal.wait_for(at_prompt("model practice/table"))
    assert spoken("plain.dumb", term="dumb")(terminal.text())
    assert not terminal.raw_has(b"\x1b")


@pytest.mark.slow
def test_with_both_outputs_elsewhere_lines_go_there(desk: Desk, raw_server: RawServer) -> None:
    script = '"$@" >log 2>&1; echo "code $?"'
    with in_terminal(desk, script, "--base-url", raw_server.base_url, "-m", "raw") as terminal:
        terminal.send("hello\n")
        stream = raw_server.next_stream()
        stream.say("into the log")
        stream.finish()
        terminal.send("/quit\n")
        terminal.wait_for("code 0")
    log = (desk.home / "log").read_text()
    assert say("plain.no_screen") in log
    assert "raw:\ninto the log\n" in log


def test_the_chinese_of_it(desk: Desk, raw_server: RawServer) -> None:
    desk.write_config('language = "zh"\n')
    terminal = desk.open("--plain", "--base-url", raw_server.base_url, "-m", "raw", columns=120)
    terminal.wait_for("你：")
    terminal.send("你好\r")
    assert asked(raw_server.next_exchange()) == "你好"


@pytest.mark.slow
def test_no_lines_are_lost_beside_another_reader(desk: Desk, raw_server: RawServer) -> None:
    """A chat that is opened twice keeps both conversations."""
    first, second = open_raw(desk, raw_server), open_raw(desk, raw_server)
    for number, terminal in enumerate((first, second)):
        type_line(terminal, f"chat {number}")
        stream = raw_server.next_stream()
        stream.say("yes")
        stream.finish()
        terminal.wait_for(at_prompt("yes"))
        type_line(terminal, "/quit")
        assert terminal.wait_exit() == os.EX_OK
    assert desk.stored("SELECT prompt FROM turn ORDER BY prompt") == [("chat 0",), ("chat 1",)]
