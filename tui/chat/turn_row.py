"""Turn row: how a turn stands in the database, beside the conversation that it is in."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from tui.chat.conversation import Conversation, Reply, Trim, Turn
from tui.chat.memory import Statement
from tui.chat.stored_attachment import insert_attachments

COLUMNS = "turn.id, prompt, chosen, adopted, turn.created, parent, active, turn.deleted"
ORDER = "turn.position, turn.created, turn.id"
"""A parent before what follows it; of what two processes wrote at once, each turn whole."""


def insert_turn(conversation: Conversation, turn: Turn) -> list[Statement]:
    """A turn without its replies, and its conversation, unless that is stored already."""
    asked = turn.created.isoformat()
    head = (conversation.id, conversation.title, parameters_json(conversation), conversation.created.isoformat())
    marks = (conversation.pinned, conversation.archived, trim_json(conversation.trim))
    rivals = "UPDATE turn SET active = 0 WHERE conversation = ? AND parent IS ? AND active = 1"
    return [
        (
            "INSERT INTO conversation (id, title, parameters, created, pinned, archived, trim, updated)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            # Its title may be another by now; what is gone on with is deleted no more.
            " ON CONFLICT (id) DO UPDATE SET updated = max(updated, excluded.updated), deleted = NULL",
            (*head, *marks, asked),
        ),
        *([(rivals, (conversation.id, turn.parent))] if turn.active else []),
        (
            "INSERT INTO turn (id, conversation, prompt, created, chosen, adopted, parent, active, position)"
            " SELECT ?, ?, ?, ?, ?, ?, ?, ?, coalesce(max(position) + 1, 0) FROM turn WHERE conversation = ?",
            (
                *(turn.id, conversation.id, turn.prompt, asked, turn.chosen, turn.adopted, turn.parent, turn.active),
                conversation.id,
            ),
        ),
        *insert_attachments(turn),
    ]


def update_turns(turns: Iterable[Turn]) -> list[Statement]:
    """Which of their branches are gone on with, and which of them are deleted."""
    return [
        (
            "UPDATE turn SET active = ?, deleted = ? WHERE id = ?",
            (turn.active, turn.deleted.isoformat() if turn.deleted is not None else None, turn.id),
        )
        for turn in turns
    ]


def read_turn(row: Sequence[Any], replies: list[Reply]) -> Turn:
    """A turn from its `COLUMNS`."""
    identity, prompt, chosen, adopted, created, parent, active, deleted = row
    moment = datetime.fromisoformat(deleted) if deleted is not None else None
    asked = datetime.fromisoformat(created)
    return Turn(prompt, replies, identity, chosen, bool(adopted), asked, parent, bool(active), moment)


def parameters_json(conversation: Conversation) -> str:
    """Those of the conversation, as its row has them."""
    return json.dumps(conversation.parameters.as_table(), ensure_ascii=False)


def trim_json(trim: Trim | None) -> str | None:
    """Where what is sent begins, as the conversation's row has it."""
    return json.dumps([trim.after, trim.since.isoformat()]) if trim is not None else None
