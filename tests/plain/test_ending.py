"""What becomes of a reply in line mode when a signal comes, the terminal goes away or nobody reads."""

import signal
import sqlite3
import sys
import time

import pytest

from tests.plain.lines import at_prompt, ends, open_raw, type_line
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk
from tests.ui.server import Exchange, RawServer


@pytest.fixture
def terminal(desk: Desk, raw_server: RawServer) -> PtyTerminal:
    return open_raw(desk, raw_server)


def begin(terminal: PtyTerminal, server: RawServer) -> Exchange:
    type_line(terminal, "hello")
    stream = server.next_stream()
    stream.say("half of it")
    terminal.wait_for(ends("half of it"))
    return stream


def test_sigterm_ends_the_reply(desk: Desk, raw_server: RawServer, terminal: PtyTerminal) -> None:
    begin(terminal, raw_server)
    terminal.kill(signal.SIGTERM)
    assert terminal.wait_exit() == 128 + signal.SIGTERM
    assert "app-exit" in terminal.text()
    assert "Traceback" not in terminal.text()
    assert desk.stored("SELECT outcome, text FROM reply") == [("app-exit", "half of it")]


def test_after_a_hang_up_the_reply_comes_to_its_end(desk: Desk, raw_server: RawServer, terminal: PtyTerminal) -> None:
    stream = begin(terminal, raw_server)
    terminal.hang_up()
    stream.say(", and the other half")
    stream.finish()
    assert terminal.wait_exit() == 128 + signal.SIGHUP
    assert desk.stored("SELECT outcome, text FROM reply") == [("complete", "half of it, and the other half")]


def test_after_a_hang_up_sigterm_still_ends_it(desk: Desk, raw_server: RawServer, terminal: PtyTerminal) -> None:
    begin(terminal, raw_server)
    terminal.hang_up()
    terminal.kill(signal.SIGTERM)
    assert terminal.wait_exit() in (128 + signal.SIGHUP, 128 + signal.SIGTERM), "whichever was seen first"
    assert desk.stored("SELECT outcome, text FROM reply") == [("app-exit", "half of it")]


@pytest.mark.slow
def test_a_hang_up_may_end_the_reply(desk: Desk, raw_server: RawServer) -> None:
    desk.write_config('hangup = "end"\n')
    terminal = open_raw(desk, raw_server)
    begin(terminal, raw_server)
    terminal.hang_up()
    assert terminal.wait_exit() == 128 + signal.SIGHUP
    assert desk.stored("SELECT outcome, text FROM reply") == [("app-exit", "half of it")]


@pytest.mark.slow
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_hang_up_at_the_prompt_sends_nothing(desk: Desk, raw_server: RawServer, term: str) -> None:
    terminal = open_raw(desk, raw_server, environ={"TERM": term})
    terminal.send("not to be sent")
    terminal.wait_for(ends("not to be sent"))
    terminal.hang_up()
    assert terminal.wait_exit() == 128 + signal.SIGHUP
    assert desk.stored("SELECT count(*) FROM turn") == [(0,)]


@pytest.mark.slow
def test_a_link_that_stalls_does_not_hold_up_the_stream(
    desk: Desk, raw_server: RawServer, terminal: PtyTerminal
) -> None:
    """ctrl+s stops the terminal's output; far more than its buffers hold is received and stored nevertheless."""
    stream = begin(terminal, raw_server)
    terminal.press("ctrl+s")
    text = "x" * 200_000
    for start in range(0, len(text), 10_000):
        stream.say(text[start : start + 10_000])
    stream.finish()
    wait_stored(desk)
    terminal.press("ctrl+q")
    terminal.wait_for(at_prompt())
    assert desk.stored("SELECT outcome, length(text) FROM reply") == [("complete", len(text) + len("half of it"))]


def wait_stored(desk: Desk) -> None:
    """Until the reply has an outcome on disk."""
    end = time.monotonic() + 20
    while True:
        try:
            if desk.stored("SELECT outcome FROM reply")[0][0] is not None:
                return
        except sqlite3.OperationalError:
            pass  # it is being written this moment
        assert time.monotonic() < end, "the reply was not stored"
        time.sleep(0.05)


@pytest.mark.slow
def test_a_link_that_stalls_does_not_hold_up_leaving(
    desk: Desk, raw_server: RawServer, terminal: PtyTerminal
) -> None:
    stream = begin(terminal, raw_server)
    terminal.press("ctrl+s")
    stream.say("y" * 100_000)
    terminal.kill(signal.SIGTERM)
    assert terminal.wait_exit() == 128 + signal.SIGTERM
    ((outcome,),) = desk.stored("SELECT outcome FROM reply")
    assert outcome == "app-exit"


@pytest.mark.slow
def test_a_reader_that_went_away_ends_it_quietly(desk: Desk, raw_server: RawServer) -> None:
    script = '("$0" -m tui --plain --base-url "$1" -m raw 2>error; echo "code $?" >code) | head -n 2'
    arguments = ["sh", "-c", script, sys.executable, raw_server.base_url]
    with PtyTerminal(arguments, env=desk.environ, cwd=desk.home) as terminal:
        terminal.wait_for("line mode")
        terminal.send("hello\n")
        stream = raw_server.next_stream()
        stream.say("nobody reads this")
        stream.wait_closed()
        terminal.wait_exit()
    assert (desk.home / "code").read_text() == "code 141\n"
    assert (desk.home / "error").read_text() == ""
