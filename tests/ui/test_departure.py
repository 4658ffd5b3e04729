"""A hang-up: the reply goes on without a screen, and the next start tells of it, or shows it while it is written."""

import signal

import pytest

from tests.chat.sample import wait_for
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, note, open_raw, say, send_prompt, spoken, wait_for_status, welcome
from tests.ui.server import Exchange, RawServer

HUNG_UP = 128 + signal.SIGHUP


def begin(desk: Desk, server: RawServer) -> tuple[PtyTerminal, Exchange]:
    """A reply with a few words that is not at its end."""
    terminal = open_raw(desk, server)
    send_prompt(terminal)
    stream = server.next_stream()
    stream.say("half of it")
    terminal.wait_for("half of it")
    return terminal, stream


def hang_up(desk: Desk, terminal: PtyTerminal) -> None:
    """Cut the line; returns when the app has given up its screen and left the reply running."""
    terminal.hang_up()
    wait_for(lambda: desk.stored("SELECT away, outcome FROM reply") == [(1, None)])


def open_again(desk: Desk, server: RawServer, *arguments: str) -> PtyTerminal:
    return desk.open("--base-url", server.base_url, "-m", "raw", *arguments, columns=140)


def told(text: str) -> bool:
    """Whether it is said that a reply ended while nobody watched."""
    return "went on without one" in text


