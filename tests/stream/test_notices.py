"""One test per notice: what brings it, its values, and that it changes nothing of the outcome.

`retrying` has more of them in `test_client.py`, `fallback` all of them in `test_fallback.py`.
"""

import gzip
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tests.stream.clock import MovedLoop, turns, until
from tests.stream.listener import MODEL, REQUEST, Heard, Listener, ask, check_discretion, route
from tests.stream.peer import End, Peer, answer
from tests.stream.wire import DONE, END, chunk, error, event, finish, head, http, opening, stream, text
from tui.settings.provider import Timeouts
from tui.stream.client import Client
from tui.stream.events import Interrupted, Notice, StreamEvent, TextDelta
from tui.stream.notices import closing_notices
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.request import ChatRequest
from tui.stream.trace import Answer, Clock, StreamTrace

SAID = "Among the reeds."
WHOLE = (text(SAID), finish("stop"), DONE)


@dataclass(frozen=True, slots=True)
class Case:
    """An answer, and the values of the notice that it brings."""

    sent: bytes
    values: dict[str, object] = field(default_factory=dict)
    end: End = End.KEEP
    outcome: Outcome = Outcome.COMPLETE
    text: str = SAID


MESSAGE = {"object": "chat.completion", "choices": [{"message": {"content": SAID}, "finish_reason": "stop"}]}
LINES = b'{"choices":[{"delta":{"content":"Among the reeds."},"finish_reason":"stop"}]}\n'

CASES = {
    NoticeCode.MISSING_DONE: Case(stream(text(SAID), finish("stop"))),
    NoticeCode.MISSING_FINISH: Case(stream(text(SAID), DONE)),
    NoticeCode.DIRTY_CLOSE: Case(opening() + chunk(b"".join(WHOLE)) + b"fff\r\n", end=End.FIN),
    NoticeCode.NOT_STREAMED: Case(http(200, MESSAGE)),
    NoticeCode.NDJSON: Case(stream(LINES, content_type="application/x-ndjson")),
    NoticeCode.WRONG_CONTENT_TYPE: Case(stream(*WHOLE, content_type="text/plain"), {"value": "text/plain"}),
    NoticeCode.INVALID_UTF8: Case(
        stream(text("Among ").replace(b"Among", b"\xc3mong"), *WHOLE[1:]), text="\ufffdmong "
    ),
    NoticeCode.UNPAIRED_SURROGATE: Case(
        stream(text("Among \ud83d"), text("the reeds."), *WHOLE[1:]), text="Among \ufffdthe reeds."
    ),
    NoticeCode.CONTROL_CHARS: Case(stream(text("Among \x1b[2Jthe reeds."), *WHOLE[1:]), text="Among \x1b[2Jthe reeds."),
    NoticeCode.COMPRESSED_STREAM: Case(
        opening("Content-Encoding: gzip") + chunk(gzip.compress(b"".join(WHOLE))) + END, {"encoding": "gzip"}
    ),
    NoticeCode.MODEL_MISMATCH: Case(
        stream(event({"model": "egret-2", "choices": []}), *WHOLE), {"asked": MODEL, "got": "egret-2"}
    ),
    NoticeCode.UNKNOWN_FINISH_REASON: Case(stream(text(SAID), finish("tired"), DONE), {"value": "tired"}),
    NoticeCode.CONTENT_AFTER_FINISH: Case(stream(text("Among "), finish("stop"), text("the reeds."), DONE)),
    NoticeCode.KEEPALIVE_GAP: Case(stream(b": wait\n\n", b"data: [PING]\n\n", *WHOLE), {"count": 2}),
    NoticeCode.DAMAGED_CHUNK: Case(
        stream(text(SAID), b"data: {broken\n\n", finish("length"), DONE), {"n": 1}, outcome=Outcome.LENGTH
    ),
}


@pytest.mark.parametrize("code", CASES)
async def test_notice(code: NoticeCode, client: Client) -> None:
    case = CASES[code]
    async with Peer(answer(case.sent, end=case.end)) as peer:
        heard = await ask(client, peer.url)
    assert [(notice.code, dict(notice.values)) for notice in heard.notices] == [(code, case.values)]
    assert (heard.outcome, heard.text) == (case.outcome, case.text)
    assert heard.record.notices == [code.value]
    assert heard.notices[0].record is None


