"""A conversation that has become too long for its model: warned of, the oldest turns left out, and sent again."""

import json
import re

import pytest

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, note, open_raw, say, send_prompt, spoken
from tests.ui.server import Exchange, RawServer

TOO_LONG = {
    "message": "This model's maximum context length is 100 tokens. However, your messages resulted in 130 tokens.",
    "code": "context_length_exceeded",
}


def ask(terminal: PtyTerminal, server: RawServer, number: int) -> Exchange:
    """A turn of about 40 tokens."""
    send_prompt(terminal, f"question {number}")
    exchange = server.next_stream()
    exchange.say(f"answer {number} " + "of some length " * 8)
    exchange.finish()
    terminal.wait_for(f"answer {number}")
    return exchange


def leave_log(terminal: PtyTerminal) -> None:
    terminal.press("escape")
    terminal.wait_gone(re.compile("▌ [◆█]"))


def sent(exchange: Exchange) -> list[str]:
    """The first words of what a request holds."""
    return [" ".join(message["content"].split()[:2]) for message in exchange.body["messages"]]


@pytest.mark.slow
def test_the_oldest_turns_are_left_out_and_sent_again_when_that_is_undone(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    for number in (1, 2, 3):
        ask(terminal, raw_server, number)
    send_prompt(terminal, "question 4")
    raw_server.next_exchange().refuse(400, TOO_LONG)
    terminal.wait_for(note("context-too-long"))
    terminal.wait_for(spoken("remedy.trim", count=2))
    terminal.press("tab")
    terminal.send("o")
    exchange = raw_server.next_stream()
    assert sent(exchange) == ["question 3", "answer 3", "question 4"]
    exchange.say("answer 4")
    exchange.finish()
    terminal.wait_for("answer 4")
    mark = spoken("context.mark", count=2, key="O")
    terminal.send("kkk")
    terminal.wait_for(mark)
    leave_log(terminal)
    assert sent(ask(terminal, raw_server, 5))[0] == "question 3", "it holds for the conversation"
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    again = desk.open("--continue", "--base-url", raw_server.base_url, "-m", "raw")
    again.wait_for("answer 5")
    assert sent(ask(again, raw_server, 6))[0] == "question 3", "also when it is opened again"
    again.press("tab")
    again.send("O")
    again.wait_for(say("context.all_sent")[:24])
    leave_log(again)
    assert sent(ask(again, raw_server, 7))[0] == "question 1"
    ((kept,),) = desk.stored("SELECT trim FROM conversation")
    assert json.loads(kept)[0] is None
