"""The models that a provider lists: GET /models under one overall limit, with the same verdicts as a stream."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tui.settings.provider import Provider
from tui.settings.secrets import Secret
from tui.stream.dialects import load_dialect
from tui.stream.outcome import Outcome
from tui.stream.preparation import find_endpoint
from tui.stream.provider_error import read_error_body
from tui.stream.stop import Stop
from tui.stream.transport import NETWORK_ERRORS, Transport, TransportSetupError, explain, find_link
from tui.stream.verdict import judge_status

LISTING_SECONDS = 10.0
_BODY_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ModelListing:
    """What one provider answered."""

    models: tuple[str, ...] = ()
    failure: Outcome | None = None
    values: Mapping[str, Any] | None = None
    """What the failure's sentence names."""
    server: str | None = None
    """The `Server` header."""


KeyFinder = Callable[[Provider], Awaitable[Secret | None]]
"""Gives a provider's key; raises Stop if there is none that can be used."""


async def list_models(
    provider: Provider, transport: Transport, find_key: KeyFinder, *, limit: float = LISTING_SECONDS
) -> ModelListing:
    """Ask a provider for its models; every failure is a value, as with streams. `limit` is in seconds."""
    dialect = load_dialect(provider.dialect)
    wire = dialect.build_models(provider.base_url)
    endpoint = find_endpoint(wire.url)
    if endpoint is None:
        return ModelListing(failure=Outcome.BAD_URL, values={})
    values: dict[str, Any] = {"host": endpoint.host, "port": endpoint.port, "seconds": limit}

    link = find_link(provider, wire.url)

    async def ignore(name: str, info: Mapping[str, Any]) -> None:
        """A listing has one limit for all its phases."""

    response: httpx.Response | None = None
    try:
        async with asyncio.timeout(limit):
            key = await find_key(provider)
            if key is not None and endpoint.scheme == "http" and not provider.is_loopback and not provider.allow_http:
                return ModelListing(failure=Outcome.INSECURE_URL, values=values)
            response = await transport.open(wire, key, link, ignore)
            try:
                body = bytearray()
                async for data in response.aiter_bytes():
                    body += data
                    if len(body) > _BODY_LIMIT:
                        break
            finally:
                await response.aclose()
    except TimeoutError:
        return ModelListing(failure=Outcome.FIRST_BYTE_TIMEOUT, values=values)
    except Stop as stop:
        return ModelListing(failure=stop.outcome, values=values)
    except TransportSetupError as error:
        return ModelListing(failure=error.failure.outcome, values={**values, **error.failure.detail})
    except NETWORK_ERRORS as error:
        proxied, answered = link.proxy is not None, response is not None
        failure = explain(error, in_tls=False, in_request=False, in_body=answered, proxied=proxied)
        return ModelListing(failure=failure.outcome, values={**values, **failure.detail})
    if response.status_code // 100 != 2:
        explanation = read_error_body(bytes(body), response.status_code)
        values["status"] = response.status_code
        return ModelListing(failure=judge_status(response.status_code, explanation), values=values)
    models = dialect.read_models(bytes(body))
    if models is None:
        values["content_type"] = response.headers.get("content-type")
        return ModelListing(failure=Outcome.UNEXPECTED_BODY, values=values)
    return ModelListing(tuple(models), server=response.headers.get("server"))
