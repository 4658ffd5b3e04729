"""Selection: the conversations of a store that are to be carried away, one after the other."""

import sqlite3
from collections.abc import Iterator

from tui.chat.conversation import Conversation
from tui.chat.exchange.arrival import ExchangeError
from tui.chat.history import History, UnreadableHistory
from tui.chat.store import Store
from tui.chat.summary import Shelf

LAST = "last"
"""Stands for the id of the conversation used last."""


def select_all(store: Store) -> list[str]:
    """The ids of all that are not deleted, the one used last first; blocks. Raises ExchangeError."""
    try:
        return [one.id for one in History(store).summaries(Shelf.KEPT)]
    except UnreadableHistory as error:
        raise ExchangeError(str(error)) from None


def select(store: Store, start: str) -> list[str]:
    """The ids that begin so, or that of the conversation used last; blocks. Raises ExchangeError."""
    try:
        if start == LAST:
            latest = store.latest_conversation()
            return [] if latest is None else [latest]
        return [one.id for one in History(store).find(start.lower())]
    except (UnreadableHistory, sqlite3.Error) as error:
        raise ExchangeError(str(error)) from None


def load_each(store: Store, identities: list[str]) -> Iterator[Conversation]:
    """The conversations of these ids; blocks. Raises ExchangeError."""
    for identity in identities:
        try:
            conversation = store.load(identity)
        except sqlite3.Error as error:
            raise ExchangeError(str(error)) from None
        if conversation is not None:
            yield conversation
