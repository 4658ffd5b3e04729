"""The journal of records: one masked JSON line for every attempt of a chat request, appended to `records.jsonl`."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

from tui.settings.paths import append_line
from tui.stream.record import Record
from tui.text.sanitise import escape_json_line

ROTATE_BYTES = 8 * 1024 * 1024
"""The file is renamed to `records.jsonl.1` once it is larger, so that two files at most are kept."""


class RecordJournal:
    """Appends; a line is written with a single write, so that two processes never mix theirs. Any thread may call."""

    def __init__(self, path: Path, report: Callable[[str], None]) -> None:
        self._path = path
        self._report = report
        self._failed = False
        self._lock = threading.Lock()  # a second rotation at the same time would replace what the first one kept

    def append(self, record: Record) -> None:
        """Write one record; blocks. A failure is reported once: the record itself stays with its reply."""
        line = escape_json_line(json.dumps(record.as_json(), ensure_ascii=False))
        with self._lock:
            try:
                self._rotate()
                append_line(self._path, line)
            except OSError as error:
                if not self._failed:
                    self._report(error.strerror or type(error).__name__)
                self._failed = True

    def _rotate(self) -> None:
        try:
            size = self._path.stat().st_size
        except FileNotFoundError:
            return  # nothing is written yet, or another process has just rotated
        if size > ROTATE_BYTES:
            self._path.replace(self._path.with_name(self._path.name + ".1"))
