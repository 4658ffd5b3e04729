"""The models that a provider lists: GET /models under one overall limit, with the same verdicts as a stream.

Local servers have lists of their own that say more (LM Studio's `/api/v0/models`) or stand in for a missing `/models`
(Ollama's `/api/tags`); the verdict is that of `/models` all the same. A context that the list leaves open is asked for
apart; without an answer it stays open.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from tui.settings.key_source import name_source
from tui.settings.model_facts import ModelFacts
from tui.settings.preset import presets
from tui.settings.provider import Provider
from tui.settings.secrets import Secret
from tui.stream.dialects import WireRequest, load_dialect
from tui.stream.local_context import context_path, is_like, read_contexts
from tui.stream.outcome import Outcome
from tui.stream.preparation import find_endpoint
from tui.stream.provider_error import read_error_body
from tui.stream.stop import Stop
from tui.stream.transport import NETWORK_ERRORS, Transport, TransportSetupError, explain, find_link
from tui.stream.verdict import judge_status

LISTING_SECONDS = 10.0
CONTEXT_SECONDS = 0.5
"""How long the contexts may take that the list does not tell."""
_BODY_LIMIT = 16 * 1024 * 1024
_OLLAMA_LIST = "/api/tags"


@dataclass(frozen=True, slots=True)
class ModelListing:
    """What one provider answered."""

    models: tuple[str, ...] = ()
    failure: Outcome | None = None
    values: Mapping[str, Any] | None = None
    """What the failure's sentence names."""
    server: str | None = None
    """The `Server` header."""
    facts: Mapping[str, ModelFacts] = field(default_factory=dict)
    """What the list says of its models, by id; of some, of all or of none."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """The body of a success, and its headers."""

    body: bytes
    headers: Mapping[str, str]


KeyFinder = Callable[[Provider], Awaitable[Secret | None]]
"""Gives a provider's key; raises Stop if there is none that can be used."""


async def list_models(
    provider: Provider, transport: Transport, find_key: KeyFinder, *, limit: float = LISTING_SECONDS
) -> ModelListing:
    """Ask a provider for its models; every failure is a value, as with streams. `limit` is in seconds."""
    wire = load_dialect(provider.dialect).build_models(provider.base_url)
    endpoint = find_endpoint(wire.url)
    if endpoint is None:
        return ModelListing(failure=Outcome.BAD_URL, values={})
    source = name_source(provider.key.describe())
    values: dict[str, Any] = {"host": endpoint.host, "port": endpoint.port, "seconds": limit, **source}
    try:
        async with asyncio.timeout(limit):
            key = await find_key(provider)
            if key is not None and endpoint.scheme == "http" and not provider.is_loopback and not provider.allow_http:
                return ModelListing(failure=Outcome.INSECURE_URL, values=values)
            listing = await _ask(provider, transport, key, wire, values)
    except TimeoutError:
        return ModelListing(failure=Outcome.FIRST_BYTE_TIMEOUT, values=values)
    except Stop as stop:
        return ModelListing(failure=stop.outcome, values=values)
    path = context_path(provider, listing.server, listing.models, listing.facts)
    if path is None or listing.failure is not None:
        return listing
    try:
        async with asyncio.timeout(min(limit, CONTEXT_SECONDS)):
            answer = await _fetch(
                provider, transport, key, replace(wire, url=_at_root(provider.base_url, path)), values
            )
    except TimeoutError:
        return listing
    if isinstance(answer, ModelListing):
        return listing
    told = read_contexts(path, answer.body, listing.models)
    return replace(
        listing, facts={**told, **{name: one.over(told.get(name, one)) for name, one in listing.facts.items()}}
    )


async def _ask(
    provider: Provider, transport: Transport, key: Secret | None, wire: WireRequest, values: Mapping[str, Any]
) -> ModelListing:
    """The lists in turn, the telling one first; the first that is one counts."""
    before, behind = _other_lists(provider)
    for url in before:
        listing = await _read_list(provider, transport, key, replace(wire, url=url), values)
        if listing.failure is None and listing.models:
            return listing
    listing = await _read_list(provider, transport, key, wire, values)
    if listing.failure is Outcome.NOT_FOUND:
        for url in behind:
            other = await _read_list(provider, transport, key, replace(wire, url=url), values)
            if other.failure is None:
                return other
    return listing


def _other_lists(provider: Provider) -> tuple[list[str], list[str]]:
    """The lists of a local server to try before `/models` and behind it."""
    if not provider.is_local:
        return [], []
    known = [preset for preset in presets().values() if preset.models and is_like(provider, preset.name)]
    before = [path for preset in known if (path := preset.models) is not None and path != _OLLAMA_LIST]
    return [_at_root(provider.base_url, path) for path in before], [_at_root(provider.base_url, _OLLAMA_LIST)]


def _at_root(base_url: str, path: str) -> str:
    """The URL of a path beside the version in a base URL, whose query stays."""
    parts = urlsplit(base_url)
    root = parts.path.rstrip("/").removesuffix("/v1").rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, root + path, parts.query, ""))


async def _read_list(
    provider: Provider, transport: Transport, key: Secret | None, wire: WireRequest, known: Mapping[str, Any]
) -> ModelListing:
    """One request for one list. Raises TimeoutError of whoever set the limit."""
    answer = await _fetch(provider, transport, key, wire, known)
    if isinstance(answer, ModelListing):
        return answer
    listed = load_dialect(provider.dialect).read_models(answer.body)
    if listed is None:
        values = {**known, "content_type": answer.headers.get("content-type")}
        return ModelListing(failure=Outcome.UNEXPECTED_BODY, values=values)
    facts = {name: one for name, one in listed.items() if one != ModelFacts()}
    return ModelListing(tuple(listed), server=answer.headers.get("server"), facts=facts)


async def _fetch(
    provider: Provider, transport: Transport, key: Secret | None, wire: WireRequest, known: Mapping[str, Any]
) -> _Answer | ModelListing:
    """One request; what is no answer of success is a failed listing. Raises TimeoutError of whoever set the limit."""
    link, values = find_link(provider, wire.url), dict(known)
    response: httpx.Response | None = None
    try:
        response = await transport.open(wire, key, link, _ignore)
        body = await _read_body(response)
    except TransportSetupError as error:
        return ModelListing(failure=error.failure.outcome, values={**values, **error.failure.detail})
    except NETWORK_ERRORS as error:
        proxied, answered = link.proxy is not None, response is not None
        failure = explain(error, in_tls=False, in_request=False, in_body=answered, proxied=proxied)
        return ModelListing(failure=failure.outcome, values={**values, **failure.detail})
    if response.status_code // 100 != 2:
        explanation = read_error_body(body, response.status_code)
        values["status"] = response.status_code
        return ModelListing(failure=judge_status(response.status_code, explanation), values=values)
    return _Answer(body, response.headers)


async def _read_body(response: httpx.Response) -> bytes:
    """The body up to the limit; the response is closed however that ends."""
    try:
        body = bytearray()
        async for data in response.aiter_bytes():
            body += data
            if len(body) > _BODY_LIMIT:
                break
        return bytes(body)
    finally:
        await response.aclose()


async def _ignore(name: str, info: Mapping[str, Any]) -> None:
    """A listing has one limit for all its phases."""
