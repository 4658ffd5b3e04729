"""Revision: what a person changes in a conversation that was held already, and how that is stored.

Nothing that was asked or received is changed by it: an edited reply stands beside the one that came, a deleted turn can
be restored for some days, a fork is a conversation of its own.
"""

from dataclasses import replace
from datetime import UTC, datetime

from tui.chat.conversation import Conversation, Reply, Turn, new_id
from tui.chat.store import Store
from tui.stream.outcome import Outcome


class Revision:
    """Acts on conversations; without a store they are changed in memory alone."""

    def __init__(self, store: Store | None) -> None:
        self._store = store

    def step(self, conversation: Conversation, turn: Turn, step: int) -> Turn | None:
        """Go on with the next or the previous branch, beyond the ends from the other; None where there is one only."""
        siblings = conversation.tree.siblings(turn)
        if len(siblings) < 2:
            return None
        place = next(place for place, other in enumerate(siblings) if other.id == turn.id)
        other = siblings[(place + step) % len(siblings)]
        self.show(conversation, other)
        return other

    def show(self, conversation: Conversation, turn: Turn) -> None:
        """Let the path lead through this turn."""
        self._keep(conversation, conversation.tree.activate(turn))

    def delete(self, conversation: Conversation, turn: Turn) -> None:
        """Show and send a turn no more."""
        self._keep(conversation, conversation.tree.delete(turn, datetime.now(UTC)))

    def restore(self, conversation: Conversation) -> Turn | None:
        """Bring the turn back that was deleted last; None if there is none."""
        if (turn := conversation.tree.last_deleted()) is not None:
            self._keep(conversation, conversation.tree.restore(turn))
        return turn

    def edit_reply(self, conversation: Conversation, turn: Turn, reply: Reply, text: str) -> Reply:
        """Put a person's version beside a reply, as the context for what follows."""
        version = Reply(reply.provider, reply.model, pieces=[text], outcome=Outcome.COMPLETE, edited=reply.id)
        turn.replies.append(version)
        turn.choose(version, adopted=turn.adopted)
        if self._store is not None:
            self._store.add_ended(conversation, (), [(turn, version)])
            self._store.choose(turn)
        return version

    def fork(self, conversation: Conversation, turn: Turn, reply: Reply, title: str) -> Conversation:
        """A conversation of its own with copies of the path up to a turn, of which this reply is the context."""
        way = conversation.turns[: 1 + next(n for n, one in enumerate(conversation.turns) if one.id == turn.id)]
        ids = {reply.id: new_id() for one in way for reply in one.replies}
        turns = [_copy_turn(one, ids) for one in way]
        turns[-1].chosen = turn.place(reply)
        forked = Conversation(title=title, parameters=conversation.parameters, turns=turns)
        if (cut := _place_cut(conversation, way)) is not None and conversation.trim is not None:
            forked.trim = replace(conversation.trim, after=turns[cut].id)
        if self._store is not None:
            self._store.add_ended(forked, turns)
        return forked

    def _keep(self, conversation: Conversation, changed: list[Turn]) -> None:
        conversation.follow_path()
        if self._store is not None and changed:
            self._store.keep_branches(changed)


def _place_cut(conversation: Conversation, way: list[Turn]) -> int | None:
    """Which of these turns is the last that is left out of what is sent; None if none is.

    Where the copies end before it, what they leave out would be all of them: all are sent.
    """
    return next((place for place, turn in enumerate(way[:-1]) if turn.id == conversation.cut), None)


def _copy_turn(turn: Turn, ids: dict[str, str]) -> Turn:
    """A turn that begins a path of its own, or follows the one before it there."""
    replies = [_copy_reply(reply, ids) for reply in turn.replies]
    return replace(turn, id=new_id(), replies=replies, parent=None, active=True)


def _copy_reply(reply: Reply, ids: dict[str, str]) -> Reply:
    """The same with ids of its own; what it goes on with, or is a version of, is the copy of that."""
    origin = reply.origin and replace(reply.origin, reply=ids.get(reply.origin.reply, reply.origin.reply))
    calls = {index: replace(call) for index, call in reply.tool_calls.items()}
    return Reply(
        reply.provider,
        reply.model,
        ids[reply.id],
        [reply.text] if reply.text else [],
        [reply.reasoning] if reply.reasoning else [],
        [reply.refusal] if reply.refusal else [],
        calls,
        reply.usage,
        [*reply.notices],
        reply.outcome,
        reply.record,
        origin=origin,
        thought_seconds=reply.thought_seconds,
        edited=ids.get(reply.edited or "", reply.edited),
    )
