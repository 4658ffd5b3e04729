"""Chunks in a JSON list that is not closed, cut or followed by junk: whole elements are text wherever they stand."""

import json

import pytest

from tests.stream.listener import ask
from tests.stream.peer import End, Peer, answer
from tests.stream.pieces import cuts
from tests.stream.wire import delta, head
from tui.stream.client import Client
from tui.stream.dialects.openai import OpenAIStreamDecoder
from tui.stream.events import TextDelta
from tui.stream.outcome import NoticeCode, Outcome

PRETTY = [json.dumps(delta(words), indent=1) for words in ("Among ", "the reeds.")]
FIRST, SECOND, LAST = (json.dumps(value) for value in (delta("Among "), delta("the reeds."), delta(finish="stop")))
SAID = "Among the reeds."
CUT = LAST[: len(LAST) // 2]
WHOLE = {
    "no bracket": f"[{FIRST},\n{SECOND},\n{LAST}\n",
    "no bracket and no line end": f"[{FIRST},\n{SECOND},\n{LAST}",
    "commas on lines of their own": f"[{FIRST}\r\n,\r\n{SECOND}\r\n,\r\n{LAST}\r\n]",
    "a bracket on a line of its own": f"[\n{FIRST},\n{SECOND},\n{LAST}\n]\n",
    "NUL behind it": f"[{FIRST},\n{SECOND},\n{LAST}\n]\n\0",
    "junk behind it": f"[{FIRST},\n{SECOND},\n{LAST}\n]junk\n",
    "one line without a bracket": f"[{FIRST},{SECOND},{LAST}",
    "one line": f"[{FIRST},{SECOND},{LAST}]",
    "glued": f"{FIRST}{SECOND}{LAST}",
}
TORN = {
    "lines": f"[{FIRST},\n{SECOND},\n{CUT}",
    "one line": f"[{FIRST},{SECOND},{CUT}",
    "glued": f"{FIRST}{SECOND}{CUT}",
    "over several lines": f"[{PRETTY[0]},\n{PRETTY[1]},\n{CUT}",
    "a data line": f"data: {FIRST}{SECOND}{CUT}",
}


@pytest.mark.parametrize("name", WHOLE)
async def test_whole_elements_are_the_reply(name: str, client: Client) -> None:
    async with Peer(answer(head(200, "application/json") + WHOLE[name].encode(), end=End.FIN)) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text) == (Outcome.COMPLETE, SAID)
    assert NoticeCode.DAMAGED_CHUNK not in heard.codes


@pytest.mark.parametrize("name", TORN)
async def test_a_torn_element_takes_no_other_with_it(name: str, client: Client) -> None:
    async with Peer(answer(head(200, "application/json") + TORN[name].encode(), end=End.FIN)) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text) == (Outcome.PREMATURE_EOF, SAID)
    assert heard.record.detail == {"tail_bytes": len(CUT)}


async def test_a_damaged_element_between_good_ones_is_counted(client: Client) -> None:
    body = f"[{FIRST},\n{CUT},\n{SECOND},\n{LAST}]"
    async with Peer(answer(head(200, "application/json") + body.encode(), end=End.FIN)) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text) == (Outcome.MALFORMED_CHUNK, SAID)
    assert heard.record.detail["malformed_count"] == 1


async def test_what_is_whole_in_a_damaged_event_counts(client: Client) -> None:
    body = f"data: {FIRST}{SECOND}{CUT}\n\ndata: {LAST}\n\ndata: [DONE]\n\n"
    async with Peer(answer(head() + body.encode(), end=End.FIN)) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.text) == (Outcome.MALFORMED_CHUNK, SAID)


async def test_a_torn_first_line_of_a_stream_is_a_cut_stream(client: Client) -> None:
    async with Peer(answer(head() + b'data: {"id":"c","obj', end=End.FIN)) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.record.detail) == (Outcome.PREMATURE_EOF, {"tail_bytes": 20})


@pytest.mark.parametrize("body", ["[1, 2, 3]", '{"a": 1} is an object', '[{"a": 1}, {"b'])
async def test_json_that_is_no_reply_is_none(body: str, client: Client) -> None:
    async with Peer(answer(head(200, "application/json") + body.encode(), end=End.FIN)) as peer:
        heard = await ask(client, peer.url)
    assert heard.text == ""
    assert heard.outcome in (Outcome.UNEXPECTED_BODY, Outcome.PREMATURE_EOF)


@pytest.mark.parametrize("body", [WHOLE["no bracket"], WHOLE["commas on lines of their own"], TORN["lines"]])
def test_the_text_is_the_same_wherever_a_read_ends(body: str) -> None:
    for pieces in cuts(body.encode()):
        decoder = OpenAIStreamDecoder()
        events = [event for piece in pieces for event in decoder.feed(piece)] + decoder.end()
        assert "".join(event.text for event in events if isinstance(event, TextDelta)) == SAID
