"""Foreign database: a SQLite file of another program, read and never written; whatever is in it may be hostile.

Only real tables are read, since a view or a virtual table runs what the file's writer wanted (SQLite, "Defense Against
The Dark Arts"). Texts, rows and the work for one query are bounded.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tui.chat.exchange.arrival import ExchangeError

MOST_ROWS = 2_000_000
"""Of one table."""
_LONGEST_TEXT = 64_000_000
"""Bytes of one value."""
_STEPS, _MOST_STEPS = 1_000_000, 20_000
"""Instructions of SQLite between two looks, and looks: some minutes of work at most."""

_DAMAGES = (sqlite3.Error, UnicodeDecodeError)
"""What a damaged file brings about: names in it, which SQLite's own messages repeat, may be no UTF-8."""


class ForeignDatabase:
    """An open file. Every read raises ExchangeError for what cannot be read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._columns: dict[str, frozenset[str]] = {}

    def columns(self, table: str) -> frozenset[str]:
        """The names of a table's columns; none if there is no such table."""
        if (known := self._columns.get(table)) is None:
            known = self._columns[table] = self._find_columns(table)
        return known

    def has(self, table: str, *columns: str) -> bool:
        """Whether there is a table with these columns."""
        return bool(self.columns(table)) and self.columns(table).issuperset(columns)

    def rows(self, table: str, columns: Sequence[str], order: str) -> Iterator[tuple[Any, ...]]:
        """All rows of a table; a column that it does not have is None."""
        known = self.columns(table)
        chosen = ", ".join(f'"{name}"' if name in known else "NULL" for name in columns)
        try:
            cursor = self._connection.execute(f'SELECT {chosen} FROM "{table}" ORDER BY {order}')
            for number, row in enumerate(cursor):
                if number >= MOST_ROWS:
                    raise ExchangeError(f"table {table} has more than {MOST_ROWS} rows")
                yield row
        except _DAMAGES as error:
            raise ExchangeError(f"table {table}: {error}") from None

    def count(self, table: str) -> int:
        """How many rows a table has; none if there is no such table."""
        return sum(1 for _ in self.rows(table, ("rowid",), "rowid")) if self.columns(table) else 0

    def _find_columns(self, table: str) -> frozenset[str]:
        try:
            found = self._connection.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
            ).fetchone()
            if found is None or str(found[0]).lstrip().upper().startswith("CREATE VIRTUAL"):
                return frozenset()
            return frozenset(row[1] for row in self._connection.execute(f'PRAGMA table_info("{table}")'))
        except _DAMAGES as error:
            raise ExchangeError(str(error)) from None


@contextmanager
def open_foreign(path: Path) -> Iterator[ForeignDatabase]:
    """Open a file for reading, while its own program may have it open too. Raises ExchangeError."""
    # A log beside the file holds its latest rows; without one nothing beside it is needed, or made.
    log = path.with_name(path.name + "-wal")
    mode = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise ExchangeError(str(error)) from None
    with closing(connection):
        steps = [0]

        def has_worked_too_long() -> bool:
            steps[0] += 1
            return steps[0] > _MOST_STEPS

        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_TEXT)
        connection.set_progress_handler(has_worked_too_long, _STEPS)
        connection.text_factory = _decode
        for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"):
            connection.execute(f"PRAGMA {pragma}")
        yield ForeignDatabase(connection)


def _decode(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def text_of(value: Any) -> str:
    """A column as text; what is neither text nor a number is none."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
