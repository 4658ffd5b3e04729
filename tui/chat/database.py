"""The database file: opened, brought forward, replaced by what can be read of it when it is damaged. All may block.

A file that cannot be used never stops the program: the store goes on in memory, says why, and tries the file again.
"""

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from tui.chat.recovery import OpenElsewhere, recover_file
from tui.chat.schema import NewerSchema, let_shrink, migrate, read_version
from tui.settings.file_system import find_network
from tui.settings.paths import make_private_folder

BUSY_SECONDS = 5.0
"""How long a lock is waited for."""
MOST_IN_MEMORY = 512_000_000
"""Bytes of a file that is copied into memory, since it can be read and not written."""
DECODE = partial(str, encoding="utf-8", errors="replace")
"""A text with a damaged character in it is better than none."""
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NO_SHARED_MEMORY = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_READONLY)
"""What is met where the log's index cannot be shared; and elsewhere, where it is met again without it."""


@dataclass(frozen=True, slots=True)
class StoreTrouble:
    """What there is to tell of a place where something is kept, or sent to be kept; the screen says it in words."""

    code: Literal[
        "migrated", "set-aside", "restored", "network", "unusable", "open-elsewhere", "newer",
        "unwritable", "recovered", "refused", "left", "taken-in",
        "capturing", "capture-ended", "capture-purged", "capture-failed",
        "otel-missing", "otel-refused", "otel-unsent",
    ]  # fmt: skip
    """`migrated`: brought forward, the file as it was is kept as `where`. `set-aside`: damaged, renamed to `where`, a
    new one begun. `restored`: likewise, and `reason` replies of it are in the new one. `network`: kept without a
    write-ahead log, since it does not work on this kind of file system, `reason`. `unusable`: it cannot be opened;
    what is new is kept in memory, and the file tried again. `open-elsewhere`: likewise, since it is damaged and
    another process has it open. `newer`: made by a later version, likewise, and not tried again. `unwritable`: writes
    fail and are kept in memory to be tried again. `recovered`: they were written after all. `refused`: a change was
    refused for good, and the others go on. `left`: `reason` changes were not written before leaving, and are kept as
    `where` for the next start. `taken-in`: so many were, and are written now. `capturing`: raw streams are written
    there until `reason`. `capture-ended`, `capture-purged`: `reason` of them were written, and are kept or removed.
    `capture-failed`: one could not be written. `otel-…`: a collector of OpenTelemetry does not get the figures of
    requests, for want of the package, of its consent, of time."""
    where: str
    reason: str = ""

    @property
    def is_held(self) -> bool:
        """Whether what is new is in memory alone for now, so that a person may want it elsewhere."""
        return self.code in ("unusable", "open-elsewhere", "newer", "unwritable")


Report = Callable[[StoreTrouble], None]


class DamagedFile(Exception):
    """The file is a database and some of its pages are broken."""


