"""Permission: leave to write raw streams to the disk, with an end; kept as `capture.toml` in the state folder.

It ends by its time, whoever looks: nothing has to run for that. What it allowed to be written is in a folder of its
own below `captures/`, so that an end with `purge` removes that and nothing else.
"""

import os
import re
import shutil
import tomllib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tui.settings.paths import write_whole

LONGEST = timedelta(days=7)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Permission:
    """From when until when, and why."""

    since: datetime
    until: datetime
    reason: str
    purge: bool = False
    """Whether the end removes what was written."""
    with_prompts: bool = False
    """Whether the request's body, with the prompt in it, is written too."""
    ended: bool = False
    """Whether the end was told, and what it asks for was done."""

    def holds(self, now: datetime) -> bool:
        """Whether streams may be written; a clock that was set back before the beginning gives no leave."""
        return not self.ended and self.since <= now < self.until

    def left(self, now: datetime) -> timedelta:
        """How long it still holds."""
        return max(timedelta(), self.until - now)

    @property
    def folder(self) -> str:
        """The name of its folder below `captures/`."""
        return f"{self.since.astimezone(UTC):%Y-%m-%dT%H-%M-%S.%f}Z"


def read_span(text: str) -> timedelta:
    """A length of time such as `90s`, `30m`, `2h`, `1h30m`, `1d`. Raises ValueError with a sentence."""
    parts = re.findall(r"([0-9]{1,6})([smhd])", text)
    if not parts or "".join(map("".join, parts)) != text:
        raise ValueError(f"{text} is no length of time; write 90s, 30m, 2h or 1h30m")
    span = timedelta(seconds=sum(int(count) * _UNITS[unit] for count, unit in parts))
    if not timedelta() < span <= LONGEST:
        raise ValueError(f"{text} is not between 1 second and {LONGEST.days} days")
    return span


def read_permission(path: Path) -> Permission | None:
    """The last permission that was given, whether or not it still holds; a damaged file gives no leave."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None
    since, until = table.get("since"), table.get("until")
    if not isinstance(since, datetime) or not isinstance(until, datetime):
        return None
    if since.tzinfo is None or until.tzinfo is None or until - since > LONGEST:
        return None
    flags = (table.get(name) is True for name in ("purge", "with_prompts", "ended"))
    return Permission(since, until, str(table.get("reason", "")), *flags)


def write_permission(path: Path, permission: Permission) -> None:
    """Write it atomically; raises OSError."""
    import tomli_w

    table: dict[str, Any] = {
        "since": permission.since,
        "until": permission.until,
        "reason": permission.reason,
        "purge": permission.purge,
        "with_prompts": permission.with_prompts,
        "ended": permission.ended,
    }
    write_whole(path, "# Leave to write raw streams; `weir capture off` ends it.\n" + tomli_w.dumps(table))


@dataclass(frozen=True, slots=True)
class Ended:
    """A permission whose end has just been dealt with."""

    permission: Permission
    streams: int
    """How many streams it wrote; with `purge` they are removed."""


def end_permission(path: Path, captures: Path, now: datetime, *, at_once: bool = False) -> Ended | None:
    """Do what is due at the end: remove what was written if that was asked for. None if nothing is due.

    `at_once` ends one that still holds. Whichever process comes first does it; blocks. Raises OSError.
    """
    permission = read_permission(path)
    if permission is None or permission.ended or (permission.holds(now) and not at_once):
        return None
    folder = captures / permission.folder
    streams = len(list_captures(folder))
    if permission.purge:
        _remove(folder)
    write_permission(path, replace(permission, until=min(now, permission.until), ended=True))
    return Ended(permission, streams)


def list_captures(folder: Path) -> list[Path]:
    """The files of captured streams in a folder and those below it, the oldest first."""
    # `os.walk` passes over a folder that another process removes meanwhile
    return sorted(Path(at, name) for at, _, names in os.walk(folder) for name in names if name.endswith(".jsonl"))


def purge_captures(captures: Path) -> int:
    """Remove every captured stream; how many there were. Raises OSError."""
    count = len(list_captures(captures))
    _remove(captures)
    return count


def _remove(folder: Path) -> None:
    """Remove a folder with all that is in it; raises OSError."""
    while folder.exists():
        with suppress(FileNotFoundError):  # another process removes it too, and took this one first
            shutil.rmtree(folder)
