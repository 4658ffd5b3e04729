"""Search: prompts and replies that hold every term, the latest first.

A term is what stands between blanks, or in double quotes; it is found wherever it stands, in a word too, whatever its
case. The index knows the trigrams of a text and not their places, so it names candidates, and each is read to see
whether it holds the terms as they are. A term of two characters is looked up as the beginning of trigrams; where that
are too many to name, it is so frequent that reading the latest texts finds it soon. A single character only narrows
what others find.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tui.chat.summary import Shelf
from tui.text.fold import fold
from tui.text.language import Language
from tui.text.sanitise import sanitise_line

LEAST = 2
"""Characters of the shortest search."""
FOUND = 100
"""Hits of a search; whoever looks further types another word."""
_MOST_TRIGRAMS = 32
"""Of one term: more of them rule out nothing more."""
_MOST_BEGINNINGS = 400
"""Trigrams that begin with a term of two characters and are named one by one."""
_STEPS = 20_000
"""Steps of SQLite between two looks whether the search is still wanted."""
_TERM = re.compile(r'"([^"]+)"?|([^\s"]+)')
_COLUMNS = """
    passage.id, conversation.id, conversation.title, turn.id, reply.id, turn.created, reply.provider, reply.model,
    coalesce(reply.text || iif(reply.refusal = '', '', char(10) || reply.refusal), turn.prompt),
    reply.edited IS NOT NULL
"""
_JOINS = """
    LEFT JOIN reply ON reply.id = passage.reply
    CROSS JOIN turn ON turn.id = coalesce(passage.turn, reply.turn)
    CROSS JOIN conversation ON conversation.id = turn.conversation
"""
_INDEXED = f"""
    SELECT {_COLUMNS} FROM passage_text CROSS JOIN passage ON passage.id = passage_text.rowid {_JOINS}
    WHERE passage_text MATCH ? AND turn.deleted IS NULL AND %s ORDER BY passage_text.rowid DESC
"""
_READ = f"""
    SELECT {_COLUMNS} FROM passage {_JOINS}
    WHERE passage.indexed = ? AND turn.deleted IS NULL AND %s ORDER BY passage.id DESC
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A prompt or a reply in which all terms occur."""

    conversation: str
    """Its id."""
    title: str
    turn: str
    """Its id."""
    reply: str | None
    """Its id; None: the prompt of the turn."""
    created: datetime
    """When the turn began."""
    provider: str | None
    model: str | None
    text: str
    """Word for word."""
    edited: bool = False
    """Whether a person wrote this version of the reply."""

    def speaker(self, language: Language) -> str:
        """Who said it."""
        if self.reply is None:
            return language.say("chats.you")
        return language.say("turns.edited") if self.edited else sanitise_line(self.model or "")


def read_terms(typed: str) -> tuple[str, ...]:
    """The terms of what was typed; none where it is too short to be looked for."""
    terms = tuple(quoted or word for quoted, word in _TERM.findall(typed))
    return terms if any(len(term) >= LEAST for term in terms) else ()


def search(
    connection: sqlite3.Connection,
    terms: Sequence[str],
    shelf: Shelf = Shelf.KEPT,
    limit: int = FOUND,
    wanted: Callable[[], bool] = lambda: True,
) -> list[Hit]:
    """The latest hits; none once it is `wanted` no more, which is asked from time to time. Blocks."""
    if not terms:
        return []
    connection.set_progress_handler(lambda: not wanted(), _STEPS)
    try:
        return _search(connection, terms, shelf, limit)
    except sqlite3.OperationalError:
        if wanted():
            raise
        return []


def _search(connection: sqlite3.Connection, terms: Sequence[str], shelf: Shelf, limit: int) -> list[Hit]:
    condition = shelf.condition
    expression = _express(connection, terms)
    if expression is None:
        rows = connection.execute(_READ % condition, (1,))
    else:
        rows = connection.execute(_INDEXED % condition, (expression,))
    found = _choose(rows, terms, limit)
    found += _choose(connection.execute(_READ % condition, (0,)), terms, limit)
    found.sort(key=lambda numbered: -numbered[0])
    return [hit for _, hit in found[:limit]]


def _choose(rows: Iterator[Sequence[Any]], terms: Sequence[str], limit: int) -> list[tuple[int, Hit]]:
    """The first rows whose text holds every term, each with its number."""
    folded = [fold(term) for term in terms]
    found: list[tuple[int, Hit]] = []
    for number, conversation, title, turn, reply, created, provider, model, text, edited in rows:
        seen = fold(text)
        if all(term in seen for term in folded):
            asked = datetime.fromisoformat(created)
            hit = Hit(conversation, title, turn, reply, asked, provider, model, text, bool(edited))
            found.append((number, hit))
            if len(found) == limit:
                break
    return found


def _express(connection: sqlite3.Connection, terms: Sequence[str]) -> str | None:
    """What the index is asked; None where it is of no help."""
    parts = []
    for term in terms:
        if len(term) > LEAST:
            trigrams = dict.fromkeys(term[at : at + 3] for at in range(min(len(term) - 2, _MOST_TRIGRAMS)))
            parts.append(" AND ".join(map(_quote, trigrams)))
        elif len(term) == LEAST and (beginnings := _complete(connection, term)) is not None:
            parts.append(f"({' OR '.join(map(_quote, beginnings))})")
    return " AND ".join(parts) or None


def _complete(connection: sqlite3.Connection, term: str) -> list[str] | None:
    """The trigrams that begin with two characters; None if there are too many, the term itself if there are none."""
    start = term.lower()
    rows = connection.execute(
        "SELECT term FROM passage_term WHERE term >= ? AND term < ? LIMIT ?",
        (start, f"{start}\U0010ffff", _MOST_BEGINNINGS + 1),
    ).fetchall()
    if len(rows) > _MOST_BEGINNINGS:
        return None
    return [row[0] for row in rows] or [f"{term}\U0010ffff"]


def _quote(trigram: str) -> str:
    return '"' + trigram.replace('"', '""') + '"'
