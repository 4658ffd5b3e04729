"""Who writes an open reply: a process, told apart from a later one that got the same number."""

import os
from pathlib import Path


def current_owner() -> str:
    """This process, as `PID:START`; START is empty where the system does not tell it."""
    return f"{os.getpid()}:{_stat_of(os.getpid())[1]}"


def is_alive(owner: str) -> bool:
    """Whether that process still runs; one that has ended and was not waited for does not.

    Where its start is unknown, a process of the same number counts as it.
    """
    number, _, start = owner.partition(":")
    if not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it exists and is another person's
    state, now = _stat_of(int(number))
    return state not in ("Z", "X") and (not start or not now or start == now)


def _stat_of(pid: int) -> tuple[str, str]:
    """State and start, in clock ticks since boot, of a process: fields 3 and 22 of /proc/PID/stat (proc(5))."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return "", ""  # no /proc on this system, or the process is gone
    fields = stat.rpartition(")")[2].split()
    return (fields[0], fields[19]) if len(fields) > 19 else ("", "")
