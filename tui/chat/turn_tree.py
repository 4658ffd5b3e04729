"""TurnTree: all turns of a conversation, on every branch, and the path through them that is shown and sent.

A turn names the one before it, its parent; turns of the same parent are branches beside one another, of which exactly
one is active. The path follows the active ones from the start. A deleted turn stays where it is until it is removed for
good: the path passes through it, so that what follows it stays, but it is neither shown nor sent, and what follows it
stands beside the branches that it stood beside itself.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.chat.conversation import Turn


@dataclass(frozen=True, slots=True)
class Branching:
    """Which of several branches one is on."""

    place: int = 1
    """Counted from 1."""
    count: int = 1


ONLY = Branching()


@dataclass(slots=True)
class TurnTree:
    """What changes it returns the turns whose rows are others now."""

    turns: "list[Turn]" = field(default_factory=list)
    """All of them, each behind its parent, else as they were asked."""

    def chain(self, turns: "list[Turn]") -> None:
        """Begin with turns that follow one another."""
        for before, turn in pairwise(turns):
            turn.parent = turn.parent or before.id
        self.turns = [*turns]

    def mend(self) -> None:
        """Make a sound tree of what was read, whatever that says: of several active branches the last one is it.

        A turn whose parent is not among those before it follows the one that stands before it.
        """
        seen: dict[str, Turn] = {}
        last: Turn | None = None
        for turn in self.turns:
            if turn.parent is not None and turn.parent not in seen:
                turn.parent = last.id if last is not None else None
            seen[turn.id] = last = turn
        for branches in self._by_parent().values():
            chosen = next((turn for turn in reversed(branches) if turn.active), branches[-1])
            for turn in branches:
                turn.active = turn is chosen

    def path(self) -> "list[Turn]":
        """What is shown and sent, from the start."""
        return [turn for turn in self._way() if turn.deleted is None]

    def others(self) -> "list[Turn]":
        """What is on other branches, deleted ones not; each branch whole before the next."""
        shown = {turn.id for turn in self.path()}
        return [turn for turn in self.walk() if turn.id not in shown]

    def walk(self) -> "Iterator[Turn]":
        """All but the deleted, each before what follows it, and that before its siblings."""
        below = self._by_parent()
        pending = below[None][::-1]
        while pending:
            turn = pending.pop()
            if turn.deleted is None:
                yield turn
            pending += below[turn.id][::-1]

    def last(self) -> "Turn | None":
        """What the next turn follows: the end of the path, be it deleted."""
        way = self._way()
        return way[-1] if way else None

    def find(self, identity: str | None) -> "Turn | None":
        """The turn of an id; None if there is none, as for None itself."""
        return next((turn for turn in self.turns if turn.id == identity), None)

    def before(self, turn: "Turn") -> "Turn | None":
        """What is shown right before a turn when it is; None at the start."""
        by_id = {one.id: one for one in self.turns}
        above = by_id.get(turn.parent or "")
        while above is not None and above.deleted is not None:
            above = by_id.get(above.parent or "")
        return above

    def siblings(self, turn: "Turn") -> "list[Turn]":
        """The branches at a turn that is shown, its own among them."""
        above = self.before(turn)
        return self._shown_below(above.id if above is not None else None, self._by_parent())

    def branchings(self) -> dict[str, Branching]:
        """Of each turn on the path that has siblings, by its id."""
        below, above, found = self._by_parent(), None, {}
        for turn in self.path():
            siblings = self._shown_below(above, below)
            if len(siblings) > 1:
                found[turn.id] = Branching(_place(turn, siblings) + 1, len(siblings))
            above = turn.id
        return found

    def pruned(self) -> "TurnTree":
        """The same tree as if the deleted turns had never been; its turns are copies with the same replies."""
        by_id, kept = {one.id: one for one in self.turns}, []
        for turn in self.turns:
            above, active = by_id.get(turn.parent or ""), turn.active
            while above is not None and above.deleted is not None:
                active = active and above.active
                above = by_id.get(above.parent or "")
            if turn.deleted is None:
                kept.append(replace(turn, parent=above.id if above is not None else None, active=active))
        tree = TurnTree(kept)
        tree.mend()
        return tree

    def add(self, turn: "Turn", beside: "Turn | None" = None) -> None:
        """Let a turn follow the path, or stand beside another one as the branch that is gone on with."""
        last = self.last()
        turn.parent = beside.parent if beside is not None else last.id if last is not None else None
        self.turns.append(turn)
        if beside is not None:
            self.activate(turn)

    def activate(self, turn: "Turn") -> "list[Turn]":
        """Let the path lead through a turn; beyond it the path is as it was when it last did."""
        by_id, below = {one.id: one for one in self.turns}, self._by_parent()
        changed: list[Turn] = []
        step: Turn | None = turn
        while step is not None:
            for one in below[step.parent]:
                if one.active is not (one is step):
                    one.active = one is step
                    changed.append(one)
            step = by_id.get(step.parent or "")
        return changed

    def delete(self, turn: "Turn", now: datetime) -> "list[Turn]":
        """Show and send a turn no more; with nothing behind it, the branch nearest to it is shown instead."""
        siblings, above = self.siblings(turn), self.before(turn)
        turn.deleted = now
        left = [one for one in siblings if one is not turn]
        path = self.path()
        if left and (path[-1] if path else None) is above:
            nearest = left[max(0, _place(turn, siblings) - 1)]
            return [turn, *(one for one in self.activate(nearest) if one is not turn)]
        return [turn]

    def restore(self, turn: "Turn") -> "list[Turn]":
        """Undo that; the path leads to it again."""
        turn.deleted = None
        return [turn, *(one for one in self.activate(turn) if one is not turn)]

    def last_deleted(self) -> "Turn | None":
        """The turn that was deleted last, of those that can be restored."""
        deleted = [turn for turn in self.turns if turn.deleted is not None]
        return max(deleted, key=lambda turn: turn.deleted or turn.created, default=None)

    def _way(self) -> "list[Turn]":
        """The path with the deleted turns that it passes through."""
        active = {turn.parent: turn for turn in self.turns if turn.active}
        way: list[Turn] = []
        step = active.get(None)
        while step is not None:
            way.append(step)
            step = active.get(step.id)
        return way

    def _by_parent(self) -> "dict[str | None, list[Turn]]":
        below: dict[str | None, list[Turn]] = defaultdict(list)
        for turn in self.turns:
            below[turn.parent].append(turn)
        return below

    def _shown_below(self, parent: str | None, below: "dict[str | None, list[Turn]]") -> "list[Turn]":
        """What can be shown right after a turn, through deleted ones too."""
        found: list[Turn] = []
        pending = below[parent][::-1]
        while pending:
            turn = pending.pop()
            if turn.deleted is None:
                found.append(turn)
            else:
                pending += below[turn.id][::-1]
        return found


def _place(turn: "Turn", turns: "list[Turn]") -> int:
    return next(place for place, other in enumerate(turns) if other.id == turn.id)
