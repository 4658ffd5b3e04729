"""The parameters of a conversation: sent with each request in it and no other, over what the model has."""

import json
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from tests.stream.clock import until
from tests.stream.listener import KEY, KEY_NAME, MODEL, PROMPT, route
from tests.stream.peer import Peer, answer
from tests.stream.wire import error, http
from tui.chat.catalogue import Model
from tui.chat.conversation import Conversation, Reply
from tui.chat.session import ChatSession
from tui.settings.parameters import Parameters
from tui.settings.secrets import Masker
from tui.stream.client import Client

REPLY = http(200, {"choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}]})
OWN = Parameters(system="Be brief.", temperature=0.5)


@pytest.fixture
async def client() -> AsyncGenerator[Client, None]:
    async with Client({KEY_NAME: KEY}, Masker(), retries=0) as client:
        yield client


async def ask(session: ChatSession, conversation: Conversation, model: Model) -> Reply:
    reply = session.begin(conversation, PROMPT, [model]).reply
    session.start(reply, lambda event: None)
    await until(lambda: reply.outcome)
    return reply


def settings(peer: Peer, visit: int = -1) -> dict[str, object]:
    """What a request says beside the prompt and the stream."""
    body = json.loads(peer.visits[visit].body)
    first = body["messages"][0]
    system = {"system": first["content"]} if first["role"] == "system" else {}
    return {**system, **{name: value for name, value in body.items() if name not in ("model", "messages", "stream")}}


async def test_they_hold_from_when_they_are_set_over_those_of_the_model(client: Client) -> None:
    session, conversation = ChatSession(client, None, None), Conversation()
    async with Peer(*[answer(REPLY)] * 4) as peer:
        provider = route(peer.url)
        model = Model(provider.with_parameters(Parameters(temperature=1.0, top_p=0.3)), MODEL)
        await ask(session, conversation, model)
        assert settings(peer) == {"temperature": 1.0, "top_p": 0.3}
        session.set_parameters(conversation, OWN)
        await ask(session, conversation, model)
        assert settings(peer) == {"system": "Be brief.", "temperature": 0.5, "top_p": 0.3}
        other = session.add_reply(conversation, conversation.turns[0], Model(provider, MODEL))
        session.start(other, lambda event: None)
        await until(lambda: other.outcome)
        assert settings(peer) == {"system": "Be brief.", "temperature": 0.5}
        await ask(session, Conversation(), Model(provider, MODEL))
        assert settings(peer) == {}


async def test_a_fallback_is_asked_with_them_too(client: Client) -> None:
    async with Peer(answer(http(500, error("no")))) as peer, Peer(answer(REPLY)) as spare:
        other = Model(replace(route(spare.url), name="spare"), "owl")
        session = ChatSession(client, None, None, find_model={"spare/owl": other}.get)
        model = Model(replace(route(peer.url), fallback=("spare/owl",)), MODEL)
        await ask(session, Conversation(parameters=OWN), model)
        assert settings(peer) == settings(spare) == {"system": "Be brief.", "temperature": 0.5}
