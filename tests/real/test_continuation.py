"""A reply that was cut and is gone on with by a real llama.cpp, which is given the start of its answer."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from tests.real.llama import LlamaServer
from tests.stream.clock import until
from tui.chat.catalogue import Model
from tui.chat.conversation import Conversation, Reply
from tui.chat.session import ChatSession
from tui.settings.parameters import Parameters
from tui.settings.provider import Provider
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.outcome import Outcome

pytestmark = pytest.mark.real


@pytest.fixture
async def session() -> AsyncGenerator[ChatSession, None]:
    async with Client({}, Masker()) as client:
        session = ChatSession(client, None, None)
        yield session
        await session.drain(0)


async def hear(session: ChatSession, reply: Reply, *, stream: bool = True) -> None:
    session.start(reply, lambda event: None, stream=stream)
    async with asyncio.timeout(30):
        await until(lambda: reply.outcome)


@pytest.mark.parametrize("stream", [True, False])
async def test_it_writes_on_behind_the_start_that_it_is_given(
    session: ChatSession, llama: LlamaServer, stream: bool
) -> None:
    """In one piece it sends the start again before what it writes; that stands there once."""
    provider = Provider("llama", llama.base_url, parameters=Parameters(max_tokens=12))
    conversation, model = Conversation(), Model(provider, llama.model)
    turn = session.begin(conversation, "hello", [model])
    await hear(session, turn.reply)
    assert turn.reply.outcome is Outcome.LENGTH
    cut = turn.reply.text
    more = session.continue_reply(conversation, turn, turn.reply, model)
    await hear(session, more, stream=stream)
    assert more.trace is not None
    assert more.trace.prefilled
    assert more.notices == []
    assert more.text.startswith(cut)
    assert more.record is not None
    assert more.record.text_chars > 0
    if not stream:
        dropped = more.record.text_chars - (len(more.text) - len(cut))
        assert dropped == len(cut.rstrip())
