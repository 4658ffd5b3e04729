"""Elia's database (`elia.sqlite`, of version 1): chats, and messages with their model. Its times are in UTC.

It writes down neither how a reply ended nor which message another answers; messages stand in the order of their ids.
"""

from collections import defaultdict
from datetime import datetime

from tui.chat.exchange.arrival import Arrival, read_moment
from tui.chat.exchange.foreign_database import ForeignDatabase, text_of
from tui.chat.exchange.message_list import Message, add_conversation

PROGRAM = "Elia"


def is_elia(database: ForeignDatabase) -> bool:
    """Whether the tables are Elia's."""
    return database.has("chat", "id", "started_at", "model") and database.has("message", "chat_id", "role", "content")


def read_elia(database: ForeignDatabase, written: datetime) -> Arrival:
    """All its chats; `written` stands where a chat has no time."""
    arrival = Arrival(PROGRAM)
    messages: dict[object, list[Message]] = defaultdict(list)
    columns = ("chat_id", "id", "role", "content", "timestamp", "model")
    for chat, identity, role, content, moment, model in database.rows("message", columns, "id"):
        messages[chat].append(Message(identity, text_of(role), text_of(content), read_moment(moment), text_of(model)))
    for chat, title, started, model in database.rows("chat", ("id", "title", "started_at", "model"), "id"):
        found = [_with_model(message, text_of(model)) for message in messages.get(chat, [])]
        source = f"chat {chat} of {started}"
        add_conversation(arrival, source, text_of(title), read_moment(started) or written, found)
    return arrival


def _with_model(message: Message, model: str) -> Message:
    return message if message.model else Message(message.id, message.role, message.text, message.moment, model)
