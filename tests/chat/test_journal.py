"""The journal of records: whole lines, for their owner only, in two files that are limited by size and by age."""

import dataclasses
import json
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.chat.sample import make_sample_record
from tests.command import ROOT
from tui.chat.journal import RecordJournal, part_before
from tui.chat.record_file import read_journal
from tui.settings.file_lock import hold_lock
from tui.settings.keeping import Keeping

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "weir" / "records.jsonl"


@pytest.fixture
def reasons() -> list[str]:
    return []


@pytest.fixture
def journal(path: Path, reasons: list[str]) -> RecordJournal:
    return RecordJournal(path, reasons.append)


def test_a_record_is_one_line_that_reads_back(journal: RecordJournal, path: Path, reasons: list[str]) -> None:
    record = dataclasses.replace(make_sample_record(), model="模型 \x1b[2J\u202e\u2028\ud800", server="a\nb")
    journal.append(record)
    journal.append(record)
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [record.as_json()] * 2
    assert all(line.isprintable() for line in lines)
    assert "模型" in lines[0]
    assert reasons == []


def test_file_and_folders_are_for_their_owner_only(journal: RecordJournal, path: Path) -> None:
    journal.append(make_sample_record())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]


def write_lines(path: Path, *days_old: float) -> list[str]:
    """Records of these ages as a file; what stands in it."""
    lines = []
    for days in days_old:
        moment = (NOW - timedelta(days=days)).isoformat().replace("+00:00", "Z")
        lines.append(json.dumps(dataclasses.replace(make_sample_record(), time=moment).as_json()))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return lines


def read_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_a_large_file_becomes_the_part_before(path: Path, reasons: list[str]) -> None:
    journal = RecordJournal(path, reasons.append, Keeping(max_mb=0.02), lambda: NOW)
    before = part_before(path)
    written = []
    for _ in range(30):
        written.append(make_sample_record())
        journal.append(written[-1])
        assert path.stat().st_size + (before.stat().st_size if before.exists() else 0) <= 20_000
    kept = [json.loads(line)["id"] for line in (*read_lines(before), *read_lines(path))]
    assert kept == [record.id for record in written][-len(kept) :]
    assert len(kept) >= 8
    assert stat.S_IMODE(before.stat().st_mode) == 0o600
    assert {one.name for one in path.parent.iterdir()} == {path.name, before.name, "records.lock"}


def test_lines_leave_by_age_and_no_other_line_does(path: Path, reasons: list[str]) -> None:
    part = part_before(path)
    before, lines = write_lines(part, 40, 31, 29), write_lines(path, 25, 2)
    journal = RecordJournal(path, reasons.append, Keeping(keep_days=30), lambda: NOW)
    journal.tidy()
    assert read_lines(part) == [before[2], *lines], "half the time has passed since the first line"
    assert not path.exists()
    lines = write_lines(path, 3)
    before = write_lines(part, 31, 20)
    journal.append(make_sample_record())
    assert read_lines(part) == before, "it was looked at today"
    RecordJournal(path, reasons.append, Keeping(keep_days=30), lambda: NOW).append(make_sample_record())
    assert read_lines(part) == before[1:]
    assert read_lines(path)[0] == lines[0]
    RecordJournal(path, reasons.append, Keeping(keep_days=0), lambda: NOW + timedelta(days=999)).tidy()
    assert len(read_lines(path)) == 3, "0 is no limit"
    RecordJournal(path, reasons.append, Keeping(keep_days=1), lambda: NOW + timedelta(days=999)).tidy()
    assert not part.exists()
    assert not path.exists()


def test_a_torn_line_does_not_join_with_the_next(path: Path, journal: RecordJournal) -> None:
    first, second = make_sample_record(), make_sample_record()
    journal.append(first)
    with path.open("ab") as file:
        file.write(json.dumps(second.as_json()).encode()[:70])
    journal.append(second)
    read = read_journal(path)
    assert sorted(record.id for record in read.records) == sorted((first.id, second.id))
    assert read.unreadable == 1


APPENDING = """
import sys
from pathlib import Path
from tests.chat.sample import make_sample_record
from tui.chat.journal import RecordJournal
from tui.settings.keeping import Keeping
journal = RecordJournal(Path(sys.argv[1]), sys.exit, Keeping(max_mb=0.24))
sys.stdin.readline()
for _ in range(50):
    record = make_sample_record()
    journal.append(record)
    print(record.id)
"""


@pytest.mark.slow
def test_processes_neither_mix_lines_nor_lose_one_by_rotating(path: Path) -> None:
    command = [sys.executable, "-c", APPENDING, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    started = [subprocess.Popen(command, text=True, cwd=ROOT, **pipes) for _ in range(3)]
    said = [process.communicate("go\n", timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    read = read_journal(path)
    assert {record.id for record in read.records} == {line for out in said for line in out.split()}
    assert (len(read.records), read.unreadable) == (150, 0)
    assert part_before(path).stat().st_size > 0


def test_a_lock_that_is_not_given_back_holds_nobody_up(path: Path, reasons: list[str]) -> None:
    lock = path.with_name("records.lock")
    with hold_lock(lock) as held, hold_lock(lock, patience=0) as twice:
        assert (held, twice) == (True, False)
    with hold_lock(lock, patience=0) as again:
        assert again


def test_a_failure_is_told_once_and_ends_nothing(path: Path, journal: RecordJournal, reasons: list[str]) -> None:
    path.parent.parent.mkdir()
    path.parent.write_text("a file where the folder should be")
    journal.append(make_sample_record())
    journal.append(make_sample_record())
    assert reasons == ["File exists"]
    path.parent.unlink()
    journal.append(make_sample_record())
    assert path.read_text().count("\n") == 1
