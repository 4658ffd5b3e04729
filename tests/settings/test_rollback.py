"""Going back to the last good table of a provider: word for word, and nothing else in the file changes."""

from pathlib import Path

import pytest

from tui.settings.config_writer import restore_table, write_table
from tui.settings.order import Order, write_provider
from tui.settings.rollback import MOST_KEPT, find_rollback, keep_block, read_kept, roll_back, rollback_path

OWN = '[providers.nest]   # ours\nbase_url = "https://a.test/v1"   # the first\napi_key_env = "A_KEY"\n'
CONFIG = f'# mine\nmodel = "nest/heron-1"\n\n{OWN}\n# limits\n[providers.nest.timeouts]\nidle = 5\n\n[keys]\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


def change(path: Path, letter: str, *, good: bool | None = None) -> None:
    """As `weir providers add` does it."""
    write_provider(Order("nest", f"https://{letter}.test/v1"), path)
    if good is not None:
        keep_block(path, "nest", good=good)


def address(path: Path) -> str | None:
    """The letter that a rollback would bring back."""
    found = find_rollback(path, "nest")
    return None if found is None else found.block.partition("https://")[2][0]


def test_the_table_before_a_change_comes_back_word_for_word(path: Path) -> None:
    change(path, "b")
    assert path.read_text() != CONFIG
    done = roll_back(path, "nest")
    assert done is not None
    assert path.read_text() == CONFIG
    assert done.backup is not None
    assert "https://b.test" in done.backup.read_text()
    assert address(path) == "b", "the same command goes back"
    assert rollback_path(path).stat().st_mode & 0o777 == 0o600


def test_one_that_was_seen_to_work_goes_before_newer_ones(path: Path) -> None:
    for letter, good in (("b", True), ("c", None), ("d", False), ("e", False)):
        change(path, letter, good=good)
    assert address(path) == "b"


def test_one_that_failed_is_the_last_to_be_taken(path: Path) -> None:
    change(path, "b", good=False)
    change(path, "c", good=False)
    assert address(path) == "a"


def test_the_good_one_is_kept_however_many_follow(path: Path) -> None:
    keep_block(path, "nest", good=True)
    for letter in "bcdefghij":
        change(path, letter)
    assert len(read_kept(path)["nest"]) == MOST_KEPT
    assert address(path) == "a"


def test_nothing_is_kept_of_what_was_not_changed(path: Path) -> None:
    assert roll_back(path, "nest") is None
    write_provider(Order("marsh", "https://m.test/v1"), path)
    assert roll_back(path, "marsh") is None
    rollback_path(path).write_text("= damaged")
    assert roll_back(path, "nest") is None


def test_a_table_that_was_taken_out_comes_back_at_the_end(path: Path) -> None:
    change(path, "b")
    path.write_text("[keys]\n")
    assert roll_back(path, "nest") is not None
    assert path.read_text() == f"[keys]\n\n{OWN}"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_block_is_put_back_in_the_file_as_it_is(path: Path, newline: str) -> None:
    path.write_bytes(CONFIG.replace("\n", newline).encode())
    before = path.read_bytes()
    write_table(path, ("providers", "nest"), {"base_url": "x"})
    restore_table(path, ("providers", "nest"), OWN.replace("\n", newline))
    assert path.read_bytes() == before
