"""Absence: replies that ran on without a terminal, and the sentence that tells how they ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui.chat.conversation import Conversation, Reply
from tui.text.language import Language


@dataclass(frozen=True, slots=True)
class Absence:
    """Replies of one conversation whose end nobody has been told."""

    conversation: str
    replies: frozenset[str]
    """Their ids."""

    def among(self, conversation: Conversation) -> list[Reply]:
        """These replies, in order, as they were read back."""
        return [reply for turn in conversation.tree.turns for reply in turn.replies if reply.id in self.replies]


def tell_absence(replies: Sequence[Reply], language: Language) -> str:
    """How they ended and when, in local time; of those that run on, that they do."""
    ended = [reply for reply in replies if reply.outcome is not None]
    if len(ended) < len(replies):
        return language.say("store.away_running")
    outcomes = ", ".join(dict.fromkeys(reply.outcome.value for reply in ended if reply.outcome is not None))
    moments = [moment for reply in ended if (moment := end_of(reply)) is not None]
    when = f"{max(moments).astimezone():%Y-%m-%d %H:%M}" if moments else "?"
    return language.say("store.away_ended", outcome=outcomes, when=when)


def end_of(reply: Reply) -> datetime | None:
    """When a reply ended, by its record."""
    if reply.record is None:
        return None
    return datetime.fromisoformat(reply.record.time) + timedelta(milliseconds=reply.record.duration_ms or 0)
