import os
import re
import signal
import sys
from pathlib import Path

import pytest

from tests.pty.terminal import PtyTerminal

ECHO = """
import os, tty
tty.setraw(0)
print("ready", end="\\r\\n", flush=True)
while (data := os.read(0, 64)) != b"q":
    print(data, end="\\r\\n", flush=True)
"""
IDLE = """
import signal
print("ready", flush=True)
while True:
    signal.pause()
"""
SIZES = """
import os, signal
def tell(*_):
    print("size", *os.get_terminal_size(0), flush=True)
signal.signal(signal.SIGWINCH, tell)
tell()
while True:
    signal.pause()
"""
TEXTUAL_APP = """
from textual.app import App
from textual.widgets import Label

class Small(App):
    BINDINGS = [("q", "quit", "Quit")]

    def compose(self):
        yield Label("流式输出 ready", id="label")

    def on_resize(self, event):
        self.query_one("#label").update(f"流式输出 {event.size.width}x{event.size.height} ready")

Small().run()
"""


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_program_has_the_terminal_for_its_own() -> None:
    program = """
import os
print(os.getsid(0) == os.getpid(), os.tcgetpgrp(os.open("/dev/tty", os.O_RDWR)) == os.getpgrp())
print(os.isatty(0), os.isatty(1), os.isatty(2), os.get_terminal_size())
"""
    with PtyTerminal(python(program), columns=70, rows=10) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.row(0) == "True True"
        assert terminal.row(1) == "True True True os.terminal_size(columns=70, lines=10)"


def test_environment_and_folder_are_those_given(tmp_path: Path) -> None:
    program = "import os; print(os.environ.get('WEIR'), os.environ.get('COLUMNS'), os.environ.get('HOME'), os.getcwd())"
    with PtyTerminal(python(program), env={"WEIR": "1", "COLUMNS": "3"}, columns=250, cwd=tmp_path) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.row(0) == f"1 None None {tmp_path.resolve()}"


def test_default_environment_is_ours_with_a_terminal_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("WEIR", "2")
    with PtyTerminal(python("import os; print(os.environ['TERM'], os.environ['WEIR'])")) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.row(0) == "xterm-256color 2"


def test_ignored_signals_are_not_handed_down() -> None:
    program = "import signal; print([signal.getsignal(n) == signal.SIG_DFL for n in (signal.SIGHUP, signal.SIGTERM)])"
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with PtyTerminal(python(program)) as terminal:
            assert terminal.wait_exit() == 0
            assert terminal.row(0) == "[True, True]"
    finally:
        signal.signal(signal.SIGHUP, before)


def test_text_is_typed_and_echoed_by_the_terminal() -> None:
    with PtyTerminal(python("print('got', ascii(input('name? ')))")) as terminal:
        terminal.wait_for("name?")
        assert terminal.cursor == (6, 0)
        terminal.send("Zoë 流\r")
        answer = "got 'Zo\\xeb \\u6d41'"
        assert answer in terminal.wait_for(answer)
        assert terminal.row(0) == "name? Zoë 流"
        assert terminal.row(1) == answer


def test_keys_arrive_as_bytes() -> None:
    with PtyTerminal(python(ECHO)) as terminal:
        terminal.wait_for("ready")
        for name, expected in [("ctrl+c", r"b'\x03'"), ("up", r"b'\x1b[A'"), ("escape", r"b'\x1b'")]:
            terminal.press(name)
            terminal.wait_for(expected)
        terminal.press("pageup", "ctrl+j")
        terminal.wait_for(re.compile(r"b'\\x1b\[5~(' *\nb')?\\n'"))
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_ctrl_c_interrupts_the_program_in_the_foreground() -> None:
    with PtyTerminal(python(IDLE)) as terminal:
        terminal.wait_for("ready")
        terminal.press("ctrl+c")
        terminal.wait_for("KeyboardInterrupt")
        assert terminal.wait_exit() == -signal.SIGINT


def test_large_input_passes_while_the_program_writes() -> None:
    program = """
import os, tty
tty.setraw(0)
print("ready", flush=True)
left = 300_000
while left:
    data = os.read(0, min(left, 1000))
    left -= len(data)
    os.write(1, data)
print("taken", flush=True)
"""
    with PtyTerminal(python(program)) as terminal:
        terminal.wait_for("ready")
        terminal.send(b"x" * 300_000)
        terminal.wait_for("taken")
        assert terminal.output.count(b"x") == 300_000


def test_resize_is_seen_by_the_program() -> None:
    with PtyTerminal(python(SIZES), columns=80, rows=24) as terminal:
        terminal.wait_for("size 80 24")
        terminal.resize(61, 17)
        terminal.wait_for("size 61 17")
        assert len(terminal.text().split("\n")) == 17


def test_exit_code_and_last_words() -> None:
    with PtyTerminal(python("import sys; print('bye'); sys.exit(7)")) as terminal:
        assert terminal.wait_exit() == 7
        assert terminal.row(0) == "bye"
        assert terminal.wait_for("bye")


def test_program_that_is_not_there_says_so(tmp_path: Path) -> None:
    with PtyTerminal([str(tmp_path / "missing")]) as terminal:
        terminal.wait_for("FileNotFoundError")
        assert terminal.wait_exit() == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_kill(number: signal.Signals) -> None:
    with PtyTerminal(python(IDLE)) as terminal:
        terminal.wait_for("ready")
        terminal.kill(number)
        assert terminal.wait_exit() == -number


