"""Attempt: one request from the first packet to its verdict, under the watchdog.

`events()` yields deltas, then notices, then exactly one ending; it raises nothing but CancelledError. Every wait is
bounded by the watchdog's next alarm, and no timeout is ever open across a `yield`, since it would cancel the consumer.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping
from contextlib import aclosing
from typing import Any, TypeVar

import httpx

from tui.settings.secrets import Masker
from tui.stream.compression import DamagedEncoding, UnknownEncoding, make_decompressor
from tui.stream.dialects import StreamDecoder
from tui.stream.ending import EndingWriter, mask_short
from tui.stream.events import Ending, ReasoningDelta, RefusalDelta, StreamEvent, TextDelta
from tui.stream.evidence import Evidence
from tui.stream.notices import closing_notices, suspension
from tui.stream.outcome import Outcome
from tui.stream.preparation import Prepared
from tui.stream.provider_error import BODY_LIMIT, ProviderError, read_error_body
from tui.stream.retry import read_retry_after
from tui.stream.stop import Stop
from tui.stream.trace import Answer, StreamTrace
from tui.stream.transport import NETWORK_ERRORS, Transport, TransportSetupError, chain_of, explain
from tui.stream.verdict import judge, judge_status
from tui.stream.watchdog import Alarm, Watchdog

TEXT_LIMIT = 64 * 1024 * 1024
"""Characters of one reply; more is a model that loops."""
_ERROR_BODY_SECONDS = 1.0
_DRAIN_SECONDS = 0.05
_WORK_SLICE = 0.008
"""Seconds of decoding after which the loop gets its turn: a burst parsed without a pause would hold the screen."""

T = TypeVar("T")


class _LingerEnded(Exception):
    """The reply is at its proven end and the wait for `[DONE]` is over."""


class Attempt:
    """Runs once. Its figures go into the trace, its foreign texts through the masker."""

    def __init__(self, prepared: Prepared, transport: Transport, trace: StreamTrace, mask: Masker) -> None:
        self._prepared = prepared
        self._transport = transport
        self._trace = trace
        self._mask = mask
        self._writer = EndingWriter(prepared, trace, mask)
        self._watchdog = Watchdog(prepared.limits, trace.started or trace.clock.monotonic())
        self._timeout: asyncio.Timeout | None = None
        self._alarm: Alarm | None = None
        self._in_tls = False
        self._connected = False
        self._words: tuple[str | None, str | None] = (None, None)
        self.error: ProviderError | None = None
        """The server's error, unmasked: what a retry is decided on."""
        self.retry_after: float | None = None
        self.retry_forbidden = False
        """The server said that it is no use: `x-should-retry: false`."""

    async def events(self) -> AsyncGenerator[StreamEvent, None]:
        """Deltas, notices, and the ending."""
        try:
            response = await self._open()
        except Stop as stop:
            for notice in suspension(self._trace):
                self._trace.notices.append(notice.code.value)
                yield notice
            yield self._writer.end(stop.outcome, stop)
            return
        try:
            self._take_head(response)
            if response.status_code // 100 == 2:
                async with aclosing(self._read_reply(response)) as events:
                    async for event in events:
                        yield event
            else:
                yield await self._read_refusal(response)
        finally:
            await response.aclose()

    async def _open(self) -> httpx.Response:
        prepared = self._prepared
        opening = self._transport.open(prepared.wire, prepared.key, prepared.link, self._follow, self._count_sent)
        return await self._guard(opening)

    def _count_sent(self, count: int) -> None:
        self._trace.bytes_sent = count

    async def _guard(self, waiting: Awaitable[T]) -> T:
        """Await under the watchdog; a limit or a failure of the network is raised as Stop, the linger's as its own."""
        self._alarm = self._watchdog.next_alarm()
        try:
            async with asyncio.timeout(self._remaining()) as self._timeout:
                return await waiting
        except TimeoutError as error:
            alarm = self._alarm
            if alarm is None or self._timeout is None or not self._timeout.expired():
                raise self._explain(error) from None
            if alarm.outcome is None:
                raise _LingerEnded from None
            raise Stop(alarm.outcome, detail={"limit_s": alarm.limit}) from None
        except TransportSetupError as error:
            raise Stop(error.failure.outcome, error.failure.exception, error.failure.detail) from None
        except NETWORK_ERRORS as error:
            raise self._explain(error) from None
        finally:
            self._timeout = None

    def _remaining(self) -> float | None:
        return None if self._alarm is None else max(0.0, self._alarm.at - self._trace.clock.monotonic())

    async def _follow(self, name: str, info: Mapping[str, Any]) -> None:
        """httpcore's trace: which part of the request is under way, so that the right limit is armed."""
        if name == "connection.connect_tcp.started":
            self._connected = True
        elif name.endswith("start_tls.started"):
            self._in_tls = True
        elif name.endswith("start_tls.complete"):
            self._in_tls = False
        elif name.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            now = self._trace.clock.monotonic()
            self._trace.sent = self._watchdog.sent = now
            self._trace.reused_connection = not self._connected
            self._alarm = self._watchdog.next_alarm()
            if self._timeout is not None:
                remaining = self._remaining()
                self._timeout.reschedule(None if remaining is None else asyncio.get_running_loop().time() + remaining)

    def _take_head(self, response: httpx.Response) -> None:
        headers = response.headers
        self._trace.headers = self._trace.clock.monotonic()
        self._trace.answer = Answer(
            response.status_code,
            response.http_version,
            mask_short(self._mask, headers.get("content-type")),
            mask_short(self._mask, headers.get("content-encoding")),
            headers.get("content-length"),
            mask_short(self._mask, headers.get("server")),
            mask_short(self._mask, headers.get("x-request-id") or headers.get("request-id") or headers.get("cf-ray")),
        )
        self.retry_forbidden = headers.get("x-should-retry", "").lower() == "false"

    async def _read_reply(self, response: httpx.Response) -> AsyncGenerator[StreamEvent, None]:
        """The body of a 2xx answer."""
        trace, decoder = self._trace, self._prepared.dialect.decoder()
        trace.evidence = decoder.evidence
        stop: Stop | None = None
        reads = response.aiter_raw()
        try:
            decompress = make_decompressor(response.headers.get("content-encoding"))
            busy_since = trace.clock.monotonic()
            while not (decoder.evidence.done or decoder.evidence.error or decoder.evidence.oversize_line):
                data = await self._guard(anext(reads, b""))
                if not data:
                    break
                arrived = trace.clock.monotonic()
                trace.mark_read(len(data))
                for event in self._take(decoder, decompress(data)):
                    yield event
                if decoder.evidence.characters > TEXT_LIMIT:
                    raise Stop(Outcome.OVERSIZE_REPLY, detail={"limit": f"{TEXT_LIMIT >> 20} MiB"})
                now = trace.clock.monotonic()
                self._watchdog.shift(now - arrived)
                if now - busy_since > _WORK_SLICE:
                    await asyncio.sleep(0)
                    busy_since = trace.clock.monotonic()
        except _LingerEnded:
            pass  # the finish reason proved the end; the missing [DONE] becomes a notice
        except (UnknownEncoding, DamagedEncoding) as error:
            stop = Stop(Outcome.DECODE_ERROR, chain_of(error))
        except Stop as reason:
            stop = reason
        broke = decoder.evidence.done and await self._drain(reads)
        for event in decoder.end():
            self._mark(event)
            yield event
        self._mask_words(decoder.evidence)
        for event in self._close(stop, broke=broke):
            yield event

    def _take(self, decoder: StreamDecoder, data: bytes) -> list[StreamEvent]:
        """Decode what a read brought and move the watchdog's marks."""
        trace, watchdog, evidence = self._trace, self._watchdog, decoder.evidence
        before = evidence.events
        events = decoder.feed(data)
        self._mask_words(evidence)
        now = trace.clock.monotonic()
        trace.mark_events(evidence.events - before, torn=decoder.torn)
        watchdog.last_byte = now
        watchdog.keepalives = evidence.keepalives > 0
        if watchdog.first_event is None and decoder.started:
            watchdog.first_event = now
        if events or (evidence.finish_reason and watchdog.finished is None):
            watchdog.last_progress = now
        if evidence.finish_reason is not None and (watchdog.finished is None or any(map(_is_text, events))):
            watchdog.finished = now
        for event in events:
            self._mark(event)
        return events

    def _mask_words(self, evidence: Evidence) -> None:
        """Mask what the server says of itself and what goes on record as it stands."""
        if (evidence.model, evidence.finish_reason) != self._words:
            self._words = mask_short(self._mask, evidence.model), mask_short(self._mask, evidence.finish_reason)
            evidence.model, evidence.finish_reason = self._words

    def _mark(self, event: StreamEvent) -> None:
        if isinstance(event, TextDelta | RefusalDelta):
            self._trace.mark_text()

    async def _drain(self, reads: AsyncIterator[bytes]) -> bool:
        """Read what follows `[DONE]`, shortly, so that the connection can be used again; whether it broke instead."""
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                async for _ in reads:
                    pass
        except TimeoutError:
            return False
        except NETWORK_ERRORS:
            return True  # after the proof of the end a broken connection is worth a notice and no more
        return False

    def _close(self, stop: Stop | None, *, broke: bool) -> list[StreamEvent]:
        """The notices and the ending of a 2xx answer; `broke`: the connection did, after `[DONE]`."""
        prepared, evidence = self._prepared, self._trace.evidence
        outcome = judge(evidence, stop.outcome if stop else None)
        # A limit that ran out after the proof is no break: only a failure of the transport has an exception.
        broke = broke or (evidence.proven and bool(stop and stop.exception and outcome is not stop.outcome))
        notices = list(
            closing_notices(
                self._trace,
                outcome,
                asked_model=prepared.request.model,
                streamed=prepared.request.stream,
                local=prepared.local,
                broke=broke,
            )
        )
        self._trace.notices.extend(notice.code.value for notice in notices)
        self.error = evidence.error
        return [*notices, self._writer.end(outcome, stop, error=self.error)]

    async def _read_refusal(self, response: httpx.Response) -> Ending:
        """The verdict of an answer other than 2xx: at most 64 KiB of its body and one second for them."""
        body = bytearray()
        try:
            decompress = make_decompressor(response.headers.get("content-encoding"))
            async with asyncio.timeout(_ERROR_BODY_SECONDS):
                async for data in response.aiter_raw():
                    self._trace.mark_read(len(data))
                    body += decompress(data)
                    if len(body) >= BODY_LIMIT:
                        break
        except (TimeoutError, UnknownEncoding, DamagedEncoding, *NETWORK_ERRORS):
            pass  # the status is the news; of its explanation whatever came is used
        status, headers = response.status_code, response.headers
        explanation = read_error_body(bytes(body[:BODY_LIMIT]), status)
        self.error = explanation.error
        self.retry_after = read_retry_after(headers, explanation.error, self._trace.clock.wall())
        outcome = judge_status(status, explanation, challenged="cf-mitigated" in headers)
        return self._writer.end_refused(outcome, explanation, headers, retry_after=self.retry_after)

    def _explain(self, error: BaseException) -> Stop:
        failure = explain(
            error,
            in_tls=self._in_tls,
            in_request=self._trace.sent is not None and self._trace.bytes_sent < len(self._prepared.wire.body),
            in_body=self._trace.headers is not None,
            proxied=self._prepared.link.proxy is not None,
        )
        detail = {"in_flight": self._transport.connections, **failure.detail}
        return Stop(failure.outcome, failure.exception, detail)


def _is_text(event: StreamEvent) -> bool:
    """Whether the model said more; usage after a finish reason, however often it comes, is no reason to go on."""
    return isinstance(event, TextDelta | ReasoningDelta | RefusalDelta)
