"""Retry: a reply that is asked for once more, and whether what came of it takes the place of the first one."""

from dataclasses import dataclass

from tui.chat.conversation import Conversation, Reply, Turn
from tui.chat.remedy import can_continue


@dataclass(frozen=True, slots=True)
class Retry:
    """Made when it is asked for again; both replies stay in the turn."""

    turn: Turn
    before: Reply
    is_last: bool
    """Whether the turn was the last one: what was said later was said to the reply of then."""

    def replaces(self, reply: Reply) -> bool:
        """Whether this one, which has ended, is the better context, and the one before was the context."""
        if not reply.context or not self.is_last or self.turn.reply is not self.before:
            return False
        return not self.before.context or (reply.outcome is not None and reply.outcome.rule.finished)


def make_retry(conversation: Conversation, turn: Turn, reply: Reply) -> Retry:
    """A retry that is asked for now."""
    return Retry(turn, reply, turn is conversation.turns[-1])


def find_continuable(turn: Turn) -> Reply | None:
    """The reply of a turn that breaks off, the latest if there are several; None behind one that is complete."""
    if not can_continue(turn.replies[-1]) and turn.replies[-1].context:
        return None
    return next((reply for reply in reversed(turn.replies) if can_continue(reply)), None)
