"""`weir export`: conversations as Markdown, JSON or plain text, on stdout or in files.

What is said beside them goes to stderr. Exit codes: 0; 2 for an id that nothing or more than one thing has, nothing to
export, a file that is there already (without --force) or cannot be written.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tui.chat.conversation import Conversation
from tui.chat.exchange.export_file import Format, file_name, format_of, write_conversations, write_file
from tui.chat.history import History
from tui.chat.store import Store
from tui.chat.summary import Shelf
from tui.headless.stdout import say, write_error
from tui.text.language import Language

USAGE = 2
LAST = "last"
"""Stands for the id of the conversation used last."""
STDOUT = Path("-")


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What `weir export` was told."""

    id: str = LAST
    """Or the beginning of one."""
    all: bool = False
    form: Format | None = None
    """None: what the file's name says, else Markdown."""
    output: Path = STDOUT
    over: bool = False
    """Whether a file that is there may be replaced."""


def run_export(order: ExportOrder, store: Store, language: Language) -> int:
    """Write what was asked for; return the exit code."""
    identities = _find(order, store, language)
    if not identities:
        return USAGE

    def load() -> Iterator[Conversation]:
        found = map(store.load, identities)
        return (conversation for conversation in found if conversation is not None)

    form, now = order.form or format_of(order.output) or "md", datetime.now(UTC)
    if order.output == STDOUT:
        for piece in write_conversations(load(), form, language, now):
            sys.stdout.buffer.write(piece.encode(errors="replace"))
        sys.stdout.buffer.flush()
        return 0
    path = order.output
    try:
        if path.is_dir():
            for conversation in load():
                path = order.output / file_name(conversation, form)
                write_file(path, write_conversations([conversation], form, language, now), over=order.over)
            path = order.output
        else:
            write_file(path, write_conversations(load(), form, language, now), over=order.over)
    except FileExistsError:
        write_error(language.say("exchange.exists", path=path), as_json=False)
        return USAGE
    except OSError as error:
        reason = error.strerror or type(error).__name__
        write_error(language.say("exchange.unwritable", path=path, reason=reason), as_json=False)
        return USAGE
    say(language.say("exchange.written", path=path, count=len(identities)))
    return 0


def _find(order: ExportOrder, store: Store, language: Language) -> list[str]:
    """The ids of what is meant; where that is none, or not one alone, it is said."""
    history = History(store)
    if order.all:
        found = [one.id for one in history.summaries(Shelf.KEPT)]
    elif order.id == LAST:
        latest = store.latest_conversation()
        found = [latest] if latest is not None else []
    else:
        found = [one.id for one in history.find(order.id.lower())]
    if not found or (len(found) > 1 and not order.all):
        empty = order.all or order.id == LAST
        name = "several" if found else "empty" if empty else "unknown_id"
        write_error(language.say(f"exchange.{name}", id=order.id, count=len(found)), as_json=False)
        return []
    return found
