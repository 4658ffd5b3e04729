"""Resumption: the conversation that a start begins with, and what there is to tell about it."""

import sqlite3
from dataclasses import dataclass

from tui.chat.absence import tell_absence
from tui.chat.conversation import Conversation
from tui.chat.store import Store
from tui.text.language import Language


@dataclass(frozen=True, slots=True)
class Resumption:
    """A conversation to go on with, or none."""

    conversation: Conversation | None = None
    told: str | None = None
    """The sentence for the person; told once."""


def find_resumption(store: Store, language: Language, *, resume: bool) -> Resumption:
    """One that was cut with its process, else one that ran on without a terminal, else the last one if asked for.

    Reads from the disk: not for the loop. What cannot be read now is told, and there later.
    """
    try:
        return _find(store, language, resume=resume)
    except sqlite3.Error as error:
        return Resumption(None, language.say("store.unreadable", reason=error))


def _find(store: Store, language: Language, *, resume: bool) -> Resumption:
    if (identity := store.cut_conversation()) is not None:
        return Resumption(store.load(identity), language.say("store.cut"))
    if (absence := store.absence()) is not None:
        if (conversation := store.load(absence.conversation)) is None:
            return Resumption()
        replies = absence.among(conversation)
        store.mark_told(reply.id for reply in replies if reply.outcome is not None)
        return Resumption(conversation, tell_absence(replies, language))
    identity = store.latest_conversation() if resume else None
    return Resumption(store.load(identity) if identity is not None else None)
