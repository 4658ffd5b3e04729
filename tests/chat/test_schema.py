"""Schema: files of earlier versions are copied, then brought forward; a script that fails changes nothing."""

import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from tui.chat.database import StoreTrouble
from tui.chat.schema import migrate, read_version
from tui.chat.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A file of the first version with a conversation in it, some of it in its log."""
    path = tmp_path / "weir.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(files("tui.chat").joinpath("migrations/0001.sql").read_text(encoding="utf-8"))
        connection.execute("PRAGMA user_version = 1")
        connection.execute("INSERT INTO conversation VALUES ('c', 'Title', 'Brief.', '2026-01-01T00:00:00+00:00', '')")
        yield path


def rows(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM conversation").fetchall()


def test_the_file_as_it_was_is_kept_beside_once_for_its_version(path: Path) -> None:
    troubles: list[StoreTrouble] = []
    kept = path.with_name("weir.db.version-1")
    for _ in range(2):
        store = Store(path, troubles.append)
        assert store.latest_conversation() == "c"
        assert store.close(30) == 0
    assert troubles == [StoreTrouble("migrated", str(kept))]
    assert rows(kept) == [("c", "Title", "Brief.", "2026-01-01T00:00:00+00:00", "")]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.glob("weir.db.*")] == [kept.name]


def test_of_several_that_start_at_once_one_migrates(path: Path) -> None:
    def start(_: int) -> Path | None:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
            return migrate(connection, path)

    with ThreadPoolExecutor(4) as pool:
        copies = list(pool.map(start, range(4)))
    kept = path.with_name("weir.db.version-1")
    assert sorted(copies, key=lambda copy: copy is not None) == [None, None, None, kept]
    with closing(sqlite3.connect(kept)) as connection:
        assert read_version(connection) == 1


def test_where_no_copy_can_be_made_nothing_is_changed(path: Path) -> None:
    path.with_name("weir.db.version-1").mkdir()
    troubles: list[StoreTrouble] = []
    store = Store(path, troubles.append)
    assert store.latest_conversation() == "c", "it is there to be read, in memory"
    assert store.close(30) == 0
    assert [trouble.code for trouble in troubles] == ["unusable"]
    assert rows(path) == [("c", "Title", "Brief.", "2026-01-01T00:00:00+00:00", "")]
    assert [file.name for file in path.parent.glob("*.part")] == []


def test_a_file_that_is_brought_forward_can_shrink_from_then_on(path: Path) -> None:
    store = Store(path, lambda trouble: None)
    assert store.latest_conversation() == "c"
    assert store.close(30) == 0
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA auto_vacuum").fetchone()[0] == 2
