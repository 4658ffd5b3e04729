"""Samples of conversations, replies and records, made by the same events that a stream brings."""

import time
from collections.abc import Callable, Sequence

from tui.chat.conversation import Conversation, Reply, Turn
from tui.stream.events import (
    Notice,
    ReasoningDelta,
    RefusalDelta,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    UsageReport,
    make_ending,
)
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.record import Record, make_record
from tui.stream.trace import StreamTrace


def wait_for(condition: Callable[[], bool]) -> None:
    """Return once it holds: what another thread or process does is done when it is done. The limit is for a hang."""
    limit = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.002)


def make_sample_record(outcome: Outcome = Outcome.COMPLETE) -> Record:
    trace = StreamTrace()
    trace.begin(1, 3)
    trace.end()
    return make_record(trace, outcome)


def make_turn(conversation: Conversation, prompt: str = "Hello", models: Sequence[str] = ("one",)) -> Turn:
    """A turn with open replies, as `ChatSession.begin` makes it."""
    turn = Turn(prompt, [Reply("route", model) for model in models])
    conversation.title = conversation.title or prompt
    conversation.add(turn)
    return turn


def feed(reply: Reply, *events: StreamEvent | str) -> None:
    """Let a reply grow; a string is a piece of text."""
    for event in events:
        reply.apply(TextDelta(event) if isinstance(event, str) else event)


def end(reply: Reply, outcome: Outcome = Outcome.COMPLETE) -> None:
    reply.apply(make_ending(outcome, make_sample_record(outcome)))


def fill(reply: Reply, text: str) -> None:
    """Everything that a reply can hold, with this text in all of it, and its end."""
    failed = make_sample_record(Outcome.SERVER_ERROR)
    feed(
        reply,
        Notice(NoticeCode.RETRYING, {"attempt": 2, "reason": text}, failed),
        ReasoningDelta(text),
        *(text, " and ", text),
        RefusalDelta(text),
        ToolCallDelta(0, "call-1", "get_weather", ""),
        ToolCallDelta(0, None, "", f'{{"city": "{text}"}}'),
        ToolCallDelta(1, None, "second", "{}"),
        UsageReport(3, 7),
        Notice(NoticeCode.MODEL_MISMATCH, {"asked": text, "got": "b"}),
    )
    end(reply)
