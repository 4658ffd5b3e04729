"""Where files are, and that they are written privately and whole."""

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tui.settings.paths import Paths, append_line, find_paths, make_private_folder, shipped_themes, write_whole

ROOT = Path(__file__).resolve().parent.parent.parent


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folders_follow_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    paths = find_paths()
    assert paths == Paths(tmp_path / "config/weir", tmp_path / "data/weir", tmp_path / "state/weir")
    assert paths.config_file == tmp_path / "config/weir/config.toml"
    assert paths.user_themes == tmp_path / "config/weir/themes"
    assert paths.database == tmp_path / "data/weir/weir.db"
    assert paths.state_file == tmp_path / "state/weir/state.toml"
    assert paths.records == tmp_path / "state/weir/records.jsonl"
    assert paths.crash_log == tmp_path / "state/weir/crash.log"
    assert list(tmp_path.iterdir()) == [], "finding makes nothing"


def test_without_xdg_they_are_in_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    paths = find_paths()
    for folder in (paths.config, paths.data, paths.state):
        assert folder.is_relative_to(tmp_path)
        assert folder.name == "weir"


def test_the_shipped_themes_are_there() -> None:
    assert "weir-dark.toml" in [file.name for file in shipped_themes().iterdir()]


def test_folders_are_for_their_owner_only_and_existing_ones_stay_as_they_are(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    folder = shared / "a" / "b" / "c"
    make_private_folder(folder)
    make_private_folder(folder)
    assert [mode(shared / part) for part in ("a", "a/b", "a/b/c")] == [0o700] * 3
    assert mode(shared) == 0o755


def test_a_file_is_replaced_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write_whole(path, "old")
    path.chmod(0o644)
    with path.open() as reader:
        write_whole(path, "新 text\r\n")
        assert reader.read() == "old", "who reads has the old file to the end"
    assert path.read_bytes() == "新 text\r\n".encode()
    assert mode(path) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(path, "text")
    assert list(tmp_path.iterdir()) == [path]


def test_lines_are_appended_to_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "log"
    append_line(path, "one 一")
    append_line(path, "two \ud800")
    assert path.read_text(encoding="utf-8") == "one 一\ntwo ?\n"
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


APPEND_MANY = """
import sys
from pathlib import Path
from tui.settings.paths import append_line
print(flush=True)
sys.stdin.readline()
for number in range(300):
    append_line(Path(sys.argv[1]), sys.argv[2] * 3000)
"""


def test_two_processes_never_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "log"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", APPEND_MANY, str(path), letter],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        for letter in "ab"
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    assert [process.communicate()[0] for process in processes] == [b"", b""]
    assert sorted(path.read_text().splitlines()) == ["a" * 3000] * 300 + ["b" * 3000] * 300


@pytest.mark.parametrize(("alone", "left"), [(True, 101), (False, 150)])
def test_a_line_that_a_full_disk_takes_in_part_is_an_error(tmp_path: Path, alone: bool, left: int) -> None:
    path = tmp_path / "log"
    append_line(path, "x" * 100)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150, limits[1]))
    try:
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            append_line(path, "y" * 100, alone=alone)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.stat().st_size == left
