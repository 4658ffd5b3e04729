"""File lock: one process at a time, by flock(2), which the system gives back when its holder dies."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui.settings.paths import make_private_folder

PATIENCE_SECONDS = 2.0
"""How long another holder is waited for: it writes a few lines, unless it is suspended just then."""
_PAUSE = 0.005


@contextmanager
def hold_lock(path: Path, patience: float = PATIENCE_SECONDS) -> Iterator[bool]:
    """Hold the lock of this file, which is made 0600; blocks, raises OSError.

    What it gives says whether the lock is held: it is not where another process keeps it longer than `patience`
    seconds, and where the system or the file system has no such lock.
    """
    make_private_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _try_for(handle, patience)
    finally:
        os.close(handle)


def _try_for(handle: int, patience: float) -> bool:
    try:
        import fcntl
    except ImportError:
        return False  # Windows has no flock
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_PAUSE)
        except OSError:
            return False  # a network file system without locks
        else:
            return True
