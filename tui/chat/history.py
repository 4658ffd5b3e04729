"""History: the conversations of a store as one looks back at them: listed, searched, marked, removed.

Whatever changes one is queued and returns at once. Whatever reads blocks and belongs in a thread; it sees what was
queued before, unless a disk holds that up.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tui.chat.conversation import Conversation
from tui.chat.owner import current_owner, is_alive
from tui.chat.search import FOUND, Hit, search
from tui.chat.store import Store
from tui.chat.summary import ConversationSummary, Shelf, list_summaries

_WRITERS = """
    SELECT DISTINCT reply.owner FROM reply JOIN turn ON turn.id = reply.turn
    WHERE turn.conversation = ? AND reply.outcome IS NULL
"""


class UnreadableHistory(Exception):
    """The database cannot be read at this moment; the text says why."""


class History:
    """Reads raise UnreadableHistory."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def summaries(self, shelf: Shelf = Shelf.KEPT) -> list[ConversationSummary]:
        """All on a shelf, the one used last first. Blocks."""
        self._store.settle()
        with self._reading() as connection:
            return list_summaries(connection, shelf)

    def search(
        self,
        terms: Sequence[str],
        shelf: Shelf = Shelf.KEPT,
        limit: int = FOUND,
        wanted: Callable[[], bool] = lambda: True,
    ) -> list[Hit]:
        """Prompts and replies that hold every term, the latest first; none once it is `wanted` no more. Blocks."""
        with self._reading() as connection:
            return search(connection, terms, shelf, limit, wanted)

    def find(self, start: str) -> list[ConversationSummary]:
        """The conversations whose ids begin so, the deleted ones too. Blocks."""
        summaries = [*self.summaries(Shelf.KEPT), *self.summaries(Shelf.DELETED)]
        return [summary for summary in summaries if start and summary.id.startswith(start)]

    def load(self, identity: str) -> Conversation | None:
        """A conversation with all its turns; None if there is none of this id. Blocks."""
        self._store.settle()
        try:
            return self._store.load(identity)
        except sqlite3.Error as error:
            raise UnreadableHistory(str(error)) from error

    def rename(self, identity: str, title: str) -> None:
        """Give a conversation another title."""
        self._set(identity, "title", title)

    def pin(self, identity: str, pinned: bool) -> None:
        """Let it stand above the others and be kept whatever its age, or no longer."""
        self._set(identity, "pinned", int(pinned))

    def archive(self, identity: str, archived: bool) -> None:
        """Put it out of the way, or back."""
        self._set(identity, "archived", int(archived))

    def delete(self, identity: str) -> None:
        """Delete it, so that it can be restored for some days."""
        self._set(identity, "deleted", datetime.now(UTC).isoformat())

    def is_written_elsewhere(self, identity: str) -> bool:
        """Whether another process that is alive writes a reply in it. Blocks."""
        self._store.settle()
        with self._reading() as connection:
            rows = connection.execute(_WRITERS, (identity,)).fetchall()
        return any(owner and owner != current_owner() and is_alive(owner) for (owner,) in rows)

    def restore(self, identity: str) -> None:
        """Undo that."""
        self._set(identity, "deleted", None)

    def remove(self, identities: Sequence[str]) -> None:
        """Remove them for good, with all that is in them; each is a transaction of its own."""
        for identity in identities:
            self._store.write([("DELETE FROM conversation WHERE id = ?", (identity,))])
        # Else the index keeps what it knew of them until its parts are merged, at some later time.
        self._store.write([("INSERT INTO passage_text (passage_text) VALUES ('optimize')", ())])

    def unused(self, age: timedelta) -> list[ConversationSummary]:
        """What was not used for so long and is neither pinned nor being written; the deleted too. Blocks."""
        before = datetime.now(UTC) - age
        summaries = [*self.summaries(Shelf.KEPT), *self.summaries(Shelf.DELETED)]
        return [one for one in summaries if one.updated < before and not one.pinned and not one.running]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._store.reading() as connection:
                yield connection
        except sqlite3.Error as error:
            raise UnreadableHistory(str(error)) from error

    def _set(self, identity: str, column: str, value: object) -> None:
        self._store.write([(f"UPDATE conversation SET {column} = ? WHERE id = ?", (value, identity))])
