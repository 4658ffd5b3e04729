"""Caption: what a written conversation says of each reply beside its text: who, when, how it ended; all safe."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tui.chat.conversation import RUNNING, Reply, Turn
from tui.chat.note import make_note
from tui.text.language import Language
from tui.text.sanitise import sanitise, sanitise_line

EDITED = "edited"
"""Stands for the outcome of a reply that a person wrote."""


@dataclass(frozen=True, slots=True)
class Caption:
    """Of one reply."""

    model: str
    """With its provider."""
    time: str
    """When it was asked for, RFC 3339 in UTC; of one without a record when its prompt was written."""
    outcome: str
    chosen: bool | None
    """Whether it is the context for what follows; None where it stands alone."""
    remarks: tuple[str, ...]
    """How it ended, where that is not complete; then what is worth a word."""


def make_caption(turn: Turn, reply: Reply, language: Language) -> Caption:
    """The caption of a reply of this turn."""
    several = len(turn.replies) > 1
    return Caption(
        sanitise_line(f"{reply.provider}/{reply.model}"),
        sanitise_line(reply.record.time) if reply.record else show_moment(turn.created),
        _outcome(reply),
        reply.id == turn.reply.id if several else None,
        tuple(_remarks(reply, language)),
    )


def show_moment(moment: datetime) -> str:
    """To the second, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def call_lines(reply: Reply) -> list[str]:
    """The calls that the model asked for."""
    return [f"{sanitise_line(call.name)}({sanitise(call.arguments)})" for call in reply.tool_calls.values()]


def _outcome(reply: Reply) -> str:
    if reply.outcome is None:
        return RUNNING
    if reply.edited is not None:
        return EDITED
    return reply.outcome.value


def _remarks(reply: Reply, language: Language) -> Iterator[str]:
    if reply.edited is not None:
        yield language.say("turns.edited_remark")
    if reply.outcome is not None and reply.outcome.has_note:
        note = make_note(reply.outcome, reply.record, language)
        yield f"{note.code}: {note.sentence}"
    for notice in reply.notices:
        yield sanitise_line(f"{notice.code}: {language.notice(notice.code, notice.values)}")
