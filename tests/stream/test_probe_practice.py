"""The diagnosis of the practice provider: each fault has its step and its culprit, and each good model passes."""

import asyncio

import pytest

from tests.stream.clock import MovedLoop
from tests.stream.walk import Walked, walk
from tui.practice import Fault, PracticeServer
from tui.settings.provider import Timeouts
from tui.stream.outcome import NoticeCode, Outcome

PLAIN, STREAM = "plain request", "stream"
BLAMED = {
    Fault.CUT: (PLAIN, Outcome.TRUNCATED_BODY),
    Fault.EOF: (STREAM, Outcome.PREMATURE_EOF),
    Fault.RESET: (PLAIN, Outcome.CONNECTION_RESET),
    Fault.STALL: (STREAM, Outcome.IDLE_TIMEOUT),
    Fault.MUTE: (PLAIN, Outcome.FIRST_BYTE_TIMEOUT),
    Fault.KEEPALIVE: (STREAM, Outcome.STALLED),
    Fault.FILTER: (PLAIN, Outcome.CONTENT_FILTER),
    Fault.REFUSAL: (PLAIN, Outcome.REFUSAL),
    Fault.TOOL: (PLAIN, Outcome.TOOL_CALL),
    Fault.BADJSON: (STREAM, Outcome.MALFORMED_CHUNK),
    Fault.INBAND: (PLAIN, Outcome.IN_BAND_ERROR),
    Fault.EMPTY: (PLAIN, Outcome.EMPTY_REPLY),
    Fault.JSON: (STREAM, NoticeCode.NOT_STREAMED),
    Fault.HTML: (PLAIN, Outcome.HTML_PAGE),
    Fault.HTTP_401: (PLAIN, Outcome.INVALID_KEY),
    Fault.HTTP_402: (PLAIN, Outcome.PAYMENT_REQUIRED),
    Fault.HTTP_403: (PLAIN, Outcome.FORBIDDEN),
    Fault.HTTP_404: (PLAIN, Outcome.MODEL_NOT_FOUND),
    Fault.HTTP_429: (PLAIN, Outcome.RATE_LIMITED),
    Fault.HTTP_500: (PLAIN, Outcome.SERVER_ERROR),
    Fault.HTTP_502: (PLAIN, Outcome.BAD_GATEWAY),
    Fault.HTTP_503: (PLAIN, Outcome.UNAVAILABLE),
    Fault.HTTP_504: (PLAIN, Outcome.GATEWAY_TIMEOUT),
}
RESERVED = (Fault.FILTER, Fault.REFUSAL, Fault.TOOL)
"""The provider brings these to a proper end: nothing is broken."""
TIMEOUTS = Timeouts(connect=100, first_byte=100, idle=100, stall=250, deadline=0)


async def look_at(model: str, clock: MovedLoop) -> Walked:
    """A whole diagnosis, while the time passes by itself: a hundredth of a second at each turn of the loop."""
    async with PracticeServer(token_delay=0.06, keepalive_delay=10) as practice:
        walking = asyncio.create_task(walk(practice.base_url, model=model, timeouts=TIMEOUTS, origin="practice"))
        while not walking.done():
            clock.advance(0.01)
            await asyncio.sleep(0)
        return await walking


@pytest.mark.parametrize("fault", BLAMED)
async def test_a_fault_is_to_blame(fault: Fault, clock: MovedLoop) -> None:
    walked = await look_at(fault.value, clock)
    step, outcome = BLAMED[fault]
    assert (walked.culprit, walked.report.outcome) == ((step, outcome), outcome)
    exit_code = 0 if fault in RESERVED else 18 if fault is Fault.JSON else 17
    assert walked.report.exit_code == exit_code


async def test_a_limit_is_what_the_question_asks_for(clock: MovedLoop) -> None:
    walked = await look_at(Fault.LENGTH.value, clock)
    assert (walked.report.exit_code, walked.report.culprit) == (0, None)
    assert "finish length" in walked["stream"].evidence


async def test_a_server_that_does_not_heed_the_limit_is_stopped(clock: MovedLoop) -> None:
    walked = await look_at("endless", clock)
    assert (walked.report.exit_code, walked.culprit) == (0, (STREAM, None))
    assert "max_tokens is not heeded" in walked["stream"].evidence
    assert [walked[step].result for step in (STREAM, "timing", "cancel")] == ["warn", "ok", "ok"]
    streamed = next(record for record in walked.records if record.outcome == "cancelled")
    assert streamed.text_chars < 4_000


@pytest.mark.parametrize("model", ["markdown", "chinese", "reasoning"])
async def test_a_good_model_passes(model: str, clock: MovedLoop) -> None:
    walked = await look_at(model, clock)
    assert (walked.report.exit_code, walked.report.culprit) == (0, None)
    assert walked["timing"].result == walked["cancel"].result == "ok"


def test_every_fault_is_looked_at() -> None:
    assert {*BLAMED, Fault.LENGTH} == set(Fault)
