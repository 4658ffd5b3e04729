"""Intake: what of an arrival is new here, and its way into the store. Whatever is there already stays as it is.

Conversations, turns and replies are told by their ids, so that the same file adds nothing twice, and a later one of the
same conversations adds what they have grown by.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tui.chat.conversation import Conversation, Reply, Turn
from tui.chat.exchange.arrival import Arrival, ExchangeError
from tui.chat.store import Store


@dataclass(frozen=True, slots=True)
class Addition:
    """What one conversation gets."""

    conversation: Conversation
    """As it will be."""
    turns: tuple[Turn, ...]
    """The new ones, with all their replies."""
    beside: tuple[tuple[Turn, Reply], ...] = ()
    """New replies to prompts that are here already."""
    is_new: bool = True


@dataclass(slots=True)
class Plan:
    """What would be added."""

    additions: list[Addition] = field(default_factory=list)
    known: int = 0
    """Conversations that are here already, with all their turns."""

    @property
    def conversations(self) -> int:
        """The new ones."""
        return sum(addition.is_new for addition in self.additions)

    @property
    def grown(self) -> int:
        """The known ones that get further turns."""
        return len(self.additions) - self.conversations

    @property
    def turns(self) -> int:
        """All new ones."""
        return sum(len(addition.turns) for addition in self.additions)

    @property
    def replies(self) -> int:
        """All new ones."""
        of_turns = sum(len(turn.replies) for addition in self.additions for turn in addition.turns)
        return of_turns + sum(len(addition.beside) for addition in self.additions)


def make_plan(arrival: Arrival, store: Store) -> Plan:
    """Compare an arrival with the store; blocks.

    Raises ExchangeError for an id that stands for two things, and where the store cannot be read.
    """
    _check_ids(arrival)
    try:
        return _compare(arrival, store)
    except sqlite3.Error as error:
        raise ExchangeError(f"the conversations here cannot be read: {error}") from None


def _compare(arrival: Arrival, store: Store) -> Plan:
    taken, plan = _known_ids(store), Plan()
    for conversation in arrival.conversations:
        here = store.load(conversation.id) if conversation.id in taken else None
        new = Addition(conversation, tuple(conversation.tree.turns))
        addition = _grow(here, conversation) if here is not None else new
        if clash := next((one for one in _new_ids(addition) if one in taken), None):
            raise ExchangeError(f"its id {clash} belongs to something else here")
        if addition.turns or addition.beside:
            plan.additions.append(addition)
        elif here is not None:
            plan.known += 1
    return plan


def carry_out(plan: Plan, store: Store, now: datetime, keep_days: float = 0) -> None:
    """Hand what is new to the store, each conversation whole or not at all; closing the store tells what failed.

    What was last used longer ago than `keep_days` counts as used `now`, or the next start would remove it; 0: it stays.
    """
    for addition in plan.additions:
        store.add_ended(addition.conversation, addition.turns, addition.beside)
        latest = max((turn.created for turn in addition.conversation.tree.turns), default=now)
        if keep_days and latest < now - timedelta(days=keep_days):
            used = (now.isoformat(), addition.conversation.id)
            store.write([("UPDATE conversation SET updated = ? WHERE id = ?", used)])


def _known_ids(store: Store) -> set[str]:
    """Those of all conversations, turns and replies."""
    tables = " UNION ALL ".join(f"SELECT id FROM {name}" for name in ("conversation", "turn", "reply"))
    with store.reading() as connection:
        return {row[0] for row in connection.execute(tables)}


def _grow(here: Conversation, other: Conversation) -> Addition:
    """Let a conversation take the turns and replies that it does not have; what it has stays as it is.

    Where it was gone on with in both, its own branch is the one that it goes on with.
    """
    own = {turn.id: turn for turn in here.tree.turns}
    taken = {turn.parent for turn in here.tree.turns}
    new = [turn for turn in other.tree.turns if turn.id not in own]
    beside = []
    for turn in new:
        turn.active = turn.active and turn.parent not in taken
    for turn in other.tree.turns:
        if (known := own.get(turn.id)) is not None:
            ids = {reply.id for reply in known.replies}
            beside += [(known, reply) for reply in turn.replies if reply.id not in ids]
    for turn, reply in beside:
        turn.replies.append(reply)
    here.tree.turns += new
    here.tree.mend()
    here.follow_path()
    return Addition(here, tuple(new), tuple(beside), is_new=False)


def _new_ids(addition: Addition) -> Iterator[str]:
    if addition.is_new:
        yield addition.conversation.id
    yield from (turn.id for turn in addition.turns)
    yield from (reply.id for turn in addition.turns for reply in turn.replies)
    yield from (reply.id for _, reply in addition.beside)


def _check_ids(arrival: Arrival) -> None:
    seen: set[str] = set()
    for conversation in arrival.conversations:
        turns = conversation.tree.turns
        replies = (reply.id for turn in turns for reply in turn.replies)
        for identity in (conversation.id, *(turn.id for turn in turns), *replies):
            if identity in seen:
                raise ExchangeError(f"the id {identity} stands in it twice")
            seen.add(identity)
