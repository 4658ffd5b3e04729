"""Prompt history: what was asked before, in all conversations, the latest first.

It is read in pages and in threads, so the loop waits for no disk. What was deleted is not told.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.chat.history import UnreadableHistory
from tui.chat.store import Store
from tui.text.fold import fold

PAGE = 50
FOUND = 200
"""Prompts that a search shows; whoever looks further types another word."""
SETTLE_SECONDS = 0.3
"""How long a prompt that was just sent may take to be found."""
_KEPT = """
    FROM turn JOIN conversation ON conversation.id = turn.conversation
    WHERE turn.deleted IS NULL AND conversation.deleted IS NULL
"""
_PAGE = f"""
    SELECT turn.created, turn.rowid, turn.prompt {_KEPT} AND (turn.created, turn.rowid) < (?, ?)
    ORDER BY turn.created DESC, turn.rowid DESC LIMIT ?
"""
_ALL = f"SELECT turn.rowid {_KEPT} ORDER BY turn.created DESC, turn.rowid DESC"
_ONE = "SELECT turn.prompt, turn.created FROM turn WHERE turn.rowid = ?"

Place = tuple[str, int]
"""When a prompt was asked, and the number of its row."""
_END: Place = ("~", 0)
"""Behind every time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt, and when it was asked."""

    prompt: str
    created: datetime


class PromptHistory:
    """The prompts of a store. Reads raise UnreadableHistory."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def walk(self) -> "PromptWalk":
        """A way back from the latest prompt on."""
        return PromptWalk(self._read_page)

    def search(self, words: Sequence[str], wanted: Callable[[], bool] = lambda: True) -> list[Asked]:
        """The latest prompts that hold each of these words, each once; none once it is `wanted` no more. Blocks."""
        self._store.settle(SETTLE_SECONDS)
        terms = [fold(word) for word in words]
        found: dict[str, Asked] = {}
        try:
            with self._store.reading() as connection:
                for row in connection.execute(_ALL).fetchall():
                    if len(found) == FOUND or not wanted():
                        break
                    prompt, created = connection.execute(_ONE, row).fetchone()
                    seen = fold(prompt)
                    if all(term in seen for term in terms):
                        found.setdefault(prompt, Asked(prompt, datetime.fromisoformat(created)))
        except sqlite3.Error as error:
            raise UnreadableHistory(str(error)) from error
        return list(found.values()) if wanted() else []

    def _read_page(self, before: Place) -> list[tuple[str, int, str]]:
        if before is _END:
            self._store.settle(SETTLE_SECONDS)
        try:
            with self._store.reading() as connection:
                return connection.execute(_PAGE, (*before, PAGE)).fetchall()
        except sqlite3.Error as error:
            raise UnreadableHistory(str(error)) from error


class PromptWalk:
    """One walk through the history; a prompt that was asked several times in a row is met once."""

    def __init__(self, read: Callable[[Place], list[tuple[str, int, str]]]) -> None:
        self._read = read
        self._place = _END
        self._page: list[str] = []
        self._last: str | None = None

    async def next(self) -> str | None:
        """The prompt before; None if there is none. Raises UnreadableHistory, and can be asked again then."""
        while True:
            while self._page:
                prompt = self._page.pop(0)
                if prompt != self._last:
                    self._last = prompt
                    return prompt
            rows = await asyncio.to_thread(self._read, self._place)
            if not rows:
                return None
            self._page = [prompt for _, _, prompt in rows]
            self._place = rows[-1][:2]
