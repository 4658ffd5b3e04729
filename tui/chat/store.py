"""Store: conversations on disk. Writes are queued and return at once; reads block and belong in a thread.

A reply's row is written before its request, its text is appended about once a second, and its outcome and record come
at the end. A row still open whose owner is dead was cut with its process: the next start labels it `app-exit`.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from tui.chat.absence import Absence
from tui.chat.conversation import Conversation, Origin, Reply, ToolCall, Trim, Turn
from tui.chat.database import Report
from tui.chat.memory import Statement
from tui.chat.owner import current_owner, is_alive
from tui.chat.stored_attachment import give_attachments
from tui.chat.stored_reply import StoredReply
from tui.chat.turn_row import COLUMNS, ORDER, insert_turn, parameters_json, read_turn, trim_json, update_turns
from tui.chat.turn_tree import TurnTree
from tui.chat.upkeep import Upkeep
from tui.chat.writer import WriterThread
from tui.settings.parameters import ParameterError, Parameters, read_parameters
from tui.stream.events import Notice
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.record import Circumstances, Record, make_record

CLOSE_SECONDS = 2.0
SETTLE_SECONDS = 1.0
_REPLY = (
    "reply.id, provider, model, outcome, text, reasoning, refusal, tool_calls, notices, record, thought_seconds,"
    " origin, edited"
)
_TURN_WIDTH = COLUMNS.count(",") + 1
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Store:
    """The database of one person; several processes may have it open."""

    def __init__(self, path: Path, report: Report, keep_days: float = 0, spare: Sequence[Path] = ()) -> None:
        """`keep_days`: a conversation that was not used for so long is removed; 0: none is.

        `spare`: folders for what cannot be written before leaving, if the file's own does not take it.
        """
        self._owner = current_owner()
        self._cut: list[str] = []
        self._saved: dict[str, dict[str, int]] = {}  # open reply -> kind of text -> characters already stored
        self._writer = WriterThread(path, report, self._prepare, Upkeep(keep_days).work, spare)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for one read in the calling thread; whatever is read with it is of one moment. Blocks."""
        database = self._writer.database()
        with database.lock, closing(database.connect_to_read()) as connection:
            connection.execute("BEGIN")
            yield connection

    def write(self, statements: Sequence[Statement]) -> None:
        """Queue one transaction; returns at once."""
        self._writer.put([(sql, _clean(values)) for sql, values in statements])

    def settle(self, limit: float = SETTLE_SECONDS, *, tidy: bool = False) -> bool:
        """Wait until what was queued is written, at most `limit` seconds; whether it is. Blocks.

        `tidy`: also until what follows from it is done, such as giving unused pages back to the disk.
        """
        return self._writer.settle(limit, tidy=tidy)

    def add_turn(self, conversation: Conversation, turn: Turn) -> None:
        """Store a turn and its open replies, before anything is asked."""
        self.write([*insert_turn(conversation, turn), *(self._open_reply(turn, one) for one in turn.replies)])

    def add_ended(
        self, conversation: Conversation, turns: Sequence[Turn], beside: Sequence[tuple[Turn, Reply]] = ()
    ) -> None:
        """Store turns, and replies beside those of earlier ones, that have ended: all of them or none.

        The conversation is stored with them; each turn and reply stands in it already.
        """
        statements = [statement for turn in turns for statement in insert_turn(conversation, turn)]
        for place, reply in [*((turn, reply) for turn in turns for reply in turn.replies), *beside]:
            statements += [self._open_reply(place, reply), *_ending_statements(reply)]
            self._saved.pop(reply.id, None)
        self.write(statements)

    def add_reply(self, turn: Turn, reply: Reply) -> None:
        """Store another open reply of a turn, before anything is asked."""
        self.write([self._open_reply(turn, reply)])

    def keep_parameters(self, conversation: Conversation) -> None:
        """Store the parameters of a conversation; one without a turn is stored with its first."""
        values = _clean((parameters_json(conversation), conversation.id))
        self._writer.put([("UPDATE conversation SET parameters = ? WHERE id = ?", values)])

    def keep_trim(self, conversation: Conversation) -> None:
        """Store where what is sent of a conversation begins."""
        values = (trim_json(conversation.trim), conversation.id)
        self._writer.put([("UPDATE conversation SET trim = ? WHERE id = ?", values)])

    def choose(self, turn: Turn) -> None:
        """Store which reply of a turn is its context."""
        values = (turn.chosen, turn.adopted, turn.id)
        self._writer.put([("UPDATE turn SET chosen = ?, adopted = ? WHERE id = ?", values)])

    def keep_branches(self, turns: Sequence[Turn]) -> None:
        """Store which branches are gone on with, and which turns are deleted."""
        self.write(update_turns(turns))

    def _open_reply(self, turn: Turn, reply: Reply) -> Statement:
        self._saved[reply.id] = {}
        return (
            "INSERT INTO reply (id, turn, position, provider, model, owner, origin, edited)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*(reply.id, turn.id, turn.place(reply), reply.provider, reply.model, self._owner), *_sources(reply)),
        )

    def checkpoint(self, reply: Reply) -> None:
        """Store what has come since the last checkpoint, and the record as it would be if the process died now."""
        texts = {"text": reply.text, "reasoning": reply.reasoning, "refusal": reply.refusal}
        saved = self._saved.get(reply.id, {})
        self._saved[reply.id] = {kind: len(text) for kind, text in texts.items()}
        statements: list[Statement] = [
            ("INSERT INTO piece (reply, kind, text) VALUES (?, ?, ?)", _clean((reply.id, kind, new)))
            for kind, text in texts.items()
            if (new := text[saved.get(kind, 0) :])
        ]
        if reply.trace is not None:
            unsaved = Circumstances(detail={"unsaved_s": 1})
            record = json.dumps(make_record(reply.trace, Outcome.APP_EXIT, unsaved).as_json())
            values = _clean((reply.provider, reply.model, record, reply.thought_seconds, reply.id))
            columns = "provider = ?, model = ?, record = ?, thought_seconds = ?"
            statements.append((f"UPDATE reply SET {columns} WHERE id = ?", values))
        self._writer.put(statements)

    def finish(self, reply: Reply) -> None:
        """Store a reply whole, with its outcome and record."""
        self._saved.pop(reply.id, None)
        self.write(_ending_statements(reply))

    def mark_away(self, replies: Sequence[Reply]) -> None:
        """Remember that these replies run on without a terminal, for the next start to tell how they ended."""
        self._writer.put([("UPDATE reply SET away = 1 WHERE id = ?", (reply.id,)) for reply in replies])

    def mark_told(self, replies: Iterable[str]) -> None:
        """Forget it: somebody has been told."""
        self._writer.put([("UPDATE reply SET away = 0 WHERE id = ?", (reply,)) for reply in replies])

    def ask_stop(self, reply: Reply) -> None:
        """Ask the process that writes this reply to stop it; one that has a screen is not asked."""
        self._writer.put([("UPDATE reply SET stop = 1 WHERE id = ? AND away = 1", (reply.id,))])

    def asked_to_stop(self) -> set[str]:
        """The open replies of this process that another one asks to stop, by id. Blocks; raises sqlite3.Error."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT id FROM reply WHERE owner = ? AND outcome IS NULL AND stop = 1", (self._owner,)
            ).fetchall()
        return {row[0] for row in rows}

    def absence(self) -> Absence | None:
        """The latest conversation with replies that ran on without a terminal; None if there is none. Blocks."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT turn.conversation, reply.id FROM reply JOIN turn ON turn.id = reply.turn"
                " WHERE reply.away = 1 ORDER BY turn.created DESC"
            ).fetchall()
        return Absence(rows[0][0], frozenset(reply for where, reply in rows if where == rows[0][0])) if rows else None

    def cut_conversation(self) -> str | None:
        """The conversation of a reply that the last process left open, if this start found one. Blocks."""
        self._writer.database()
        return self._cut[-1] if self._cut else None

    def latest_conversation(self) -> str | None:
        """The conversation used last. Blocks."""
        with self.reading() as connection:
            row = connection.execute(
                "SELECT id FROM conversation WHERE deleted IS NULL AND archived = 0 ORDER BY updated DESC LIMIT 1"
            ).fetchone()
        return row[0] if row else None

    def load(self, identity: str) -> Conversation | None:
        """A conversation with all its turns; None if there is none of this id. Blocks."""
        with self.reading() as connection:
            head = connection.execute(
                "SELECT id, title, parameters, created, trim, pinned, archived FROM conversation WHERE id = ?",
                (identity,),
            ).fetchone()
            if head is None:
                return None
            rows = connection.execute(
                f"SELECT {COLUMNS}, {_REPLY} FROM turn JOIN reply ON reply.turn = turn.id WHERE conversation = ?"
                f" ORDER BY {ORDER}, reply.position",
                (identity,),
            )
            tree = TurnTree(
                [
                    read_turn(asked, [_load_reply(connection, row[_TURN_WIDTH:]) for row in replies])
                    for asked, replies in groupby(rows, lambda row: row[:_TURN_WIDTH])
                ]
            )
            give_attachments(connection, identity, tree.turns)
        tree.mend()
        moment, trim = datetime.fromisoformat(head[3]), _read_trim(head[4])
        conversation = Conversation(head[0], head[1], _read_parameters(head[2]), moment, tree=tree, trim=trim)
        conversation.pinned, conversation.archived = bool(head[5]), bool(head[6])
        return conversation

    def load_reply(self, identity: str) -> Reply | None:
        """A reply as it is stored now, labelled if its process has died; None if there is none of this id. Blocks.

        Raises sqlite3.Error when the file cannot be read, or written where that is needed, at this moment.
        """
        with self.reading() as connection:
            row = connection.execute(f"SELECT owner, {_REPLY} FROM reply WHERE id = ?", (identity,)).fetchone()
            if row is None:
                return None
            reply = _load_reply(connection, row[1:])
        if reply.outcome is not None or is_alive(row[0] or ""):
            return reply
        database = self._writer.database()
        with database.lock, closing(database.connect()) as connection:
            _close_cut_replies(connection, [])
        with self.reading() as connection:
            row = connection.execute(f"SELECT {_REPLY} FROM reply WHERE id = ?", (identity,)).fetchone()
            return _load_reply(connection, row) if row is not None else None

    def close(self, limit: float = CLOSE_SECONDS) -> int:
        """Write what is queued and close, or keep it for the next start; returns how many transactions are lost.

        Blocks up to `limit` seconds.
        """
        return self._writer.close(limit)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Runs in the writer's thread when the database has been opened."""
        connection.execute("PRAGMA secure_delete = ON")  # what a person removes does not stay in unused pages
        _close_cut_replies(connection, self._cut)


