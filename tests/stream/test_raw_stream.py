"""What is kept of a stream in memory: every byte with its time, how the connection ended, within a limit."""

from datetime import UTC, datetime

import pytest

from tests.stream.clock import turns
from tests.stream.listener import MODEL, Listener, ask, route
from tests.stream.peer import End, Peer, answer
from tests.stream.wire import DONE, chunk, finish, http, opening, stream, text
from tui.settings.key_source import KeySource
from tui.stream.client import Client
from tui.stream.outcome import Outcome
from tui.stream.raw_stream import RawEnd, RawShelf, RawStream, SentRequest

REQUEST = SentRequest("POST", "http://127.0.0.1:1/v1/chat/completions", {}, b"{}", "nest", KeySource("none", ""))


def begin(shelf: RawShelf) -> RawStream:
    raw = RawStream(REQUEST, 1, 1, datetime.now(UTC), 0.0, shelf)
    shelf.put(raw)
    return raw


async def test_every_byte_is_kept_as_it_came(client: Client) -> None:
    events = (text("Alpha"), b": ping\n\n", finish("stop"), DONE)
    async with Peer(answer(stream(*events))) as peer:
        listener = Listener(client, route(peer.url))
        await listener.heard()
    (raw,) = listener.trace.raw
    assert b"".join(data for _, data in raw.reads) == b"".join(events)
    assert raw.head is not None
    assert (raw.head.status, raw.head.header("content-type")) == (200, "text/event-stream")
    assert (raw.end, raw.outcome, raw.request.model) == (RawEnd.CLOSED, Outcome.COMPLETE, MODEL)
    assert b"Where does the heron nest" in raw.request.body
    assert "Authorization" not in raw.request.headers


@pytest.mark.parametrize(
    ("pieces", "end", "seen"),
    [
        ((opening(), chunk(text("Alpha"))), End.FIN, RawEnd.CUT),
        ((opening(), chunk(text("Alpha")), b"zz\r\n"), End.FIN, RawEnd.GARBLED),
        ((), End.FIN, RawEnd.CUT),
        ((http(503, b"Loading"),), End.KEEP, RawEnd.CLOSED),
    ],
)
async def test_the_end_is_named(pieces: tuple[bytes, ...], end: End, seen: RawEnd, client: Client) -> None:
    async with Peer(answer(*pieces, end=end)) as peer:
        listener = Listener(client, route(peer.url))
        await listener.heard()
    assert {raw.end for raw in listener.trace.raw} == {seen}


async def test_a_stopped_stream_was_left_open(client: Client) -> None:
    async with Peer(answer(opening(), chunk(text("Alpha")), end=End.SILENCE)) as peer:
        listener = Listener(client, route(peer.url))
        await listener.wait_bytes(1)
        listener.task.cancel()
        await turns()
    (raw,) = listener.trace.raw
    assert (raw.end, raw.outcome) == (RawEnd.LEFT, None)


async def test_each_attempt_is_kept_for_itself(client: Client) -> None:
    asked: list[RawStream] = []
    kept = Client({}, client.mask, retries=0, keep_raw=asked.append)
    async with kept, Peer(answer(http(503)), answer(stream(text("Alpha"), DONE))) as peer:
        await ask(kept, peer.url, key=KeySource("none", ""))
        await ask(kept, peer.url, key=KeySource("none", ""))
        await ask(kept, "http://127.0.0.1:1/v1", key=KeySource("none", ""))
    assert [raw.outcome for raw in asked] == [Outcome.UNAVAILABLE, Outcome.COMPLETE]  # the third was never sent


def test_one_that_waits_for_its_first_byte_stays_within_the_limit() -> None:
    shelf = RawShelf(limit=10_000)
    waiting, ended, other = begin(shelf), begin(shelf), begin(shelf)
    ended.close(RawEnd.CLOSED, 1.0)
    for raw in (other, waiting):
        for at in range(30):
            raw.take(at, b"a" * 840)
    assert len(waiting.reads) + len(other.reads) == 10
    assert waiting.dropped_reads + other.dropped_reads == 50


def test_the_oldest_makes_room() -> None:
    shelf = RawShelf(limit=10_000)
    first, second = begin(shelf), begin(shelf)
    for at in range(5):
        first.take(at, b"a" * 840)
    for at in range(8):
        second.take(at, b"b" * 840)
    assert (len(first.reads), first.dropped_bytes, len(second.reads)) == (2, 3 * 840, 8)
    for at in range(20):
        second.take(at, b"c" * 840)
    assert (len(first.reads), len(second.reads), second.dropped_reads) == (0, 10, 18)
    assert second.dropped_bytes == 18 * 840
