"""Export file: conversations in one of the formats, and a file of them that never takes another one's place unasked."""

import errno
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from tui.chat.conversation import Conversation, Reply
from tui.chat.exchange.json_document import write_json
from tui.chat.exchange.markdown_document import write_markdown
from tui.chat.exchange.text_document import write_text
from tui.chat.turn_tree import TurnTree
from tui.text.language import Language

Format: TypeAlias = Literal["md", "json", "txt"]
FORMATS: tuple[Format, ...] = get_args(Format)
_SUFFIXES: dict[str, Format] = {".md": "md", ".markdown": "md", ".json": "json", ".txt": "txt"}
_UNFIT_FOR_NAME = re.compile(r"[^\w.,+-]+")
_NAME_LENGTH = 40


def format_of(path: Path) -> Format | None:
    """What a file's name asks for."""
    return _SUFFIXES.get(path.suffix.lower())


def write_conversations(
    conversations: Iterable[Conversation], form: Format, language: Language, now: datetime
) -> Iterator[str]:
    """One document for JSON; else one after the other, a blank line between them. Piece by piece."""
    if form == "json":
        yield from write_json(conversations, now)
        return
    write = write_markdown if form == "md" else write_text
    for number, conversation in enumerate(conversations):
        yield "\n" if number else ""
        yield from write(conversation, language, now)


def take_snapshot(conversation: Conversation) -> Conversation:
    """A conversation as it is now, for another thread to write while replies in it grow."""
    turns = [replace(turn, replies=[_still(reply) for reply in turn.replies]) for turn in conversation.tree.turns]
    return replace(conversation, turns=[], tree=TurnTree(turns))


def _still(reply: Reply) -> Reply:
    """A reply that grows no more: one that has ended itself, else a copy."""
    if reply.outcome is not None:
        return reply
    pieces, thoughts, refusals = [reply.text], [reply.reasoning], [reply.refusal]
    calls = {index: replace(call) for index, call in reply.tool_calls.items()}
    return Reply(
        reply.provider, reply.model, reply.id, pieces, thoughts, refusals, calls, notices=[*reply.notices],
        record=reply.record, origin=reply.origin, thought_seconds=reply.thought_seconds, edited=reply.edited,
    )  # fmt: skip


def file_name(conversation: Conversation, form: Format) -> str:
    """A name that says when and what; the id keeps two of them apart."""
    title = _UNFIT_FOR_NAME.sub("-", conversation.title)[:_NAME_LENGTH].strip("-.") or "conversation"
    return f"{conversation.created.astimezone():%Y-%m-%d}-{title}-{conversation.id[:8]}.{form}"


def write_file(path: Path, pieces: Iterable[str], *, over: bool) -> None:
    """Write a file for its owner alone, whole or not at all; `over`: in the place of one that is there.

    Raises FileExistsError for one that is there unless `over`, and OSError for what the disk does not take.
    """
    _check_name(path)
    if not over and os.path.lexists(path):
        raise FileExistsError(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:_NAME_LENGTH]}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        if over:
            os.replace(name, path)
        else:
            _put_beside(Path(name), path)
    finally:
        with suppress(FileNotFoundError):  # it has its name already
            os.unlink(name)


def _check_name(path: Path) -> None:
    """Raise OSError for a name that no file can have here, which Python tells by other errors."""
    try:
        fits = b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:  # a locale that is not UTF-8
        fits = False
    if not fits:
        raise OSError(errno.EILSEQ, os.strerror(errno.EILSEQ))


def _put_beside(written: Path, path: Path) -> None:
    """Give a file its name unless another one has come to have it."""
    try:
        os.link(written, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.replace(written, path)
