"""Data that is always ready, and bodies that unfold without end: limits and a cancel act all the same.

Time passes here with the bytes that were read or with every look at the clock, so nothing is waited for.
"""

import asyncio
import gzip
import tracemalloc
from collections.abc import Callable

import pytest

from tests.stream.clock import moved_loop, until
from tests.stream.listener import REQUEST, route
from tests.stream.peer import Peer, Visit, answer
from tests.stream.wire import chunk, finish, head, opening, text
from tui.settings.provider import Timeouts
from tui.stream.client import Client
from tui.stream.events import Finished, Interrupted, StreamEvent
from tui.stream.outcome import Outcome
from tui.stream.trace import Clock, StreamTrace

SECONDS_PER_BYTE = 1e-5
NEVER = Timeouts(connect=0, first_byte=0, idle=0, stall=0, linger=0, deadline=0)
BOMB = gzip.compress(b"\n" * 30_000_000, 9)


def flood(*before: bytes) -> Callable[[Visit], object]:
    """Comments, as fast as they are read, until the client leaves."""

    async def play(visit: Visit) -> None:
        visit.send(opening() + b"".join(map(chunk, before)))
        leaving = asyncio.create_task(visit.wait_left())
        while not leaving.done():
            visit.send(chunk(b":\n" * 2000))
            await visit.drain()
        await leaving

    return play


async def hear(client: Client, url: str, trace: StreamTrace, timeouts: Timeouts) -> list[StreamEvent]:
    return [event async for event in client.stream(REQUEST, route(url, timeouts=timeouts), trace)]


@pytest.mark.parametrize(
    ("limit", "before", "outcome"),
    [
        ({"deadline": 1}, (), Outcome.DEADLINE),
        ({"deadline": 1}, (text("Hi"),), Outcome.DEADLINE),
        ({"first_byte": 2}, (), Outcome.FIRST_BYTE_TIMEOUT),
        ({"stall": 1}, (text("Hi"),), Outcome.STALLED),
        ({"linger": 1}, (text("Hi"), finish("stop")), Outcome.COMPLETE),
    ],
)
async def test_a_flood_of_comments_outlasts_no_limit(
    limit: dict[str, float], before: tuple[bytes, ...], outcome: Outcome, client: Client
) -> None:
    trace = StreamTrace()
    trace.clock = Clock(monotonic=lambda: moved_loop().time() + trace.bytes * SECONDS_PER_BYTE)
    timeouts = Timeouts(**{"connect": 0, "first_byte": 0, "idle": 0, "stall": 0, "linger": 0, "deadline": 0, **limit})
    async with Peer(flood(*before)) as peer:
        events = await hear(client, peer.url, trace, timeouts)
    assert isinstance(events[-1], Finished | Interrupted)
    assert events[-1].outcome is outcome


async def test_a_small_body_that_unfolds_without_end_is_stopped_by_the_deadline(client: Client) -> None:
    looks = iter(range(10**9))
    trace = StreamTrace(Clock(monotonic=lambda: next(looks) * 0.01))
    sent = head(200, "text/event-stream", "Content-Encoding: gzip", f"Content-Length: {len(BOMB)}") + BOMB
    async with Peer(answer(sent)) as peer:
        tracemalloc.start()
        events = await hear(client, peer.url, trace, Timeouts(deadline=5))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert isinstance(events[-1], Interrupted)
    assert events[-1].outcome is Outcome.DEADLINE
    assert peak < 8_000_000


async def test_a_cancel_acts_in_the_middle_of_one_read(client: Client) -> None:
    looks = iter(range(10**9))
    trace = StreamTrace(Clock(monotonic=lambda: next(looks) * 0.01))
    sent = head(200, "text/event-stream", "Content-Encoding: gzip", f"Content-Length: {len(BOMB)}") + BOMB
    async with Peer(answer(sent)) as peer:
        listening = asyncio.create_task(hear(client, peer.url, trace, NEVER))
        await until(lambda: trace.bytes)
        listening.cancel()
        await asyncio.wait([listening])
    assert listening.cancelled()
    assert trace.ended is None


async def test_of_a_refusal_that_unfolds_without_end_only_the_start_is_read(client: Client) -> None:
    trace = StreamTrace()
    packed = gzip.compress(b"no room " * 4_000_000, 9)
    sent = head(503, "text/plain", "Content-Encoding: gzip", f"Content-Length: {len(packed)}") + packed
    async with Peer(answer(sent)) as peer:
        tracemalloc.start()
        events = await hear(client, peer.url, trace, NEVER)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert isinstance(events[-1], Interrupted)
    assert events[-1].outcome is Outcome.UNAVAILABLE
    assert peak < 8_000_000
