"""A reply that was cut, in the app: asked for again, gone on with, and what is told while nothing comes."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.chat.sample import wait_for
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, Sentence, note, open_raw, say, send_prompt, spoken
from tests.ui.log.test_log_keys import wait_copied
from tests.ui.screens.test_comparing import NAMES, beside, next_streams, open_trio
from tests.ui.server import Exchange, RawServer

SAID = "The heron stands among the reeds and"


@pytest.fixture
def trio() -> Iterator[RawServer]:
    with RawServer(NAMES) as server:
        yield server


def cut(terminal: PtyTerminal, server: RawServer, said: str = SAID) -> None:
    """Ask, and have the reply cut."""
    send_prompt(terminal, "the question")
    stream = server.next_stream()
    stream.say(said)
    terminal.wait_for(said)
    stream.connection.close()
    terminal.wait_for(note("premature-eof"))


def roles(exchange: Exchange) -> list[str]:
    return [message["role"] for message in exchange.body["messages"]]


def record_ids(desk: Desk, count: int) -> list[str]:
    """The ids of the first records that were written; they are written off the loop."""
    path = desk.state / "records.jsonl"
    wait_for(lambda: path.exists() and path.read_text().count("\n") >= count)
    return [json.loads(line)["id"] for line in path.read_text().splitlines()[:count]]


def acts(*names: str) -> str:
    """The line of a note that names keys, for these acts."""
    keys = {"continue": "c", "retry": "r", "unstreamed": "s", "other": "m", "connect": "F4", "record": "x", "copy": "X"}
    return " · ".join(f"{keys[name]} {say(f'remedy.{name}')}" for name in names)


@pytest.mark.slow
def test_a_cut_reply_is_gone_on_with_and_asked_again_and_the_partial_stays(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    cut(terminal, raw_server)
    terminal.wait_for(Sentence(acts("continue", "retry", "unstreamed", "other", "record", "copy")))
    terminal.press("tab")
    terminal.send("c")
    stream = raw_server.next_stream()
    assert roles(stream) == ["user", "assistant", "user"]
    assert stream.body["messages"][1]["content"] == SAID
    stream.say("among the reeds")
    stream.say(" and waits.")
    stream.finish()
    terminal.wait_for(f"{SAID} waits.")
    terminal.wait_for("◀ 2/2 ▶  " + say("compare_view.chosen"))
    terminal.wait_for(spoken("remedy.continued", key="x"))
    terminal.send("[")
    terminal.wait_for("◀ 1/2 ▶")
    terminal.wait_for(note("premature-eof"))
    terminal.send("r")
    stream = raw_server.next_stream()
    assert roles(stream) == ["user"]
    terminal.wait_for("◀ 3/3 ▶")
    stream.say("Another answer.")
    stream.finish()
    terminal.wait_for("Another answer.")
    terminal.press("escape")
    terminal.wait_gone("▌ ◆")
    send_prompt(terminal, "what follows")
    later = raw_server.next_stream()
    said = [message["content"] for message in later.body["messages"]]
    assert said == ["the question", f"{SAID} waits.", "what follows"]


@pytest.mark.slow
def test_the_last_reply_is_retried_from_the_prompt_and_replaces_what_had_no_end(
    desk: Desk, raw_server: RawServer
) -> None:
    terminal = open_raw(desk, raw_server)
    cut(terminal, raw_server)
    terminal.press("f8")
    stream = raw_server.next_stream()
    assert stream.body["stream"] is True
    stream.say("Another answer.")
    stream.finish()
    terminal.wait_for("◀ 2/2 ▶  " + say("compare_view.chosen"))
    send_prompt(terminal, "what follows")
    assert raw_server.next_stream().body["messages"][1]["content"] == "Another answer."


@pytest.mark.slow
def test_s_asks_without_streaming_and_a_key_of_ones_own_is_named(desk: Desk, raw_server: RawServer) -> None:
    desk.write_config('[keys]\n"log.retry_unstreamed" = "w"\n')
    terminal = open_raw(desk, raw_server)
    cut(terminal, raw_server)
    terminal.wait_for(f"w {say('remedy.unstreamed')}")
    terminal.press("tab")
    terminal.send("w")
    exchange = raw_server.next_exchange()
    assert exchange.body["stream"] is False
    exchange.refuse(401, {"message": "no"})
    terminal.wait_for(note("invalid-key", status=401))
    terminal.wait_for(acts("other", "connect", "record", "copy"))


@pytest.mark.slow
def test_a_complete_reply_is_nothing_to_go_on_with_and_its_record_is_copied(
    desk: Desk, raw_server: RawServer
) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, "the question")
    stream = raw_server.next_stream()
    stream.say("All of it.")
    stream.finish()
    terminal.wait_for("All of it.")
    record_ids(desk, 1)
    terminal.press("shift+f8")
    terminal.wait_for(re.compile("This reply does"))
    terminal.press("tab")
    terminal.send("X")
    record = json.loads((desk.state / "records.jsonl").read_text())
    wait_copied(terminal, json.dumps(record, ensure_ascii=False, indent=1))


@pytest.mark.slow
def test_a_retry_is_counted_down_in_the_log_and_escape_ends_it(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, "the question")
    exchange = raw_server.next_exchange()
    exchange.send(b"HTTP/1.1 503 Busy\r\nRetry-After: 50\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    stopping = say("waiting.stop", key="Esc")
    for seconds in (49, 48):
        terminal.wait_for(f"{say('waiting.retrying_left', seconds=seconds)} · {stopping}")
    terminal.press("escape")
    terminal.wait_for(note("cancelled"))
    terminal.wait_for(acts("retry", "record", "copy"))
    terminal.wait_gone(stopping)


@pytest.mark.slow
def test_silence_and_keepalives_are_told_under_the_text_and_in_columns(desk: Desk, trio: RawServer) -> None:
    terminal = open_trio(desk, trio, columns=180)
    send_prompt(terminal)
    streams = next_streams(trio)
    for name, stream in streams.items():
        stream.say(f"words of {name}")
    terminal.wait_for(beside("words of alpha", "words of beta", "words of gamma"))
    streams["beta"].send(b": ping\n\n")
    terminal.wait_for(re.compile(r"no data for \d+ s, last byte \d\d:\d\d:\d\d"))
    terminal.wait_for(re.compile(r"keep-alives arrive, no text for \d+ s"))
    streams["alpha"].say(", and more")
    terminal.wait_for("words of alpha, and more")
