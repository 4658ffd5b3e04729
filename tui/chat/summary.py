"""ConversationSummary: what a list of conversations shows of one; `Shelf`: which of them a list is about."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Shelf(StrEnum):
    """Where a conversation is."""

    CHATS = "chats"
    ARCHIVED = "archived"
    DELETED = "deleted"
    KEPT = "kept"
    """All but the deleted."""

    @property
    def condition(self) -> str:
        """In SQL, of a row of `conversation`."""
        return _CONDITIONS[self]


_CONDITIONS = {
    Shelf.CHATS: "conversation.deleted IS NULL AND conversation.archived = 0",
    Shelf.ARCHIVED: "conversation.deleted IS NULL AND conversation.archived = 1",
    Shelf.DELETED: "conversation.deleted IS NOT NULL",
    Shelf.KEPT: "conversation.deleted IS NULL",
}
_SUMMARY = """
    SELECT conversation.id, title, conversation.created, updated, pinned, archived, conversation.deleted IS NOT NULL,
        turns, provider, model, iif(edited IS NULL, outcome, 'edited')
    FROM (
        SELECT *, (
            WITH RECURSIVE path (id, deleted) AS (
                SELECT id, deleted FROM turn WHERE turn.conversation = conversation.id AND parent IS NULL AND active = 1
                UNION ALL
                SELECT turn.id, turn.deleted FROM path
                JOIN turn ON turn.conversation = conversation.id AND turn.parent = path.id AND turn.active = 1
            )
            SELECT count(*) FROM path WHERE deleted IS NULL
        ) AS turns, (
            SELECT id FROM turn WHERE turn.conversation = conversation.id AND turn.deleted IS NULL
            ORDER BY position DESC LIMIT 1
        ) AS last
        FROM conversation WHERE {condition}
    ) AS conversation
    LEFT JOIN turn ON turn.id = last
    LEFT JOIN reply ON reply.turn = turn.id AND reply.position = turn.chosen
    ORDER BY updated DESC
"""


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """One conversation; `provider`, `model` and `outcome` are those of the chosen reply of the turn asked last."""

    id: str
    title: str
    created: datetime
    updated: datetime
    pinned: bool
    archived: bool
    deleted: bool
    turns: int
    """On the path that is shown; other branches and deleted ones are not counted."""
    provider: str | None
    model: str | None
    outcome: str | None
    """None while it is being written; `edited` of one that a person wrote."""

    @property
    def full_model(self) -> str | None:
        """Provider and model."""
        return f"{self.provider}/{self.model}" if self.provider and self.model else self.model

    @property
    def running(self) -> bool:
        """Whether its last reply is being written."""
        return self.turns > 0 and self.outcome is None

    def as_json(self) -> dict[str, Any]:
        """What `weir history list --json` says of it."""
        return {
            "id": self.id,
            "title": self.title,
            "created": self.created.isoformat(),
            "updated": self.updated.isoformat(),
            "model": self.full_model,
            "turns": self.turns,
            "outcome": self.outcome,
            "pinned": self.pinned,
            "archived": self.archived,
        }


def list_summaries(connection: sqlite3.Connection, shelf: Shelf) -> list[ConversationSummary]:
    """All on a shelf, the one used last first."""
    return [
        ConversationSummary(
            identity,
            title,
            datetime.fromisoformat(created),
            datetime.fromisoformat(updated),
            bool(pinned),
            bool(archived),
            bool(deleted),
            *others,
        )
        for identity, title, created, updated, pinned, archived, deleted, *others in connection.execute(
            _SUMMARY.format(condition=shelf.condition)
        )
    ]
