"""Path listing: the files and folders whose path goes on from what was typed; reading them blocks.

Relative paths begin in the working directory, `~` at home. Names that begin with a dot are listed only where one was
typed. Of a folder with very many entries only so many are looked at.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from stat import S_ISREG

from tui.text.sanitise import sanitise_line

LISTED = 100
"""Paths that are listed at most."""
_PICTURE = re.compile("[\u2400-\u2426\u2bd1\ufffd]")
"""What the sanitiser puts in the place of a character."""
LOOKED_AT = 50_000
"""Entries of a folder that are looked at: so many take a tenth of a second, in a thread."""


@dataclass(frozen=True, slots=True)
class ListedPath:
    """One of them, as it would be typed."""

    path: str
    """Safe to show; a folder's ends with a slash."""
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
        with os.scandir(find_path(folder or ".")) as entries:
            found = _choose(islice(entries, LOOKED_AT), prefix)
    except (OSError, RuntimeError, ValueError):
        # Nothing to offer is an answer: no such folder, no such person's home, a zero byte. What is sent is told apart.
        return PathListing()
    paths = tuple(_describe(entry, folder) for entry in found[:LISTED])
    return PathListing(paths, len(found) - len(paths))


def find_path(typed: str) -> Path:
    """The path that was typed, `~` expanded. Names that hold what cannot be typed are found by how they are shown.

    Blocks; raises RuntimeError where nobody of that name has a home, ValueError for what no path can hold, and OSError.
    """
    full = Path(typed).expanduser()
    if not _PICTURE.search(typed) or os.path.lexists(full):
        return full
    found = Path(full.anchor)
    for part in full.parts[bool(full.anchor) :]:
        found = _enter(found, part)
    return found


def _enter(folder: Path, shown: str) -> Path:
    if not _PICTURE.search(shown) or os.path.lexists(folder / shown):
        return folder / shown
    with os.scandir(folder) as entries:
        names = (entry.name for entry in islice(entries, LOOKED_AT))
        return folder / next((name for name in names if sanitise_line(name) == shown), shown)


def _choose(entries: Iterable[os.DirEntry[str]], prefix: str) -> list[os.DirEntry[str]]:
    """Those whose names hold what was typed, in their order; case does not matter."""
    wanted, hidden = prefix.casefold(), prefix.startswith(".")
    found = []
    for entry in entries:
        name = sanitise_line(entry.name).casefold()
        if wanted in name and (hidden or not name.startswith(".")):
            found.append((not name.startswith(wanted), name, entry.name, entry))
    return [entry for *_, entry in sorted(found, key=lambda each: each[:3])]


def _describe(entry: os.DirEntry[str], folder: str) -> ListedPath:
    path = folder + sanitise_line(entry.name)
    try:
        if entry.is_dir():
            return ListedPath(f"{path}/", None)
        status = entry.stat()
    except OSError:
        return ListedPath(path, None)  # such as a link to nothing: it is named, and told of when sent
    return ListedPath(path, status.st_size if S_ISREG(status.st_mode) else None)
