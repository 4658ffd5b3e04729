"""Event line: an event as the JSON object that `ask --json` and `compare --json` print, each with its `type`."""

from typing import Any

from tui.chat.conversation import Reply
from tui.stream.events import (
    Finished,
    Interrupted,
    Notice,
    ReasoningDelta,
    RefusalDelta,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    UsageReport,
)
from tui.stream.outcome import Outcome
from tui.stream.provider_error import ErrorClass
from tui.stream.record import Record
from tui.text.language import Language


def make_line(event: StreamEvent, reply: Reply, language: Language, *, saved: bool) -> dict[str, Any]:
    """The object of one event of this reply; texts in it are as received. `saved`: the conversation is kept."""
    match event:
        case TextDelta(text):
            return {"type": "text", "text": text}
        case ReasoningDelta(text):
            return {"type": "reasoning", "text": text}
        case RefusalDelta(text):
            return {"type": "refusal", "text": text}
        case ToolCallDelta(index, identity, name, arguments):
            return {"type": "tool_call", "index": index, "id": identity, "name": name, "arguments": arguments}
        case UsageReport():
            return {"type": "usage", **_usage(event)}
        case Notice(code, values, record):
            line = {"type": "notice", "code": code.value, "message": language.notice(code, values)}
            return line | ({"record": record.as_json()} if record is not None else {})
        case Finished(outcome, record) | Interrupted(outcome, record):
            return _end(outcome, record, reply, language, saved=saved)


def advise(outcome: Outcome, record: Record, language: Language, *, saved: bool) -> list[str]:
    """The next steps; that the text was saved is only said where it was."""
    if outcome is Outcome.APP_EXIT and not saved:
        return []
    return language.advice(outcome, record.values())


def _end(outcome: Outcome, record: Record, reply: Reply, language: Language, *, saved: bool) -> dict[str, Any]:
    calls = [
        {"index": call.index, "id": call.id, "name": call.name, "arguments": call.arguments}
        for call in reply.tool_calls.values()
    ]
    return {
        "type": "end",
        "outcome": outcome.value,
        "message": language.outcome(outcome, record.values()),
        "advice": advise(outcome, record, language, saved=saved),
        "finish_reason": record.finish_reason,
        "text": reply.text,
        "reasoning": reply.reasoning,
        "refusal": reply.refusal,
        "tool_calls": calls,
        "usage": _usage(reply.usage) if reply.usage else None,
        "notices": record.notices,
        "retryable": _is_retryable(outcome, record),
        "retry_after_s": record.retry_after_s,
        "record": record.as_json(),
    }


def _is_retryable(outcome: Outcome, record: Record) -> bool:
    """By the outcome's rule; an error in the middle of a stream says so by its class."""
    if outcome is Outcome.IN_BAND_ERROR and record.error is not None:
        return ErrorClass(record.error["class"]).retryable
    return outcome.rule.retryable


def _usage(usage: UsageReport) -> dict[str, int | None]:
    return {
        "tokens_in": usage.tokens_in,
        "tokens_out": usage.tokens_out,
        "tokens_reasoning": usage.tokens_reasoning,
    }
