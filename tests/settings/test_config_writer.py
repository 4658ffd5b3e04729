"""Writing one table into the person's config: everything else stays, byte for byte, or nothing is written."""

import stat
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tui.settings.config_writer import ConfigWriteError, find_tables, replace_table, write_table

NEW = {"base_url": "https://new.test/v1"}
HEAD = '# mine\nmodel = "a/b"   # the best\n\n'
OWN = '[providers.a]   # with a word\nbase_url = "x"\nfallback = [\n  "b/[z]",  # [no.table]\n]\n'
TAIL = '# about the limits\n[providers.a.timeouts]\nidle = 5 # s\n\n[keys]\n"prompt.send" = """\n[providers.a]\n"""\n'
MOMENT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


def test_a_table_is_replaced_and_all_around_it_stays() -> None:
    written = replace_table(HEAD + OWN + TAIL, ("providers", "a"), NEW)
    assert written == HEAD + '[providers.a]\nbase_url = "https://new.test/v1"\n' + TAIL


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", '[providers.b]\nbase_url = "https://new.test/v1"\n'),
        (HEAD + OWN + TAIL, HEAD + OWN + TAIL + '\n[providers.b]\nbase_url = "https://new.test/v1"\n'),
        ("theme = 'x'", "theme = 'x'\n\n[providers.b]\nbase_url = \"https://new.test/v1\"\n"),
        ("a = 1\r\n", 'a = 1\r\n\r\n[providers.b]\r\nbase_url = "https://new.test/v1"\r\n'),
        ("[providers]\n", '[providers]\n\n[providers.b]\nbase_url = "https://new.test/v1"\n'),
        ("[[x]]\na = 1\n", '[[x]]\na = 1\n\n[providers.b]\nbase_url = "https://new.test/v1"\n'),
    ],
)
def test_a_new_table_goes_to_the_end(text: str, written: str) -> None:
    assert replace_table(text, ("providers", "b"), NEW) == written


def test_names_are_quoted_where_they_must_be() -> None:
    written = replace_table("", ("providers", "llama.cpp"), NEW)
    assert written.startswith('[providers."llama.cpp"]\n')
    again = replace_table(written, ("providers", "llama.cpp"), {"base_url": "y"})
    assert again == written.replace(NEW["base_url"], "y")


@pytest.mark.parametrize(
    "text",
    [
        "providers = { a = { base_url = 'x' } }\n",
        "[providers]\na = { base_url = 'x' }\n",
        "providers.a.base_url = 'x'\n",
        "[providers]\na.base_url = 'x'\n",
        "[providers.a]\nbase_url = 'x'\ntimeouts = { idle = 5 }\n",
        "providers = 5\n",
        "[[providers]]\na = 1\n",
    ],
)
def test_what_cannot_be_changed_alone_is_refused(text: str) -> None:
    with pytest.raises(ConfigWriteError):
        replace_table(text, ("providers", "a"), NEW)


def test_the_places_of_tables() -> None:
    text = HEAD + OWN + TAIL
    paths = [table.path for table in find_tables(text)]
    assert paths == [("providers", "a"), ("providers", "a", "timeouts"), ("keys",)]
    assert "".join(text[table.start : table.end] for table in find_tables(text)) + HEAD == (
        OWN + TAIL.replace("# about the limits\n", "").replace("\n\n", "\n") + HEAD
    )


@pytest.mark.parametrize("strange", ["\u2028", "\x85"])
def test_only_newlines_end_a_line(strange: str) -> None:
    text = f'# a{strange}[providers.a]\n[providers.a]\nbase_url = "x"\n'
    assert tomllib.loads(replace_table(text, ("providers", "a"), NEW)) == {"providers": {"a": NEW}}


def test_the_file_is_written_whole_after_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "weir" / "config.toml"
    assert write_table(path, ("providers", "a"), NEW, MOMENT) is None
    first = path.read_bytes()
    backup = write_table(path, ("providers", "b"), NEW, MOMENT)
    assert backup == path.with_name("config.toml.20261122T170000.000000Z.bak")
    assert backup.read_bytes() == first
    assert path.read_bytes().startswith(first)
    assert [stat.S_IMODE(file.stat().st_mode) for file in (path, backup)] == [0o600, 0o600]
    assert write_table(path, ("providers", "b"), NEW) is None, "it says so already"
    assert len(list(path.parent.iterdir())) == 2


def test_a_link_stays_one(tmp_path: Path) -> None:
    real, path = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text(HEAD, encoding="utf-8")
    path.symlink_to(real)
    write_table(path, ("providers", "b"), NEW)
    assert path.is_symlink()
    assert tomllib.loads(real.read_text(encoding="utf-8"))["providers"] == {"b": NEW}


@pytest.mark.parametrize("content", [b"= no TOML", b"\xff\xfe", b'providers = "x"\n'])
def test_a_file_that_cannot_be_changed_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigWriteError):
        write_table(path, ("providers", "a"), NEW)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_with_lists_and_tables_is_read_back() -> None:
    table: dict[str, Any] = {**NEW, "fallback": ["a/b"], "allow_http": True}
    assert tomllib.loads(replace_table(HEAD, ("providers", "c"), table))["providers"]["c"] == table
