import os
from pathlib import Path

import pytest

from tui.chat.path_listing import LISTED, find_path, list_paths


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("Notes.md", "my notes.txt", ".hidden", "src/a.py", "src/b.py", "home/in.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("four")
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "paths"),
    [
        ("", ["home/", "my notes.txt", "Notes.md", "src/"]),
        ("no", ["Notes.md", "my notes.txt"]),
        (".", [".hidden", "my notes.txt", "Notes.md"]),
        ("src/", ["src/a.py", "src/b.py"]),
        ("src/b", ["src/b.py"]),
        ("~", ["~/"]),
        ("~/i", ["~/in.txt"]),
        ("../nowhere/at/all/", []),
        ("~nobody-of-that-name/", []),
        ("a\0b/", []),
    ],
)
def test_paths_go_on_from_what_was_typed(folder: Path, typed: str, paths: list[str]) -> None:
    assert [listed.path for listed in list_paths(typed).paths] == paths


def test_a_file_has_its_size_and_a_folder_none(folder: Path) -> None:
    (folder / "gone").symlink_to("nowhere")
    sizes = {listed.path: listed.size for listed in list_paths("").paths}
    assert (sizes["Notes.md"], sizes["src/"], sizes["gone"]) == (4, None, None)


def test_of_very_many_so_many_are_listed(tmp_path: Path) -> None:
    for number in range(LISTED + 7):
        (tmp_path / f"{number:04}").touch()
    listing = list_paths(f"{tmp_path}/")
    assert len(listing.paths) == LISTED
    assert listing.left_out == 7


def test_a_name_that_cannot_be_typed_is_listed_safe_and_found_by_that(folder: Path) -> None:
    (folder / "odd\x1bdir").mkdir()
    (folder / "odd\x1bdir" / os.fsdecode(b"a\n\xff.txt")).write_text("x")
    assert [listed.path for listed in list_paths("odd").paths] == ["odd␛dir/"]
    assert [listed.path for listed in list_paths("odd␛dir/").paths] == ["odd␛dir/a␊\ufffd.txt"]
    assert find_path("odd␛dir/a␊\ufffd.txt").read_text() == "x"
    assert find_path(str(folder / "odd␛dir" / "a␊\ufffd.txt")).read_text() == "x"
    (folder / "real␛name").write_text("y")
    assert find_path("real␛name").read_text() == "y"
    assert not find_path("none␛such").exists()
