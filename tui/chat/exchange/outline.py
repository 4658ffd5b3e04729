"""Outline: the turns of a conversation as a document has them: the path that is shown, then the other branches."""

from dataclasses import dataclass

from tui.chat.conversation import Conversation, Turn
from tui.chat.exchange.caption import show_moment
from tui.chat.turn_tree import ONLY, Branching
from tui.text.language import Language


@dataclass(frozen=True, slots=True)
class Item:
    """A turn in a document."""

    number: int
    """Counted from 1, in the order of the document."""
    turn: Turn
    branching: Branching
    after: int | None
    """The number of the turn that it follows, 0 at the start, where that is not the one right before it."""


def make_outline(conversation: Conversation) -> list[Item]:
    """All turns but the deleted ones."""
    tree = conversation.tree.pruned()
    beside: dict[str | None, list[str]] = {}
    for turn in tree.turns:
        beside.setdefault(turn.parent, []).append(turn.id)
    numbers: dict[str | None, int] = {None: 0}
    items: list[Item] = []
    for number, turn in enumerate([*tree.path(), *tree.others()], 1):
        siblings, after = beside[turn.parent], numbers[turn.parent]
        branching = Branching(siblings.index(turn.id) + 1, len(siblings)) if len(siblings) > 1 else ONLY
        items.append(Item(number, turn, branching, after if after != number - 1 else None))
        numbers[turn.id] = number
    return items


def describe_item(item: Item, language: Language) -> str:
    """When it was asked, and where it stands if that is not plain."""
    parts = [language.say("exchange.prompt"), show_moment(item.turn.created)]
    if item.branching is not ONLY:
        place, count = item.branching.place, item.branching.count
        parts.append(language.say("turns.branch", place=place, count=count))
    if item.after is not None:
        parts.append(language.say("turns.after", number=item.after) if item.after else language.say("turns.at_start"))
    return " · ".join(parts)
