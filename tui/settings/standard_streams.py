"""The standard streams: what they are connected to, and the terminal in place of those that lead elsewhere."""

import os
import stat
import sys
from typing import TextIO

TERMINAL = "/dev/tty"
"""The terminal that this process belongs to, whatever its streams are (tty(4))."""


class StdoutError(OSError):
    """What was to stand on stdout could not be written, such as on a full disk; a reader that went away is none."""


def flush_stdout() -> None:
    """Let what was printed come out now; raises BrokenPipeError and StdoutError."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StdoutError(error.errno, error.strerror) from None


def fill_closed_streams() -> None:
    """Point a closed stdin, stdout or stderr at nothing: else its number would go to the first file or socket."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(null, "w" if number else "r", closefd=False))


def holds_unicode(stream: TextIO) -> bool:
    """Whether every character can be written to it."""
    return (stream.encoding or "utf-8").lower().replace("-", "").startswith(("utf", "gb18030"))


def is_pipe_or_file(descriptor: int) -> bool:
    """Whether something can be read from it to its end."""
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False  # it is closed: there is nothing to read
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def read_piped_text() -> str | None:
    """All of stdin where that is a pipe or a file; None where it is neither. Blocks until its end."""
    if not is_pipe_or_file(0):
        return None
    return sys.stdin.buffer.read().decode(errors="replace").strip("\n")


def put_terminal(*descriptors: int) -> bool:
    """Put our terminal in the place of those of these descriptors that are none; False if there is no terminal."""
    wanted = [descriptor for descriptor in descriptors if not os.isatty(descriptor)]
    if not wanted:
        return True
    try:
        terminal = os.open(TERMINAL, os.O_RDWR)
    except OSError:
        return False  # no terminal belongs to us: a job, a service, a container
    for descriptor in wanted:
        os.dup2(terminal, descriptor)
    os.close(terminal)
    return True
