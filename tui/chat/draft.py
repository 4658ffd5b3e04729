"""Draft: what was typed in a conversation and has not been sent, kept with it whatever ends the program.

A draft names the process in whose editor it stands. When that process has ended the next start takes the draft up;
one whose conversation was left for another names nobody and waits there. Writing is queued and returns at once.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from tui.chat.history import UnreadableHistory
from tui.chat.owner import current_owner, is_alive
from tui.chat.store import Store

_LEFT = """
    SELECT draft.conversation, draft.text, draft.owner FROM draft
    LEFT JOIN conversation ON conversation.id = draft.conversation
    WHERE draft.owner IS NOT NULL AND conversation.deleted IS NULL AND (conversation.id IS NULL OR NOT ?)
    ORDER BY draft.updated DESC, draft.rowid DESC
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, and the id of the conversation that it belongs to."""

    conversation: str
    text: str


class DraftBox:
    """The drafts of a store. Whatever reads blocks, belongs in a thread and raises UnreadableHistory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owner = current_owner()
        self._kept: dict[str, tuple[str, bool]] = {}
        """What this process has written, which the file may not have yet, and whether it is held."""

    def keep(self, conversation: str, text: str, *, held: bool = True) -> None:
        """Let this be the draft of a conversation; an empty one is none. `held`: the next start is to take it up."""
        text = text if text.strip() else ""
        if self._kept.get(conversation) == (text, held):
            return
        self._kept[conversation] = text, held
        if text:
            values = (conversation, text, datetime.now(UTC).isoformat(), self._owner if held else None)
            self._store.write(
                [("INSERT OR REPLACE INTO draft (conversation, text, updated, owner) VALUES (?, ?, ?, ?)", values)]
            )
        else:
            self._store.write([("DELETE FROM draft WHERE conversation = ?", (conversation,))])

    def find(self, conversation: str) -> str:
        """The draft of a conversation; empty if there is none."""
        if (kept := self.kept(conversation)) is not None:
            return kept
        with self._reading() as connection:
            row = connection.execute("SELECT text FROM draft WHERE conversation = ?", (conversation,)).fetchone()
        return row[0] if row else ""

    def kept(self, conversation: str) -> str | None:
        """The draft as this process wrote it; None if it did not. Never blocks."""
        return self._kept[conversation][0] if conversation in self._kept else None

    def find_left(self, *, unbegun: bool = False) -> Draft | None:
        """The latest that a process which has ended had in its editor. `unbegun`: of a conversation without a turn."""
        with self._reading() as connection:
            for conversation, text, owner in connection.execute(_LEFT, (unbegun,)):
                if not is_alive(owner):
                    return Draft(conversation, text)
        return None

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._store.reading() as connection:
                yield connection
        except sqlite3.Error as error:
            raise UnreadableHistory(str(error)) from error


def join_drafts(first: str, second: str) -> str:
    """Two texts as one, the second behind the first; one that holds the other already stands for both."""
    if not first.strip() or first in second:
        return second
    return first if not second.strip() or second in first else f"{first}\n\n{second}"


def settle_draft(kept: str, shown: str, typed: str) -> str:
    """What is to stand in the editor once it is known which draft was `kept` for the conversation that has opened.

    `shown` stood there meanwhile in its place; `typed` is what the person has made of that.
    """
    if kept == shown or not kept.strip():
        return typed if kept == shown or not typed.startswith(shown) else typed.removeprefix(shown)
    if shown and typed.startswith(shown):
        return kept + typed.removeprefix(shown)
    return join_drafts(kept, typed)
