"""The one way in which weir writes to the person's config: one table is inserted or replaced, on an explicit act.

Every other byte and comment stays, and a backup is made first. The new text is read back before it is written: unless
it means exactly the old config with this one table changed, nothing is written and ConfigWriteError says so.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui.settings.paths import write_whole


class ConfigWriteError(ValueError):
    """The config was left as it is; the text is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Where one table stands in the text: from its header to the end of its last value."""

    path: tuple[str, ...]
    start: int
    end: int


def write_table(
    path: Path, names: tuple[str, ...], table: Mapping[str, Any], now: datetime | None = None
) -> Path | None:
    """Insert or replace the table of this dotted name, its tables within left alone; returns the backup, if any.

    Blocks. Raises ConfigWriteError where that cannot be done safely, OSError where the disk does not let it.
    """
    return _write(path, lambda text: replace_table(text, names, table), now)


def restore_table(path: Path, names: tuple[str, ...], block: str, now: datetime | None = None) -> Path | None:
    """As `write_table`, with the very text that `read_block` gave, comments and all."""
    return _write(path, lambda text: put_block(text, names, block), now)


def read_block(path: Path, names: tuple[str, ...]) -> str | None:
    """The text of the table of this name, from its header to its last value; None if it stands in none of its own.

    Blocks. Raises OSError; a file that is no TOML has no tables.
    """
    try:
        text = path.read_bytes().decode()
        found = [one for one in find_tables(text) if one.path == names]
    except (FileNotFoundError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None
    return text[found[0].start : found[0].end] if len(found) == 1 else None


def _write(path: Path, change: Callable[[str], str], now: datetime | None) -> Path | None:
    real = path.resolve()  # a config that is a link into a folder of dotfiles stays one
    try:
        old = real.read_bytes()
    except FileNotFoundError:
        write_whole(real, change(""))
        return None
    try:
        text = old.decode()
        new = change(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise ConfigWriteError(f"{path}: this is not valid TOML; nothing was written.") from None
    if new == text:
        return None
    moment = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S.%fZ")
    backup = real.with_name(f"{real.name}.{moment}.bak")
    write_whole(backup, text)
    write_whole(real, new)
    return backup


def replace_table(text: str, names: tuple[str, ...], table: Mapping[str, Any]) -> str:
    """The text with this table in it; pure. Raises ConfigWriteError or TOMLDecodeError, see above."""
    import tomli_w

    nested: dict[str, Any] = dict(table)
    for name in reversed(names):
        nested = {name: nested}
    newline = "\r\n" if "\r\n" in text else "\n"
    return put_block(text, names, tomli_w.dumps(nested).replace("\n", newline))


def put_block(text: str, names: tuple[str, ...], block: str) -> str:
    """The text with this block as the table of this name; pure. Raises as `replace_table` does."""
    newline = "\r\n" if "\r\n" in text else "\n"
    table: Any = tomllib.loads(block)
    for name in names:
        table = table[name]
    meant = _put(tomllib.loads(text), names, table)
    found = [one for one in find_tables(text) if one.path == names]
    if len(found) == 1:
        new = text[: found[0].start] + block + text[found[0].end :]
    else:
        new = text + (newline if text and not text.endswith("\n") else "") + (newline if text.strip() else "") + block
    try:
        same = tomllib.loads(new) == meant
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise ConfigWriteError(f"The config cannot be changed without touching more; write by hand:\n{block}")
    return new


def find_tables(text: str) -> Iterator[_Table]:
    """Every `[table]` of a valid TOML text, in order."""
    path: tuple[str, ...] | None = None
    start = end = position = 0
    statement = ""
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):  # only these end a line in TOML
        position += len(line)
        bare = line.strip()
        if not statement and (not bare or bare.startswith("#")):
            continue
        if not statement and bare.startswith("["):
            if path is not None:
                yield _Table(path, start, end)
            path = None if bare.startswith("[[") else _header_path(bare)
            start, end = position - len(line), position
            continue
        statement += line
        if _is_whole(statement):
            statement, end = "", position
    if path is not None:
        yield _Table(path, start, end)


def _header_path(line: str) -> tuple[str, ...]:
    names = []
    node: Any = tomllib.loads(line)
    while isinstance(node, dict) and node:
        name, node = next(iter(node.items()))
        names.append(name)
    return tuple(names)


def _is_whole(statement: str) -> bool:
    """Whether a key has its whole value: one that goes on in the next line is no TOML by itself."""
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _put(config: dict[str, Any], names: tuple[str, ...], table: Mapping[str, Any]) -> dict[str, Any]:
    """The parsed config with this table in the place of the old one; tables within that stay."""
    name, rest = names[0], names[1:]
    old = config.get(name, {})
    if not isinstance(old, dict):
        raise ConfigWriteError(f"{name} is no table in this config; nothing was written.")
    if rest:
        return {**config, name: _put(old, rest, table)}
    kept = {key: value for key, value in old.items() if isinstance(value, dict) and key not in table}
    return {**config, name: {**kept, **table}}