def test_hang_up_is_seen_by_the_program_and_keeps_the_screen() -> None:
    with PtyTerminal(python(IDLE)) as terminal:
        terminal.wait_for("ready")
        terminal.hang_up()
        assert terminal.wait_exit() == -signal.SIGHUP
        assert terminal.row(0) == "ready"
        with pytest.raises(AssertionError, match="hung up"):
            terminal.send("x")


def test_leaving_the_block_ends_the_program() -> None:
    with PtyTerminal(python(IDLE)) as terminal:
        terminal.wait_for("ready")
    assert terminal.wait_exit() == -signal.SIGTERM


def test_leaving_the_block_ends_a_program_that_ignores_sigterm() -> None:
    program = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + IDLE
    with PtyTerminal(python(program), grace=0.0) as terminal:
        terminal.wait_for("ready")
    assert terminal.wait_exit() == -signal.SIGKILL


def test_leaving_the_block_ends_a_program_that_writes_without_end() -> None:
    with PtyTerminal(python("import os\nwhile True: os.write(1, b'more ' * 1000)")) as terminal:
        terminal.wait_for("more more")
    assert terminal.wait_exit() == -signal.SIGTERM


def test_failed_wait_shows_the_whole_screen() -> None:
    with PtyTerminal(python(IDLE.replace("ready", "first row\\nlast 流式 row"))) as terminal:
        terminal.wait_for("last")
        with pytest.raises(AssertionError) as caught:
            terminal.wait_for("absent", timeout=0.0)
        message = str(caught.value)
        assert message.startswith("'absent' did not appear")
        assert "first row\nlast 流式 row\n" in message
        assert "is running" in message
        with pytest.raises(AssertionError, match="'last' did not go away"):
            terminal.wait_gone("last", timeout=0.0)
        with pytest.raises(AssertionError, match="did not end"):
            terminal.wait_exit(timeout=0.0)


def test_wait_fails_at_once_when_the_program_has_ended() -> None:
    with PtyTerminal(python("import sys; print('over'); sys.exit(3)")) as terminal:
        assert terminal.wait_exit() == 3
        with pytest.raises(AssertionError, match=r"has ended with 3[^~]*over"):
            terminal.wait_for(re.compile("a[b]sent"), timeout=1e9)


def test_wait_takes_a_pattern_or_a_function() -> None:
    with PtyTerminal(python("print('tokens: 42'); print('\\x1b[?25l', end=''); input()")) as terminal:
        assert "42" in terminal.wait_for(re.compile(r"tokens: \d+"))
        terminal.wait_for(lambda text: 25 not in terminal.modes)
        assert terminal.raw_has(b"\x1b[?25l")
        assert terminal.raw_has(re.compile(rb"tokens: [0-9]{2}"))
        assert not terminal.raw_has(b"\x1b[?25h")


def test_wait_gone() -> None:
    with PtyTerminal(python("input('wait'); print('\\x1b[2J\\x1b[Hclear'); input()")) as terminal:
        terminal.wait_for("wait")
        terminal.press("enter")
        assert terminal.wait_gone("wait").startswith("clear")


def test_half_a_synchronised_frame_is_not_shown() -> None:
    # The answer to the query proves that the half was received before the rest was written.
    program = """
import os, tty
tty.setraw(0)
os.write(1, b"\\x1b[?2026hpart\\x1b[6n")
os.read(0, 64)
os.write(1, b"\\x1b[2J\\x1b[Hwhole part\\x1b[?2026l")
os.read(0, 64)
"""
    with PtyTerminal(python(program)) as terminal:
        assert terminal.wait_for("part").rstrip() == "whole part"


def test_queries_are_answered_to_the_program() -> None:
    program = """
import os, tty
tty.setraw(0)
os.write(1, b"\\x1b[?2026$p\\x1b[?u\\x1b[6n\\x1b[c")
answer = b""
while not answer.endswith(b"c"):
    answer += os.read(0, 64)
print(answer)
"""
    with PtyTerminal(python(program)) as terminal:
        terminal.wait_for(r"b'\x1b[?2026;2$y\x1b[1;1R\x1b[?62;22c'")
        assert terminal.wait_exit() == 0


def test_controls_are_filtered() -> None:
    program = "print('a\\x1b[>1u\\x1b]0;title\\x07\\x1b[<u\\x1b[>4;1m\\x1bP+q\\x1b\\\\b')"
    with PtyTerminal(python(program)) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.row(0) == "ab"
        assert terminal.raw_has(b"\x1b]0;title\x07")


def test_use_outside_the_block_is_refused() -> None:
    with pytest.raises(RuntimeError, match="outside"):
        assert PtyTerminal(python("")).pid


def test_descriptors_are_closed(tmp_path: Path) -> None:
    before = os.listdir("/dev/fd")
    with PtyTerminal(python("")) as terminal:
        assert terminal.wait_exit() == 0
    with pytest.raises(FileNotFoundError), PtyTerminal(python(""), cwd=tmp_path / "missing"):
        pytest.fail("the folder is not there")
    assert os.listdir("/dev/fd") == before


def test_textual_app() -> None:
    with PtyTerminal(python(TEXTUAL_APP), columns=60, rows=12) as terminal:
        terminal.wait_for("流式输出 60x12 ready")
        assert {1049, 2004} <= terminal.modes
        terminal.resize(50, 9)
        terminal.wait_for("流式输出 50x9 ready")
        terminal.wait_for(lambda text: terminal.raw_has(b"\x1b[?2026h"))
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.modes == {7, 25}
        assert terminal.text().strip() == ""
