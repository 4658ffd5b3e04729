"""Path listing: the files and folders whose path goes on from what was typed; reading them blocks.

Relative paths begin in the working directory, `~` at home. Names that begin with a dot are listed only where one was
typed. Of a folder with very many entries only so many are looked at.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from stat import S_ISREG

LISTED = 100
"""Paths that are listed at most."""
LOOKED_AT = 50_000
"""Entries of a folder that are looked at: so many take a tenth of a second, in a thread."""


@dataclass(frozen=True, slots=True)
class ListedPath:
    """One of them, as it would be typed."""

    path: str
    """A folder's ends with a slash."""
    size: int | None
    """Bytes of a file; None for a folder, and for what is no file to read."""


@dataclass(frozen=True, slots=True)
class PathListing:
    """What was found: first what begins with what was typed, then what holds it, each by name."""

    paths: tuple[ListedPath, ...] = ()
    left_out: int = 0
    """How many more there are."""


def list_paths(typed: str) -> PathListing:
    """The paths that go on from what was typed. A folder that cannot be read has none."""
    if typed == "~":
        return PathListing((ListedPath("~/", None),))
    head, slash, prefix = typed.rpartition("/")
    folder = head + slash
    try:
        with os.scandir(Path(folder or ".").expanduser()) as entries:
            found = _choose(islice(entries, LOOKED_AT), prefix)
    except (OSError, RuntimeError, ValueError):
        # Nothing to offer is an answer: no such folder, no such person's home, a zero byte. What is sent is told apart.
        return PathListing()
    paths = tuple(_describe(entry, folder) for entry in found[:LISTED])
    return PathListing(paths, len(found) - len(paths))


def _choose(entries: Iterable[os.DirEntry[str]], prefix: str) -> list[os.DirEntry[str]]:
    """Those whose names hold what was typed, in their order; case does not matter."""
    wanted, hidden = prefix.casefold(), prefix.startswith(".")
    found = []
    for entry in entries:
        name = entry.name.casefold()
        if wanted in name and (hidden or not name.startswith(".")):
            found.append((not name.startswith(wanted), name, entry.name, entry))
    return [entry for *_, entry in sorted(found, key=lambda each: each[:3])]


def _describe(entry: os.DirEntry[str], folder: str) -> ListedPath:
    try:
        if entry.is_dir():
            return ListedPath(f"{folder}{entry.name}/", None)
        status = entry.stat()
    except OSError:
        return ListedPath(folder + entry.name, None)  # such as a link to nothing: it is named, and told of when sent
    return ListedPath(folder + entry.name, status.st_size if S_ISREG(status.st_mode) else None)
