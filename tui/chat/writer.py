"""WriterThread: the one thread that writes to the database, in the order in which it was asked to.

Its callers hand over plain values and never wait: no disk ever blocks the loop. What cannot be written (a full disk, a
lock held for long) stays in the queue and is tried again, so nothing is lost while the program runs. What SQLite
refuses for good (a bug of ours) is set aside, so that it holds up nothing else, and counts as not written.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeAlias

from tui.chat.database import Database, Report, StoreTrouble, open_database

Statement: TypeAlias = tuple[str, Sequence[Any]]
RETRY_SECONDS = 2.0
_REFUSALS = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, sqlite3.InterfaceError)
"""What a statement meets each time that it is tried."""


class WriterThread:
    """Opens the database in its thread, then writes jobs; each job is one transaction."""

    def __init__(
        self,
        path: Path,
        report: Report,
        prepare: Callable[[sqlite3.Connection], None],
        work: Callable[[sqlite3.Connection], bool] = lambda connection: False,
    ) -> None:
        """`work` does a small portion of what can wait, while nothing is queued; it tells whether there is more."""
        self._path = path
        self._report = report
        self._prepare = prepare
        self._work = work
        self._has_work = True
        self._jobs: deque[Sequence[Statement]] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._failing = False
        self._refused = 0
        self._opened = threading.Event()
        self._database: Database | None = None
        # A daemon: a disk that hangs must not keep the process from leaving; `close` waits as long as it is told to.
        self._thread = threading.Thread(target=self._run, name="weir-store", daemon=True)
        self._thread.start()

    def put(self, statements: Sequence[Statement]) -> None:
        """Queue one transaction; returns at once."""
        with self._wake:
            self._jobs.append(statements)
            self._wake.notify_all()

    def database(self) -> Database:
        """Where to read; blocks until the database is open, so call it off the loop."""
        self._opened.wait()
        assert self._database is not None, "the thread sets it before the event"
        return self._database

    def settle(self, limit: float) -> bool:
        """Wait until nothing is queued, at most `limit` seconds; whether nothing is. Blocks: not for the loop."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._jobs, limit)

    def close(self, limit: float) -> int:
        """Write what is queued and end; returns the number of transactions that could not be written in `limit` s."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join(limit)
        return len(self._jobs) + self._refused

    def _run(self) -> None:
        self._database, connection = open_database(self._path, self._report)
        try:
            self._prepare(connection)
        except sqlite3.Error as error:
            self._fail(connection, error)
        self._opened.set()
        while self._wait():
            if self._jobs:
                self._write(connection, self._database.lock)
            else:
                self._work_on(connection, self._database.lock)
        if self._jobs:
            self._write(connection, self._database.lock)  # the last try: what failed a second ago may work now
        connection.close()

    def _wait(self) -> bool:
        """Wait for work; False when closing and there is none left, or none that can be written."""
        with self._wake:
            if self._failing and not self._closing:
                self._wake.wait(RETRY_SECONDS)
            while not self._jobs and not self._closing and not self._has_work:
                self._wake.wait()
            if self._closing:
                return bool(self._jobs) and not self._failing
            return True

    def _work_on(self, connection: sqlite3.Connection, lock: AbstractContextManager[object]) -> None:
        """Do a portion of what can wait. What fails now is left until something was written again."""
        try:
            with lock:
                self._has_work = self._work(connection)
        except sqlite3.Error:
            # Nothing is lost: a search reads what is not indexed, and what is to be removed is found again.
            self._has_work = False
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _write(self, connection: sqlite3.Connection, lock: AbstractContextManager[object]) -> None:
        """Write every queued job in one transaction, or one by one if it is refused; after a failure the rest stay."""
        with self._wake:
            batch = list(self._jobs)
        try:
            with lock:
                if not self._try(connection, batch):
                    for job in batch:
                        self._try(connection, [job], last=True)
        except sqlite3.Error as error:
            self._fail(connection, error)
            return
        if self._failing:
            self._failing = False
            if not self._refused:
                self._report(StoreTrouble("recovered", str(self._path)))

    def _try(self, connection: sqlite3.Connection, jobs: Sequence[Sequence[Statement]], *, last: bool = False) -> bool:
        """Write the first jobs of the queue; False if they are refused for good, and with `last` are set aside."""
        refusal: sqlite3.Error | None = None
        try:
            _execute(connection, jobs)
        except _REFUSALS as error:
            connection.execute("ROLLBACK")
            refusal = error
        if refusal is not None and not last:
            return False
        with self._wake:
            for _ in jobs:
                self._jobs.popleft()
            self._has_work = True
            self._wake.notify_all()
        if refusal is not None:
            self._refused += len(jobs)
            if self._refused == 1:
                self._report(StoreTrouble("refused", str(self._path), str(refusal)))
        return refusal is None

    def _fail(self, connection: sqlite3.Connection, error: sqlite3.Error) -> None:
        """Undo what was begun, and report the first failure of a row."""
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        first, self._failing = not self._failing, True
        if first:
            self._report(StoreTrouble("unwritable", str(self._path), str(error)))


def _execute(connection: sqlite3.Connection, jobs: Sequence[Sequence[Statement]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statements in jobs:
        for sql, values in statements:
            connection.execute(sql, values)
    connection.execute("COMMIT")
