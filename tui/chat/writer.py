"""WriterThread: the one thread that writes to the database, in the order in which it was asked to.

Its callers hand over plain values and never wait: no disk ever blocks the loop. What cannot be written (a full disk, a
lock held for long) stays in the queue and is tried again, so nothing is lost while the program runs; where the file
cannot be had at all, it is read in memory meanwhile. What SQLite refuses for good (a bug of ours) is set aside, so that
it holds up nothing else, and counts as not written.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from tui.chat.database import BUSY_SECONDS, Database, Report, StoreTrouble, UnusableFile, is_damage, open_file
from tui.chat.leftover import keep_leftover, take_leftovers
from tui.chat.memory import Job, Memory, execute

RETRY_SECONDS = 2.0
"""Between two tries to write."""
RETRY_PATIENCE = 0.2
"""How long a lock is waited for when the file is opened again: meanwhile nothing is taken into memory."""
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
        spare: Sequence[Path] = (),
    ) -> None:
        """`work` does a small portion of what can wait, while nothing is queued; it tells whether there is more.

        `spare`: folders for what cannot be written before leaving, if the file's own does not take it.
        """
        self._path = path
        self._report = report
        self._prepare = prepare
        self._work = work
        self._has_work = True
        self._folders = (path.parent, *spare)
        self._left: Path | None = None
        self._jobs: deque[Job] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._failing = False
        self._mended = False
        self._refused = 0
        self._opened = threading.Event()
        self._database: Database | None = None
        self._connection: sqlite3.Connection | None = None
        self._memory: Memory | None = None
        """What is read instead of the file; with it there is no connection but while the file is tried."""
        # A daemon: a disk that hangs must not keep the process from leaving; `close` waits as long as it is told to.
        self._thread = threading.Thread(target=self._run, name="weir-store", daemon=True)
        self._thread.start()

    def put(self, statements: Job) -> None:
        """Queue one transaction; returns at once."""
        with self._wake:
            self._jobs.append(statements)
            self._wake.notify_all()

    def database(self) -> Database:
        """Where to read; blocks until the database is open, so call it off the loop."""
        self._opened.wait()
        assert self._database is not None, "the thread sets it before the event"
        return self._database

    def settle(self, limit: float, *, tidy: bool = False) -> bool:
        """Wait until nothing is queued that cannot be read, at most `limit` seconds; whether so. Not for the loop.

        `tidy`: what can wait is waited for too, as long as there is time; without the file there is none of it.
        """
        with self._wake:
            until = time.monotonic() + limit
            settled = self._wake.wait_for(self._is_settled, limit)
            if settled and tidy:
                self._wake.wait_for(lambda: not self._has_work or self._memory is not None, until - time.monotonic())
            return settled

    def close(self, limit: float) -> int:
        """Write what is queued and end. What cannot be written in `limit` seconds is kept for the next start.

        Returns the number of transactions that could be neither written nor kept.
        """
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join(limit)
        with self._wake:
            jobs = list(self._jobs)
        if jobs and self._left is None and (left := keep_leftover(jobs, self._folders)) is not None:
            self._left = left
            self._report(StoreTrouble("left", str(left), str(len(jobs))))
        return self._refused + (len(jobs) if self._left is None else 0)

    def _run(self) -> None:
        try:
            self._open(BUSY_SECONDS)
        finally:
            self._opened.set()  # whoever waits to read must not wait for a thread that a bug of ours has ended
        while self._wait():
            self._turn()
        if self._jobs:
            self._turn()  # the last try: what failed a second ago may work now
        for place in (self._connection, self._memory):
            if place is not None:
                place.close()

    def _wait(self) -> bool:
        """Wait for work; False when closing and there is none left, or none that can be written."""
        with self._wake:
            if (memory := self._memory) is not None:
                self._wake.wait_for(lambda: self._closing or memory.lags(self._jobs), memory.due_in)
                return not self._closing
            if self._failing and not self._closing:
                self._wake.wait(RETRY_SECONDS)
            while not self._jobs and not self._closing and not self._has_work:
                self._wake.wait()
            if self._closing:
                return bool(self._jobs) and not self._failing
            return True

    def _is_settled(self) -> bool:
        return not (self._memory.lags(self._jobs) if self._memory is not None else self._jobs)

    def _turn(self) -> None:
        """Write what is queued, else do what can wait; into memory only, if the file cannot be had."""
        if (memory := self._memory) is not None:
            with self._wake:
                jobs = list(self._jobs)
            memory.take(jobs)
            with self._wake:
                self._wake.notify_all()
            if memory.due_in == 0 or (self._closing and memory.due_in is not None):
                self._open(RETRY_PATIENCE)
        elif self._jobs:
            self._write()
        else:
            self._work_on()

    def _work_on(self) -> None:
        """Do a portion of what can wait. What fails now is left until something was written again."""
        assert self._connection is not None, "without the file there is memory"
        try:
            has_work = self._work(self._connection)
        except sqlite3.Error:
            # Nothing is lost: a search reads what is not indexed, and what is to be removed is found again.
            has_work = False
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        with self._wake:
            self._has_work = has_work
            self._wake.notify_all()

    def _open(self, patience: float) -> None:
        """Open the file and write what waits for it; what is read is the memory until that is done."""
        try:
            database, self._connection = open_file(self._path, self._report, patience)
        except UnusableFile as error:
            self._go_into_memory(error)
            return
        try:
            if taken := take_leftovers(self._connection, self._folders):
                self._report(StoreTrouble("taken-in", str(self._path), str(taken)))
            self._prepare(self._connection)
        except sqlite3.Error as error:
            self._fail(error)
        if self._memory is None:
            self._database = database
            return
        self._write()
        if self._failing:
            self._leave_file()
            self._memory.postpone()
        else:
            self._memory.close()
            self._database, self._memory = database, None

    def _go_into_memory(self, error: UnusableFile) -> None:
        """Read in memory from now on, and say why, or go on doing so."""
        if self._memory is not None:
            self._memory.postpone()
            return
        self._failing = True
        self._memory = Memory(self._path, self._prepare, for_good=error.for_good)
        self._database = self._memory.database
        self._report(error.trouble)

    def _write(self) -> None:
        """Write every queued job in one transaction, or one by one if it is refused; after a failure the rest stay."""
        assert self._connection is not None, "without the file there is memory, and nothing to write to"
        with self._wake:
            batch = list(self._jobs)
        try:
            if not self._try(self._connection, batch):
                for job in batch:
                    self._try(self._connection, [job], last=True)
        except sqlite3.Error as error:
            if is_damage(error) and not self._mended:
                self._mend()
            else:
                self._fail(error)
            return
        if self._failing:
            self._failing = False
            if not self._refused:
                self._report(StoreTrouble("recovered", str(self._path)))

    def _try(self, connection: sqlite3.Connection, jobs: Sequence[Job], *, last: bool = False) -> bool:
        """Write the first jobs of the queue; False if they are refused for good, and with `last` are set aside."""
        refusal: sqlite3.Error | None = None
        try:
            execute(connection, jobs)
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
        if self._memory is not None:
            self._memory.forget(len(jobs))
        if refusal is not None:
            self._refused += len(jobs)
            if self._refused == 1:
                self._report(StoreTrouble("refused", str(self._path), str(refusal)))
        return refusal is None

    def _mend(self) -> None:
        """The file turns out to be damaged: have it replaced, once in a session, and write into what comes of it."""
        self._mended = True
        self._leave_file()
        if self._memory is None:
            self._open(BUSY_SECONDS)
            if self._connection is not None:
                self._write()

    def _leave_file(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _fail(self, error: sqlite3.Error) -> None:
        """Undo what was begun, and report the first failure of a row."""
        assert self._connection is not None, "it has just been written to"
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        first, self._failing = not self._failing, True
        if first:
            self._report(StoreTrouble("unwritable", str(self._path), str(error)))
