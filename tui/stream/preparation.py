"""What is checked before the network: the URL, the key, and that a key goes only where it was meant to.

A request that fails here never opens a socket; its outcome is one of `bad-url`, `no-api-key`, `bad-api-key-text`,
`insecure-url`.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from tui.settings.command import CommandRun
from tui.settings.key_source import KeySource
from tui.settings.preset import find_preset, presets
from tui.settings.provider import Prefill, Provider, is_loopback
from tui.settings.secrets import KeyUnavailable, Masker, Secret, mask_url, read_key
from tui.stream.dialects import Dialect, WireRequest, load_dialect
from tui.stream.outcome import Outcome
from tui.stream.raw_stream import SentRequest
from tui.stream.request import ChatRequest
from tui.stream.stop import Stop
from tui.stream.trace import Call, Endpoint
from tui.stream.transport import Link, find_link
from tui.stream.watchdog import LOCAL, REMOTE, Limits

_BAD_IN_URL = re.compile(r"[\x00-\x20\x7f#]")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that has passed every check made before the network."""

    request: ChatRequest
    wire: WireRequest
    key: Secret | None
    dialect: Dialect
    link: Link
    limits: Limits
    local: bool


def describe(request: ChatRequest, provider: Provider, mask: Masker) -> Call:
    """Who is asked for what, for the record, as far as it is known before anything is checked."""
    bare = replace(request, messages=())  # what is sent may be large, and the address does not depend on it
    url = load_dialect(provider.dialect).build(bare, provider.base_url, include_usage=False).url
    endpoint = find_endpoint(url)
    return Call(
        mask(request.model, 200),
        mask(provider.name, 200),
        request.kind,
        provider.environment,
        # A key may stand in an address by mistake, or because a server wants it there.
        replace(endpoint, host=mask(endpoint.host), path=mask(endpoint.path)) if endpoint else None,
        None if endpoint else mask_url(provider.base_url),
        owner=mask(provider.owner, 200) if provider.owner else None,
        support=mask(provider.support, 200) if provider.support else None,
        key_source=mask(provider.key.describe(), 200),
    )


def find_endpoint(url: str) -> Endpoint | None:
    """Scheme, host, port and path of a usable http(s) URL, its query left out; None if it is not usable.

    With userinfo it is not: httpx would send that as the `Authorization`, in place of the key. Nor with a fragment,
    which is never sent and would swallow the path.
    """
    if _BAD_IN_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or "@" in parts.netloc:
        return None
    return Endpoint(parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80), parts.path)


async def find_key(provider: Provider, environ: Mapping[str, str]) -> Secret | None:
    """The provider's key; None if it needs none. Raises Stop with `no-api-key` or `bad-api-key-text`."""
    source = provider.key
    if source.kind == "none":
        return None
    described = {"key_source": source.describe()}
    try:
        key = read_key(source, environ) if source.kind == "env" else await _read_slow_key(source, environ)
    except KeyUnavailable as missing:
        raise Stop(Outcome.NO_API_KEY, detail={"key_source": f"{source.describe()} ({missing.reason})"}) from None
    if key is None:
        raise Stop(Outcome.NO_API_KEY, detail=described)
    if (index := key.bad_character()) is not None:
        raise Stop(Outcome.BAD_API_KEY_TEXT, detail={**described, "bad_char_index": index})
    return key


async def _read_slow_key(source: KeySource, environ: Mapping[str, str]) -> Secret | None:
    """A key command may take seconds, and a file may be on a slow disk: the loop does not wait for either.

    A cancel ends the command at once, since the loop's own end waits for its threads.
    """
    command = CommandRun()
    try:
        return await asyncio.to_thread(read_key, source, environ, command=command)
    except asyncio.CancelledError:
        command.stop()
        raise


def prepare(
    request: ChatRequest, provider: Provider, key: Secret | None, wire: WireRequest, endpoint: Endpoint | None
) -> Prepared:
    """The last checks, and the request ready to be sent. Raises Stop with `bad-url` or `insecure-url`."""
    if endpoint is None:
        raise Stop(Outcome.BAD_URL)
    if key is not None and endpoint.scheme == "http" and not is_loopback(endpoint.host) and not provider.allow_http:
        raise Stop(Outcome.INSECURE_URL, detail={"host": endpoint.host})
    dialect, link = load_dialect(provider.dialect), find_link(provider, wire.url)
    return Prepared(request, wire, key, dialect, link, find_limits(provider), provider.is_local)


def describe_sent(request: ChatRequest, provider: Provider, wire: WireRequest) -> SentRequest:
    """What is sent and how it goes there, for whoever looks at the raw stream later."""
    link = find_link(provider, wire.url) if find_endpoint(wire.url) else Link()
    return SentRequest(
        wire.method,
        wire.url,
        wire.headers,
        wire.body,
        provider.name,
        provider.key,
        request.model,
        request.stream,
        link.proxy,
        link.ca_file,
    )


def find_limits(provider: Provider) -> Limits:
    """The provider's timeouts over the defaults for where it is."""
    defaults, chosen = (LOCAL if provider.is_local else REMOTE), provider.timeouts

    def pick(mine: float | None, default: float) -> float:
        return default if mine is None else mine

    return Limits(
        connect=pick(chosen.connect, defaults.connect),
        first_byte=pick(chosen.first_byte, defaults.first_byte),
        idle=pick(chosen.idle, defaults.idle),
        stall=pick(chosen.stall, defaults.stall),
        linger=pick(chosen.linger, defaults.linger),
        deadline=pick(chosen.deadline, defaults.deadline),
        first_byte_is_default=chosen.first_byte is None,
    )


def choose_prefill(provider: Provider, server: str | None) -> Prefill:
    """How a route is given the start of an answer: as configured, else as what it is known by takes it.

    `server` is what it called itself when it last answered: a llama.cpp at any address is known by that.
    """
    if provider.prefill is not None:
        return provider.prefill
    if provider.origin == "practice":
        return "message"
    known = presets()
    preset = find_preset(provider.base_url) or known.get((server or "").lower().partition("/")[0])
    if preset is None and provider.origin == "found":
        preset = known.get(provider.name)
    return preset.prefill if preset is not None else "off"


def wants_usage(provider: Provider) -> bool:
    """Whether token counts are asked for: as configured, else of the routes known to give them."""
    if provider.usage != "auto":
        return provider.usage == "on"
    preset = find_preset(provider.base_url)
    return provider.origin == "practice" or (preset is not None and preset.usage)
