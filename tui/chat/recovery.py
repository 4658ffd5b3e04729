"""Recovery: what can still be read of a damaged database, put into a new one; the damaged file is set aside.

Rows are read one by one, so that a broken page costs those on it and no others. Where they are is learnt from the table
and from each of its indexes, from either end up to the first broken page, and by trying every number in between. The
damaged file is opened for reading only and renamed at last; nothing is deleted.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from tui.chat.schema import NewerSchema, let_shrink, migrate, read_version, run_scripts
from tui.stream.outcome import Outcome

Row: TypeAlias = tuple[Any, ...]
_MOST_TRIED = 1_000_000
"""Row numbers that are tried one by one in a table; a damaged number may be any."""
_COMPANIONS = ("-wal", "-shm", "-journal")
_SHARED_LOCK = (510, 0x40000000 + 2)
"""Length and start of the bytes of the file that everybody who has it open locks. Source: os_unix.c of SQLite."""
_DERIVED = ("passage",)
"""Tables that triggers fill as the others are."""
_ORPHANAGE = "recovered"
"""The conversation for what has lost its own."""
_OUTCOMES = ", ".join(f"'{outcome.value}'" for outcome in Outcome)
_MENDING = (
    *(
        f"UPDATE {table} SET {column} = CAST({column} AS TEXT) WHERE typeof({column}) NOT IN ('text', 'null')"
        for table, columns in (
            ("conversation", ("title", "parameters", "created", "updated")),
            ("turn", ("prompt", "created", "parent")),
            ("reply", ("provider", "model", "outcome", "text", "reasoning", "refusal", "tool_calls", "notices")),
            ("reply", ("edited",)),
            ("piece", ("kind", "text")),
            ("attachment", ("name", "media_type")),
        )
        for column in columns
    ),
    "UPDATE conversation SET parameters = '{}' WHERE NOT json_valid(parameters)",
    "UPDATE conversation SET created = :now WHERE NOT is_time(created)",
    "UPDATE conversation SET updated = created WHERE NOT is_time(updated)",
    "UPDATE turn SET created = :now WHERE NOT is_time(created)",
    "UPDATE turn SET deleted = NULL WHERE NOT is_time(deleted)",
    "UPDATE turn SET active = 1 WHERE active IS NOT 0",
    "UPDATE reply SET tool_calls = '[]' WHERE NOT json_valid(tool_calls)",
    "UPDATE reply SET notices = '[]' WHERE NOT json_valid(notices)",
    "UPDATE reply SET record = NULL WHERE NOT json_valid(record)",
    "UPDATE reply SET origin = NULL WHERE NOT json_valid(origin)",
    f"UPDATE reply SET outcome = 'app-exit' WHERE outcome NOT IN ({_OUTCOMES})",
    "UPDATE attachment SET data = CAST(data AS BLOB) WHERE typeof(data) <> 'blob'",
    "DELETE FROM piece WHERE kind NOT IN ('text', 'reasoning', 'refusal')",
    "INSERT INTO turn (id, conversation, position, prompt, created) SELECT turn, :orphanage, min(rowid), '', :now"
    " FROM reply WHERE turn NOT IN (SELECT id FROM turn) GROUP BY turn",
    "UPDATE turn SET parent = (SELECT id FROM turn AS other WHERE other.conversation = :orphanage"
    " AND other.position < turn.position ORDER BY other.position DESC LIMIT 1) WHERE conversation = :orphanage",
    "INSERT INTO conversation (id, title, created, updated) SELECT conversation, :orphanage, :now, :now FROM turn"
    " WHERE conversation NOT IN (SELECT id FROM conversation) GROUP BY conversation",
)
"""What makes rows fit to be read: values that a broken page has left are what they may be, and each reply has a turn
and each turn a conversation, in which it can be found."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of a damaged file."""

    aside: Path
    """Where it is now."""
    replies: int
    """How many of its replies are in the new file."""


class OpenElsewhere(Exception):
    """Another process has the damaged file open; what it writes would go into the one that is set aside."""


def recover_file(path: Path) -> Recovered:
    """Put a new database in the place of a damaged one. No connection of this process may be open to it.

    Raises OpenElsewhere, OSError (a full disk), sqlite3.Error; then everything is as it was.
    """
    before = path.stat()
    if _is_open_elsewhere(path):
        raise OpenElsewhere
    fresh = path.with_name(f"{path.name}.recovering-{os.getpid()}")
    _remove(fresh)
    try:
        os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(fresh, isolation_level=None)) as target:
            replies = _fill(path, target)
            if _had_log(path):
                target.execute("PRAGMA journal_mode = WAL")
        aside = path.with_name(f"{path.name}.damaged-{datetime.now():%Y%m%d-%H%M%S-%f}")
        if not os.path.samestat(before, path.stat()) or _is_open_elsewhere(path):
            raise OpenElsewhere  # somebody else was quicker
        for suffix in _COMPANIONS:
            if (companion := path.with_name(path.name + suffix)).exists():
                companion.rename(aside.with_name(aside.name + suffix))
        path.rename(aside)
        fresh.rename(path)
    finally:
        _remove(fresh)
    return Recovered(aside, replies)


