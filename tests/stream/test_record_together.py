"""A key that a server spreads over all that it says: over the record, the notices beside it, and names of headers."""

import json

import pytest

from tests.stream.listener import KEY_NAME, ask
from tests.stream.peer import Peer, answer
from tests.stream.wire import DONE, END, chunk, delta, error, event, http, opening, text
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.events import Notice
from tui.stream.outcome import NoticeCode, Outcome

SECRET = "Zq7Wn2Xv9Rb4Tc6Yd1Fg3Hj5Kl8Mp0"
PIECES = [SECRET[place : place + 7] for place in range(0, len(SECRET), 7)]


def spread() -> Client:
    return Client({KEY_NAME: f"sk-proj-{SECRET}"}, Masker(), retries=0)


async def test_notices_give_away_no_more_than_the_record() -> None:
    said = {**delta("Hi"), "model": PIECES[0]}
    last = {**delta(finish=PIECES[1]), "model": "x"}
    head = opening(content_type=f"text/{PIECES[2]}.x.{PIECES[3]}")
    sent = head + b"".join(map(chunk, (event(said), event(last), DONE))) + END
    async with Peer(answer(sent)) as peer, spread() as client:
        heard = await ask(client, peer.url)
    assert {NoticeCode.MODEL_MISMATCH, NoticeCode.WRONG_CONTENT_TYPE} <= set(heard.codes)
    told = json.dumps([dict(one.values) for one in heard.events if isinstance(one, Notice)])
    kept = json.dumps(heard.record.as_json())
    assert not [piece for piece in PIECES[:4] if piece.lower() in (told + kept).lower()]


@pytest.mark.parametrize("name", [True, False])
async def test_pieces_in_the_names_of_headers_are_masked(name: bool) -> None:
    limits = [f"x-ratelimit-{piece.lower()}: 1" if name else f"x-ratelimit-a{piece[0]}: {piece}" for piece in PIECES]
    async with Peer(answer(http(429, error("slow down"), *limits))) as peer, spread() as client:
        heard = await ask(client, peer.url)
    assert heard.outcome is Outcome.RATE_LIMITED
    kept = json.dumps(heard.record.detail).lower()
    assert "x-ratelimit" in kept
    assert not [piece for piece in PIECES[:4] if piece.lower() in kept]


async def test_a_long_address_does_not_switch_the_search_off() -> None:
    location = "/".join((*PIECES, "x" * 9000))
    async with Peer(answer(http(302, "", f"Location: /{location}"))) as peer, spread() as client:
        heard = await ask(client, peer.url)
    assert not [piece for piece in PIECES[:4] if piece in json.dumps(heard.record.as_json())]


async def test_many_tool_names_do_not_switch_the_search_off() -> None:
    names = [*PIECES, *(f"tool_{number}_{'x' * 70}" for number in range(120))]
    calls = [{"index": index, "function": {"name": name}} for index, name in enumerate(names)]
    sent = [text("Hi"), event(delta(tool_calls=calls)), event(delta(finish="tool_calls")), DONE]
    async with Peer(answer(opening() + b"".join(map(chunk, sent)) + END)) as peer, spread() as client:
        heard = await ask(client, peer.url)
    assert heard.outcome is Outcome.TOOL_CALL
    assert not [piece for piece in PIECES[:4] if piece in json.dumps(heard.record.as_json())]
