"""Questions: the few small requests that a diagnosis makes of a model, and what they cost.

They go through `Client.stream()` as every reply does, with less patience than a person has. Their records say `probe`.
"""

from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace

from tui.settings.provider import Provider, Timeouts
from tui.stream.client import Client
from tui.stream.events import Finished, Interrupted, Notice, ReasoningDelta, TextDelta
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.probe.finding import Spending
from tui.stream.record import Circumstances, Record, make_record
from tui.stream.request import ChatMessage, ChatRequest, Role
from tui.stream.trace import Clock, StreamTrace

REQUEST_TYPE = "probe"
PATIENCE = Timeouts(first_byte=60.0, idle=10.0, stall=20.0, deadline=120.0)
"""Where a person set no limits: a prompt of ten words needs no minutes."""
PLAIN_TOKENS, STREAM_TOKENS = 8, 48
"""Most tokens of an answer; a stream needs some dozens of events before their times say anything."""
ENOUGH_TOKENS = 512
"""From here on a stream is stopped: the server does not heed the limit, and may write and charge for ever."""
_PLAIN_PROMPT = "Reply with OK."
_STREAM_PROMPT = "Count from 1 to 40 in digits, separated by commas."
_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Answered:
    """How one question went."""

    outcome: Outcome
    record: Record
    trace: StreamTrace
    notices: Mapping[NoticeCode, Mapping[str, object]]
    """The values of each notice, in their order."""
    unbounded: bool = False
    """It was stopped here, since it went on far beyond the limit."""


class Questioner:
    """Asks one model, and keeps account of it. `keep` takes each record."""

    def __init__(
        self, client: Client, provider: Provider, model: str, keep: Callable[[Record], object], clock: Clock
    ) -> None:
        self._client = client
        self._provider = replace(provider, timeouts=provider.timeouts.over(PATIENCE))
        self._model = model
        self._keep = keep
        self._clock = clock
        self._limit_name = "max_tokens"
        self.spending = Spending()

    async def ask(self, *, stream: bool) -> Answered:
        """Ask, and again where the server only minded a field that the program itself leaves out when it has to."""
        answered = await self._ask(stream=stream)
        message = str((answered.record.error or {}).get("message", ""))
        if answered.outcome not in (Outcome.BAD_REQUEST, Outcome.UNPROCESSABLE):
            return answered
        if "max_tokens" in message and self._limit_name == "max_tokens":
            self._limit_name = "max_completion_tokens"  # OpenAI's reasoning models take no other
        elif "stream_options" in message or "include_usage" in message:
            self._provider = replace(self._provider, usage="off")
        else:
            return answered
        return await self._ask(stream=stream)

    async def ask_and_cancel(self, watch: Callable[[], object]) -> Answered | None:
        """Stop a stream at its first words, and tell `watch` just before; None if it ended before there were any."""
        trace = StreamTrace(self._clock)
        async with aclosing(self._client.stream(self._request(stream=True), self._provider, trace)) as events:
            async for event in events:
                match event:
                    case TextDelta() | ReasoningDelta():
                        break
                    case Interrupted(outcome, record):
                        return self._close(outcome, record, trace, {})
                    case Finished(outcome, record):
                        self._close(outcome, record, trace, {})
                        return None
                    case _:
                        pass  # a cancelled stream's notices change nothing
            watch()
            began = self._clock.monotonic()
        trace.end()
        detail = {"cancel_latency_ms": round((self._clock.monotonic() - began) * 1000, 1)}
        record = make_record(trace, Outcome.CANCELLED, Circumstances(detail=detail))
        return self._close(Outcome.CANCELLED, record, trace, {})

    async def _ask(self, *, stream: bool) -> Answered:
        trace = StreamTrace(self._clock)
        notices: dict[NoticeCode, Mapping[str, object]] = {}
        ending: Finished | Interrupted | None = None
        async with aclosing(self._client.stream(self._request(stream=stream), self._provider, trace)) as events:
            async for event in events:
                match event:
                    case Notice(code, values):
                        notices[code] = values
                    case Finished() | Interrupted():
                        ending = event
                    case _ if stream and count_spoken(trace) > ENOUGH_TOKENS:
                        break
                    case _:
                        pass  # what the model says is of no interest here
        if ending is not None:
            return self._close(ending.outcome, ending.record, trace, notices)
        trace.end()
        record = make_record(trace, Outcome.CANCELLED, Circumstances())
        return replace(self._close(Outcome.CANCELLED, record, trace, notices), unbounded=True)

    def _request(self, *, stream: bool) -> ChatRequest:
        prompt, most = (_STREAM_PROMPT, STREAM_TOKENS) if stream else (_PLAIN_PROMPT, PLAIN_TOKENS)
        return ChatRequest(self._model, (ChatMessage(Role.USER, prompt),), stream, {self._limit_name: most})

    def _close(
        self,
        outcome: Outcome,
        record: Record,
        trace: StreamTrace,
        notices: Mapping[NoticeCode, Mapping[str, object]],
    ) -> Answered:
        record = replace(record, request_type=REQUEST_TYPE)
        self._keep(record)
        self._count(trace)
        return Answered(outcome, record, trace, notices)

    def _count(self, trace: StreamTrace) -> None:
        """The server's own counts, else an estimate; a refused request costs nothing."""
        evidence = trace.evidence
        if trace.sent is None:
            return
        if evidence.tokens_out is not None:
            self.spending = self.spending.plus((evidence.tokens_in or 0) + evidence.tokens_out, estimated=False)
        elif evidence.has_output:
            prompt = len(_STREAM_PROMPT) // _CHARACTERS_PER_TOKEN
            self.spending = self.spending.plus(prompt + count_spoken(trace), estimated=True)
        else:
            self.spending = self.spending.plus(0, estimated=False)


def count_spoken(trace: StreamTrace) -> int:
    """Tokens that came, thoughts among them, as far as nobody else counts them."""
    thought = trace.evidence.reasoning_chars + trace.evidence.thought_chars
    return trace.tokens()[0] + thought // _CHARACTERS_PER_TOKEN
