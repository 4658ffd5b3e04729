"""Memory: the database of a session whose file cannot be had, to be read like one until the file can be.

What is new is taken from the queue that waits for the file, and stays in it. What memory does not take (a change to a
conversation that is in the file alone) is not seen here and is written there.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from tui.chat.database import Database, open_memory

Statement: TypeAlias = tuple[str, Sequence[Any]]
Job: TypeAlias = Sequence[Statement]
"""One transaction."""
FIRST_PAUSE, LAST_PAUSE = 0.5, 30.0
"""Seconds between two tries to open the file; each pause is twice the one before."""


class Memory:
    """Belongs to the writer's thread; others connect to `database`."""

    def __init__(self, path: Path, prepare: Callable[[sqlite3.Connection], None], *, for_good: bool) -> None:
        """`for_good`: the file is neither read nor tried again in this session."""
        self._for_good = for_good
        self._taken = 0
        self._pause = FIRST_PAUSE
        self._due = time.monotonic() + FIRST_PAUSE
        self.database: Database
        """Where to read."""
        self.database, self._connection = open_memory(None if for_good else path)
        with self.database.lock:
            self._try(prepare)

    @property
    def due_in(self) -> float | None:
        """In how many seconds the file is to be tried again; None: never."""
        return None if self._for_good else max(0.0, self._due - time.monotonic())

    def postpone(self) -> None:
        """The file was tried in vain."""
        self._pause = min(LAST_PAUSE, 2 * self._pause)
        self._due = time.monotonic() + self._pause

    def lags(self, jobs: Sequence[Job]) -> bool:
        """Whether the queue holds jobs that are not taken yet."""
        return self._taken < len(jobs)

    def take(self, jobs: Sequence[Job]) -> None:
        """Take the new jobs of the queue."""
        with self.database.lock:
            for job in jobs[self._taken :]:
                self._try(partial(execute, jobs=[job]))
        self._taken = len(jobs)

    def forget(self, count: int) -> None:
        """The first jobs of the queue have left it."""
        self._taken = max(0, self._taken - count)

    def close(self) -> None:
        """Give the memory back when its last reader is done."""
        self._connection.close()

    def _try(self, act: Callable[[sqlite3.Connection], None]) -> None:
        try:
            act(self._connection)
        except sqlite3.Error:
            # Nothing is lost: the job stays in the queue for the file.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def execute(connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
    """Do several jobs as one transaction; raises sqlite3.Error with the transaction open."""
    connection.execute("BEGIN IMMEDIATE")
    for statements in jobs:
        for sql, values in statements:
            connection.execute(sql, values)
    connection.execute("COMMIT")
