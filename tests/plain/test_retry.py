"""A reply that was cut, in line mode: gone on with, asked for again, by another model, without streaming."""

from collections.abc import Iterator

import pytest

from tests.plain.lines import at_prompt, ends, open_raw, type_line
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, say
from tests.ui.server import Exchange, RawServer

SAID = "The heron stands among the reeds and"


@pytest.fixture
def pair_server() -> Iterator[RawServer]:
    with RawServer(("raw", "other")) as server:
        yield server


def cut(terminal: PtyTerminal, server: RawServer) -> None:
    """Ask, and have the reply cut."""
    type_line(terminal, "hello")
    stream = server.next_stream()
    stream.say(SAID)
    terminal.wait_for(ends(SAID))
    stream.connection.close()
    terminal.wait_for(at_prompt("premature-eof"))


def contents(exchange: Exchange) -> list[str]:
    return [message["content"] for message in exchange.body["messages"]]


def test_continue_prints_what_follows_and_the_next_message_has_the_whole(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    type_line(terminal, "/continue")
    terminal.wait_for(at_prompt(say("remedy.no_reply")))
    cut(terminal, raw_server)
    assert "  /continue · /retry · /retry nostream · /retry MODEL\n" in terminal.text()
    type_line(terminal, "/continue")
    stream = raw_server.next_stream()
    assert contents(stream)[:2] == ["hello", SAID]
    stream.say("among the reeds and waits.")
    stream.finish()
    terminal.wait_for(at_prompt("/raw:\n waits.\n"))
    type_line(terminal, "/continue")
    terminal.wait_for(at_prompt(say("remedy.nothing_cut")))
    type_line(terminal, "and then?")
    assert contents(raw_server.next_stream()) == ["hello", f"{SAID} waits.", "and then?"]


def test_retry_asks_again_as_wished_and_what_came_to_its_end_is_the_context(
    desk: Desk, pair_server: RawServer
) -> None:
    terminal = open_raw(desk, pair_server)
    cut(terminal, pair_server)
    type_line(terminal, "/retry nostream")
    exchange = pair_server.next_exchange()
    assert (exchange.body["model"], exchange.body["stream"], contents(exchange)) == ("raw", False, ["hello"])
    exchange.refuse(401, {"message": "no"})
    terminal.wait_for(at_prompt("invalid-key"))
    type_line(terminal, "/retry other")
    stream = pair_server.next_stream()
    assert stream.body["model"] == "other"
    stream.say("Another answer.")
    stream.finish()
    terminal.wait_for(at_prompt("Another answer."))
    type_line(terminal, "and then?")
    later = pair_server.next_stream()
    assert later.body["model"] == "raw"
    assert contents(later) == ["hello", "Another answer.", "and then?"]
