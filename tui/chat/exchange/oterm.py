"""oterm's database (`store.db`): chats with their system prompt, and messages. It writes down no times at all.

A chat there has no id but a number, which another file may have too; the first prompt tells them apart.
"""

import json
from collections import defaultdict
from datetime import datetime

from tui.chat.exchange.arrival import Arrival, derive_id
from tui.chat.exchange.foreign_database import ForeignDatabase, text_of
from tui.chat.exchange.message_list import Message, add_conversation

PROGRAM = "oterm"


def is_oterm(database: ForeignDatabase) -> bool:
    """Whether the tables are oterm's."""
    return database.has("chat", "id", "name", "model", "system") and database.has(
        "message", "chat_id", "author", "text"
    )


def read_oterm(database: ForeignDatabase, written: datetime) -> Arrival:
    """All its chats; `written`, the time of the file, is the only one that there is."""
    arrival = Arrival(PROGRAM)
    messages: dict[object, list[Message]] = defaultdict(list)
    for chat, identity, author, text, images in database.rows(
        "message", ("chat_id", "id", "author", "text", "images"), "id"
    ):
        messages[chat].append(Message(identity, text_of(author), text_of(text)))
        arrival.left_out["image"] += _count(images)
    for chat, name, model, system in database.rows("chat", ("id", "name", "model", "system"), "id"):
        found = [Message(one.id, one.role, one.text, None, text_of(model)) for one in messages.get(chat, [])]
        first = derive_id(found[0].text)[:8] if found else ""
        add_conversation(arrival, f"chat {chat} {first}", text_of(name), written, found, text_of(system))
    return arrival


def _count(images: object) -> int:
    """How many images a message has; what is no list of them has none."""
    try:
        found = json.loads(images) if isinstance(images, str) else []
    except (ValueError, RecursionError):
        return 0
    return len(found) if isinstance(found, list) else 0
