import stat
from pathlib import Path

import pytest

from tui.settings.editor import EditorError, find_editor, find_left_edits, read_edited, remove_edited, write_edited


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    program = tmp_path / "my editor"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    return {"PATH": str(tmp_path), "EDITOR": "'my editor' --wait 'a b'"}


def test_visual_goes_before_editor_and_is_read_as_a_shell_reads_words(tmp_path: Path, environ: dict[str, str]) -> None:
    command = [str(tmp_path / "my editor"), "--wait", "a b"]
    assert find_editor(environ) == command
    assert find_editor({**environ, "VISUAL": " "}) == command
    assert find_editor({**environ, "VISUAL": f"'{tmp_path}/my editor'"}) == command[:1]


@pytest.mark.parametrize(
    ("variables", "code", "values"),
    [
        ({}, "unset", {}),
        ({"VISUAL": "nowhere -f"}, "missing", {"variable": "VISUAL", "program": "nowhere"}),
        ({"EDITOR": "a 'b"}, "malformed", {"variable": "EDITOR", "reason": "No closing quotation"}),
    ],
)
def test_what_cannot_be_started_is_named(variables: dict[str, str], code: str, values: dict[str, str]) -> None:
    with pytest.raises(EditorError) as caught:
        find_editor({"PATH": "/nowhere", **variables})
    assert (caught.value.code, caught.value.values) == (code, values)


@pytest.mark.parametrize(
    ("before", "saved", "read"),
    [
        ("one", None, "one"),
        ("one\n", None, "one\n"),
        ("", None, ""),
        ("one", "one two\n", "one two"),
        ("one", "one\r\ntwo\r\n", "one\ntwo"),
        ("one\n", "two\n\n", "two\n"),
        ("one", "", ""),
    ],
)
def test_the_text_comes_back_without_the_line_end_of_the_file(
    tmp_path: Path, before: str, saved: str | None, read: str
) -> None:
    path = write_edited(tmp_path / "state", before, "12:345")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    if saved is not None:
        path.write_bytes(saved.encode())
    assert read_edited(path, before) == read
    (path.parent / "prompt.md~").touch()
    remove_edited(path)
    assert list((tmp_path / "state").iterdir()) == []


def test_what_a_dead_process_left_is_found(tmp_path: Path) -> None:
    dead, _, nothing = (
        write_edited(tmp_path, text, owner)
        for text, owner in (("mine", "12:345"), ("another's", "13:7"), ("", "12:345"))
    )
    assert nothing.exists()
    assert find_left_edits(tmp_path, lambda owner: owner == "13:7") == [dead]
    remove_edited(dead)
    assert find_left_edits(tmp_path, lambda owner: owner == "13:7") == []