def _ending_statements(reply: Reply) -> list[Statement]:
    """What is written of a reply when it has ended."""
    values = (
        reply.provider,
        reply.model,
        reply.outcome.value if reply.outcome else None,
        reply.text,
        reply.reasoning,
        reply.refusal,
        json.dumps([[call.index, call.id, call.name, call.arguments] for call in reply.tool_calls.values()]),
        json.dumps([_notice_json(notice) for notice in reply.notices]),
        json.dumps(reply.record.as_json()) if reply.record else None,
        reply.thought_seconds,
        reply.id,
    )
    return [
        (
            "UPDATE reply SET provider = ?, model = ?, outcome = ?, text = ?, reasoning = ?, refusal = ?,"
            " tool_calls = ?, notices = ?, record = ?, thought_seconds = ?, owner = NULL WHERE id = ?",
            values,
        ),
        ("DELETE FROM piece WHERE reply = ?", (reply.id,)),
    ]


def _close_cut_replies(connection: sqlite3.Connection, cut: list[str]) -> None:
    """Label the replies of dead processes; `cut` takes their conversations, even if a full disk takes no label."""
    connection.execute("BEGIN IMMEDIATE")
    rows = connection.execute(
        "SELECT reply.id, reply.owner, turn.conversation FROM reply JOIN turn ON turn.id = reply.turn"
        " WHERE reply.outcome IS NULL ORDER BY turn.created"
    ).fetchall()
    for reply, owner, conversation in rows:
        if is_alive(owner or ""):
            continue
        pieces = _load_pieces(connection, reply)
        connection.execute(
            "UPDATE reply SET outcome = ?, text = ?, reasoning = ?, refusal = ?, owner = NULL, away = 0 WHERE id = ?",
            (Outcome.APP_EXIT.value, *("".join(pieces[kind]) for kind in ("text", "reasoning", "refusal")), reply),
        )
        connection.execute("DELETE FROM piece WHERE reply = ?", (reply,))
        cut.append(conversation)
    connection.execute("COMMIT")


