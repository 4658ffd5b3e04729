"""The journal of records: one masked JSON line for every attempt of a chat request, appended to `records.jsonl`.

It is in two parts: the file itself and, before it, `records.jsonl.1`. Lines leave by size (the file becomes the part
before, whose lines go) and by age (once a day, lines that are too old are taken out of the part before; a file whose
first line is half as old becomes the end of that part). Whoever writes holds the lock of `records.lock` meanwhile, so
that no line is lost while another process rotates.
"""

import json
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tui.settings.file_lock import hold_lock
from tui.settings.keeping import Keeping
from tui.settings.paths import append_line, write_whole
from tui.stream.record import Record
from tui.text.sanitise import escape_json_line

_HEAD = 65_536
"""Bytes in which the first whole line of a file is looked for."""
_CHECKED_EVERY = timedelta(days=1)


def part_before(path: Path) -> Path:
    """The rotated part of a journal."""
    return path.with_name(path.name + ".1")


class RecordJournal:
    """Appends; any thread may call. `report` is told the reason when that fails, once."""

    def __init__(
        self,
        path: Path,
        report: Callable[[str], None],
        keeping: Keeping | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._path = path
        self._before = part_before(path)
        self._report = report
        self._keeping = keeping or Keeping()
        self._now = now
        self._failed = False
        self._checked: datetime | None = None
        self._lock = threading.Lock()  # the lock of the file is between processes

    def append(self, record: Record) -> None:
        """Write one record; blocks. A failure is reported once: the record itself stays with its reply."""
        line = escape_json_line(json.dumps(record.as_json(), ensure_ascii=False))
        self._act(lambda alone: append_line(self._path, line, alone=alone), len(line.encode(errors="replace")) + 1)

    def tidy(self) -> None:
        """Take out what is too old, for whoever is about to read; blocks. A failure is reported once."""
        if self._path.exists() or self._before.exists():
            self._act(lambda alone: None, 0)

    def _act(self, act: Callable[[bool], None], room: int) -> None:
        with self._lock:
            try:
                with hold_lock(self._path.with_name("records.lock")) as alone:
                    if alone:  # else it is left to whoever has the lock, or comes next
                        self._rotate(room)
                    act(alone)
            except OSError as error:
                if not self._failed:
                    self._report(error.strerror or type(error).__name__)
                self._failed = True

    def _rotate(self, room: int) -> None:
        """Make room for so many bytes, and once a day let go what is too old."""
        size = _size_of(self._path)
        if size and size + room > self._keeping.part_bytes:
            self._path.replace(self._before)
        now, days = self._now(), self._keeping.keep_days
        if not days or (self._checked is not None and now - self._checked < _CHECKED_EVERY):
            return
        self._checked = now
        oldest = now - timedelta(days=days)
        if _begins_before(self._path, now - timedelta(days=days / 2)):
            self._keep_before([self._before, self._path], oldest)
            self._path.unlink(missing_ok=True)  # a crash before this leaves its lines twice; readers go by their ids
        elif _begins_before(self._before, oldest):
            self._keep_before([self._before], oldest)

    def _keep_before(self, parts: Iterable[Path], oldest: datetime) -> None:
        """Let the part before hold the lines of these files that are young enough, as many of the last as fit."""
        kept: list[str] = []
        for part in parts:
            lines = part.read_text(encoding="utf-8", errors="replace").split("\n") if part.exists() else []
            kept += [line for line in lines if (moment := _time_of(line)) is not None and moment >= oldest]
        size, first = 0, len(kept)
        while first and (size := size + len(kept[first - 1].encode()) + 1) <= self._keeping.part_bytes:
            first -= 1
        if kept[first:]:
            write_whole(self._before, "".join(f"{line}\n" for line in kept[first:]))
        else:
            self._before.unlink(missing_ok=True)


def moment_of(record: Any) -> datetime | None:
    """When the request of a record, as it stands in the journal, was made; None if it does not say."""
    told = record.get("time") if isinstance(record, dict) else None
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _time_of(line: str) -> datetime | None:
    """When the request of a line was made; None for a torn line, or one that is no record."""
    try:
        return moment_of(json.loads(line))
    except (ValueError, RecursionError):
        return None


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _begins_before(path: Path, moment: datetime) -> bool:
    """Whether the first record of a file is older than this."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).decode(errors="replace")
    except FileNotFoundError:
        return False
    times = (_time_of(line) for line in head.split("\n"))
    first = next((time for time in times if time is not None), None)
    return first is not None and first < moment