async def test_a_smooth_stream_brings_no_notice(client: Client) -> None:
    async with Peer(answer(stream(event({"model": MODEL + "-2026-04-01", "choices": []}), *WHOLE))) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.notices) == (Outcome.COMPLETE, [])


async def test_a_whole_reply_that_was_asked_for_brings_none(client: Client) -> None:
    async with Peer(answer(http(200, MESSAGE))) as peer:
        heard = await ask(client, peer.url, ChatRequest(MODEL, REQUEST.messages, stream=False))
    assert (heard.outcome, heard.text, heard.notices) == (Outcome.COMPLETE, SAID, [])
    assert heard.record.request_type == "chat"


async def arrive(client: Client, clock: MovedLoop, *arrivals: tuple[float, bytes]) -> Heard:
    """An event stream whose reads come so many seconds after the one before."""
    async with Peer(answer(end=End.SILENCE)) as peer:
        listener = Listener(client, route(peer.url, timeouts=Timeouts(0, 0, 0, 0, 0, 0)))
        await until(lambda: peer.visits)
        peer.visits[0].send(opening())
        await until(lambda: listener.trace.headers)
        for seconds, data in arrivals:
            await turns()
            clock.advance(seconds)
            expected = listener.trace.bytes + len(data)
            peer.visits[0].send(chunk(data))
            await listener.wait_bytes(expected)
        peer.visits[0].send(END)
        return await listener.heard()


def pieces(count: int, size: int) -> bytes:
    """So many events of exactly so many bytes together."""
    events = [text("reed ") for _ in range(count)]
    events[0] = b"id:" + b"." * (size - sum(len(piece) for piece in events) - 4) + b"\n" + events[0]
    return b"".join(events)


LUMP = b"".join(text("reed ") for _ in range(8))
LAST = text("reed") + finish("stop") + DONE
BUFFERED = {
    "all at once, long after the question": [(3.0, LUMP * 3), (0.01, LAST)],
    "in lumps of a buffer's size": [(0.1, pieces(8, 4096)), *[(0.1, pieces(8, 4096 - 50))] * 2, (0.1, LAST)],
    "a short answer in one piece at the end": [(0.6, LUMP + LAST)],
    "a first lump of a buffer's size, late": [(0.5, pieces(8, 4096)), (0.1, LAST)],
}
FLOWING = {
    "one by one": [(0.1, text("reed "))] * 24 + [(0.1, LAST)],
    "a fast answer in one piece": [(0.2, LUMP + LAST)],
    "a short answer": [(3.0, text(SAID) + LAST)],
    "a first lump of no buffer's size": [(0.5, LUMP), (0.1, LAST)],
}


@pytest.mark.parametrize("arrivals", BUFFERED.values(), ids=BUFFERED)
async def test_buffering_suspected(arrivals: list[tuple[float, bytes]], client: Client, clock: MovedLoop) -> None:
    heard = await arrive(client, clock, *arrivals)
    assert (heard.outcome, heard.codes) == (Outcome.COMPLETE, [NoticeCode.BUFFERING_SUSPECTED])


@pytest.mark.parametrize("arrivals", FLOWING.values(), ids=FLOWING)
async def test_no_buffering_is_suspected(arrivals: list[tuple[float, bytes]], client: Client, clock: MovedLoop) -> None:
    heard = await arrive(client, clock, *arrivals)
    assert (heard.outcome, heard.codes) == (Outcome.COMPLETE, [])


async def test_a_stream_with_a_length_was_buffered(client: Client) -> None:
    body = b"".join(WHOLE)
    async with Peer(answer(head(200, "text/event-stream", f"Content-Length: {len(body)}") + body)) as peer:
        heard = await ask(client, peer.url)
    assert (heard.outcome, heard.codes) == (Outcome.COMPLETE, [NoticeCode.BUFFERING_SUSPECTED])


async def test_slow_first_token(client: Client, clock: MovedLoop) -> None:
    for seconds, expected in ((59.0, []), (61.0, [(NoticeCode.SLOW_FIRST_TOKEN, {"seconds": 61})])):
        heard = await arrive(client, clock, (seconds, text(SAID)), (1.0, finish("stop") + DONE))
        assert [(notice.code, dict(notice.values)) for notice in heard.notices] == expected
    assert heard.record.latency_bucket == "60-120s"


