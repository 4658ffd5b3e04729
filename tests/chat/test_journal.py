"""The journal of records: whole lines, for their owner only, and never more than two files."""

import dataclasses
import json
import stat
import threading
from pathlib import Path

import pytest

from tests.chat.sample import make_sample_record
from tui.chat.journal import ROTATE_BYTES, RecordJournal


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


def test_a_large_file_becomes_the_one_before(journal: RecordJournal, path: Path) -> None:
    path.parent.mkdir(parents=True)
    before = path.with_name("records.jsonl.1")
    before.write_text("the oldest")
    path.write_bytes(b"x" * ROTATE_BYTES)
    journal.append(make_sample_record())
    assert before.read_text() == "the oldest", "the limit itself is not passed"
    journal.append(make_sample_record())
    assert before.stat().st_size > ROTATE_BYTES
    assert path.read_text().count("\n") == 1
    assert len(list(path.parent.iterdir())) == 2


def test_threads_neither_mix_lines_nor_lose_one_by_rotating_twice(
    journal: RecordJournal, path: Path, reasons: list[str]
) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{}\n" * (ROTATE_BYTES // 3 + 1))
    gate = threading.Barrier(8)

    def append() -> None:
        gate.wait()
        for _ in range(25):
            journal.append(make_sample_record())

    threads = [threading.Thread(target=append) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [json.loads(line)["id"] for line in path.read_text().splitlines()]
    assert len(set(ids)) == len(ids) == 200
    assert path.with_name("records.jsonl.1").stat().st_size > ROTATE_BYTES
    assert reasons == []


def test_a_failure_is_told_once_and_ends_nothing(path: Path, journal: RecordJournal, reasons: list[str]) -> None:
    path.parent.parent.mkdir()
    path.parent.write_text("a file where the folder should be")
    journal.append(make_sample_record())
    journal.append(make_sample_record())
    assert reasons == ["Not a directory"]
    path.parent.unlink()
    journal.append(make_sample_record())
    assert path.read_text().count("\n") == 1
