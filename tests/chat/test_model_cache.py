"""`models.json`: what is written is read back, masked; and the journal is read once, however it is rotated."""

import json
import stat
from pathlib import Path

import pytest

from tests.chat.test_measurement import record
from tests.command import KEY
from tui.chat.catalogue import KeptListing
from tui.chat.measurement import Measured, Sample
from tui.chat.model_cache import (
    KEPT_DAYS,
    JournalMark,
    ModelCache,
    measure_journal,
    read_cache,
    write_cache,
)
from tui.settings.model_facts import ModelFacts
from tui.settings.provider import Provider
from tui.settings.secrets import Masker, Secret

NEST = Provider("nest", "https://nest.test/v1?key=abcdefgh12345678")
LISTED = KeptListing(("heron-1", "模型/2"), {"heron-1": ModelFacts(8192, 0.5, None)}, 1000.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "models.json"


def full() -> ModelCache:
    measured = {"nest/heron-1": Measured((Sample(120, 40.5, False), Sample(80, None, True)))}
    return ModelCache(measured=measured, mark=JournalMark("{", 7)).after({"nest": LISTED}, {"nest": NEST}, 1000.0)


def test_what_is_written_is_read_back(path: Path) -> None:
    write_cache(path, full(), Masker())
    assert read_cache(path) == full()
    assert read_cache(path).kept_for({"nest": NEST}) == {"nest": LISTED}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "abcdefgh12345678" not in path.read_text(encoding="utf-8")


def test_a_list_of_another_address_or_of_nobody_does_not_count() -> None:
    assert full().kept_for({"nest": Provider("nest", "https://other.test/v1")}) == {}
    assert full().kept_for({"other": NEST}) == {}


def test_an_id_in_which_a_key_stands_is_left_out(path: Path) -> None:
    listing = KeptListing(("heron-1", f"echo-{KEY}", *map(str, range(300))), {}, 1000.0)
    write_cache(path, ModelCache().after({"nest": listing}, {"nest": NEST}, 1000.0), Masker([Secret(KEY)]))
    kept = read_cache(path).kept["nest"].models
    assert kept == ("heron-1", *map(str, range(300)))
    assert KEY not in path.read_text(encoding="utf-8")


def test_what_is_too_old_goes_and_what_others_know_stays() -> None:
    later = 1000.0 + KEPT_DAYS * 86400
    assert full().after({}, {}, later - 1).kept == {"nest": LISTED}
    assert full().after({}, {}, later).kept == {}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b'{"v":2}', b'{"v":1}', b'{"v":1,"providers":[],"measured":{},"journal":{}}',
     b'{"v":1,"providers":{"a":{"base_url":"u","time":"x","models":[]}},"measured":{},"journal":{}}',
     b'{"v":1,"providers":{"a":{"base_url":"u","time":1,"models":[[]]}},"measured":{},"journal":{}}',
     b'{"v":1,"providers":{},"measured":{"m":[["x"]]},"journal":{}}', b'{"v":1,"providers":{},"measured":{"m":5}}'],
)  # fmt: skip
def test_a_damaged_file_is_an_empty_cache(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert read_cache(path) == ModelCache()


def lines(*models: str, identity: str) -> str:
    return "".join(json.dumps({"id": f"{identity}{n}", **record(model=one)}) + "\n" for n, one in enumerate(models))


def counts(cache: ModelCache) -> dict[str, int]:
    return {name.removeprefix("nest/"): len(one.samples) for name, one in cache.measured.items()}


def test_the_journal_is_read_on_from_where_it_was_read_to(tmp_path: Path) -> None:
    journal = tmp_path / "records.jsonl"
    assert measure_journal(ModelCache(), journal) == ModelCache()
    journal.write_text(lines("a", "b", identity="x") + '{"torn', encoding="utf-8")
    cache = measure_journal(ModelCache(), journal)
    assert counts(cache) == {"a": 1, "b": 1}
    assert counts(measure_journal(cache, journal)) == {"a": 1, "b": 1}
    journal.write_text(lines("a", "b", "a", identity="x"), encoding="utf-8")
    assert counts(measure_journal(cache, journal)) == {"a": 2, "b": 1}


def test_a_rotation_loses_and_doubles_nothing(tmp_path: Path) -> None:
    journal, rotated = tmp_path / "records.jsonl", tmp_path / "records.jsonl.1"
    journal.write_text(lines("a", identity="x"), encoding="utf-8")
    cache = measure_journal(ModelCache(), journal)
    rotated.write_text(lines("a", "b", identity="x"), encoding="utf-8")
    journal.write_text(lines("c", identity="y"), encoding="utf-8")
    cache = measure_journal(cache, journal)
    assert counts(cache) == {"a": 1, "b": 1, "c": 1}
    journal.write_text(lines("c", "a", identity="y"), encoding="utf-8")
    assert counts(measure_journal(cache, journal)) == {"a": 2, "b": 1, "c": 1}
    assert counts(measure_journal(ModelCache(), journal)) == {"a": 2, "b": 1, "c": 1}, "both parts, the first time"
