"""Attempt: one request from the first packet to its verdict, under the watchdog.

`events()` yields deltas, then notices, then exactly one ending; it raises nothing but CancelledError. Every wait is
bounded by the watchdog's next alarm (`Guard`), and what came is decoded in small steps between which the loop has its
turn and the limits are looked at, however much of it is ready at once.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing

import httpx

from tui.settings.secrets import Masker
from tui.stream.compression import DamagedEncoding, UnknownEncoding, make_decompressor
from tui.stream.dialects import StreamDecoder
from tui.stream.ending import EndingWriter, mask_short
from tui.stream.events import Ending, ReasoningDelta, RefusalDelta, StreamEvent, TextDelta
from tui.stream.evidence import Evidence
from tui.stream.guard import Guard, LingerEnded
from tui.stream.notices import closing_notices, suspension
from tui.stream.outcome import Outcome
from tui.stream.preparation import Prepared
from tui.stream.provider_error import BODY_LIMIT, ErrorClass, ProviderError, read_error_body
from tui.stream.raw_stream import RawEnd, RawHead, RawStream
from tui.stream.retry_hint import has_hint, read_error_headers, read_retry_after
from tui.stream.stop import Stop
from tui.stream.thought import ThoughtSplitter
from tui.stream.trace import Answer, StreamTrace
from tui.stream.transport import NETWORK_ERRORS, Transport, chain_of
from tui.stream.verdict import judge, judge_status
from tui.stream.watchdog import Watchdog

TEXT_LIMIT = 64 * 1024 * 1024
"""Characters of one reply; more is a model that loops."""
_LIMITS = (429, 503, 529)
"""Statuses that are about a limit, so that the time of its reset is a time to wait."""
_ERROR_BODY_SECONDS = 1.0
_DRAIN_SECONDS = 0.05


class Attempt:
    """Runs once. Its figures go into the trace, what it reads into `raw`, its foreign texts through the masker."""

    def __init__(
        self, prepared: Prepared, transport: Transport, trace: StreamTrace, raw: RawStream, mask: Masker
    ) -> None:
        self._prepared = prepared
        self._transport = transport
        self._trace = trace
        self._raw = raw
        self._mask = mask
        self._writer = EndingWriter(prepared, trace, mask)
        self._watchdog = Watchdog(prepared.limits, trace.started or trace.clock.monotonic())
        self._guard = Guard(prepared, trace, self._watchdog, transport.connections)
        self._splitter = ThoughtSplitter()
        self._words: tuple[str | None, str | None] = (None, None)
        self.error: ProviderError | None = None
        """The server's error, unmasked: what a retry is decided on."""
        self.retry_after: float | None = None
        self.retry_hinted = False
        """The server asked for a wait, whether or not it could be read."""
        self.retry_forbidden = False
        """The server said that it is no use: `x-should-retry: false`."""

    async def events(self) -> AsyncGenerator[StreamEvent, None]:
        """Deltas, notices, and the ending."""
        try:
            response = await self._open()
        except Stop as stop:
            self._raw.close_by(stop.outcome, self._trace.clock.monotonic())
            for notice in suspension(self._trace):
                self._trace.notices.append(notice.code.value)
                yield notice
            _, ending = self._writer.end(stop.outcome, stop)
            yield ending
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
        opening = self._transport.open(prepared.wire, prepared.key, prepared.link, self._guard.follow, self._count_sent)
        return await self._guard.wait(opening)

    def _count_sent(self, count: int) -> None:
        self._trace.bytes_sent = count

    def _take_head(self, response: httpx.Response) -> None:
        headers = response.headers
        self._trace.headers = now = self._trace.clock.monotonic()
        pairs = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)
        self._raw.head = RawHead(now, response.status_code, response.http_version, pairs)
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
            while not decoder.evidence.settled:
                self._guard.check()
                data = await self._guard.wait(anext(reads, b""))
                if not data:
                    self._raw.close(RawEnd.CLOSED, trace.clock.monotonic())
                    break
                self._mark_read(data)
                for piece in decompress(data):
                    events = self._take(decoder, piece)
                    handed_out = trace.clock.monotonic()
                    for event in events:
                        yield event
                    await self._guard.give_way(handed_out)
                    if decoder.evidence.characters > TEXT_LIMIT:
                        raise Stop(Outcome.OVERSIZE_REPLY, detail={"limit": f"{TEXT_LIMIT >> 20} MiB"})
                    if decoder.evidence.settled:
                        break
                    self._guard.check()
        except LingerEnded:
            pass  # the finish reason proved the end; the missing [DONE] becomes a notice
        except (UnknownEncoding, DamagedEncoding) as error:
            stop = Stop(Outcome.DECODE_ERROR, chain_of(error))
        except Stop as reason:
            stop = reason
        if stop is not None:
            self._raw.close_by(stop.outcome, trace.clock.monotonic())
        broke = decoder.evidence.done and await self._drain(reads)
        for event in decoder.end():
            self._mark(event)
            yield event
        self._mask_words(decoder.evidence)
        for event in self._close(stop, broke=broke):
            yield event

    def _mark_read(self, data: bytes) -> None:
        self._trace.mark_read(len(data))
        self._raw.take(self._trace.last_byte or 0.0, data)

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
            trace.mark_progress()
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
        """Take the time of visible text; a thought in it is told apart."""
        match event:
            case RefusalDelta():
                self._trace.mark_text()
            case TextDelta(text):
                words, evidence = self._splitter.feed(text)[1], self._trace.evidence
                evidence.thought_chars += len(text) - len(words)
                if words:
                    self._trace.mark_text()
                else:
                    evidence.thought_deltas += 1

    async def _drain(self, reads: AsyncIterator[bytes]) -> bool:
        """Read what follows `[DONE]`, shortly, so that the connection can be used again; whether it broke instead."""
        now = self._trace.clock.monotonic
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                async for data in reads:
                    self._raw.take(now(), data)
        except TimeoutError:
            return False
        except NETWORK_ERRORS:
            self._raw.close(RawEnd.CUT, now())
            return True  # after the proof of the end a broken connection is worth a notice and no more
        self._raw.close(RawEnd.CLOSED, now())
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
        # A message that was doubted and then followed by silence explains it, whatever the outcome is called.
        self.error = evidence.error or evidence.last_word
        self._read_hints(evidence.error_headers)
        shown, ending = self._writer.end(outcome, stop, error=self.error, retry_after=self.retry_after, notices=notices)
        return [*shown, ending]

    def _read_hints(self, headers: Mapping[str, str], *, limited: bool = True) -> None:
        self.retry_hinted = has_hint(headers)
        self.retry_after = read_retry_after(headers, self.error, self._trace.clock.wall(), limited=limited)

    async def _read_refusal(self, response: httpx.Response) -> Ending:
        """The verdict of an answer other than 2xx: at most 64 KiB of its body and one second for them."""
        body = bytearray()
        try:
            decompress = make_decompressor(response.headers.get("content-encoding"))
            async with asyncio.timeout(_ERROR_BODY_SECONDS):
                async for data in response.aiter_raw():
                    self._mark_read(data)
                    for piece in decompress(data):
                        body += piece
                        if len(body) >= BODY_LIMIT:
                            break
                    if max(len(body), self._trace.bytes) >= BODY_LIMIT:
                        break
                else:
                    self._raw.close(RawEnd.CLOSED, self._trace.clock.monotonic())
        except (TimeoutError, UnknownEncoding, DamagedEncoding):
            pass  # the status is the news; of its explanation whatever came is used
        except NETWORK_ERRORS:
            self._raw.close(RawEnd.CUT, self._trace.clock.monotonic())  # the same
        status, headers = response.status_code, response.headers
        explanation = read_error_body(bytes(body[:BODY_LIMIT]), status)
        self.error = explanation.error
        limited = status in _LIMITS or (self.error is not None and self.error.error_class is ErrorClass.RATE_LIMITED)
        self._read_hints({**read_error_headers(bytes(body)), **headers}, limited=limited)
        outcome = judge_status(status, explanation, challenged="cf-mitigated" in headers)
        return self._writer.end_refused(outcome, explanation, headers, retry_after=self.retry_after)


def _is_text(event: StreamEvent) -> bool:
    """Whether the model said more; usage after a finish reason, however often it comes, is no reason to go on."""
    return isinstance(event, TextDelta | ReasoningDelta | RefusalDelta)
