"""weir over a real sshd, straight and inside tmux: the connection breaks in mid-reply, and the answer is not lost."""

import base64
import re
import sys
from contextlib import AbstractContextManager

import pytest

from tests.chat.sample import wait_for
from tests.pty.terminal import PtyTerminal
from tests.ssh.sshd import Sshd
from tests.ssh.tmux import Tmux
from tests.ui.desk import Desk, say, send_prompt, spoken, welcome
from tests.ui.server import Exchange, RawServer

pytestmark = pytest.mark.ssh

LINES = [f"Line {number} of the answer, which is long enough to be read." for number in range(60)]
ANSWER = "\n\n".join(LINES)
HALF = len(ANSWER) // 2


def connect(desk: Desk, argv: list[str]) -> AbstractContextManager[PtyTerminal]:
    """A terminal with an ssh client in it."""
    return PtyTerminal(argv, env={**desk.environ, "TERM": "xterm-256color"}, columns=120, rows=40, cwd=desk.home)


def there(desk: Desk) -> dict[str, str]:
    """What weir finds around it beside what sshd gives: sshd hands on TERM, and nothing of colours."""
    return {name: value for name, value in desk.environ.items() if name not in ("TERM", "COLORTERM", "PATH")}


def arguments(server: RawServer) -> list[str]:
    return ["--base-url", server.base_url, "-m", "raw"]


def begin_answer(terminal: PtyTerminal, server: RawServer) -> Exchange:
    """Type a prompt; the reply stands at its half, in sight."""
    welcome(terminal)
    send_prompt(terminal, "tell me")
    stream = server.next_stream()
    for start in range(0, HALF, 100):
        stream.say(ANSWER[start : min(start + 100, HALF)])
    terminal.wait_for(LINES[28])
    return stream


def read_whole(terminal: PtyTerminal) -> None:
    """Go through all of the answer by keys, from its start to its end."""
    terminal.press("tab")
    terminal.wait_for(f"▌ {LINES[-1]}")
    terminal.press("g")
    terminal.wait_for(LINES[0])
    for line in LINES:
        for _ in range(len(LINES)):
            if line in terminal.text():
                break
            before = terminal.text()
            terminal.press("pagedown")
            terminal.wait_gone(before)
        terminal.wait_for(line)


def wait_ended(terminal: PtyTerminal) -> None:
    """Wait until the status bar says so; inside tmux it is not the last row."""
    terminal.wait_for(re.compile(rf"^  \S+  raw  {say('status.ended')}", re.MULTILINE))


def test_straight(desk: Desk, raw_server: RawServer, sshd: Sshd) -> None:
    with connect(desk, sshd.weir(there(desk), *arguments(raw_server))) as terminal:
        stream = begin_answer(terminal, raw_server)
        assert not terminal.raw_has(b"[38;2;"), "sshd has not said that the terminal has all colours"
        terminal.kill()  # the client: weir's terminal goes away with its connection, and sends SIGHUP
        wait_for(lambda: desk.stored("SELECT away, outcome FROM reply") == [(1, None)])
    stream.say(ANSWER[HALF:])
    stream.finish()
    wait_for(lambda: desk.stored("SELECT outcome, text FROM reply") == [("complete", ANSWER)])
    with connect(desk, sshd.weir(there(desk), "--continue", *arguments(raw_server))) as terminal:
        terminal.wait_for(lambda text: "went on without one" in text)
        terminal.wait_for(LINES[-1])
        read_whole(terminal)
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
        assert 1049 not in terminal.modes


def test_inside_tmux(desk: Desk, raw_server: RawServer, sshd: Sshd, tmux: Tmux) -> None:
    program = [sys.executable, "-m", "tui", *arguments(raw_server)]
    with connect(desk, sshd.login(there(desk), *tmux.begin(*program))) as terminal:
        stream = begin_answer(terminal, raw_server)
        terminal.kill()
        wait_for(lambda: tmux.ask("list-clients") == "")
    stream.say(ANSWER[HALF:-10])
    with connect(desk, sshd.login(there(desk), *tmux.attach)) as terminal:
        terminal.wait_for(LINES[-2])
        stream.say(ANSWER[-10:])
        stream.finish()
        wait_ended(terminal)
        terminal.press("ctrl+b", "d")
        assert terminal.wait_exit() == 0
    with connect(desk, sshd.login(there(desk), *tmux.attach)) as terminal:
        terminal.wait_for(LINES[-1])
        read_whole(terminal)
        terminal.press("G", "y")
        terminal.wait_for(spoken("clipboard.tmux"))
        assert tmux.ask("show-buffer") == ANSWER
        wait_for(lambda: terminal.raw_has(b"]52;") and terminal.raw_has(base64.b64encode(ANSWER.encode())))
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    with connect(desk, sshd.weir(there(desk), "--continue", *arguments(raw_server))) as terminal:
        terminal.wait_for(LINES[-1])
        read_whole(terminal)
