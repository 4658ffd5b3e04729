"""Store: conversations on disk. Writes are queued and return at once; reads block and belong in a thread.

A reply's row is written before its request, its text is appended about once a second, and its outcome and record come
at the end. A row still open whose owner is dead was cut with its process: the next start labels it `app-exit`.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui.chat.conversation import Conversation, Reply, ToolCall, Turn
from tui.chat.database import Report
from tui.chat.owner import current_owner, is_alive
from tui.chat.writer import Statement, WriterThread
from tui.stream.events import Notice
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.record import Record, make_record

CLOSE_SECONDS = 2.0
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Store:
    """The database of one person; several processes may have it open."""

    def __init__(self, path: Path, report: Report) -> None:
        self._owner = current_owner()
        self._cut: list[str] = []
        self._saved: dict[str, dict[str, int]] = {}  # open reply -> kind of text -> characters already stored
        self._writer = WriterThread(path, report, self._close_cut_replies)

    def add_turn(self, conversation: Conversation, turn: Turn) -> None:
        """Store a turn and its open replies, before anything is asked."""
        now = _now()
        statements: list[Statement] = [
            (
                "INSERT INTO conversation (id, title, system, created, updated) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET title = excluded.title, updated = excluded.updated",
                (conversation.id, conversation.title, conversation.system, conversation.created.isoformat(), now),
            ),
            (
                "INSERT INTO turn (id, conversation, position, prompt, created, chosen) VALUES (?, ?, ?, ?, ?, ?)",
                (turn.id, conversation.id, conversation.turns.index(turn), turn.prompt, now, turn.chosen),
            ),
        ]
        for position, reply in enumerate(turn.replies):
            self._saved[reply.id] = {}
            statements.append(
                (
                    "INSERT INTO reply (id, turn, position, provider, model, owner) VALUES (?, ?, ?, ?, ?, ?)",
                    (reply.id, turn.id, position, reply.provider, reply.model, self._owner),
                )
            )
        self._writer.put([(sql, _clean(values)) for sql, values in statements])

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
            record = json.dumps(make_record(reply.trace, Outcome.APP_EXIT).as_json())
            values = _clean((reply.provider, reply.model, record, reply.id))
            statements.append(("UPDATE reply SET provider = ?, model = ?, record = ? WHERE id = ?", values))
        self._writer.put(statements)

    def finish(self, reply: Reply) -> None:
        """Store a reply whole, with its outcome and record."""
        self._saved.pop(reply.id, None)
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
            reply.id,
        )
        self._writer.put(
            [
                (
                    "UPDATE reply SET provider = ?, model = ?, outcome = ?, text = ?, reasoning = ?, refusal = ?,"
                    " tool_calls = ?, notices = ?, record = ?, owner = NULL WHERE id = ?",
                    _clean(values),
                ),
                ("DELETE FROM piece WHERE reply = ?", (reply.id,)),
            ]
        )

    def cut_conversation(self) -> str | None:
        """The conversation of a reply that the last process left open, if this start found one. Blocks."""
        self._writer.database()
        return self._cut[-1] if self._cut else None

    def latest_conversation(self) -> str | None:
        """The conversation used last. Blocks."""
        with _reading(self._writer) as connection:
            row = connection.execute("SELECT id FROM conversation ORDER BY updated DESC LIMIT 1").fetchone()
        return row[0] if row else None

    def load(self, identity: str) -> Conversation | None:
        """A conversation with all its turns; None if there is none of this id. Blocks."""
        with _reading(self._writer) as connection:
            head = connection.execute(
                "SELECT id, title, system, created FROM conversation WHERE id = ?", (identity,)
            ).fetchone()
            if head is None:
                return None
            turns = connection.execute(
                "SELECT id, prompt, chosen FROM turn WHERE conversation = ? ORDER BY position", (identity,)
            ).fetchall()
            loaded = [Turn(prompt, _load_replies(connection, turn), turn, chosen) for turn, prompt, chosen in turns]
        created = datetime.fromisoformat(head[3])
        return Conversation(head[0], head[1], head[2], created, [turn for turn in loaded if turn.replies])

    def close(self, limit: float = CLOSE_SECONDS) -> int:
        """Write what is queued and close; returns how many transactions could not be written. Blocks up to `limit`."""
        return self._writer.close(limit)

    def _close_cut_replies(self, connection: sqlite3.Connection) -> None:
        """Label the replies of dead processes; runs in the writer's thread when the database has been opened."""
        connection.execute("BEGIN IMMEDIATE")
        rows = connection.execute(
            "SELECT reply.id, reply.owner, turn.conversation FROM reply JOIN turn ON turn.id = reply.turn"
            " WHERE reply.outcome IS NULL ORDER BY turn.created"
        ).fetchall()
        for reply, owner, conversation in rows:
            if owner == self._owner or is_alive(owner or ""):
                continue
            pieces = _load_pieces(connection, reply)
            connection.execute(
                "UPDATE reply SET outcome = ?, text = ?, reasoning = ?, refusal = ?, owner = NULL WHERE id = ?",
                (Outcome.APP_EXIT.value, *("".join(pieces[kind]) for kind in ("text", "reasoning", "refusal")), reply),
            )
            connection.execute("DELETE FROM piece WHERE reply = ?", (reply,))
            self._cut.append(conversation)
        connection.execute("COMMIT")


@contextmanager
def _reading(writer: WriterThread) -> Iterator[sqlite3.Connection]:
    """A connection for one read in the calling thread; whatever is read with it is of one moment."""
    database = writer.database()
    with database.lock, closing(database.connect()) as connection:
        connection.execute("BEGIN")
        yield connection


def _load_replies(connection: sqlite3.Connection, turn: str) -> list[Reply]:
    rows = connection.execute(
        "SELECT id, provider, model, outcome, text, reasoning, refusal, tool_calls, notices, record FROM reply"
        " WHERE turn = ? ORDER BY position",
        (turn,),
    ).fetchall()
    replies = [_load_reply(row) for row in rows]
    for reply in replies:
        if reply.outcome is None:  # it is being written, perhaps by another process: its texts are in pieces yet
            pieces = _load_pieces(connection, reply.id)
            reply.pieces, reply.reasoning_pieces, reply.refusal_pieces = pieces.values()
    return replies


def _load_pieces(connection: sqlite3.Connection, reply: str) -> dict[str, list[str]]:
    """What an open reply has received up to its last checkpoint, by kind: text, reasoning, refusal."""
    pieces: dict[str, list[str]] = {"text": [], "reasoning": [], "refusal": []}
    for kind, text in connection.execute("SELECT kind, text FROM piece WHERE reply = ? ORDER BY rowid", (reply,)):
        pieces[kind].append(text)
    return pieces


def _load_reply(row: Sequence[Any]) -> Reply:
    identity, provider, model, outcome, text, reasoning, refusal, tool_calls, notices, record = row
    return Reply(
        provider,
        model,
        identity,
        [text] if text else [],
        [reasoning] if reasoning else [],
        [refusal] if refusal else [],
        {call[0]: ToolCall(*call) for call in json.loads(tool_calls)},
        None,
        [_notice_from(item) for item in json.loads(notices)],
        Outcome(outcome) if outcome else None,
        Record.from_json(json.loads(record)) if record else None,
    )


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


def _now() -> str:
    return datetime.now(UTC).isoformat()
