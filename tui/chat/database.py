"""The database file: opened, migrated forward, set aside when it is damaged. Everything here may block.

A file that cannot be used never stops the program: the store goes on in memory and says why.
"""

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Literal

from tui.settings.paths import make_private_folder

BUSY_SECONDS = 5.0
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(frozen=True, slots=True)
class StoreTrouble:
    """What there is to tell of a place where something is kept, or sent to be kept; the screen says it in words."""

    code: Literal[
        "set-aside", "unusable", "newer", "unwritable", "recovered", "refused",
        "capturing", "capture-ended", "capture-purged", "capture-failed",
        "otel-missing", "otel-refused", "otel-unsent",
    ]  # fmt: skip
    """`set-aside`: damaged, renamed to `where`, a new one begun. `unusable`: it cannot be opened, this session is kept
    in memory. `newer`: made by a later version, likewise. `unwritable`: writes fail and are kept in memory to be tried
    again. `recovered`: they were written after all. `refused`: a change was refused for good, and the others go on.
    `capturing`: raw streams are written there until `reason`. `capture-ended`, `capture-purged`: `reason` of them were
    written, and are kept or removed. `capture-failed`: one could not be written. `otel-…`: a collector of OpenTelemetry
    does not get the figures of requests, for want of the package, of its consent, of time."""
    where: str
    reason: str = ""


Report = Callable[[StoreTrouble], None]


class NewerSchema(Exception):
    """The file was written by a later version of the program."""


class DamagedFile(Exception):
    """The file is a database and some of its pages are broken."""


@dataclass(frozen=True, slots=True)
class Database:
    """Where to connect to: a file, or shared memory while this process lives."""

    uri: str
    lock: AbstractContextManager[object] = field(default_factory=nullcontext)
    """Held by whoever reads or writes. In memory SQLite refuses the second one without waiting; a file needs none."""

    def connect(self) -> sqlite3.Connection:
        """A new connection for the calling thread; the caller closes it."""
        connection = sqlite3.connect(self.uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def open_database(path: Path, report: Report) -> tuple[Database, sqlite3.Connection]:
    """The database at a path, ready for use, and its first connection; in memory if the file cannot be used."""
    try:
        return _open_file(path)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) not in _DAMAGE:
            report(StoreTrouble("unusable", str(path), str(error)))
            return _open_memory()
    except OSError as error:
        report(StoreTrouble("unusable", str(path), error.strerror or type(error).__name__))
        return _open_memory()
    except NewerSchema:
        report(StoreTrouble("newer", str(path)))
        return _open_memory()
    except DamagedFile:
        pass  # it is set aside below, as one that is no database at all
    try:
        aside = _set_aside(path)
        opened = _open_file(path)
    except (sqlite3.Error, OSError, NewerSchema, DamagedFile) as error:
        report(StoreTrouble("unusable", str(path), str(error)))
        return _open_memory()
    report(StoreTrouble("set-aside", str(aside)))
    return opened


def _open_file(path: Path) -> tuple[Database, sqlite3.Connection]:
    make_private_folder(path.parent)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its -wal and -shm files the same mode
    database = Database(path.resolve().as_uri())
    connection = database.connect()
    try:
        _use_write_ahead_log(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        _check(connection)
        _migrate(connection)
    except (sqlite3.Error, NewerSchema, DamagedFile):
        connection.close()
        raise
    return database, connection


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        # SQLite does not wait for this lock. Whoever holds it switches the same file, and the mode is the file's.
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise


def _check(connection: sqlite3.Connection) -> None:
    """Look at every page: damage that is met later would fail every write until the program ends."""
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise DamagedFile("the file is damaged")


def _open_memory() -> tuple[Database, sqlite3.Connection]:
    database = Database(f"file:weir-{os.getpid()}-{os.urandom(4).hex()}?mode=memory&cache=shared", threading.Lock())
    connection = database.connect()
    _migrate(connection)
    return database, connection


def _migrate(connection: sqlite3.Connection) -> None:
    """Run the migrations that this file has not seen; `user_version` is the number of the last one."""
    folder = files("tui.chat").joinpath("migrations")
    scripts = sorted((item for item in folder.iterdir() if item.name.endswith(".sql")), key=lambda item: item.name)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(scripts):
        raise NewerSchema
    for number, script in enumerate(scripts[version:], version + 1):
        # One transaction for script and number: a second process that starts at the same time waits and sees it done.
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] >= number:
            connection.execute("ROLLBACK")
            continue
        for statement in script.read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")


def _set_aside(path: Path) -> Path:
    """Rename a damaged file and its companions; nothing is deleted."""
    aside = path.with_name(f"{path.name}.damaged-{datetime.now():%Y%m%d-%H%M%S-%f}")
    for suffix in ("-wal", "-shm"):
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + suffix))
    path.rename(aside)
    return aside
