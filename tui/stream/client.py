"""Client: `stream()` is the one async generator through which every reply comes.

It never raises for trouble of the network, the server or the format: it yields deltas and notices and then exactly
one `Finished` or `Interrupted`. Retries happen inside it, only before any output, each announced by a `retrying`
notice that carries the record of the attempt that failed. Cancelling the task that iterates it, or closing it, closes
the socket: that is the only sign by which a server knows to stop.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Self

from tui.settings.provider import Prefill, Provider
from tui.settings.secrets import Masker, Secret, read_key, secrets_of
from tui.stream.attempt import Attempt
from tui.stream.dialects import load_dialect
from tui.stream.events import Ending, Finished, Interrupted, Notice, StreamEvent, make_ending
from tui.stream.listing import LISTING_SECONDS, ModelListing, list_models
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.partial import Partial
from tui.stream.preparation import (
    Prepared,
    choose_prefill,
    describe,
    describe_sent,
    find_endpoint,
    find_key,
    prepare,
    wants_usage,
)
from tui.stream.raw_stream import RawEnd, RawShelf, RawStream, SentRequest
from tui.stream.record import Circumstances, make_record
from tui.stream.request import ChatRequest
from tui.stream.retry import plan_retry
from tui.stream.stop import Stop
from tui.stream.trace import Call, StreamTrace
from tui.stream.transport import Transport, find_link

DEFAULT_RETRIES = 2
_STALE = (Outcome.NO_RESPONSE, Outcome.CONNECTION_RESET, Outcome.SEND_FAILED)
"""How a kept connection looks that the server closed long ago."""
_REFUSED_ANYWHERE = (
    Outcome.BAD_REQUEST,
    Outcome.UNPROCESSABLE,
    Outcome.CONTENT_FILTER,
    Outcome.CONTEXT_TOO_LONG,
)


_NO_PREFILL = (Outcome.BAD_REQUEST, Outcome.UNPROCESSABLE, Outcome.SERVER_ERROR)
"""How a server refuses to go on with the start of an answer; it is asked once more, in words."""


@dataclass(frozen=True, slots=True)
class Fallback:
    """Another model to ask when one cannot answer."""

    provider: Provider
    model: str

    @property
    def name(self) -> str:
        """`provider/model`, as the config writes it."""
        return f"{self.provider.name}/{self.model}"


@dataclass(slots=True)
class _Again:
    """What one attempt after another must remember."""

    attempt: int = 1
    include_usage: bool = False
    prefill: Prefill = "off"
    stale_used: bool = False


class Client:
    """Owns the connections and the masker with every key that was read."""

    def __init__(
        self,
        environ: Mapping[str, str],
        mask: Masker,
        *,
        retries: int = DEFAULT_RETRIES,
        transport: Transport | None = None,
        randomness: Callable[[], float] = random.random,
        follow_raw: Callable[[RawStream], object] = lambda raw: None,
        keep_raw: Callable[[RawStream], object] = lambda raw: None,
    ) -> None:
        """`follow_raw` is given the raw stream of every attempt when it begins, `keep_raw` when it has ended, if it
        was sent; both on the loop."""
        self._environ = environ
        self._transport = transport or Transport()
        self._retries = retries
        self._random = randomness
        self._follow_raw = follow_raw
        self._keep_raw = keep_raw
        self._shelf = RawShelf()
        self.mask = mask
        """Masks foreign text; it knows every key that this client has read."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def stream(
        self, request: ChatRequest, provider: Provider, trace: StreamTrace, fallbacks: Sequence[Fallback] = ()
    ) -> AsyncGenerator[StreamEvent, None]:
        """Ask a provider and yield what comes of it; `trace` holds the figures while it runs.

        When it fails before any output and its retries are spent, the fallbacks are asked in their order, each
        announced by a `fallback` notice with the record of the failure.
        """
        trace.notices.clear()
        route = Fallback(provider, request.model)
        for following in (*fallbacks, None):
            asked = replace(request, model=route.model)
            if asked.partial is not None and route.provider is not provider:
                asked = replace(asked, partial=Partial(asked.partial.text))  # another server is behind that route
            ending: Ending | None = None
            async with aclosing(self._ask(asked, route.provider, trace)) as events:
                async for event in events:
                    if isinstance(event, Finished | Interrupted):
                        ending = event
                    else:
                        yield event
            assert ending is not None, "asking ends with an ending"
            if following is None or trace.evidence.has_output or not _may_fall_back(ending.outcome):
                yield ending
                return
            trace.notices.append(NoticeCode.FALLBACK.value)
            values = {"from": route.name, "outcome": ending.outcome.value, "to": following.name}
            yield Notice(NoticeCode.FALLBACK, values, ending.record)
            route = following

    async def _ask(
        self, request: ChatRequest, provider: Provider, trace: StreamTrace
    ) -> AsyncGenerator[StreamEvent, None]:
        """One route with its retries; what the route and its model are set to goes into the request here."""
        request = request.over(provider.parameters_for(request.model))
        again = _Again(include_usage=wants_usage(provider))
        if request.partial is not None:
            again.prefill = choose_prefill(provider, request.partial.server)
        trace.call = self.describe(request, provider)
        key: Secret | None = None
        while True:
            trace.begin(again.attempt, self._retries + 1)
            trace.prefilled = again.prefill != "off"
            try:
                key = key or await self._find_key(provider)
                prepared = self._prepare(request, provider, key, trace, again)
            except Stop as stop:
                yield self._end_early(stop, trace)
                return
            raw = self._begin_raw(prepared, provider, trace)
            attempt = Attempt(prepared, self._transport, trace, raw, self.mask)
            ending: Ending | None = None
            try:
                async with aclosing(attempt.events()) as events:
                    async for event in events:
                        if isinstance(event, Finished | Interrupted):
                            ending = event
                        else:
                            yield event
            finally:
                self._end_raw(raw, prepared, ending, trace)
            assert ending is not None, "an attempt ends with an ending"
            wait = self._plan(again, attempt, ending, trace)
            if wait is None:
                yield ending
                return
            yield self._announce(again, ending, wait, trace)
            await self._pause(wait, trace)

    def describe(self, request: ChatRequest, provider: Provider) -> Call:
        """Who is asked for what, masked; what its route holds in secrets is known to the masker from here on."""
        if provider.key.kind == "env" and (key := read_key(provider.key, self._environ)) is not None:
            self.mask.add(key)
        self._learn(provider)
        return describe(request, provider, self.mask)

    def sketch(self, request: ChatRequest, provider: Provider) -> SentRequest:
        """What would be sent for a request; nothing of it is checked, and no key is read."""
        self.describe(request, provider)
        request = request.over(provider.parameters_for(request.model))
        dialect = load_dialect(provider.dialect)
        wire = dialect.build(request, provider.base_url, include_usage=wants_usage(provider))
        return describe_sent(request, provider, wire)

    def _learn(self, provider: Provider) -> None:
        """Make known to the masker what the addresses of a route hold: a proxy or a server may repeat it."""
        proxy = find_link(provider, provider.base_url).proxy if find_endpoint(provider.base_url) else None
        for url in (provider.base_url, *((proxy,) if proxy else ())):
            for secret in secrets_of(url):
                self.mask.add(secret)

    async def list_models(self, provider: Provider, *, limit: float = LISTING_SECONDS) -> ModelListing:
        """The models that a provider lists, or why it does not; `limit` is in seconds."""
        self._learn(provider)
        return await list_models(provider, self._transport, self._find_key, limit=limit)

    async def _find_key(self, provider: Provider) -> Secret | None:
        key = await find_key(provider, self._environ)
        if key is not None:
            self.mask.add(key)
        return key

    def _prepare(
        self, request: ChatRequest, provider: Provider, key: Secret | None, trace: StreamTrace, again: _Again
    ) -> Prepared:
        wire = load_dialect(provider.dialect).build(
            request, provider.base_url, include_usage=again.include_usage, prefill=again.prefill
        )
        endpoint = find_endpoint(wire.url)
        trace.call = replace(
            self.describe(request, provider),
            key=key.masked if key else None,
            proxy=find_link(provider, wire.url).shown_proxy if endpoint else None,
        )
        return prepare(request, provider, key, wire, endpoint)

    def _begin_raw(self, prepared: Prepared, provider: Provider, trace: StreamTrace) -> RawStream:
        assert trace.wall_started is not None, "the attempt has begun"
        request = describe_sent(prepared.request, provider, prepared.wire)
        started = trace.started or 0.0
        raw = RawStream(request, trace.attempt, trace.attempts, trace.wall_started, started, self._shelf)
        raw.limits = prepared.limits.as_applied(keepalives=False)
        self._shelf.put(raw)
        trace.raw.append(raw)
        self._follow_raw(raw)
        return raw

    def _end_raw(self, raw: RawStream, prepared: Prepared, ending: Ending | None, trace: StreamTrace) -> None:
        """However the attempt ended; without an ending it was ended from outside."""
        raw.limits = prepared.limits.as_applied(keepalives=trace.evidence.keepalives > 0)
        raw.close(RawEnd.LEFT, trace.clock.monotonic())
        raw.outcome = ending.outcome if ending is not None else None
        if trace.sent is not None:
            self._keep_raw(raw)

    def _end_early(self, stop: Stop, trace: StreamTrace) -> Ending:
        trace.end()
        circumstances = Circumstances(stop.exception, detail=stop.detail)
        return make_ending(stop.outcome, make_record(trace, stop.outcome, circumstances))

    def _plan(self, again: _Again, attempt: Attempt, ending: Ending, trace: StreamTrace) -> float | None:
        """Seconds until the next attempt, or None; sets what it must do otherwise."""
        if trace.evidence.has_output or again.attempt > self._retries:
            return None
        if ending.outcome in _STALE and trace.reused_connection and trace.headers is None and not again.stale_used:
            again.stale_used = True
            return 0.0
        if again.include_usage and _rejects_usage(ending, attempt):
            again.include_usage = False
            return 0.0
        if again.prefill != "off" and ending.outcome in _NO_PREFILL:
            again.prefill = "off"
            return 0.0
        return plan_retry(
            ending.outcome,
            attempt=again.attempt,
            attempts=self._retries + 1,
            retry_after=attempt.retry_after,
            hinted=attempt.retry_hinted,
            forbidden=attempt.retry_forbidden,
            random=self._random,
        )

    def _announce(self, again: _Again, ending: Ending, wait: float, trace: StreamTrace) -> Notice:
        again.attempt += 1
        trace.notices.append(NoticeCode.RETRYING.value)
        values = {
            "attempt": again.attempt,
            "attempts": self._retries + 1,
            "seconds": round(wait, 1) if wait % 1 else int(wait),
            "reason": ending.outcome.value,
        }
        return Notice(NoticeCode.RETRYING, values, ending.record)

    async def _pause(self, wait: float, trace: StreamTrace) -> None:
        trace.retry_at = trace.clock.monotonic() + wait
        try:
            await asyncio.sleep(wait)
        finally:
            trace.retry_at = None  # a pause that is cut short is over, too


def _may_fall_back(outcome: Outcome) -> bool:
    """Whether another route may do better: not with what is wrong here, nor with a request that any would refuse."""
    if outcome.rule.phase == "end":
        return outcome is Outcome.EMPTY_REPLY
    return outcome.rule.phase != "local" and outcome not in _REFUSED_ANYWHERE


def _rejects_usage(ending: Ending, attempt: Attempt) -> bool:
    """Whether the server refused the request for the field that asks for token counts."""
    message = attempt.error.message if attempt.error else ""
    refused = ending.outcome in (Outcome.BAD_REQUEST, Outcome.UNPROCESSABLE)
    return refused and ("stream_options" in message or "include_usage" in message)
