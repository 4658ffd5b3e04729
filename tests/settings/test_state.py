"""What the program remembers, and that nothing it finds in its place can stop it."""

import stat
import tomllib
from pathlib import Path

import pytest

from tui.settings.state import RECENT_LIMIT, Pick, State, read_state, write_state

FULL = State(
    Pick("one/m", "two/c"),
    Pick("weir-dark", None),
    {"one": "m", "host:443": "org/模型", "with space": 'quote " and \\'},
    ("one/m", "host:443/org/模型"),
    ("one/m", "two/x"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "weir" / "state.toml"


def test_what_is_written_is_read_back(path: Path) -> None:
    write_state(path, FULL)
    assert read_state(path) == FULL
    assert path.read_text(encoding="utf-8").startswith("# What weir remembers; it writes this file itself.\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_pick_without_a_config_s_value_is_not_one_with_an_empty_value(path: Path) -> None:
    write_state(path, State(model=Pick("m", None), theme=Pick("t", "")))
    read = read_state(path)
    assert (read.model, read.theme) == (Pick("m", None), Pick("t", ""))


@pytest.mark.parametrize(
    ("then", "now", "wins"),
    [(None, None, True), ("a", "a", True), ("a", "b", False), (None, "a", False), ("a", None, False)],
)
def test_a_pick_wins_while_the_config_is_as_it_was(then: str | None, now: str | None, wins: bool) -> None:
    assert Pick("picked", then).wins_over(now) is wins


def test_the_last_used_model_comes_first_and_once() -> None:
    state = State()
    for provider, model in (("one", "a"), ("two", "b"), ("one", "c"), ("two", "b")):
        state = state.with_used_model(provider, model)
    assert state.recent == ("two/b", "one/c", "one/a")
    assert state.last_used == {"one": "c", "two": "b"}
    for number in range(20):
        state = state.with_used_model("one", str(number))
    assert state.recent == tuple(f"one/{number}" for number in range(19, 19 - RECENT_LIMIT, -1))


def test_a_favourite_is_made_and_unmade() -> None:
    state = State().with_favourite("one/a").with_favourite("two/b")
    assert state.favourites == ("one/a", "two/b")
    assert state.with_favourite("one/a").favourites == ("two/b",)


def test_a_change_leaves_the_old_state_as_it_was() -> None:
    FULL.with_used_model("one", "other")
    assert FULL.last_used["one"] == "m"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"this is = = no TOML",
        b"\xff\xfe\x00",
        b'recent = "x"\nlast_used = 5\nmodel = "m"\ntheme = []',
        b"model = {}\ntheme = { value = 5 }",
        b"[model]\nconfig_value = 'a'",
    ],
)
def test_a_damaged_file_is_an_empty_state(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert read_state(path) == State()


def test_what_is_right_in_a_file_counts_beside_what_is_wrong(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text('recent = ["one/a", 5]\n[model]\nvalue = "one/a"\nconfig_value = 7\n[last_used]\none = 3\n')
    assert read_state(path) == State(Pick("one/a", None), None, {"one": "3"}, ("one/a", "5"))


def test_a_missing_file_and_a_folder_in_its_place_are_an_empty_state(path: Path) -> None:
    assert read_state(path) == State()
    path.mkdir(parents=True)
    assert read_state(path) == State()


def test_a_name_that_is_no_text_costs_nothing_but_itself(path: Path) -> None:
    """Bytes of an argument that are not UTF-8 come as lone surrogates (PEP 383)."""
    write_state(path, State().with_used_model("one", "caf\udce9"))
    assert read_state(path).recent == ("one/caf?",)
    assert tomllib.loads(path.read_text(encoding="utf-8"))["last_used"] == {"one": "caf?"}


def test_where_it_cannot_be_written_that_is_an_os_error(path: Path) -> None:
    path.parent.parent.mkdir()
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(OSError, match=r"File exists|Not a directory"):
        write_state(path, FULL)
