"""Where weir keeps its files, under the platform's folders; and how it writes them: private and whole.

Folders are made 0700 and files 0600 when they are first written. Source: XDG Base Directory Specification, through
platformdirs.
"""

import errno
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import platformdirs


class Paths(NamedTuple):
    """The three folders of the program."""

    config: Path
    data: Path
    state: Path

    @property
    def config_file(self) -> Path:
        """`config.toml`: the person's own, read only."""
        return self.config / "config.toml"

    @property
    def user_themes(self) -> Path:
        """Themes of the person's own."""
        return self.config / "themes"

    @property
    def prompts(self) -> Path:
        """Prompts and system prompts of the person's own, to be used again."""
        return self.config / "prompts"

    @property
    def database(self) -> Path:
        """Conversations."""
        return self.data / "weir.db"

    @property
    def state_file(self) -> Path:
        """What the program remembers between two starts."""
        return self.state / "state.toml"

    @property
    def records(self) -> Path:
        """Masked records of every request, one JSON object a line."""
        return self.state / "records.jsonl"

    @property
    def support(self) -> Path:
        """Support bundles that were written, masked."""
        return self.state / "support"

    @property
    def models(self) -> Path:
        """What the providers listed last, and how fast each model was here."""
        return self.state / "models.json"

    @property
    def capture_file(self) -> Path:
        """The permission to write raw streams, if one was given."""
        return self.state / "capture.toml"

    @property
    def captures(self) -> Path:
        """The raw streams that were written, a folder for each permission."""
        return self.state / "captures"

    @property
    def crash_log(self) -> Path:
        """Masked tracebacks of our own bugs."""
        return self.state / "crash.log"


def find_paths() -> Paths:
    """The platform's folders; XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_STATE_HOME move them."""
    return Paths(
        Path(platformdirs.user_config_dir("weir", appauthor=False)),
        Path(platformdirs.user_data_dir("weir", appauthor=False)),
        Path(platformdirs.user_state_dir("weir", appauthor=False)),
    )


def runtime_folder(environ: Mapping[str, str]) -> Path | None:
    """Where the system keeps small files for this person until they log out; None if there is no such place.

    XDG_RUNTIME_DIR has to be the person's own and closed to all others; one that is not is not trusted.
    """
    folder = Path(environ.get("XDG_RUNTIME_DIR") or ".")
    try:
        facts = folder.stat()
    except OSError:
        return None
    private = stat.S_IMODE(facts.st_mode) == 0o700 and facts.st_uid == os.getuid()
    return folder / "weir" if folder.is_absolute() and private else None


def shipped_themes() -> Path:
    """The themes that come with weir: inside the package when installed, beside it in an editable checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def make_private_folder(folder: Path) -> None:
    """Make a folder 0700, its missing parents too; raises OSError."""
    if not folder.parent.exists():
        make_private_folder(folder.parent)  # `mkdir(parents=True)` would give the mode to the last folder alone
    folder.mkdir(exist_ok=True, mode=0o700)


def write_whole(path: Path, text: str) -> None:
    """Replace a file's content atomically, 0600: a reader sees the old text or the new one. Raises OSError.

    A lone surrogate becomes a question mark, since a file holds UTF-8.
    """
    make_private_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def append_line(path: Path, line: str, *, alone: bool = False) -> None:
    """Append one line with a single write, so that two processes never mix theirs; 0600. Raises OSError.

    `alone`: nobody else writes meanwhile. Then it is written whole or not at all, and does not join with a line that a
    crash has torn.
    """
    make_private_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    data = line.encode(errors="replace") + b"\n"
    try:
        before = os.fstat(handle).st_size
        if alone and before and os.pread(handle, 1, before - 1) != b"\n":
            data = b"\n" + data
        written = os.write(handle, data)
        if written < len(data):  # a full disk takes a part and says no more
            if alone:
                os.ftruncate(handle, before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(handle)


def extend_file(path: Path, text: str) -> None:
    """Append to a file that is there, with a single write; raises OSError, FileNotFoundError where it is gone."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        data = text.encode(errors="replace")
        if os.write(handle, data) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(handle)
