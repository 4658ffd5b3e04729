"""Resumption: the conversation that a start begins with, what was left unsent in it, and what there is to tell."""

import sqlite3
from dataclasses import dataclass, replace

from tui.chat.absence import tell_absence
from tui.chat.conversation import Conversation
from tui.chat.draft import Draft, DraftBox, join_drafts
from tui.chat.history import UnreadableHistory
from tui.chat.store import Store
from tui.chat.workspace import Workspace
from tui.text.language import Language


@dataclass(frozen=True, slots=True)
class Resumption:
    """A conversation to go on with, or none."""

    conversation: Conversation | None = None
    told: str | None = None
    """The sentence for the person; told once."""
    draft: str = ""
    """What was typed and not sent."""
    unbegun: Draft | None = None
    """What was typed for another conversation, which has no turn yet."""


def find_resumption(workspace: Workspace, language: Language, *, resume: bool) -> Resumption:
    """One that was cut with its process, else one that ran on without a terminal, else the last one if asked for, else
    the one in which a draft was left.

    Reads from the disk: not for the loop. What cannot be read now is told, and there later.
    """
    state, store, drafts = workspace.state, workspace.store, workspace.drafts
    if store is None or drafts is None:
        return Resumption(draft=state.draft)
    apart = "" if state.draft_of else state.draft
    try:
        found = _find(store, language, resume=resume)
        if found.conversation is None:
            found = _find_draft(store, drafts, found, language)
        else:
            found = replace(found, draft=drafts.find(found.conversation.id), unbegun=drafts.find_left(unbegun=True))
    except (sqlite3.Error, UnreadableHistory) as error:
        return Resumption(None, language.say("store.unreadable", reason=error), state.draft)
    return replace(found, draft=join_drafts(found.draft, apart))


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


def _find_draft(store: Store, drafts: DraftBox, found: Resumption, language: Language) -> Resumption:
    """The conversation in which the last process was left with something typed; one without a turn is made anew."""
    if (left := drafts.find_left()) is None:
        return found
    conversation = store.load(left.conversation)
    if conversation is None:
        return replace(found, conversation=Conversation(left.conversation), draft=left.text)
    unbegun = drafts.find_left(unbegun=True)
    return Resumption(conversation, found.told or language.say("draft.back"), left.text, unbegun)
