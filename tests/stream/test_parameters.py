"""Parameters on their way to the server: sent only when set, the model's over the route's; a refused one is named."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.stream.listener import MODEL, PROMPT, REQUEST, Listener, route
from tests.stream.peer import Peer, answer
from tests.stream.wire import error, http
from tui.settings.model_facts import ModelSettings
from tui.settings.parameters import Parameters
from tui.settings.provider import Provider
from tui.stream.client import Client
from tui.stream.outcome import Outcome
from tui.text.language import load_language

REPLY = {"choices": [{"message": {"content": "Among the reeds."}, "finish_reason": "stop"}]}
PROMPTED = [{"role": "user", "content": PROMPT}]


def tuned(url: str, **models: Parameters) -> Provider:
    """A route with a temperature and a seed, and with these settings of single models."""
    settings = {MODEL if name == "heron" else name: ModelSettings(one) for name, one in models.items()}
    return replace(route(url), parameters=Parameters(temperature=0.7, seed=1), models=settings)


async def sent_body(client: Client, provider_of: Any, request: Any = REQUEST) -> dict[str, Any]:
    async with Peer(answer(http(200, REPLY))) as peer:
        await Listener(client, provider_of(peer.url), request).heard()
    body: dict[str, Any] = json.loads(peer.visits[0].body)
    return body


async def test_without_any_the_request_is_the_plain_one(client: Client) -> None:
    assert await sent_body(client, route) == {"model": MODEL, "stream": True, "messages": PROMPTED}


async def test_the_model_s_stand_over_the_route_s_and_the_request_s_over_both(client: Client) -> None:
    def provider(url: str) -> Provider:
        return tuned(url, heron=Parameters(temperature=0.0, extra={"top_k": 5}), other=Parameters(top_p=0.5))

    plain = {"model": MODEL, "stream": True, "messages": PROMPTED}
    assert await sent_body(client, provider) == {**plain, "temperature": 0.0, "seed": 1, "top_k": 5}
    request = replace(REQUEST, parameters={"seed": 2})
    assert await sent_body(client, provider, request) == {**plain, "temperature": 0.0, "seed": 2, "top_k": 5}


async def test_a_system_prompt_is_sent_unless_the_conversation_has_one(client: Client) -> None:
    def provider(url: str) -> Provider:
        return tuned(url, heron=Parameters(system="Be brief."))

    system = {"role": "system", "content": "Be brief."}
    assert (await sent_body(client, provider))["messages"] == [system, *PROMPTED]
    own = REQUEST.over(Parameters(system="Be long."))
    assert (await sent_body(client, provider, own))["messages"] == [{**system, "content": "Be long."}, *PROMPTED]


@pytest.mark.parametrize(
    ("status", "body", "parameter"),
    [
        (400, error("Unsupported value", param="temperature"), "temperature"),
        (400, error("'temperature' does not support 0.7 with this model."), "temperature"),
        (422, {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}, "seed"),
        (400, error("Unrecognized request argument supplied: reasoning_effort"), "effort"),
        (400, error("something else is wrong"), None),
        (400, error("Unsupported value", param="messages"), None),
    ],
)
async def test_a_refused_parameter_is_named(
    status: int, body: dict[str, Any], parameter: str | None, client: Client
) -> None:
    async with Peer(answer(http(status, body))) as peer:
        heard = await Listener(client, tuned(peer.url, heron=Parameters(effort="low"))).heard()
    assert heard.outcome is (Outcome.BAD_REQUEST if status == 400 else Outcome.UNPROCESSABLE)
    assert heard.record.detail == {"parameter": parameter}
    for code in ("en", "zh"):
        sentence = load_language(code).outcome(heard.outcome, heard.record.values())
        assert (" parameter " in sentence or "参数 " in sentence) == (parameter is not None)
        assert parameter is None or f" {parameter}" in sentence
