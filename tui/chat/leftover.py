"""Leftover: changes that could not be written before leaving, kept in a file for the next start to take in.

A file holds JSON Lines, one transaction each: a list of pairs, the statement and its values, bytes as
`{"base64": …}`. It is written whole, into the first folder that takes it, and removed when what is in it is in the
database. Taking something in twice changes nothing: a row that is there is left as it is, and the other changes say
what is to be.
"""

import json
import os
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tui.chat.memory import Job, execute
from tui.settings.file_lock import hold_lock
from tui.settings.paths import write_whole

_PREFIX, _SUFFIX = "unwritten-", ".jsonl"
_LOCK = "unwritten.lock"


def keep_leftover(jobs: Sequence[Job], folders: Sequence[Path]) -> Path | None:
    """Write jobs into the first folder that takes them; the file, or None if none does."""
    text = "".join(json.dumps([[sql, list(values)] for sql, values in job], default=_pack) + "\n" for job in jobs)
    name = f"{_PREFIX}{datetime.now():%Y%m%d-%H%M%S-%f}-{os.getpid()}{_SUFFIX}"
    for folder in folders:
        try:
            write_whole(folder / name, text)
        except OSError:
            continue  # the caller tells that nothing could be kept
        return folder / name
    return None


def take_leftovers(connection: sqlite3.Connection, folders: Sequence[Path]) -> int:
    """Write what earlier runs could not; returns how many changes that were. Raises sqlite3.Error.

    A file that cannot be read, or that this database does not take, is left where it is.
    """
    taken = 0
    for folder in folders:
        if not any(folder.glob(f"{_PREFIX}*{_SUFFIX}")):
            continue
        try:
            with hold_lock(folder / _LOCK) as held:
                # Who does not get the lock leaves them to who has it.
                for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}")) if held else ():
                    if (count := _take(connection, path)) is not None:
                        taken += count
                        path.unlink()
        except OSError:
            continue  # what cannot be read, or removed, stays for a later start
    return taken


def _take(connection: sqlite3.Connection, path: Path) -> int | None:
    jobs = _read(path)
    for job in jobs or ():
        try:
            execute(connection, [job])
        except sqlite3.IntegrityError:
            connection.execute("ROLLBACK")  # it is there: whoever left could not see that it was written after all
    return None if jobs is None else len(jobs)


def _read(path: Path) -> list[Job] | None:
    """The jobs in a file; None if it holds something else."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [[(str(sql), [_unpack(one) for one in values]) for sql, values in json.loads(line)] for line in lines]
    except (LookupError, TypeError, ValueError):
        return None


def _pack(value: object) -> dict[str, str]:
    """The one kind of value that JSON has no word for."""
    if not isinstance(value, bytes):
        raise TypeError(type(value).__name__)
    return {"base64": b64encode(value).decode()}


def _unpack(value: Any) -> Any:
    return b64decode(value["base64"]) if isinstance(value, dict) else value
