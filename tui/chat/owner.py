"""Who writes an open reply: a process, told apart from a later one that got the same number."""

import os
from pathlib import Path


def current_owner() -> str:
    """This process, as `PID:START`; START is empty where the system does not tell it."""
    return f"{os.getpid()}:{_start_of(os.getpid())}"


def is_alive(owner: str) -> bool:
    """Whether that process still runs. Where its start is unknown, a process of the same number counts as it."""
    number, _, start = owner.partition(":")
    if not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it exists and is another person's
    now = _start_of(int(number))
    return not start or not now or start == now


def _start_of(pid: int) -> str:
    """The start time of a process in clock ticks since boot: field 22 of /proc/PID/stat (proc(5))."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""  # no /proc on this system, or the process is gone
    fields = stat.rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 else ""
