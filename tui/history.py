"""`weir history`: the conversations that are kept: listed, searched, one of them whole, deleted, removed for good.

stdout has the lists, the conversation or, with `--json`, JSON; what is said beside them goes to stderr. Exit codes: 0,
also where nothing is found; 2 for an id that nothing has, a database that cannot be read or written, a removal that
nobody agreed to; 130 where a person did not agree.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.cells import cell_len

from tui.chat.chip import write_chip
from tui.chat.conversation import Conversation, Reply, Turn
from tui.chat.excerpt import make_excerpt
from tui.chat.exchange.attachment_field import write_attachment
from tui.chat.exchange.caption import EDITED
from tui.chat.history import History
from tui.chat.search import LEAST, Hit, read_terms
from tui.chat.store import Store
from tui.chat.summary import ConversationSummary, Shelf
from tui.chat.upkeep import UNDO_DAYS
from tui.headless.stdout import say, write_error, write_json_line, write_text
from tui.text.age import describe_age
from tui.text.language import Language
from tui.text.sanitise import sanitise, sanitise_line

USAGE, CANCELLED = 2, 130
SHOWN = 50
"""Rows of a table where no limit is given."""
LAST = "last"
"""Stands for the id of the conversation used last."""
_ID = 8
"""Characters of an id that are shown; they are enough to name one."""
_EXCERPT = 76
_TITLE = 60
WRITE_SECONDS = 30.0
"""How long a removal may take."""


@dataclass(frozen=True, slots=True)
class Look:
    """Where to look and how to tell it."""

    store: Store
    language: Language
    limit: int | None = None
    """The latest so many; 0 for all, None for as many as suit."""
    as_json: bool = False

    @property
    def history(self) -> History:
        """The conversations."""
        return History(self.store)

    def complain(self, name: str, **values: object) -> int:
        """Say what is wrong; the exit code of that."""
        write_error(self.language.say(f"history.{name}", **values), as_json=self.as_json)
        return USAGE


def list_chats(look: Look, shelf: Shelf) -> int:
    """Print the conversations of a shelf, the one used last first."""
    summaries = look.history.summaries(shelf)
    shown = _limited(summaries, look)
    if look.as_json:
        for summary in shown:
            write_json_line(summary.as_json())
        return 0
    if shown:
        write_text("\n".join(_tabulate(shown, look.language)))
    if not summaries:
        say(look.language.say("history.empty"))
    elif len(shown) < len(summaries):
        say(look.language.say("history.limited", shown=len(shown), count=len(summaries)))
    return 0


def search_chats(look: Look, words: Sequence[str], shelf: Shelf) -> int:
    """Print the prompts and replies that hold every word, the latest first; a word with blanks stands as it is."""
    terms = read_terms(" ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words))
    if not terms:
        return look.complain("too_short", least=LEAST)
    hits = look.history.search(terms, shelf, limit=SHOWN if look.limit is None else look.limit or sys.maxsize)
    for hit in hits:
        if look.as_json:
            write_json_line(_hit_json(hit, terms))
        else:
            write_text("\n".join(_hit_lines(hit, terms, look.language)))
    if not look.as_json and not hits:
        say(look.language.say("history.no_match"))
    return 0


def show_chat(look: Look, identity: str) -> int:
    """Print one conversation whole."""
    if (summary := _find(look, identity)) is None:
        return USAGE
    conversation = look.history.load(summary.id)
    assert conversation is not None, "it was listed a moment ago"
    if look.as_json:
        write_json_line({**summary.as_json(), "deleted": summary.deleted, **_conversation_json(conversation)})
    else:
        write_text("\n".join(_conversation_lines(summary, conversation, look.language)))
    return 0


def delete_chat(look: Look, identity: str, *, now: bool) -> int:
    """Delete one conversation; `now`: for good."""
    if (summary := _find(look, identity)) is None:
        return USAGE
    if look.history.is_written_elsewhere(summary.id):
        return look.complain("written_elsewhere", title=sanitise_line(summary.title))
    if now:
        look.history.remove([summary.id])
    else:
        look.history.delete(summary.id)
    return _finish(look, "removed" if now else "deleted", {"id": summary.id, "removed": now}, summary)


def restore_chat(look: Look, identity: str) -> int:
    """Bring a deleted conversation back."""
    if (summary := _find(look, identity)) is None:
        return USAGE
    look.history.restore(summary.id)
    return _finish(look, "restored", {"id": summary.id, "restored": True}, summary)


def purge_chats(look: Look, age: timedelta, *, yes: bool) -> int:
    """Remove for good what was not used for so long and is not pinned, once a person, or `--yes`, agrees."""
    language, old = look.language, look.history.unused(age)
    if old and not yes:
        if look.as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return look.complain("unasked", count=len(old))
        if not _agrees(language.say("history.agree", count=len(old), age=describe_age(age.total_seconds(), language))):
            say(language.say("history.not_purged"))
            return CANCELLED
    look.history.remove([summary.id for summary in old])
    return _finish(look, "purged", {"removed": len(old)}, count=len(old))


def _finish(
    look: Look, name: str, told: dict[str, Any], summary: ConversationSummary | None = None, **values: object
) -> int:
    """Wait until it is written, and say so."""
    if not look.store.settle(WRITE_SECONDS, tidy=True):
        return look.complain("unwritten")
    if look.as_json:
        write_json_line(told)
    else:
        title = sanitise_line(summary.title) if summary is not None else ""
        identity = summary.id[:_ID] if summary is not None else ""
        say(look.language.say(f"history.{name}", title=title, id=identity, days=UNDO_DAYS, **values))
    return 0


def _agrees(question: str) -> bool:
    sys.stderr.write(f"{sanitise_line(question)} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _find(look: Look, identity: str) -> ConversationSummary | None:
    """The conversation of an id, or of the start of one; where that is none or several it is said."""
    found = look.history.summaries()[:1] if identity == LAST else look.history.find(identity)
    if len(found) == 1:
        return found[0]
    look.complain("several" if found else "none", id=identity, count=len(found))
    return None


def _limited(summaries: Sequence[ConversationSummary], look: Look) -> Sequence[ConversationSummary]:
    limit = look.limit if look.limit is not None else 0 if look.as_json else SHOWN
    return summaries[:limit] if limit else summaries


def _tabulate(summaries: Sequence[ConversationSummary], language: Language) -> list[str]:
    now = datetime.now(UTC)
    head = [language.say(f"chats.column_{name}") for name in ("age", "count", "outcome", "model", "title")]
    table = [["id", *head]]
    for one in summaries:
        title = ("★ " if one.pinned else "") + (sanitise_line(one.title) or language.say("chats.untitled"))
        outcome = language.say("chats.running") if one.running else sanitise_line(one.outcome or "")
        age = describe_age((now - one.updated).total_seconds(), language)
        table.append([one.id[:_ID], age, str(one.turns), outcome, sanitise_line(one.full_model or ""), title])
    widths = [max(cell_len(row[column]) for row in table) for column in range(len(table[0]) - 1)]
    return [
        "  ".join((*(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=False)), row[-1]))
        for row in table
    ]


def _hit_lines(hit: Hit, terms: Sequence[str], language: Language) -> list[str]:
    when = f"{hit.created.astimezone():%Y-%m-%d %H:%M}"
    title = sanitise_line(hit.title)[:_TITLE]
    return [
        f"{hit.conversation[:_ID]}  {when}  {title}",
        f"    {hit.speaker(language)}: {make_excerpt(hit.text, terms, _EXCERPT).text[:_EXCERPT]}",
    ]


def _hit_json(hit: Hit, terms: Sequence[str]) -> dict[str, Any]:
    excerpt = make_excerpt(hit.text, terms, _EXCERPT)
    return {
        "conversation": hit.conversation,
        "title": hit.title,
        "turn": hit.turn,
        "reply": hit.reply,
        "role": "user" if hit.reply is None else "assistant",
        "edited": hit.edited,
        "created": hit.created.isoformat(),
        "model": f"{hit.provider}/{hit.model}" if hit.reply is not None else None,
        "excerpt": excerpt.text,
        "marks": [list(mark) for mark in excerpt.marks],
    }


def _conversation_json(conversation: Conversation) -> dict[str, Any]:
    tree = conversation.tree.pruned()
    return {
        "turns": [_turn_json(turn) for turn in tree.path()],
        "branches": [_turn_json(turn) for turn in tree.others()],
    }


def _turn_json(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "parent": turn.parent,
        "prompt": turn.prompt,
        "attachments": [write_attachment(each) for each in turn.attachments],
        "replies": [_reply_json(reply, chosen=reply is turn.reply) for reply in turn.replies],
    }


def _reply_json(reply: Reply, *, chosen: bool) -> dict[str, Any]:
    return {
        "id": reply.id,
        "model": f"{reply.provider}/{reply.model}",
        "chosen": chosen,
        "outcome": _outcome(reply),
        "text": reply.text,
        "reasoning": reply.reasoning,
        "refusal": reply.refusal,
        "record": reply.record.as_json() if reply.record is not None else None,
    }


def _conversation_lines(summary: ConversationSummary, conversation: Conversation, language: Language) -> list[str]:
    when = f"{summary.created.astimezone():%Y-%m-%d %H:%M}"
    lines = [sanitise_line(summary.title) or language.say("chats.untitled"), f"{summary.id}  {when}"]
    branchings = conversation.tree.branchings()
    for turn in conversation.turns:
        branching = branchings.get(turn.id)
        place = f" ({branching.place}/{branching.count})" if branching is not None else ""
        lines += ["", f"{language.say('chats.you')}{place}:", sanitise(turn.prompt)]
        lines += [f"▸ {write_chip(each, language)}" for each in turn.attachments]
        lines += _reply_lines(turn, language)
    if others := conversation.tree.others():
        lines += ["", language.say("turns.elsewhere", count=len(others))]
    return lines


def _outcome(reply: Reply) -> str | None:
    """None while it is being written."""
    return reply.outcome and (reply.outcome.value if reply.edited is None else EDITED)


def _reply_lines(turn: Turn, language: Language) -> list[str]:
    lines: list[str] = []
    for reply in turn.replies:
        outcome = _outcome(reply) or language.say("chats.running")
        model = sanitise_line(f"{reply.provider}/{reply.model}")
        sign = " ✓" if len(turn.replies) > 1 and reply is turn.reply else ""
        lines += ["", f"{model} · {outcome}{sign}:"]
        if text := reply.text or reply.refusal:
            lines.append(sanitise(text))
    return lines
