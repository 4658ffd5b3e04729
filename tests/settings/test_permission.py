"""A permission to capture ends by its time, whoever looks, and its end removes what it let be written and no more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tui.settings.permission import (
    Permission,
    end_permission,
    list_captures,
    purge_captures,
    read_permission,
    read_span,
)
from tui.settings.permission import write_permission as write

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(("text", "minutes"), [("90s", 1.5), ("30m", 30), ("1h30m", 90), ("1d", 1440)])
def test_a_span_is_read(text: str, minutes: float) -> None:
    assert read_span(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "30", "m", "0m", "8d", "-5m", "1h 5m", "999999d"])
def test_no_span_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no length of time|is not between"):
        read_span(text)


def test_it_holds_between_its_ends(tmp_path: Path) -> None:
    file = tmp_path / "capture.toml"
    write(file, Permission(NOW, NOW + HOUR, 'ticket "812"'))
    read = read_permission(file)
    assert read is not None
    assert read.reason == 'ticket "812"'
    assert [read.holds(NOW + HOUR * part) for part in (-0.1, 0, 0.9, 1)] == [False, True, True, False]
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "until = 1", "since = 2026-11-22T19:00:00Z\nuntil = 2027-11-22T19:00:00Z", "["])
def test_a_damaged_file_gives_no_leave(text: str, tmp_path: Path) -> None:
    file = tmp_path / "capture.toml"
    file.write_text(text)
    assert read_permission(file) is None


@pytest.mark.parametrize("purge", [True, False])
def test_its_end_is_dealt_with_once(purge: bool, tmp_path: Path) -> None:
    file, captures = tmp_path / "capture.toml", tmp_path / "captures"
    permission = Permission(NOW, NOW + HOUR, "ticket 812", purge)
    for folder in (captures / permission.folder, captures / "earlier"):
        folder.mkdir(parents=True)
        (folder / "a.jsonl").write_text("{}")
    write(file, permission)
    assert end_permission(file, captures, NOW) is None
    ended = end_permission(file, captures, NOW + HOUR)
    assert ended is not None
    assert ended.streams == 1
    assert end_permission(file, captures, NOW + HOUR) is None
    assert [path.parent.name for path in list_captures(captures)] == (
        ["earlier"] if purge else [permission.folder, "earlier"]
    )


def test_it_can_be_ended_at_once(tmp_path: Path) -> None:
    file = tmp_path / "capture.toml"
    write(file, Permission(NOW, NOW + HOUR, "ticket 812"))
    assert end_permission(file, tmp_path / "captures", NOW + HOUR / 2, at_once=True) is not None
    read = read_permission(file)
    assert read is not None
    assert not read.holds(NOW + HOUR / 2)


def test_two_that_remove_captures_at_once_do_not_trip_over_each_other(tmp_path: Path) -> None:
    for round_number in range(5):
        folder = tmp_path / str(round_number) / "permission"
        folder.mkdir(parents=True)
        for number in range(100):
            (folder / f"{number}.jsonl").touch()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(purge_captures, [folder.parent] * 2))
        assert list_captures(tmp_path) == []
