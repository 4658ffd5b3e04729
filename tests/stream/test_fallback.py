"""Fallback routes: asked when a route fails before any text, said so, and only where another route can do better."""

import json

import pytest

from tests.stream.clock import moved_loop
from tests.stream.listener import KEY, MODEL, REQUEST, Heard, route
from tests.stream.peer import End, Peer, Script, answer
from tests.stream.wire import DONE, error, finish, http, stream, text
from tui.settings.provider import Provider
from tui.stream.client import Client, Fallback
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.trace import Clock, StreamTrace

YES = stream(text("Yes."), finish("stop"), DONE)


async def ask_all(client: Client, first: Provider, *others: Fallback) -> tuple[Heard, StreamTrace]:
    trace = StreamTrace(Clock(monotonic=moved_loop().time))
    return Heard([event async for event in client.stream(REQUEST, first, trace, others)]), trace


def spare(peer: Peer, name: str = "spare") -> Fallback:
    return Fallback(Provider(name, peer.url), "egret-2")


async def test_the_next_route_answers_and_it_is_said(client: Client) -> None:
    async with Peer(answer(http(500, error("out")))) as first, Peer(answer(YES)) as second:
        heard, trace = await ask_all(client, route(first.url), spare(second))
    assert (heard.outcome, heard.text) == (Outcome.COMPLETE, "Yes.")
    (notice,) = heard.notices
    assert notice.code is NoticeCode.FALLBACK
    assert notice.values == {"from": f"nest/{MODEL}", "outcome": "server-error", "to": "spare/egret-2"}
    assert notice.record is not None
    assert (notice.record.route, notice.record.outcome) == ("nest", "server-error")
    assert (heard.record.route, heard.record.model, heard.record.notices) == ("spare", "egret-2", ["fallback"])
    assert json.loads(second.visits[0].body)["model"] == "egret-2"
    assert trace.ended is not None


async def test_no_key_goes_to_a_route_that_did_not_name_it(client: Client) -> None:
    async with Peer(answer(http(401, error("no")))) as first, Peer(answer(YES)) as second:
        heard, _ = await ask_all(client, route(first.url), spare(second))
    assert first.visits[0].header("Authorization") == f"Bearer {KEY}"
    assert second.visits[0].header("Authorization") is None
    assert heard.record.key is None


async def test_they_are_asked_in_their_order_until_one_answers(client: Client) -> None:
    bad = http(503, error("busy"))
    async with Peer(answer(bad)) as one, Peer(answer(bad)) as two, Peer(answer(YES)) as three:
        heard, _ = await ask_all(client, route(one.url), spare(two, "two"), spare(three, "three"))
    assert [notice.values["to"] for notice in heard.notices] == ["two/egret-2", "three/egret-2"]
    assert heard.record.route == "three"


async def test_the_last_failure_is_the_ending(client: Client) -> None:
    async with Peer(answer(http(500, error("out")))) as first, Peer(answer(http(404, error("gone")))) as second:
        heard, _ = await ask_all(client, route(first.url), spare(second))
    assert (heard.outcome, heard.record.route) == (Outcome.NOT_FOUND, "spare")


@pytest.mark.parametrize(
    "script",
    [
        answer(http(400, error("what?"))),
        answer(http(422, error("which field?"))),
        answer(http(400, error("maximum context length is 10"))),
        answer(stream(text("Half")), end=End.FIN),
        answer(stream(finish("content_filter"), DONE)),
        answer(YES),
    ],
    ids=["bad-request", "unprocessable", "context-too-long", "text-came", "content-filter", "complete"],
)
async def test_where_no_other_route_is_asked(script: Script, client: Client) -> None:
    async with Peer(script) as first, Peer(answer(YES)) as second:
        heard, _ = await ask_all(client, route(first.url), spare(second))
    assert (second.connections, heard.codes.count(NoticeCode.FALLBACK)) == (0, 0)


async def test_what_is_wrong_here_is_no_reason_for_another_route(client: Client) -> None:
    async with Peer(answer(YES)) as second:
        heard, _ = await ask_all(client, Provider("nest", "nowhere"), spare(second))
    assert (heard.outcome, second.connections) == (Outcome.BAD_URL, 0)


async def test_retries_are_spent_first(patient: Client) -> None:
    busy = answer(http(503, error("busy"), "Retry-After: 0"))
    async with Peer(busy, busy, busy) as first, Peer(answer(YES)) as second:
        heard, _ = await ask_all(patient, route(first.url), spare(second))
    assert heard.codes == [NoticeCode.RETRYING, NoticeCode.RETRYING, NoticeCode.FALLBACK]
    assert heard.text == "Yes."
