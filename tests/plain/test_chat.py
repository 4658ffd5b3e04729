"""Line mode as a person has it in a terminal, on a server whose bytes the test sends."""

import re
import signal
import stat

import pytest

from tests.plain.lines import DUMB, MOVES, asked, at_prompt, ends, open_raw, type_line
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, say
from tests.ui.server import Exchange, RawServer

TERMS = pytest.mark.parametrize("environ", [{"TERM": "xterm-256color"}, DUMB], ids=["readline", "dumb"])


def begin(terminal: PtyTerminal, server: RawServer, said: str = "half of it") -> Exchange:
    """A reply with a few words that is not at its end."""
    type_line(terminal, "hello")
    stream = server.next_stream()
    stream.say(said)
    terminal.wait_for(ends(said))
    return stream


@TERMS
def test_a_reply_is_text_below_the_name_of_its_model(
    desk: Desk, raw_server: RawServer, environ: dict[str, str]
) -> None:
    terminal = open_raw(desk, raw_server, environ=environ)
    stream = begin(terminal, raw_server, "first ")
    stream.say("and second\x1b[2J\u202e")
    stream.finish()
    terminal.wait_for(at_prompt("second"))
    lines = terminal.text().splitlines()
    at = lines.index(f"{say('plain.you')}hello")
    name = raw_server.base_url.removeprefix("http://").removesuffix("/v1")
    assert lines[at + 1 : at + 4] == [
        f"weir: {say('status.connecting')}",
        f"{name}/raw:",
        "first and second␛[2J⯑",
    ]
    type_line(terminal, "/quit")
    assert terminal.wait_exit() == 0
    assert MOVES.findall(terminal.output) == []
    assert desk.stored("SELECT outcome, text FROM reply") == [("complete", "first and second\x1b[2J\u202e")]


@pytest.mark.slow
@TERMS
def test_ctrl_c_stops_a_reply_and_at_the_prompt_asks_to_quit(
    desk: Desk, raw_server: RawServer, environ: dict[str, str]
) -> None:
    terminal = open_raw(desk, raw_server, environ=environ)
    stream = begin(terminal, raw_server)
    terminal.press("ctrl+c")
    stream.wait_closed()
    terminal.wait_for(at_prompt("cancelled"))
    assert desk.stored("SELECT outcome, text FROM reply") == [("cancelled", "half of it")]
    again = say("keys.again_to_quit", key="ctrl+c")
    terminal.press("ctrl+c")
    terminal.wait_for(at_prompt(again))
    type_line(terminal, "/new")
    terminal.wait_for(at_prompt(say("plain.new")))
    terminal.press("ctrl+c")
    terminal.wait_for(lambda screen: screen.count(again) == 2)
    terminal.wait_for(at_prompt(say("plain.new") + "\n"))
    terminal.press("ctrl+c")
    assert terminal.wait_exit() == 0