def _load_pieces(connection: sqlite3.Connection, reply: str) -> dict[str, list[str]]:
    """What an open reply has received up to its last checkpoint, by kind: text, reasoning, refusal."""
    pieces: dict[str, list[str]] = {"text": [], "reasoning": [], "refusal": []}
    for kind, text in connection.execute("SELECT kind, text FROM piece WHERE reply = ? ORDER BY rowid", (reply,)):
        pieces[kind].append(text)
    return pieces


def _load_reply(connection: sqlite3.Connection, row: Sequence[Any]) -> Reply:
    """A reply from its columns, and from its pieces while it is being written, perhaps by another process."""
    identity, provider, model, outcome, text, reasoning, refusal, tool_calls, notices, record, thought, *sources = row
    origin, edited = sources
    reply = StoredReply(
        provider,
        model,
        identity,
        [text] if text else [],
        [reasoning] if reasoning else [],
        [refusal] if refusal else [],
        {call[0]: ToolCall(*call) for call in _load_list(tool_calls)},
        None,
        [_notice_from(item) for item in _load_list(notices)],
        Outcome(outcome) if outcome else None,
        thought_seconds=thought,
        origin=Origin(*json.loads(origin)) if origin else None,
        edited=edited,
    )
    reply.keep_record(record)
    if outcome is None:
        reply.pieces, reply.reasoning_pieces, reply.refusal_pieces = _load_pieces(connection, identity).values()
    return reply


