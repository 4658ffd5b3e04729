"""The list of a provider's models: every failure is a value, with what its sentence names."""

import asyncio
import socket
from dataclasses import replace

import pytest

from tests.stream.clock import MovedLoop, until
from tests.stream.listener import KEY, KEY_NAME, route
from tests.stream.peer import End, Peer, answer
from tests.stream.wire import chunk, error, http, opening, page
from tui.settings.model_facts import ModelFacts
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.listing import CONTEXT_SECONDS, ModelListing
from tui.stream.outcome import Outcome


async def test_the_models_in_their_order(client: Client) -> None:
    models = {"object": "list", "data": [{"id": "heron-1"}, {"id": "egret/2"}]}
    async with Peer(answer(http(200, models, "Server: marsh"))) as peer:
        listing = await client.list_models(route(peer.url))
    assert listing == ModelListing(("heron-1", "egret/2"), server="marsh")
    assert peer.visits[0].head.startswith(b"GET /v1/models HTTP/1.1\r\n")
    assert peer.visits[0].header("Authorization") == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("sent", "end", "failure"),
    [
        (http(401, error("no")), End.KEEP, Outcome.INVALID_KEY),
        (http(404, page("Not Found"), content_type="text/html"), End.KEEP, Outcome.NOT_FOUND),
        (http(500, "Internal Server Error"), End.KEEP, Outcome.SERVER_ERROR),
        (http(200, page("Sign in"), content_type="text/html"), End.KEEP, Outcome.UNEXPECTED_BODY),
        (http(200, {"hello": "world"}), End.KEEP, Outcome.UNEXPECTED_BODY),
        (b"", End.FIN, Outcome.NO_RESPONSE),
        (opening() + chunk(b'{"data":[') + b"fff\r\n", End.FIN, Outcome.TRUNCATED_BODY),
    ],
)
async def test_failures(sent: bytes, end: End, failure: Outcome, client: Client) -> None:
    async with Peer(answer(sent, end=end)) as peer:
        listing = await client.list_models(route(peer.url))
    assert (listing.failure, listing.models) == (failure, ())
    assert listing.values is not None
    assert listing.values["port"] == peer.port
    assert KEY not in str(listing.values)


async def test_failures_before_the_network(client: Client, clock: MovedLoop) -> None:
    clock.network["provider.test"] = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    for url, failure in (
        ("htp://nest.test", Outcome.BAD_URL),
        ("http://[::1", Outcome.BAD_URL),
        ("http://192.0.2.1/v1", Outcome.INSECURE_URL),
        ("https://provider.test/v1", Outcome.DNS_FAILURE),
    ):
        assert (await client.list_models(route(url))).failure is failure
    async with Client({}, Masker()) as keyless:
        assert (await keyless.list_models(route("http://127.0.0.1:1/v1"))).failure is Outcome.NO_API_KEY


async def test_one_limit_for_all_of_it(client: Client, clock: MovedLoop) -> None:
    async with Peer(answer(opening(), end=End.SILENCE)) as peer:
        listing = asyncio.create_task(client.list_models(route(peer.url), limit=3))
        await peer.wait_visits(1)
        clock.advance(3)
        await until(listing.done)
        assert listing.result().failure is Outcome.FIRST_BYTE_TIMEOUT
        await until(peer.visits[0].left.is_set)


async def test_a_key_that_was_read_for_a_list_is_masked_from_then_on() -> None:
    key = "among-the-reeds-of-1937"
    async with Client({KEY_NAME: key}, Masker()) as client, Peer(answer(http(200, {"data": []}))) as peer:
        assert client.mask(key) == key
        await client.list_models(route(peer.url))
        assert client.mask(key) == "[masked]"


async def test_the_facts_come_with_the_models(client: Client) -> None:
    models = {"data": [{"id": "a", "context_length": 8192, "pricing": {"prompt": "0.000002", "completion": "0"}}]}
    async with Peer(answer(http(200, models))) as peer:
        listing = await client.list_models(route(peer.url))
    assert listing.facts == {"a": ModelFacts(8192, 2.0, 0.0)}


def paths(peer: Peer) -> list[str]:
    return [visit.head.split()[1].decode() for visit in peer.visits]


async def test_lm_studio_is_asked_for_the_list_that_says_more(client: Client) -> None:
    models = {"data": [{"id": "q", "loaded_context_length": 4096}, {"id": "e", "type": "embeddings"}]}
    async with Peer(answer(http(200, models))) as peer:
        listing = await client.list_models(replace(route(peer.url), name="lmstudio"))
    assert (listing.models, listing.facts) == (("q",), {"q": ModelFacts(4096)})
    assert paths(peer) == ["/api/v0/models"]


async def test_without_that_list_the_usual_one_counts(client: Client) -> None:
    async with Peer(answer(http(404, "no")), answer(http(200, {"data": [{"id": "q"}]}))) as peer:
        listing = await client.list_models(replace(route(peer.url), name="lmstudio"))
    assert (listing.models, paths(peer)) == (("q",), ["/api/v0/models", "/v1/models"])


async def test_a_local_server_without_the_usual_list_is_asked_for_ollama_s(client: Client) -> None:
    async with Peer(answer(http(404, "no")), answer(http(200, {"models": [{"name": "qwen3:8b"}]}))) as peer:
        listing = await client.list_models(route(peer.url))
    assert (listing.models, paths(peer)) == (("qwen3:8b",), ["/v1/models", "/api/tags"])


async def test_llama_cpp_is_asked_for_the_context_that_its_list_leaves_open(client: Client) -> None:
    props = {"default_generation_settings": {"n_ctx": 8192, "params": {}}, "total_slots": 1}
    listed = http(200, {"data": [{"id": "m", "meta": {"n_ctx_train": 131072}}]}, "Server: llama.cpp")
    async with Peer(answer(listed), answer(http(200, props))) as peer:
        listing = await client.list_models(route(peer.url))
    assert (listing.models, listing.facts) == (("m",), {"m": ModelFacts(8192)})
    assert paths(peer) == ["/v1/models", "/props"]


async def test_ollama_is_asked_for_the_contexts_of_what_is_loaded(client: Client) -> None:
    loaded = {"models": [{"name": "b:8b", "context_length": 4096}, {"name": "other", "context_length": 5}, 7]}
    listed = http(200, {"data": [{"id": "a:1b"}, {"id": "b:8b"}]})
    async with Peer(answer(listed), answer(http(200, loaded))) as peer:
        listing = await client.list_models(replace(route(peer.url), name="ollama"))
    assert (listing.models, listing.facts) == (("a:1b", "b:8b"), {"b:8b": ModelFacts(4096)})
    assert paths(peer) == ["/v1/models", "/api/ps"]


@pytest.mark.parametrize("sent", [http(404, "no"), http(200, "x"), http(200, {"models": {}}), b""])
async def test_without_an_answer_about_contexts_the_list_stands(sent: bytes, client: Client, clock: MovedLoop) -> None:
    listed = http(200, {"data": [{"id": "m"}]}, "Server: llama.cpp")
    async with Peer(answer(listed), answer(sent, end=End.SILENCE)) as peer:
        asking = asyncio.create_task(client.list_models(route(peer.url)))
        await peer.wait_visits(2)
        if not sent:
            clock.advance(CONTEXT_SECONDS)
        listing = await asking
    assert (listing.models, listing.facts, listing.failure) == (("m",), {}, None)
