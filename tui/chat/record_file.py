"""Record file: the records that a journal holds, read back; a line that is none, such as a torn one, is left out."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from types import UnionType
from typing import Any, TypeAlias, get_args, get_origin

from tui.chat.journal import moment_of, part_before
from tui.stream.record import Record

FileState: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Journal:
    """What was read."""

    records: tuple[Record, ...] = ()
    """The oldest first."""
    unreadable: int = 0
    """Lines that are no record: torn by a crash, or changed by hand."""


def read_journal(path: Path) -> Journal:
    """Both parts of a journal; blocks, raises OSError. One that is not there is empty."""
    # The file itself is opened first: should it become the part before meanwhile, it is read twice and told by its ids.
    later = _read(path)
    records: dict[str, Record] = {}
    unreadable = 0
    for line in (*_read(part_before(path)).split("\n"), *later.split("\n")):
        if not line.strip():
            continue
        if (record := read_record(line)) is None:
            unreadable += 1
        else:
            records[record.id] = record
    return Journal(tuple(sorted(records.values(), key=lambda record: record.time)), unreadable)


def state_of(path: Path) -> FileState:
    """By which one sees whether a journal has changed since it was read; blocks."""
    return tuple((part.stat().st_mtime_ns, part.stat().st_size) for part in (part_before(path), path) if part.exists())


def find_records(journal: Journal, start: str) -> list[Record]:
    """The records whose id begins so; an id that is whole finds at most one."""
    return [record for record in journal.records if start and record.id.startswith(start.lower())]


def read_record(line: str) -> Record | None:
    """The record of one line; None if it is not whole, or a field is not of its kind."""
    try:
        return record_of(json.loads(line))
    except (ValueError, RecursionError):
        return None


def record_of(value: Any) -> Record | None:
    """The record that JSON gave; None if it is none, or a field is not of its kind."""
    if not isinstance(value, dict) or moment_of(value) is None:
        return None
    fits = all(name in value and _fits(value[name], kinds) for name, kinds in _KINDS)
    return Record.from_json(value) if fits else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _fits(value: Any, kinds: tuple[type, ...]) -> bool:
    """Whether a value is of one of these kinds; a truth value is no number."""
    if isinstance(value, bool):
        return bool in kinds
    if isinstance(value, list):
        return list in kinds and all(isinstance(item, str) for item in value)
    return isinstance(value, kinds)


def _kinds_of(kind: Any) -> tuple[type, ...]:
    """The types of what JSON gives for a field of this annotation; a fraction may be a whole number too."""
    if isinstance(kind, UnionType):
        return tuple(one for part in get_args(kind) for one in _kinds_of(part))
    return (float, int) if kind is float else (get_origin(kind) or kind,)


_KINDS = tuple((item.name, _kinds_of(item.type)) for item in fields(Record))