def _read_parameters(text: str) -> Parameters:
    try:
        return read_parameters(json.loads(text))
    except ParameterError:
        return Parameters()  # a later version knows more; they stay in the row until they are set anew


def _read_trim(text: str | None) -> Trim | None:
    """Which turns are left out of what is sent; none where a broken page has left something else."""
    try:
        after, since = json.loads(text or "null") or (None, None)
        return Trim(after, datetime.fromisoformat(since)) if since else None
    except (ValueError, TypeError):
        return None


def _load_list(text: str) -> list[Any]:
    """Read back what is an empty list nearly always; one that is damaged does not keep the reply from being read."""
    if text == "[]":
        return []
    try:
        found: list[Any] = json.loads(text)
    except ValueError:
        return []
    return found


def _sources(reply: Reply) -> tuple[str | None, str | None]:
    """The reply that it goes on with, as JSON, and the one of which it is a person's version."""
    origin = reply.origin
    return json.dumps([origin.reply, origin.record, origin.length]) if origin else None, reply.edited


def _notice_json(notice: Notice) -> list[Any]:
    return [notice.code.value, dict(notice.values), notice.record.as_json() if notice.record else None]


def _notice_from(item: list[Any]) -> Notice:
    code, values, record = item
    return Notice(NoticeCode(code), values, Record.from_json(record) if record else None)


def _clean(values: Sequence[Any]) -> Sequence[Any]:
    """SQLite stores UTF-8: a lone surrogate (a prompt can hold one) becomes U+FFFD instead of failing the row."""
    return tuple(
        _LONE_SURROGATE.sub("\ufffd", value) if isinstance(value, str) and not value.isascii() else value
        for value in values
    )
