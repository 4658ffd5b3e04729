"""Stored attachment: what goes with a prompt, as rows of the database."""

import sqlite3
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from tui.chat.attachment import Attachment
from tui.chat.conversation import Turn
from tui.chat.memory import Statement


def insert_attachments(turn: Turn) -> list[Statement]:
    """What is written of a turn beside its own row."""
    return [
        (
            "INSERT INTO attachment (turn, position, name, media_type, data) VALUES (?, ?, ?, ?, ?)",
            (turn.id, place, each.name, each.media_type, each.data),
        )
        for place, each in enumerate(turn.attachments)
    ]


def give_attachments(connection: sqlite3.Connection, conversation: str, turns: Sequence[Turn]) -> None:
    """Let the turns of a conversation have what is stored of them."""
    rows = connection.execute(
        "SELECT attachment.turn, name, media_type, data FROM attachment JOIN turn ON turn.id = attachment.turn"
        " WHERE turn.conversation = ? ORDER BY attachment.turn, attachment.position",
        (conversation,),
    )
    found = {turn: tuple(Attachment(*row[1:]) for row in each) for turn, each in groupby(rows, itemgetter(0))}
    for turn in turns:
        turn.attachments = found.get(turn.id, ())
