"""Schema: what the tables of the database are, brought forward by numbered scripts and never back.

A file that holds something is copied before the first script changes it; the copy stays beside it.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path


class NewerSchema(Exception):
    """The file was written by a later version of the program."""


def read_version(connection: sqlite3.Connection) -> int:
    """The number of the last script that this file has seen; raises NewerSchema if there is none of that number."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(_scripts()):
        raise NewerSchema
    return version


def migrate(connection: sqlite3.Connection, path: Path | None = None) -> Path | None:
    """Bring a database forward, wholly or not at all; returns the copy of the file as it was, if one was made.

    `path` is the file to copy; what is new and empty needs no copy. Raises sqlite3.Error, OSError, NewerSchema.
    """
    if read_version(connection) == len(_scripts()):
        return None
    # One transaction for everything: a second process that starts at the same time waits and sees it done.
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = read_version(connection)
        kept = _copy(path, version) if path is not None and 0 < version < len(_scripts()) else None
        run_scripts(connection, version)
        connection.execute("COMMIT")
    except (sqlite3.Error, OSError, NewerSchema):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return kept


def let_shrink(connection: sqlite3.Connection) -> None:
    """Let a file give unused pages back to the disk; it holds for a new file only, or from the next VACUUM on."""
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")


def run_scripts(connection: sqlite3.Connection, after: int, last: int | None = None) -> None:
    """Run the scripts behind number `after`, up to `last`, inside the caller's transaction."""
    for number, script in enumerate(_scripts()[after:last], after + 1):
        for statement in _split(script):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")


def _scripts() -> list[str]:
    folder = files("tui.chat").joinpath("migrations")
    scripts = sorted((item for item in folder.iterdir() if item.name.endswith(".sql")), key=lambda item: item.name)
    return [script.read_text(encoding="utf-8") for script in scripts]


def _split(script: str) -> Iterator[str]:
    """The statements of a script; `executescript` would end the transaction, and a trigger holds semicolons."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


def _copy(path: Path, version: int) -> Path:
    """Copy a file, what is only in its log included, while nobody else can write; one copy for each version."""
    kept = path.with_name(f"{path.name}.version-{version}")
    part = kept.with_name(f"{kept.name}.part")
    part.unlink(missing_ok=True)  # what a start that was killed has left unfinished
    try:
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
        os.replace(part, kept)
    except (sqlite3.Error, OSError):
        part.unlink(missing_ok=True)
        raise
    return kept
