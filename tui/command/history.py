"""`weir history`: the conversations that are kept."""

import argparse

from tui.arguments import UsageError
from tui.chat.history import UnreadableHistory
from tui.chat.store import Store
from tui.chat.summary import Shelf
from tui.command.trouble import tell_troubles
from tui.history import (
    WRITE_SECONDS,
    Look,
    delete_chat,
    list_chats,
    purge_chats,
    restore_chat,
    search_chats,
    show_chat,
)
from tui.launch import Launch
from tui.settings.secrets import Masker


def run(options: argparse.Namespace, launch: Launch, mask: Masker) -> int:
    """Do the act on the store, and return the exit code."""
    language, place = launch.load_language(), launch.paths.database
    store = Store(place, tell_troubles(language, mask), launch.config.history.keep_days)
    look = Look(store, language, getattr(options, "limit", None), options.json)
    try:
        return _act(options, look)
    except UnreadableHistory as error:
        return look.complain("unreadable", where=place, reason=error)
    finally:
        store.close(WRITE_SECONDS)


def _act(options: argparse.Namespace, look: Look) -> int:
    match options.act:
        case "list":
            return list_chats(look, Shelf(options.shelf))
        case "search":
            return search_chats(look, options.words, Shelf(options.shelf))
        case "show":
            return show_chat(look, options.id)
        case "delete":
            return delete_chat(look, options.id, now=options.now)
        case "restore":
            return restore_chat(look, options.id)
        case "purge":
            return purge_chats(look, options.older_than, yes=options.yes)
        case other:
            raise UsageError(f"{other} is no act of `weir history`")
