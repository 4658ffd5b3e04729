"""Records read back: both parts, each record once, and nothing that is not a whole record."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from tests.chat.sample import make_sample_record
from tui.chat.journal import part_before
from tui.chat.record_file import Journal, find_records, read_journal, read_record
from tui.stream.record import Record


def write(path: Path, *records: Record, more: str = "") -> None:
    path.write_text("".join(f"{json.dumps(record.as_json())}\n" for record in records) + more, encoding="utf-8")


def at(moment: str) -> Record:
    return dataclasses.replace(make_sample_record(), time=f"2026-11-22T{moment}.000Z")


def test_both_parts_are_read_each_record_once_the_oldest_first(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    assert read_journal(path) == Journal()
    first, second, third = at("08:00:00"), at("09:00:00"), at("10:00:00")
    write(part_before(path), second, first)
    write(path, second, third, more='\n\n{"v": 1, "id": "torn')
    assert read_journal(path) == Journal((first, second, third), 1)


def test_a_record_is_found_by_the_beginning_of_its_id() -> None:
    records = tuple(dataclasses.replace(make_sample_record(), id=name) for name in ("ab12", "ab34", "cd56"))
    journal = Journal(records)
    assert find_records(journal, "ab") == [records[0], records[1]]
    assert find_records(journal, "CD5") == [records[2]]
    assert find_records(journal, "") == find_records(journal, "x") == []


@pytest.mark.parametrize(
    "change",
    [{"time": "yesterday"}, {"time": None}, {"id": 5}, {"bytes": "many"}, {"events": True}, {"notices": [1]},
     {"notices": None}, {"endpoint": "http://host"}, {"error": []}, {"first_text_ms": 1.5}, {"detail": None}],
)  # fmt: skip
def test_what_was_changed_by_hand_is_no_record(change: dict[str, Any]) -> None:
    whole = make_sample_record().as_json()
    assert read_record(json.dumps(whole)) is not None
    assert read_record(json.dumps({**whole, **change})) is None


@pytest.mark.parametrize("line", ["", "{", "[]", "5", "null", "{}", "[" * 100_000, '{"id": "x"}'])
def test_what_is_none_is_left_out(line: str) -> None:
    assert read_record(line) is None


def test_fields_that_a_later_version_adds_do_not_matter() -> None:
    record = make_sample_record()
    assert read_record(json.dumps({**record.as_json(), "mood": "calm"})) == record
    without = {name: value for name, value in record.as_json().items() if name != "events"}
    assert read_record(json.dumps(without)) is None, "what is not known is null, not missing"
