"""Rollback: the tables that a provider had before it was changed, and which of them is the last good one.

They stand word for word in `config.toml.rollback` beside the config and its backups: each with the time at which it was
kept and whether it brought a complete reply, in a trial or a conversation. The last good one is the newest that did,
else the newest of which nothing is known, else the newest; never the one that is in the config now. No table of a
config holds a key.
"""

import tomllib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui.settings.config_writer import read_block, restore_table
from tui.settings.paths import write_whole

MOST_KEPT = 5
"""Tables kept for one provider."""


@dataclass(frozen=True, slots=True)
class KeptTable:
    """One table of a provider, as it stood in the config."""

    block: str
    """Its text, from the header to the last value."""
    time: str
    """When it was kept: RFC 3339, UTC, seconds."""
    good: bool | None = None
    """Whether it brought a complete reply; None: it was not tried."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a rollback did."""

    table: KeptTable
    before: str
    """The text that stood there; empty if there was none."""
    backup: Path | None


def rollback_path(config: Path) -> Path:
    """Where the tables of this config are kept."""
    real = config.resolve()
    return real.with_name(f"{real.name}.rollback")


def keep_block(config: Path, name: str, *, good: bool | None = None, now: datetime | None = None) -> None:
    """Keep the provider's table as it stands in the config now, if it stands in one. Blocks. Raises OSError.

    `good` is what a trial of it has shown; what an earlier one has shown holds until then.
    """
    block = read_block(config, ("providers", name))
    if block is None:
        return
    kept = read_kept(config)
    before = next((one for one in kept.get(name, ()) if one.block == block), None)
    time = (now or datetime.now(UTC)).isoformat(timespec="seconds").replace("+00:00", "Z")
    table = KeptTable(block, time, good)
    if before is not None:
        table = replace(before, good=before.good if good is None else good)
    if kept.get(name, [])[-1:] == [table]:
        return  # it stands there just so
    others = [one for one in kept.get(name, ()) if one.block != block]
    _write(config, {**kept, name: _bound([*others, table])})


def keep_verdict(config: Path, name: str, *, good: bool | None) -> None:
    """What a trial has shown of the provider's table, for a later rollback. Blocks."""
    with suppress(OSError):  # then the table is kept without a verdict when it is changed
        keep_block(config, name, good=good)


def _bound(tables: Sequence[KeptTable]) -> list[KeptTable]:
    """So many at most: of the older ones the last good one stays."""
    if len(tables) <= MOST_KEPT:
        return list(tables)
    newest = list(tables[-MOST_KEPT:])
    good = next((one for one in reversed(tables) if one.good), None)
    return newest if good is None or good in newest else [good, *newest[1:]]


def read_kept(config: Path) -> dict[str, list[KeptTable]]:
    """By provider, the oldest first; a file that is missing or damaged keeps nothing."""
    try:
        parsed = tomllib.loads(rollback_path(config).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    return {
        name: [_read(entry) for entry in entries if isinstance(entry, dict) and isinstance(entry.get("block"), str)]
        for name, entries in parsed.items()
        if isinstance(entries, list)
    }


def find_rollback(config: Path, name: str) -> KeptTable | None:
    """The last good table of a provider, other than the one that it has now; None if none is kept. Blocks."""
    now = read_block(config, ("providers", name))
    others = [one for one in read_kept(config).get(name, ()) if one.block != now]
    for wanted in (True, None, False):
        if (found := next((one for one in reversed(others) if one.good is wanted), None)) is not None:
            return found
    return None


def roll_back(config: Path, name: str) -> Restored | None:
    """Put the last good table in the place of the one that stands there, which is kept; None if none is kept.

    Blocks. Raises ConfigWriteError and OSError, and then the config is as it was.
    """
    table = find_rollback(config, name)
    if table is None:
        return None
    before = read_block(config, ("providers", name)) or ""
    keep_block(config, name)
    backup = restore_table(config, ("providers", name), table.block)
    return Restored(table, before, backup)


def _read(entry: dict[str, Any]) -> KeptTable:
    good = entry.get("good")
    return KeptTable(entry["block"], str(entry.get("time", "")), good if isinstance(good, bool) else None)


def _describe(table: KeptTable) -> dict[str, Any]:
    good = {} if table.good is None else {"good": table.good}
    return {"time": table.time, **good, "block": table.block}


def _write(config: Path, kept: dict[str, list[KeptTable]]) -> None:
    import tomli_w

    tables = {name: [_describe(one) for one in entries] for name, entries in kept.items()}
    head = "# Tables that providers had before they were changed, for `weir providers rollback NAME`.\n"
    write_whole(rollback_path(config), head + tomli_w.dumps(tables))
