"""A terminal that takes nothing for a while: the reply is received and kept, and leaving waits for nobody.

The test stops the output of the pseudo-terminal itself (tcflow(3)), so that not one byte gets through.
"""

import os
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.chat.sample import wait_for
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, say, send_prompt, wait_for_status, welcome
from tests.ui.server import Exchange, RawServer
from tui.chat.owner import is_alive

BECOME_WEIR = """\
import os, pathlib, sys
pathlib.Path("terminal").write_text(os.ttyname(0))
os.execv(sys.executable, [sys.executable, "-m", "tui", *sys.argv[1:]])
"""


def begin(desk: Desk, server: RawServer) -> tuple[PtyTerminal, Exchange]:
    """A reply that has begun to stream, in a terminal whose name is in the file `terminal`."""
    terminal = desk.run("-c", BECOME_WEIR, "--base-url", server.base_url, "-m", "raw")
    welcome(terminal)
    send_prompt(terminal)
    stream = server.next_stream()
    stream.say("before")
    terminal.wait_for("before")
    return terminal, stream


@contextmanager
def stalled(desk: Desk) -> Iterator[None]:
    """While this holds, the terminal takes nothing that is written to it."""
    line = os.open((desk.home / "terminal").read_text(encoding="utf-8"), os.O_RDWR | os.O_NOCTTY)
    try:
        termios.tcflow(line, termios.TCOOFF)
        yield
        termios.tcflow(line, termios.TCOON)
    finally:
        os.close(line)


@pytest.mark.slow
def test_a_reply_is_received_and_kept_though_the_terminal_takes_nothing(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = begin(desk, raw_server)
    words = [f"word{number}" for number in range(400)]
    with stalled(desk):
        for start in range(0, len(words), 40):
            stream.say(" " + " ".join(words[start : start + 40]))
        wait_for(lambda: "word399" in "".join(text for (text,) in desk.stored("SELECT text FROM piece ORDER BY rowid")))
        stream.finish()
        wait_for(lambda: desk.stored("SELECT outcome FROM reply") == [("complete",)])
        assert desk.stored("SELECT text FROM reply") == [(" ".join(["before", *words]),)]
        assert "word399" not in terminal.text()
        terminal.send("typed meanwhile")
    terminal.wait_for("word399")
    terminal.wait_for("│ typed meanwhile")
    wait_for_status(terminal, say("status.ended"))
    rows = [row.split() for row in terminal.text().splitlines()]
    shown = [word for row in rows for word in row if word.startswith("word")]
    assert shown == words[-len(shown) :], "in order, none twice, none left over from an older screen"
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.slow)])
def test_leaving_does_not_wait_for_a_terminal_that_takes_nothing(
    desk: Desk, raw_server: RawServer, number: signal.Signals
) -> None:
    desk.write_config('hangup = "end"\n')
    terminal, stream = begin(desk, raw_server)
    with stalled(desk):
        stream.say(" and after")
        wait_for(lambda: ("before and after",) in desk.stored("SELECT group_concat(text, '') FROM piece"))
        terminal.kill(number)
        # Asked without reading the terminal: that it ends while the terminal still takes nothing is the point.
        wait_for(lambda: not is_alive(f"{terminal.pid}:"))
        assert "and after" not in terminal.text()
    assert terminal.wait_exit() == 128 + number
    assert desk.stored("SELECT outcome, text FROM reply") == [("app-exit", "before and after")]
