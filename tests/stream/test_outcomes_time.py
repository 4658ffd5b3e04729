"""One test per outcome that a clock decides, or the moment at which a server breaks off; the test moves the clock.

A limit is tested from both sides: a moment before it nothing has happened, at it the stream ends.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.stream.clock import MovedLoop, moved_loop, turns, until
from tests.stream.listener import KEY, KEY_NAME, REQUEST, Heard, Listener, check_ending, route
from tests.stream.peer import End, Peer, Visit, answer
from tests.stream.wire import DONE, END, chunk, delta, event, finish, head, opening, text
from tui.settings.provider import Timeouts
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.events import Finished, TextDelta
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.trace import Clock, StreamTrace
from tui.stream.transport import POOL_SECONDS, Transport

SAID = "Among the reeds."
KEEPALIVE = chunk(b": keep-alive\n\n")
TIMEOUTS = Timeouts(first_byte=30, idle=10, stall=25, linger=2, deadline=0)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question whose answer the test sends by hand."""

    visit: Visit
    listener: Listener

    async def send(self, data: bytes) -> None:
        """Send, and wait until the client has read and used it."""
        trace, expected = self.listener.trace, self.listener.trace.bytes + _body_size(data)
        self.visit.send(data)
        await until(lambda: trace.bytes >= expected if expected else trace.headers)
        await turns()

    async def pass_over(self, seconds: float) -> None:
        """Let time pass in which the stream must not end."""
        moved_loop().advance(seconds)
        await turns()
        assert not self.listener.task.done()

    async def run_out(self, seconds: float) -> Heard:
        """Let the last of the time pass; the client must then leave."""
        moved_loop().advance(seconds)
        heard = await self.listener.heard()
        await until(self.visit.left.is_set)
        return heard


def _body_size(data: bytes) -> int:
    """Bytes of the chunks in these bytes, as the client counts them."""
    body = data.partition(b"\r\n\r\n")[2] if data.startswith(b"HTTP/") else data
    size = 0
    while body and body != END:
        length, _, rest = body.partition(b"\r\n")
        size += int(length, 16)
        body = rest[int(length, 16) + 2 :]
    return size


@asynccontextmanager
async def exchange(client: Client, **options: Any) -> AsyncGenerator[Exchange, None]:
    """A question that has reached the server."""
    async with Peer(answer(end=End.SILENCE)) as peer:
        listener = Listener(client, route(peer.url, **{"timeouts": TIMEOUTS, **options}))
        await until(lambda: peer.visits)
        await turns()
        yield Exchange(peer.visits[0], listener)
        assert listener.task.done()


async def test_first_byte_timeout(client: Client) -> None:
    async with exchange(client) as talk:
        await talk.pass_over(29.9)
        assert talk.listener.trace.state == "waiting"
        heard = await talk.run_out(0.1)
    check_ending(heard, Outcome.FIRST_BYTE_TIMEOUT, status=None, detail={"limit_s": 30, "headers_seen": False})
    assert heard.record.duration_ms == 30_000
    assert heard.record.headers_ms is None


async def test_a_head_and_comments_are_no_first_event(client: Client) -> None:
    async with exchange(client) as talk:
        await talk.pass_over(12)
        await talk.send(opening() + KEEPALIVE)
        await talk.pass_over(12)
        await talk.send(chunk(b"retry: 3000\n\n") + chunk(b"data:\n\n") + KEEPALIVE)
        await talk.pass_over(5.9)
        heard = await talk.run_out(0.1)
    check_ending(heard, Outcome.FIRST_BYTE_TIMEOUT, detail={"limit_s": 30, "headers_seen": True})
    assert heard.record.keepalives == 3
    assert heard.record.headers_ms == 12_000


async def test_idle_timeout(client: Client) -> None:
    async with exchange(client) as talk:
        await talk.send(opening() + chunk(text("Among ")))
        await talk.pass_over(9.9)
        await talk.send(chunk(text("the reeds.")))
        await talk.pass_over(9.9)
        await talk.send(KEEPALIVE)
        await talk.pass_over(9.9)
        heard = await talk.run_out(0.1)
    check_ending(heard, Outcome.IDLE_TIMEOUT, text=SAID, detail={"limit_s": 10})
    assert heard.record.last_byte_ago_ms == 10_000
    assert heard.record.max_gap_ms == 9_900


async def test_stalled(client: Client) -> None:
    """Neither comments nor events without any news reset the limit on progress; reasoning and usage do."""
    async with exchange(client) as talk:
        await talk.send(opening() + chunk(text(SAID)))
        await talk.pass_over(9)
        await talk.send(chunk(event(delta(reasoning_content="Hm."))))
        await talk.pass_over(9)
        await talk.send(chunk(event({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}})))
        for _ in range(2):
            await talk.pass_over(9)
            await talk.send(KEEPALIVE + chunk(event(delta(role="assistant"))))
        await talk.pass_over(6.9)
        heard = await talk.run_out(0.1)
    check_ending(heard, Outcome.STALLED, text=SAID, detail={"limit_s": 25})
    assert heard.record.keepalives == 2


async def test_deadline(client: Client) -> None:
    async with exchange(client, timeouts=Timeouts(idle=10, deadline=15)) as talk:
        await talk.send(opening() + chunk(text("Among ")))
        await talk.pass_over(9)
        await talk.send(chunk(text("the reeds.")))
        await talk.pass_over(5.9)
        heard = await talk.run_out(0.1)
    check_ending(heard, Outcome.DEADLINE, text=SAID, detail={"limit_s": 15})
    assert heard.record.duration_ms == 15_000


