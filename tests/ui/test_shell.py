"""weir as a shell starts it: with pipes and files around it, and with job control."""

import sys
from pathlib import Path

import pytest

from tests.chat.sample import wait_for
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, say, send_prompt, spoken, wait_for_status, welcome
from tests.ui.server import RawServer, ServedPractice

BECOME = "import os, sys; os.execvp('sh', ['sh', *sys.argv[1:]])"
ALTERNATE_SCREEN = 1049


def open_shell(desk: Desk, *arguments: str) -> PtyTerminal:
    """A shell in a terminal of its own, in which `$WEIR` is how weir is started."""
    return desk.run("-c", BECOME, *arguments, environ={"WEIR": f"{sys.executable} -m tui", "PS1": "shell> "})


@pytest.mark.slow
def test_what_comes_through_a_pipe_is_in_the_editor_and_keys_work(desk: Desk, practice: ServedPractice) -> None:
    (desk.home / "notes.txt").write_text("first line\nsecond line\n", encoding="utf-8")
    terminal = open_shell(desk, "-c", f"cat notes.txt | $WEIR --base-url {practice.base_url} -m json; echo left $?")
    welcome(terminal)
    terminal.wait_for("│ second line")
    send_prompt(terminal, " and typed words")
    wait_for_status(terminal, say("status.ended"))
    assert practice.prompts() == ["first line\nsecond line and typed words"]
    terminal.press("ctrl+q")
    terminal.wait_for("left 0")
    assert terminal.wait_exit() == 0


@pytest.mark.slow
def test_the_screen_is_not_painted_into_a_log_of_stderr(desk: Desk, practice: ServedPractice) -> None:
    line = f"$WEIR --base-url {practice.base_url} -m json 2>errors.log; echo left $?"
    terminal = open_shell(desk, "-c", line)
    welcome(terminal)
    send_prompt(terminal, "typed words")
    wait_for_status(terminal, say("status.ended"))
    terminal.press("ctrl+q")
    terminal.wait_for("left 0")
    assert (desk.home / "errors.log").read_bytes() == b""


@pytest.mark.slow
def test_stdout_may_lead_elsewhere_too(desk: Desk, practice: ServedPractice) -> None:
    line = f"echo piped | $WEIR --base-url {practice.base_url} -m json 2>errors.log >out.log; echo left $?"
    terminal = open_shell(desk, "-c", line)
    welcome(terminal)
    terminal.wait_for("│ piped")
    terminal.press("ctrl+q")
    terminal.wait_for("left 0")
    assert (desk.home / "errors.log").read_bytes() == b""
    assert (desk.home / "out.log").read_bytes() == b""


def start(terminal: PtyTerminal, server: RawServer) -> None:
    """Start weir as a job of an interactive shell."""
    terminal.wait_for("shell>")
    terminal.send(f"tty >terminal; $WEIR --base-url {server.base_url} -m raw\r")
    welcome(terminal)


def return_to_shell(terminal: PtyTerminal) -> None:
    """What a shell finds when the app was suspended: the terminal as it was."""
    terminal.wait_for(lambda text: text.rstrip().endswith("shell>"))
    assert ALTERNATE_SCREEN not in terminal.modes


@pytest.mark.slow
def test_f5_paints_over_what_somebody_else_has_written(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_shell(desk, "-i")
    start(terminal, raw_server)
    Path((desk.home / "terminal").read_text(encoding="utf-8").strip()).write_text("\x1b[5;9HA job says hello")
    terminal.wait_for("A job says hello")
    terminal.press("f5")
    terminal.wait_gone("A job says hello")
    terminal.wait_for(spoken("welcome.title"))


def suspend(terminal: PtyTerminal) -> None:
    """Press ctrl+z where it undoes nothing."""
    terminal.press("ctrl+f")
    terminal.wait_for(say("find.hint"))
    terminal.send("xyz")
    terminal.wait_for("xyz")  # so the keys go there, and not to the prompt
    terminal.press("ctrl+z")
    return_to_shell(terminal)


@pytest.mark.slow
def test_a_suspended_app_is_drawn_again_and_what_came_meanwhile_is_shown(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_shell(desk, "-i")
    start(terminal, raw_server)
    send_prompt(terminal, "a question")
    stream = raw_server.next_stream()
    stream.say("before the pause")
    terminal.wait_for("before the pause")
    suspend(terminal)
    stream.say(", during it")
    terminal.send("echo still $((40 + 2))\r")
    terminal.wait_for("still 42")
    terminal.send("fg\r")
    text = terminal.wait_for("before the pause, during it")
    assert "a question" in text
    assert "still 42" not in text
    terminal.press("ctrl+q")
    return_to_shell(terminal)


@pytest.mark.slow
@pytest.mark.parametrize("suspended", [False, True])
def test_a_shell_that_loses_its_terminal_does_not_take_the_reply_with_it(
    desk: Desk, raw_server: RawServer, suspended: bool
) -> None:
    """As sshd leaves it behind: shell and app are told, and when the shell has ended the system tells the app again.

    A stopped process it wakes for that.
    """
    terminal = open_shell(desk, "-i")
    start(terminal, raw_server)
    send_prompt(terminal, "a question")
    stream = raw_server.next_stream()
    stream.say("first half")
    terminal.wait_for("first half")
    if suspended:
        suspend(terminal)
    terminal.hang_up()
    terminal.wait_exit()
    wait_for(lambda: desk.stored("SELECT away FROM reply") == [(1,)])
    stream.say(", second half")
    stream.finish()
    wait_for(lambda: desk.stored("SELECT outcome, text FROM reply") == [("complete", "first half, second half")])


@pytest.mark.slow
def test_suspending_is_in_the_palette(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_shell(desk, "-i")
    start(terminal, raw_server)
    terminal.press("ctrl+p")
    terminal.wait_for(say("palette.hint"))
    terminal.send("suspend")
    terminal.wait_gone(say("act.chat.new"))
    terminal.press("enter")
    return_to_shell(terminal)
    terminal.send("fg\r")
    terminal.wait_for(spoken("welcome.title"))
    terminal.send("alive")
    terminal.wait_for("│ alive")
    terminal.press("ctrl+q")
    return_to_shell(terminal)


def test_in_the_prompt_the_same_key_undoes(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_shell(desk, "-i")
    start(terminal, raw_server)
    terminal.send("words")
    terminal.wait_for("│ words")
    terminal.press("ctrl+z")
    terminal.wait_gone("│ words")
    assert ALTERNATE_SCREEN in terminal.modes
    terminal.send("others")
    terminal.wait_for("│ others")
