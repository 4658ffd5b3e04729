"""The client against the practice provider: each of its faults has one outcome, and each of its models is whole."""

import asyncio

import pytest

from tests.stream.clock import MovedLoop
from tests.stream.listener import Heard, Listener, check_discretion, route
from tui.practice import Fault, PracticeServer
from tui.settings.provider import Timeouts
from tui.stream.client import Client
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.request import ChatMessage, ChatRequest, Role

OUTCOMES = {
    Fault.CUT: Outcome.TRUNCATED_BODY,
    Fault.EOF: Outcome.PREMATURE_EOF,
    Fault.RESET: Outcome.CONNECTION_RESET,
    Fault.STALL: Outcome.IDLE_TIMEOUT,
    Fault.MUTE: Outcome.FIRST_BYTE_TIMEOUT,
    Fault.KEEPALIVE: Outcome.STALLED,
    Fault.LENGTH: Outcome.LENGTH,
    Fault.FILTER: Outcome.CONTENT_FILTER,
    Fault.REFUSAL: Outcome.REFUSAL,
    Fault.TOOL: Outcome.TOOL_CALL,
    Fault.BADJSON: Outcome.MALFORMED_CHUNK,
    Fault.INBAND: Outcome.IN_BAND_ERROR,
    Fault.EMPTY: Outcome.EMPTY_REPLY,
    Fault.JSON: Outcome.COMPLETE,
    Fault.HTML: Outcome.HTML_PAGE,
    Fault.HTTP_401: Outcome.INVALID_KEY,
    Fault.HTTP_402: Outcome.PAYMENT_REQUIRED,
    Fault.HTTP_403: Outcome.FORBIDDEN,
    Fault.HTTP_404: Outcome.MODEL_NOT_FOUND,
    Fault.HTTP_429: Outcome.RATE_LIMITED,
    Fault.HTTP_500: Outcome.SERVER_ERROR,
    Fault.HTTP_502: Outcome.BAD_GATEWAY,
    Fault.HTTP_503: Outcome.UNAVAILABLE,
    Fault.HTTP_504: Outcome.GATEWAY_TIMEOUT,
}
WITH_TEXT = {Fault.CUT, Fault.EOF, Fault.RESET, Fault.STALL, Fault.KEEPALIVE, Fault.LENGTH, Fault.FILTER, Fault.TOOL}
PROMPT = (ChatMessage(Role.USER, "Say something."),)
TIMEOUTS = Timeouts(connect=100, first_byte=100, idle=100, stall=250)


async def talk(model: str, client: Client, clock: MovedLoop) -> Heard:
    """A whole reply, while the time passes by itself: a hundredth of a second at each turn of the loop."""
    async with PracticeServer(token_delay=0.02, keepalive_delay=10) as practice:
        provider = route(practice.base_url, timeouts=TIMEOUTS, origin="practice")
        listener = Listener(client, provider, ChatRequest(model, PROMPT))
        while not listener.task.done():
            clock.advance(0.01)
            await asyncio.sleep(0)
        return await listener.heard()


@pytest.mark.parametrize("fault", Fault)
async def test_a_fault_has_one_outcome(fault: Fault, client: Client, clock: MovedLoop) -> None:
    heard = await talk(fault.value, client, clock)
    assert heard.outcome is OUTCOMES[fault]
    assert bool(heard.text) == (fault in WITH_TEXT | {Fault.BADJSON, Fault.INBAND, Fault.JSON})
    assert bool(heard.refusal) == (fault is Fault.REFUSAL)
    check_discretion(heard.record, heard.text, heard.refusal)


@pytest.mark.parametrize("model", ["markdown", "code", "table", "chinese", "reasoning"])
async def test_a_model_is_whole(model: str, client: Client, clock: MovedLoop) -> None:
    heard = await talk(model, client, clock)
    assert (heard.outcome, heard.codes) == (Outcome.COMPLETE, [])
    assert heard.text
    assert bool(heard.reasoning) == (model == "reasoning")
    assert heard.record.tokens_out is not None
    assert heard.record.text_chars == len(heard.text)
    assert NoticeCode.BUFFERING_SUSPECTED not in heard.codes