async def test_a_deadline_after_the_proof_is_no_failure(client: Client) -> None:
    async with exchange(client, timeouts=Timeouts(linger=0, deadline=15)) as talk:
        await talk.send(opening() + chunk(text(SAID) + finish("stop")))
        await talk.pass_over(14.9)
        heard = await talk.run_out(0.1)
    check_ending(heard, Outcome.COMPLETE, finished=True, text=SAID)
    assert heard.codes == [NoticeCode.MISSING_DONE]


async def test_the_linger_ends_a_finished_reply(client: Client) -> None:
    """It begins anew with text that follows the finish reason, and not with a keep-alive."""
    async with exchange(client) as talk:
        await talk.send(opening() + chunk(text("Among ") + finish("stop")))
        await talk.pass_over(1.9)
        await talk.send(chunk(text("the reeds.")))
        await talk.pass_over(1.9)
        await talk.send(KEEPALIVE)
        heard = await talk.run_out(0.1)
    check_ending(heard, Outcome.COMPLETE, finished=True, text=SAID)
    assert heard.codes == [NoticeCode.MISSING_DONE, NoticeCode.CONTENT_AFTER_FINISH]


async def test_done_ends_the_reply_though_the_socket_stays_open(client: Client) -> None:
    async with exchange(client) as talk:
        await talk.send(opening() + chunk(text(SAID) + finish("stop") + DONE + text(" and more")))
        heard = await talk.run_out(0.05)
    check_ending(heard, Outcome.COMPLETE, finished=True, text=SAID)
    assert heard.codes == []


async def test_an_error_body_is_waited_for_no_longer_than_a_second(client: Client) -> None:
    async with exchange(client) as talk:
        talk.visit.send(head(500, "text/plain", "Content-Length: 99") + b"It is ")
        await until(lambda: talk.listener.trace.bytes)
        await talk.pass_over(0.9)
        heard = await talk.run_out(0.1)
    check_ending(heard, Outcome.SERVER_ERROR, status=500)
    assert heard.record.error is not None
    assert heard.record.error["message"] == "It is"


async def test_limits_of_zero_never_run_out(client: Client) -> None:
    async with exchange(client, timeouts=Timeouts(0, 0, 0, 0, 0, 0)) as talk:
        await talk.pass_over(1e6)
        await talk.send(opening() + chunk(text(SAID)))
        await talk.pass_over(1e6)
        talk.visit.send(END)
        talk.visit.close()
        heard = await talk.listener.heard()
    check_ending(heard, Outcome.PREMATURE_EOF, text=SAID)


async def test_connection_reset(client: Client) -> None:
    async with exchange(client) as talk:
        await talk.send(opening() + chunk(text(SAID)))
        talk.visit.reset()
        heard = await talk.listener.heard()
    check_ending(heard, Outcome.CONNECTION_RESET, text=SAID)
    assert heard.record.exception is not None
    assert heard.record.exception[0] == "httpx.ReadError"


async def test_a_reset_before_any_text_says_so(client: Client) -> None:
    async with exchange(client) as talk:
        await talk.send(opening() + KEEPALIVE)
        talk.visit.reset()
        heard = await talk.listener.heard()
    check_ending(heard, Outcome.CONNECTION_RESET)
    assert heard.record.values()["text"] == 0


async def test_a_reader_who_leaves_closes_the_socket(client: Client) -> None:
    """In each phase of a stream: that the socket closes is the only sign by which a server knows to stop."""
    stages = [b"", opening(), KEEPALIVE, chunk(text(SAID)), chunk(finish("stop"))]
    for last in range(len(stages)):
        async with exchange(client) as talk:
            for data in stages[: last + 1]:
                if data:
                    await talk.send(data)
            talk.listener.task.cancel()
            await until(talk.visit.left.is_set)
            await asyncio.wait([talk.listener.task])
            assert talk.listener.task.cancelled()


async def test_time_in_which_the_reader_is_held_up_is_no_silence(client: Client, clock: MovedLoop) -> None:
    async with Peer(answer(end=End.SILENCE)) as peer:
        trace = StreamTrace(Clock(monotonic=clock.time))
        events = client.stream(REQUEST, route(peer.url, timeouts=TIMEOUTS), trace)
        reading = asyncio.ensure_future(anext(events))
        await until(lambda: peer.visits)
        peer.visits[0].send(opening() + chunk(text("Among ")))
        assert await reading == TextDelta("Among ")
        clock.advance(1000)
        reading = asyncio.ensure_future(anext(events))
        await turns()
        peer.visits[0].send(chunk(text("the reeds.") + finish("stop") + DONE) + END)
        assert await reading == TextDelta("the reeds.")
        assert isinstance(await anext(events), Finished)
        await events.aclose()


async def test_pool_timeout(clock: MovedLoop) -> None:
    environ = {KEY_NAME: KEY}
    async with Peer(answer(opening(), chunk(text(SAID)), end=End.SILENCE)) as peer:
        async with Client(environ, Masker(), retries=0, transport=Transport(connections=1)) as client:
            first = Listener(client, route(peer.url))
            await until(lambda: first.said.text == SAID)
            second = Listener(client, route(peer.url))
            await until(lambda: second.trace.started is not None)
            await turns()
            clock.advance(POOL_SECONDS)
            heard = await second.heard()
            first.task.cancel()
            await until(first.task.done)
    check_ending(heard, Outcome.POOL_TIMEOUT, status=None, detail={"in_flight": 1})
