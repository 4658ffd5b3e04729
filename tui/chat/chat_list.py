"""ChatList: what the list of chats shows: conversations by their titles, then those that hold what was looked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tui.chat.closeness import choose_words
from tui.chat.search import Hit
from tui.chat.summary import ConversationSummary
from tui.text.fold import fold

Item: TypeAlias = ConversationSummary | Hit
ItemKey: TypeAlias = tuple[str, str, str]
"""What is the same about an item in another list."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be opened: a conversation at its end, or at a prompt or reply with some words in it."""

    conversation: str
    turn: str | None = None
    reply: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class ChatList:
    """Conversations, each with its hits below it."""

    items: Sequence[Item] = ()
    terms: tuple[str, ...] = ()
    """What was looked for."""
    keys: Sequence[ItemKey] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", [_key(item) for item in self.items])

    @property
    def hits(self) -> int:
        """How many of the items are hits."""
        return sum(isinstance(item, Hit) for item in self.items)

    def at(self, place: int) -> Item | None:
        """The item at a place; None where there is none."""
        return self.items[place] if 0 <= place < len(self.items) else None

    def without(self, conversation: str) -> "ChatList":
        """The same list without a conversation and its hits."""
        left = [item for item, key in zip(self.items, self.keys, strict=True) if key[0] != conversation]
        return ChatList(left, self.terms)

    def open(self, item: Item) -> Wanted:
        """What opens an item; a conversation that was found by what is in it opens at its first hit."""
        if isinstance(item, ConversationSummary) and self.terms and not is_titled(item, self.terms):
            hits = (other for other in self.items if isinstance(other, Hit) and other.conversation == item.id)
            item = next(hits, item)
        if isinstance(item, ConversationSummary):
            return Wanted(item.id)
        return Wanted(item.conversation, item.turn, item.reply, choose_words(item.text, self.terms))


def is_titled(summary: ConversationSummary, terms: Iterable[str]) -> bool:
    """Whether every term is in its title."""
    title = fold(summary.title)
    return all(fold(term) in title for term in terms)


def choose_titled(summaries: Sequence[ConversationSummary], terms: tuple[str, ...]) -> ChatList:
    """Those with every term in their titles, the pinned ones first."""
    found = [summary for summary in summaries if is_titled(summary, terms)]
    return ChatList([*(one for one in found if one.pinned), *(one for one in found if not one.pinned)], terms)


def join_hits(chosen: ChatList, hits: Iterable[Hit], summaries: Iterable[ConversationSummary]) -> ChatList:
    """The chosen conversations, then the others with hits, each with its hits below it."""
    known = {summary.id: summary for summary in summaries}
    grouped: dict[str, list[Hit]] = {}
    for hit in hits:
        if hit.conversation in known:
            grouped.setdefault(hit.conversation, []).append(hit)
    order = dict.fromkeys([*(key[0] for key in chosen.keys), *grouped])
    items = [item for identity in order for item in (known[identity], *grouped.get(identity, ()))]
    return ChatList(items, chosen.terms)


def _key(item: Item) -> ItemKey:
    if isinstance(item, Hit):
        return item.conversation, item.turn, item.reply or ""
    return item.id, "", ""