class UnusableFile(Exception):
    """The file cannot be used now, or, with `for_good`, by this program."""

    def __init__(self, trouble: StoreTrouble, *, for_good: bool = False) -> None:
        super().__init__(trouble.code)
        self.trouble = trouble
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Database:
    """Where to connect to: a file, or shared memory while this process lives."""

    uri: str
    lock: AbstractContextManager[object] = field(default_factory=nullcontext)
    """Held by whoever reads or writes. In memory SQLite refuses the second one without waiting; a file needs none."""

    in_memory: bool = False

    def connect(self, patience: float = BUSY_SECONDS) -> sqlite3.Connection:
        """A new connection for the calling thread; the caller closes it. `patience`: seconds to wait for a lock."""
        return self._connect(self.uri, patience)

    def connect_to_read(self) -> sqlite3.Connection:
        """Likewise, one that cannot write: the file is opened for reading only."""
        # Shared memory has no such mode; there SQLite is asked to refuse what writes.
        connection = self._connect(self.uri if self.in_memory else f"{self.uri}?mode=ro", BUSY_SECONDS)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _connect(self, uri: str, patience: float) -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None)
        connection.text_factory = DECODE
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says by this that the file itself is broken."""
    return _primary(error) in _DAMAGE


def open_file(path: Path, report: Report, patience: float = BUSY_SECONDS) -> tuple[Database, sqlite3.Connection]:
    """The database at a path, ready for use, and its first connection; a damaged one is replaced. Or UnusableFile."""
    where = str(path)
    try:
        try:
            return _open(path, report, patience)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
        except (DamagedFile, UnicodeDecodeError):  # the second for a message that quotes a damaged schema
            pass  # it is replaced below, as one that is no database at all
        recovered = recover_file(path)
        code: Literal["restored", "set-aside"] = "restored" if recovered.replies else "set-aside"
        report(StoreTrouble(code, str(recovered.aside), str(recovered.replies)))
        return _open(path, report, patience)
    except NewerSchema:
        raise UnusableFile(StoreTrouble("newer", where), for_good=True) from None
    except OpenElsewhere:
        raise UnusableFile(StoreTrouble("open-elsewhere", where)) from None
    except OSError as error:
        raise UnusableFile(StoreTrouble("unusable", where, error.strerror or type(error).__name__)) from error
    except (sqlite3.Error, DamagedFile) as error:
        raise UnusableFile(StoreTrouble("unusable", where, str(error))) from error


def open_memory(path: Path | None) -> tuple[Database, sqlite3.Connection]:
    """A database in memory, with what can be read at a path; without one, or where that cannot be had, an empty one."""
    uri = f"file:weir-{os.getpid()}-{os.urandom(4).hex()}?mode=memory&cache=shared"
    database = Database(uri, threading.Lock(), in_memory=True)
    connection = database.connect()
    if path is not None and not _copy_into(connection, path):
        connection.close()
        connection = database.connect()
    migrate(connection)
    return database, connection


def _open(path: Path, report: Report, patience: float) -> tuple[Database, sqlite3.Connection]:
    make_private_folder(path.parent)
    cut = any(_has_content(path.with_name(path.name + log)) for log in ("-wal", "-journal"))
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its -wal and -shm files the same mode
    path = path.resolve()
    network = find_network(path)
    database = Database(path.as_uri())
    try:
        connection = _connect(database, patience, log=network is None)
    except sqlite3.OperationalError as error:
        if network is not None or _primary(error) not in _NO_SHARED_MEMORY:
            raise
        connection = _connect(database, patience, log=False)
        network = "no shared memory"
    try:
        _check(connection, thorough=cut)
        kept = migrate(connection, path)
    except (sqlite3.Error, OSError, NewerSchema, DamagedFile):
        connection.close()
        raise
    if kept is not None:
        report(StoreTrouble("migrated", str(kept)))
        _rewrite(connection)
    if network is not None:
        report(StoreTrouble("network", str(path), network))
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")
    return database, connection


def _connect(database: Database, patience: float, *, log: bool) -> sqlite3.Connection:
    """Connect with a write-ahead log, or without one.

    The log needs memory that all processes share, which no network file system has (https://www.sqlite.org/wal.html).
    A file that has one already can be had without only by somebody who is alone with it.
    """
    connection = database.connect(patience)
    try:
        if not log:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        version = read_version(connection)  # what a later version has made is left as it is
        if version == 0:  # a file that holds something is not written to before it was checked
            let_shrink(connection)
        if log:
            _use_write_ahead_log(connection, new=version == 0)
        else:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("PRAGMA locking_mode = NORMAL")
            read_version(connection)  # lets go of the lock
        connection.execute("BEGIN IMMEDIATE")  # it can be written only if this works
        connection.execute("ROLLBACK")
    except (sqlite3.Error, NewerSchema):
        connection.close()
        raise
    return connection


def _use_write_ahead_log(connection: sqlite3.Connection, *, new: bool) -> None:
    """Give a new file its log; one that is kept without stays so, since another process may not be able to share it."""
    try:
        mode = connection.execute("PRAGMA journal_mode = WAL" if new else "PRAGMA journal_mode").fetchone()[0]
        if mode == "wal":
            connection.execute("PRAGMA synchronous = NORMAL")  # safe with a log alone
    except sqlite3.OperationalError as error:
        # SQLite does not wait for this lock. Whoever holds it switches the same file, and the mode is the file's.
        if _primary(error) != sqlite3.SQLITE_BUSY:
            raise


def _rewrite(connection: sqlite3.Connection) -> None:
    """Let a file shrink that could not when it was made; it has just been copied, so its size is no obstacle."""
    try:
        if connection.execute("PRAGMA auto_vacuum").fetchone()[0] == 0:
            let_shrink(connection)
            connection.execute("VACUUM")
    except sqlite3.OperationalError:
        pass  # a full disk, or somebody who reads: it stays as it is, and nothing is lost by that


def _check(connection: sqlite3.Connection, *, thorough: bool) -> None:
    """Look at every page: damage that is met later would fail every write until the program ends.

    `thorough`, after a crash: the indexes are compared with the tables too.
    """
    check = "integrity_check" if thorough else "quick_check"
    if connection.execute(f"PRAGMA {check}(1)").fetchone()[0] != "ok":
        raise DamagedFile("the file is damaged")


def _copy_into(connection: sqlite3.Connection, path: Path) -> bool:
    """Copy a file that can be read, without waiting for a lock; False if it cannot be had, wholly and soon."""
    for mode in ("mode=ro", "mode=ro&immutable=1"):  # the second where no log can be made, since nobody writes there
        try:
            if path.stat().st_size > MOST_IN_MEMORY:
                return False
            with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True, timeout=0)) as source:
                read_version(source)
                source.backup(connection)
        except (sqlite3.Error, OSError, NewerSchema):
            continue  # the file is left as it is, and the trouble with it is told already
        return True
    return False


def _has_content(path: Path) -> bool:
    """Whether a log is left over: of a process that was killed, or of one that runs."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _primary(error: sqlite3.Error) -> int:
    """The code without what SQLite adds to it in the upper bytes; 0 for an error of the Python module itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
