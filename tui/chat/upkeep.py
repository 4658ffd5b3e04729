"""Upkeep: what the writer's thread does while nothing is queued: remove what is to go, shrink the file, index texts.

All of it goes on in portions, so that whatever is queued meanwhile waits for one of them at most. A search finds what
is not indexed yet, too, and a conversation that is to go is no longer listed.
"""

import sqlite3
from datetime import UTC, datetime, timedelta

PORTION = 8
"""Texts that are indexed at once: some 10 ms of work."""
LEAST_FREE = 64
"""Unused pages that a file keeps for what comes next."""
PAGES = 256
"""Pages that are given back at once: some milliseconds of work."""
UNDO_DAYS = 7
"""How long a deleted conversation can be brought back."""
_PENDING = """
    SELECT passage.id,
        coalesce(turn.prompt || char(10, 10), reply.text || char(10) || reply.refusal || char(10, 10))
    FROM passage LEFT JOIN turn ON turn.id = passage.turn LEFT JOIN reply ON reply.id = passage.reply
    WHERE passage.indexed = 0 ORDER BY passage.id DESC LIMIT ?
"""
"""The latest come first: they are what is looked for most."""
_IDLE = (
    " AND NOT EXISTS (SELECT 1 FROM turn JOIN reply ON reply.turn = turn.id"
    " WHERE turn.conversation = conversation.id AND reply.outcome IS NULL)"
)
"""A conversation in which a reply is being written stays for now."""

_ACTIVATE_LAST = """
    UPDATE turn SET active = 1 WHERE id = (
        SELECT id FROM turn WHERE conversation = ? AND parent IS ? ORDER BY deleted IS NULL DESC, position DESC LIMIT 1
    ) AND NOT EXISTS (SELECT 1 FROM turn WHERE conversation = ? AND parent IS ? AND active = 1)
"""


class Upkeep:
    """`keep_days`: how long a conversation is kept that nobody uses or has pinned; 0: for ever."""

    def __init__(self, keep_days: float) -> None:
        self._keep_days = keep_days
        self._tidy = False

    def work(self, connection: sqlite3.Connection) -> bool:
        """Do one portion; whether there may be more. Raises sqlite3.Error, perhaps with a transaction open."""
        if not self._tidy and (remove_one(connection, self._keep_days) or remove_turn(connection)):
            return True
        self._tidy = True
        return give_back(connection) or index_portion(connection)


def give_back(connection: sqlite3.Connection) -> bool:
    """Give unused pages back to the disk; whether there may be more to give."""
    free = _count_free(connection)
    if free < LEAST_FREE:
        return False
    # A row comes for each page, and nothing happens to those whose row nobody takes.
    connection.execute(f"PRAGMA incremental_vacuum({PAGES})").fetchall()
    return LEAST_FREE <= _count_free(connection) < free


def _count_free(connection: sqlite3.Connection) -> int:
    count: int = connection.execute("PRAGMA freelist_count").fetchone()[0]
    return count


def index_portion(connection: sqlite3.Connection) -> bool:
    """Index some texts; whether there may be more."""
    if connection.execute("SELECT 1 FROM passage WHERE indexed = 0 LIMIT 1").fetchone() is None:
        return False
    connection.execute("BEGIN IMMEDIATE")
    rows = connection.execute(_PENDING, (PORTION,)).fetchall()
    connection.executemany("INSERT INTO passage_text (rowid, text) VALUES (?, ?)", rows)
    connection.executemany("UPDATE passage SET indexed = 1 WHERE id = ?", [row[:1] for row in rows])
    connection.execute("COMMIT")
    return True


def remove_one(connection: sqlite3.Connection, keep_days: float) -> bool:
    """Remove one conversation that was deleted days ago, or that nobody has used for too long; whether there was one.

    What was pinned is not too old.
    """
    now = datetime.now(UTC)
    conditions = ["deleted < ?"]
    values = [(now - timedelta(days=UNDO_DAYS)).isoformat()]
    if keep_days:
        conditions.append("(updated < ? AND pinned = 0)")
        values.append((now - timedelta(days=keep_days)).isoformat())
    found = connection.execute(
        f"SELECT id FROM conversation WHERE ({' OR '.join(conditions)}){_IDLE} LIMIT 1", values
    ).fetchone()
    if found is None:
        return False
    connection.execute("DELETE FROM conversation WHERE id = ?", found)
    return True


def remove_turn(connection: sqlite3.Connection) -> bool:
    """Remove one turn that was deleted days ago; what follows it follows what it followed. Whether there was one."""
    before = (datetime.now(UTC) - timedelta(days=UNDO_DAYS)).isoformat()
    found = connection.execute(
        "SELECT id, conversation, parent, active FROM turn WHERE deleted < ?"
        " AND NOT EXISTS (SELECT 1 FROM reply WHERE reply.turn = turn.id AND reply.outcome IS NULL) LIMIT 1",
        (before,),
    ).fetchone()
    if found is None:
        return False
    identity, conversation, parent, active = found
    beside, below = (conversation, parent), (parent, active, conversation, identity)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DELETE FROM turn WHERE id = ?", (identity,))
    # Of those that stand beside one another now at most one was on the path that led through it.
    connection.execute("UPDATE turn SET parent = ?, active = active AND ? WHERE conversation = ? AND parent = ?", below)
    connection.execute(_ACTIVATE_LAST, beside * 2)
    connection.execute("COMMIT")
    return True