@pytest.mark.slow
def test_a_reply_goes_on_after_a_hang_up_and_the_next_start_tells_of_it(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = begin(desk, raw_server)
    terminal.send("not sent yet")
    terminal.wait_for("│ not sent yet")
    hang_up(desk, terminal)
    stream.say(", and the rest")
    stream.finish()
    assert terminal.wait_exit() == HUNG_UP
    assert desk.stored("SELECT outcome, text FROM reply") == [("complete", "half of it, and the rest")]
    assert desk.stored("SELECT count(*) FROM piece") == [(0,)]
    again = open_again(desk, raw_server, "--continue")
    text = again.wait_for(told)
    assert "complete" in text
    again.wait_for("half of it, and the rest")
    again.wait_for("│ not sent yet")
    again.press("ctrl+q")
    assert again.wait_exit() == 0
    third = open_again(desk, raw_server, "--continue")
    third.wait_for("half of it, and the rest")
    welcome_state = third.text()
    assert not told(welcome_state)
    assert desk.stored("SELECT away FROM reply") == [(0,)], "it is told once"


@pytest.mark.slow
def test_a_plain_start_opens_it_too_and_shows_it_live(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = begin(desk, raw_server)
    hang_up(desk, terminal)
    again = open_again(desk, raw_server)
    again.wait_for("half of it")
    again.wait_for(spoken("log.elsewhere"))
    stream.say(", then more")
    again.wait_for("half of it, then more")
    stream.say(", and the end")
    stream.finish()
    wait_for_status(again, say("status.ended"))
    again.wait_for("half of it, then more, and the end")
    assert say("log.elsewhere") not in again.text()
    assert terminal.wait_exit() == HUNG_UP
    wait_for(lambda: desk.stored("SELECT outcome, away FROM reply") == [("complete", 0)])
    send_prompt(again, "go on")
    second = raw_server.next_stream()
    assert [message["content"] for message in second.body["messages"]] == [
        "hello",
        "half of it, then more, and the end",
        "go on",
    ]


@pytest.mark.slow
def test_a_reply_that_is_followed_can_be_stopped(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = begin(desk, raw_server)
    hang_up(desk, terminal)
    again = open_again(desk, raw_server)
    wait_for_status(again, say("status.followed"))
    again.press("ctrl+c")
    again.wait_for(spoken("keys.stop_asked"))
    stream.wait_closed()
    again.wait_for(note("cancelled"))
    assert terminal.wait_exit() == HUNG_UP
    assert desk.stored("SELECT outcome, text FROM reply") == [("cancelled", "half of it")]


@pytest.mark.slow
def test_a_prompt_waits_for_the_end_of_a_reply_that_is_followed(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = begin(desk, raw_server)
    hang_up(desk, terminal)
    again = open_again(desk, raw_server)
    again.wait_for("half of it")
    send_prompt(again, "what next")
    again.wait_for("what next")
    stream.finish()
    second = raw_server.next_stream()
    assert [message["content"] for message in second.body["messages"]] == ["hello", "half of it", "what next"]
    assert terminal.wait_exit() == HUNG_UP


@pytest.mark.slow
def test_the_death_of_the_process_that_writes_is_noticed_while_watching(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = begin(desk, raw_server)
    hang_up(desk, terminal)
    stream.say(" and more")
    again = open_again(desk, raw_server)
    again.wait_for("half of it and more")
    terminal.kill(signal.SIGKILL)
    again.wait_for(note("app-exit"))
    assert desk.stored("SELECT outcome, text FROM reply") == [("app-exit", "half of it and more")]


@pytest.mark.slow
def test_sigterm_ends_what_runs_on_without_a_terminal(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = begin(desk, raw_server)
    hang_up(desk, terminal)
    terminal.kill(signal.SIGTERM)
    stream.wait_closed()
    assert terminal.wait_exit() == HUNG_UP
    assert desk.stored("SELECT outcome, text FROM reply") == [("app-exit", "half of it")]
    ((record,),) = desk.stored("SELECT record FROM reply")
    assert '"signal": "SIGTERM"' in record


def test_sigint_from_outside_ends_the_reply_and_is_told_by_the_exit_code(desk: Desk, raw_server: RawServer) -> None:
    terminal, stream = begin(desk, raw_server)
    terminal.kill(signal.SIGINT)
    stream.wait_closed()
    assert terminal.wait_exit() == 128 + signal.SIGINT
    assert 1049 not in terminal.modes
    assert desk.stored("SELECT outcome, text FROM reply") == [("app-exit", "half of it")]


@pytest.mark.slow
def test_a_second_hang_up_changes_nothing(desk: Desk, raw_server: RawServer) -> None:
    """The shell tells its jobs, and the system the foreground, when the shell ends."""
    terminal, stream = begin(desk, raw_server)
    hang_up(desk, terminal)
    terminal.kill(signal.SIGHUP)
    terminal.kill(signal.SIGHUP)
    stream.say(" and the rest")
    stream.finish()
    assert terminal.wait_exit() == HUNG_UP
    assert desk.stored("SELECT outcome, text FROM reply") == [("complete", "half of it and the rest")]


def let_go(terminal: PtyTerminal) -> bool:
    """Whether no process has this terminal open any more."""
    terminal.text()
    try:
        terminal.send("")
    except AssertionError:
        return True
    return False


@pytest.mark.slow
def test_a_terminal_that_still_works_is_restored_and_let_go_while_the_reply_runs_on(
    desk: Desk, raw_server: RawServer
) -> None:
    terminal, stream = begin(desk, raw_server)
    terminal.kill(signal.SIGHUP)
    wait_for(lambda: let_go(terminal))
    assert 1049 not in terminal.modes
    assert 2004 not in terminal.modes
    assert 25 in terminal.modes
    assert desk.stored("SELECT outcome FROM reply") == [(None,)]
    stream.finish()
    assert terminal.wait_exit() == HUNG_UP
    assert terminal.text().strip() == ""
    assert desk.stored("SELECT outcome FROM reply") == [("complete",)]


@pytest.mark.slow
def test_without_a_reply_a_hang_up_saves_and_leaves(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    terminal.send("half a thought")
    terminal.wait_for("│ half a thought")
    terminal.hang_up()
    assert terminal.wait_exit() == HUNG_UP
    again = open_again(desk, raw_server)
    again.wait_for("│ half a thought")
    welcome(again)


@pytest.mark.parametrize("lost", [pytest.param(True, marks=pytest.mark.slow), False])
def test_hangup_end_ends_the_reply(desk: Desk, raw_server: RawServer, lost: bool) -> None:
    desk.write_config('hangup = "end"\n')
    terminal, stream = begin(desk, raw_server)
    if lost:
        terminal.hang_up()
    else:
        terminal.kill(signal.SIGHUP)
    stream.wait_closed()
    assert terminal.wait_exit() == HUNG_UP
    assert desk.stored("SELECT outcome, text FROM reply") == [("app-exit", "half of it")]
    ((record,),) = desk.stored("SELECT record FROM reply")
    assert '"signal": "SIGHUP"' in record


@pytest.mark.slow
def test_with_textuals_own_driver_a_hang_up_finishes_the_reply_too(desk: Desk, raw_server: RawServer) -> None:
    desk.write_config('driver = "stock"\n')
    terminal, stream = begin(desk, raw_server)
    hang_up(desk, terminal)
    stream.say(" and the rest")
    stream.finish()
    assert terminal.wait_exit() == HUNG_UP
    assert desk.stored("SELECT outcome, text FROM reply") == [("complete", "half of it and the rest")]