def _fill(path: Path, target: sqlite3.Connection) -> int:
    """Copy the rows that can be read; returns how many of them are replies."""
    with closing(_open_for_reading(path)) as source:
        try:
            version = read_version(source)
        except (sqlite3.Error, UnicodeDecodeError, NewerSchema):
            version = 0  # not even the first page: there is nothing to be read by
        let_shrink(target)
        # The rows go into the tables that they come from, and forward with those.
        target.execute("BEGIN")
        run_scripts(target, 0, version)
        for table in _tables(target):
            _copy_table(source, target, table)
        target.execute("COMMIT")
    migrate(target)
    target.create_function("is_time", 1, _is_time)
    for statement in _MENDING:
        target.execute(statement, {"now": datetime.now(UTC).isoformat(), "orphanage": _ORPHANAGE})
    replies: int = target.execute("SELECT count(*) FROM reply").fetchone()[0]
    return replies


def _had_log(path: Path) -> bool:
    """Byte 18 of the file is 1 where it is kept without a log. Source: https://www.sqlite.org/fileformat2.html"""
    with path.open("rb") as file:
        return file.read(19)[18:] != b"\x01"


def _open_for_reading(path: Path) -> sqlite3.Connection:
    """With what is only in its log, if there is one that can be read; else so that nothing is made beside it."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        connection = _connect(f"{path.resolve().as_uri()}?mode=ro")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except (sqlite3.Error, UnicodeDecodeError):
            connection.close()
        else:
            return connection
    return _connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1")


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    # With this SQLite reads on where a part of the schema, or the end of the file, is missing.
    connection.execute("PRAGMA writable_schema = ON")
    return connection


def _is_time(text: object) -> bool:
    """Whether the store can read this as a time."""
    try:
        datetime.fromisoformat(str(text))
    except ValueError:
        return False
    return True


def _tables(connection: sqlite3.Connection) -> list[str]:
    """The tables that hold rows of their own, as they were made; those of a full-text index are filled by it."""
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall()
    virtual = [name for name, sql in rows if sql.upper().startswith("CREATE VIRTUAL")]
    others = ("sqlite_", *(f"{name}_" for name in virtual))
    return [name for name, _ in rows if name not in (*virtual, *_DERIVED) and not name.startswith(others)]


def _copy_table(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
    key = _key(target, table)
    names, marks = ", ".join([key, *columns]), ", ".join("?" * len(columns))
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    done: set[object] = set()
    for direction in ("ASC", "DESC"):
        for row in _read(source, f"SELECT {names} FROM {table} NOT INDEXED ORDER BY {key} {direction}"):
            if row[0] in done:
                break  # the other end has come as far
            done.add(row[0])
            target.execute(insert, row[1:])
    for value in _missing(source, target, table, key, done):
        for row in _read(source, f"SELECT {names} FROM {table} WHERE {key} = ?", (value,)):
            target.execute(insert, row[1:])


def _key(connection: sqlite3.Connection, table: str) -> str:
    """By what a row is found: its number, or the primary key of a table that has none."""
    sql: str = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    if "WITHOUT ROWID" not in sql.upper():
        return "rowid"
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return next(str(column[1]) for column in columns if column[5])


def _missing(
    source: sqlite3.Connection, target: sqlite3.Connection, table: str, key: str, done: set[object]
) -> Iterator[object]:
    """Rows that may be there and were not reached from either end."""
    if key != "rowid":
        yield from sorted(_mentioned(target, source, table) - done, key=str)
        return
    numbers = {value for value in done if isinstance(value, int)}
    for index in [row[1] for row in target.execute(f"PRAGMA index_list({table})")]:
        for direction in ("ASC", "DESC"):
            column = target.execute(f"PRAGMA index_info({index})").fetchone()[2]
            statement = f"SELECT rowid FROM {table} INDEXED BY {index} ORDER BY {column} {direction}"
            numbers.update(row[0] for row in _read(source, statement))
    last = min(max(numbers, default=0), _MOST_TRIED)
    yield from (number for number in range(1, last + 1) if number not in done)


def _mentioned(target: sqlite3.Connection, source: sqlite3.Connection, table: str) -> set[object]:
    """The keys of a table that the rows of others point at."""
    found: set[object] = set()
    for other in _tables(target):
        for reference in target.execute(f"PRAGMA foreign_key_list({other})").fetchall():
            if reference[2] == table:
                for direction in ("ASC", "DESC"):
                    statement = f"SELECT {reference[3]} FROM {other} ORDER BY {reference[3]} {direction}"
                    found.update(row[0] for row in _read(source, statement))
    return found


def _read(source: sqlite3.Connection, statement: str, values: Sequence[object] = ()) -> Iterator[Row]:
    """The rows up to the first that cannot be read; those behind it are looked for in other ways."""
    try:
        yield from source.execute(statement, values)
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return  # nothing is lost by that: the damaged file stays


def _is_open_elsewhere(path: Path) -> bool:
    """Whether another process has a connection to this file; only while it is in use, where it has no log."""
    try:
        import fcntl
    except ImportError:
        return False  # Windows renames no file that is open
    handle = os.open(path, os.O_RDWR)
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, *_SHARED_LOCK)
    except BlockingIOError:
        return True
    except OSError:
        return False  # a file system without locks, on which nobody can be seen
    else:
        return False
    finally:
        os.close(handle)


def _remove(fresh: Path) -> None:
    """Remove a new file that came to nothing; all that is in it is in the damaged one."""
    for suffix in ("", *_COMPANIONS):
        fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