async def test_retrying(patient: Client, clock: MovedLoop) -> None:
    """Each failed attempt is told of with its own record; then the backoff passes, and the last one is the ending."""
    busy = http(503, error("Loading model"))
    async with Peer(answer(busy), answer(busy), answer(stream(*WHOLE))) as peer:
        listener = Listener(patient, route(peer.url))
        for attempt, seconds in ((2, 0.2), (3, 0.5)):
            await until(lambda: listener.trace.state == "retrying")
            clock.advance(0.2)
            await turns()
            assert len(peer.visits) == attempt - 1
            notice = listener.said.notices[-1]
            assert notice.code is NoticeCode.RETRYING
            assert notice.values == {"attempt": attempt, "attempts": 3, "seconds": seconds, "reason": "unavailable"}
            assert notice.record is not None
            assert (notice.record.attempt, notice.record.attempts, notice.record.status) == (attempt - 1, 3, 503)
            check_discretion(notice.record)
            clock.advance(0.3)
            await peer.wait_visits(attempt)
        heard = await listener.heard()
    assert (heard.outcome, heard.text) == (Outcome.COMPLETE, SAID)
    assert heard.record.attempt == 3
    assert heard.record.notices == ["retrying", "retrying"]


async def test_attempts_come_to_an_end(patient: Client, clock: MovedLoop) -> None:
    async with Peer(answer(http(500, "Internal Server Error"))) as peer:
        listener = Listener(patient, route(peer.url))
        for visits in (2, 3):
            await until(lambda: listener.trace.state == "retrying")
            clock.advance(8)
            await peer.wait_visits(visits)
        heard = await listener.heard()
    assert len(peer.visits) == 3
    assert heard.codes == [NoticeCode.RETRYING] * 2
    assert isinstance(heard.ending, Interrupted)


@pytest.mark.parametrize(("slept", "codes"), [(3600.0, [NoticeCode.SUSPENDED]), (4.0, [])])
async def test_suspended(slept: float, codes: list[NoticeCode], client: Client, clock: MovedLoop) -> None:
    wall = [datetime(2026, 4, 1, tzinfo=UTC)]
    async with Peer(answer(opening(), chunk(text(SAID)), end=End.SILENCE)) as peer:
        trace = StreamTrace(Clock(clock.time, lambda: wall[0]))
        events: list[StreamEvent] = []
        async for heard in client.stream(REQUEST, route(peer.url), trace):
            if isinstance(heard, TextDelta):
                wall[0] += timedelta(seconds=slept)
                peer.visits[0].reset()
            events.append(heard)
    ending = events[-1]
    assert isinstance(ending, Interrupted)
    assert ending.outcome is Outcome.CONNECTION_RESET
    assert [event.code for event in events if isinstance(event, Notice)] == codes
    assert ending.record.notices == codes


def test_every_notice_has_its_test() -> None:
    elsewhere = {NoticeCode.FALLBACK, NoticeCode.SUSPENDED, NoticeCode.BROUGHT_IN}
    made = CASES.keys() | {NoticeCode.BUFFERING_SUSPECTED, NoticeCode.SLOW_FIRST_TOKEN, NoticeCode.RETRYING}
    assert made | elsewhere == set(NoticeCode)
    assert not made & elsewhere


@pytest.mark.parametrize(("torn", "codes"), [(True, [NoticeCode.BUFFERING_SUSPECTED]), (False, [])])
def test_a_first_burst_that_ends_inside_an_event_is_a_buffer_that_was_full(torn: bool, codes: list[NoticeCode]) -> None:
    now = [100.0]
    trace = StreamTrace(Clock(lambda: now[0]))
    trace.begin(1, 1)
    trace.answer = Answer(200, "HTTP/1.1", "text/event-stream")
    for wait, size, events in ((0.8, 3887, 18), (0.9, 4096, 20)):
        now[0] += wait
        trace.mark_read(size)
        trace.mark_events(events, torn=torn)
        trace.evidence.events += events
    trace.evidence.sse_fields = trace.evidence.done = True
    trace.evidence.finish_reason = "stop"
    notices = closing_notices(trace, Outcome.COMPLETE, asked_model=MODEL, streamed=True, local=True, broke=False)
    assert [notice.code for notice in notices] == codes
