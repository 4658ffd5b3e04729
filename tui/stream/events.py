"""StreamEvent: what `Client.stream()` yields: deltas and notices, then exactly one `Finished` or `Interrupted`.

Texts are as received, unsanitised and word for word: only what shows or prints them makes them safe.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.record import Record


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the reply's text."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of the model's reasoning, where the provider keeps it apart from the text."""

    text: str


@dataclass(frozen=True, slots=True)
class RefusalDelta:
    """More of the text with which a model declines to answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call; `name` and `arguments` of one `index` are to be joined."""

    index: int
    id: str | None
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Token counts as the provider gives them; a later report replaces an earlier one."""

    tokens_in: int | None
    tokens_out: int | None
    tokens_reasoning: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Worth a word, and no change of the outcome."""

    code: NoticeCode
    values: Mapping[str, object] = field(default_factory=dict)
    """What the sentence names."""
    record: Record | None = None
    """With `retrying` and `fallback`: the record of the attempt that failed."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The server brought the reply to its end: complete, or by a limit, a filter, a refusal, a tool call."""

    outcome: Outcome
    record: Record


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The reply did not come to its end, or never began."""

    outcome: Outcome
    record: Record


Ending: TypeAlias = Finished | Interrupted
StreamEvent: TypeAlias = (
    TextDelta | ReasoningDelta | RefusalDelta | ToolCallDelta | UsageReport | Notice | Finished | Interrupted
)


def make_ending(outcome: Outcome, record: Record) -> Ending:
    """The terminal event that tells of this outcome."""
    return Finished(outcome, record) if outcome.rule.finished else Interrupted(outcome, record)