def test_ctrl_c_leaves_what_stands_in_readline(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    terminal.send("unsent")
    terminal.wait_for(ends("unsent"))
    terminal.press("ctrl+c")
    terminal.wait_for(re.compile(re.escape(say("keys.again_to_quit", key="ctrl+c")) + r"\s+You: unsent\s*\Z"))
    terminal.press("enter")
    assert asked(raw_server.next_exchange()) == "unsent"


@pytest.mark.slow
@TERMS
@pytest.mark.parametrize("stopped", [False, True])
def test_what_is_typed_while_a_reply_comes_stands_at_the_next_prompt(
    desk: Desk, raw_server: RawServer, environ: dict[str, str], stopped: bool
) -> None:
    terminal = open_raw(desk, raw_server, environ=environ)
    stream = begin(terminal, raw_server)
    terminal.send("the next one")
    stream.say(" and more")
    terminal.wait_for(ends("half of it and more"))
    if stopped:
        terminal.press("ctrl+c")
    else:
        stream.finish()
    terminal.wait_for(ends(f"{say('plain.you')}the next one"))
    terminal.press("enter")
    assert asked(raw_server.next_exchange()) == "the next one"


@pytest.mark.slow
@TERMS
def test_whole_lines_typed_meanwhile_are_sent_next(
    desk: Desk, raw_server: RawServer, environ: dict[str, str]
) -> None:
    terminal = open_raw(desk, raw_server, environ=environ)
    stream = begin(terminal, raw_server)
    terminal.send("queued\r")
    stream.say(" and more")
    terminal.wait_for(ends("and more"))
    stream.finish()
    assert asked(raw_server.next_exchange()) == "queued"
    assert f"{say('plain.you')}queued" in terminal.text()


@TERMS
def test_pasted_lines_are_one_message_and_a_backslash_promises_another(
    desk: Desk, raw_server: RawServer, environ: dict[str, str]
) -> None:
    terminal = open_raw(desk, raw_server, environ=environ)
    terminal.send("/usr/bin \\\n  two\n\nfour\n")
    stream = raw_server.next_stream()
    assert asked(stream) == "/usr/bin \\\n  two\n\nfour"
    stream.say("yes")
    stream.finish()
    terminal.wait_for(at_prompt("raw:"))
    type_line(terminal, "one\\")
    terminal.wait_for(ends(say("plain.more")))
    type_line(terminal, "two\\\\")
    assert asked(raw_server.next_exchange()) == "one\ntwo\\\\"


def test_a_slash_begins_a_command_and_two_begin_a_text(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    type_line(terminal, "/etc/hosts")
    terminal.wait_for(at_prompt(say("plain.unknown", command="/etc/hosts")[:40]))
    type_line(terminal, "/help")
    terminal.wait_for(at_prompt("//TEXT"))
    type_line(terminal, "//etc/hosts")
    assert asked(raw_server.next_exchange()) == "/etc/hosts"


@pytest.mark.slow
@TERMS
def test_ctrl_d_leaves(desk: Desk, raw_server: RawServer, environ: dict[str, str]) -> None:
    terminal = open_raw(desk, raw_server, environ=environ)
    terminal.press("ctrl+d")
    assert terminal.wait_exit() == 0


@pytest.mark.slow
def test_a_reply_that_failed_has_its_note_and_retries_are_lines(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server, "--retries", "1")
    type_line(terminal, "hello")
    for _ in range(2):
        raw_server.next_exchange().refuse(503, {"message": "the herons are asleep"})
    screen = terminal.wait_for(at_prompt("error: the herons are asleep"))
    lines = screen.splitlines()
    assert any(line.startswith("weir: retrying: ") for line in lines)
    at = next(number for number, line in enumerate(lines) if line.startswith("weir: unavailable: "))
    assert all(line.startswith("  ") for line in lines[at + 1 : at + 4])


@pytest.mark.slow
def test_a_chat_goes_on_where_it_was(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    stream = begin(terminal, raw_server, "an answer")
    stream.finish()
    terminal.wait_for(at_prompt("an answer"))
    type_line(terminal, "/quit")
    assert terminal.wait_exit() == 0
    terminal = open_raw(desk, raw_server, "--continue")
    assert f"{say('plain.you')}hello" in terminal.text()
    assert "an answer" in terminal.text()
    type_line(terminal, "and now")
    messages = raw_server.next_exchange().body["messages"]
    assert [message["content"] for message in messages] == ["hello", "an answer", "and now"]


@pytest.mark.slow
@TERMS
def test_what_was_not_sent_is_a_draft(desk: Desk, raw_server: RawServer, environ: dict[str, str]) -> None:
    terminal = open_raw(desk, raw_server, environ=environ)
    type_line(terminal, "one\\")
    terminal.wait_for(ends(say("plain.more")))
    terminal.send("tw\u00f6")
    terminal.wait_for(ends("tw\u00f6"))
    terminal.kill(signal.SIGTERM)
    assert terminal.wait_exit() == 128 + signal.SIGTERM
    terminal = open_raw(desk, raw_server, environ=environ)
    assert say("plain.draft") in terminal.text()
    type_line(terminal, "/draft")
    stream = raw_server.next_stream()
    assert asked(stream) == "one\\\n\ntw\u00f6"
    stream.say("thanks")
    stream.finish()
    terminal.wait_for(at_prompt("thanks"))
    type_line(terminal, "/draft")
    terminal.wait_for(at_prompt(say("plain.no_draft")))
    assert b"draft" not in (desk.state / "state.toml").read_bytes()
    assert stat.S_IMODE((desk.state / "state.toml").stat().st_mode) == 0o600


@pytest.mark.slow
def test_a_model_is_chosen_by_number_name_or_words(desk: Desk) -> None:
    with RawServer(models=("heron-1", "heron-2", "egret")) as server:
        terminal = desk.open("--plain", "--base-url", server.base_url, rows=60, columns=200)
        terminal.wait_for(at_prompt("/heron-1"))
        choices = (
            ("/model egret", "/egret"),
            ("/model heron", "1 "),
            ("/model 2", "/heron-2"),
            ("/model h1", "/heron-1"),
            ("/model stork", "/stork"),
        )
        for typed, shown in choices:
            type_line(terminal, typed)
            terminal.wait_for(at_prompt(f"{typed}\n"))
            said = terminal.text().rpartition(typed)[2]
            assert shown in said
        assert say("plain.unlisted", provider="x", model="stork").partition("x")[2] in terminal.text()
        type_line(terminal, "hello")
        assert server.next_exchange().body["model"] == "stork"
        terminal.press("ctrl+c")
        terminal.wait_for(at_prompt("cancelled"))
        type_line(terminal, "/quit")
        assert terminal.wait_exit() == 0
    assert b"stork" in (desk.state / "state.toml").read_bytes()
