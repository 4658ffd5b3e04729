"""A real pseudo-terminal with a program in it, for tests: send keys, wait for what the screen shows.

Everything here blocks, so a test that serves the program from its own event loop calls it in a thread
(`asyncio.to_thread`). Linux and macOS.
"""

import errno
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.pty.keys import encode_key
from tests.pty.screen import TerminalScreen

Wanted = str | re.Pattern[str] | Callable[[str], bool]

OUTPUT_LIMIT = 32 * 1024 * 1024
_READ_SIZE = 65536
# How long a turn of a wait lasts at most: an exit is no event of the descriptor while a grandchild holds the terminal.
_TURN = 0.05
# Runs first in the child, then becomes the program, with the same pid. A fresh login has the terminal on its standard
# input as the controlling one, and no signal ignored, whatever pytest was started from (nohup, a job in a CI).
_TAKE_TERMINAL = """\
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGTERM, signal.SIGXFSZ):
    signal.signal(number, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""


class PtyTerminal:
    """A context manager: the program starts on entry in a session of its own, and is ended on exit.

    `env` is the whole environment (None: that of this process, with TERM=xterm-256color); COLUMNS and LINES are taken
    out of it, since they would hide the size of the terminal. On exit the program gets SIGTERM and, `grace` seconds
    later, SIGKILL; processes that it started are left alone, but see their terminal hang up.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        columns: int = 100,
        rows: int = 30,
        cwd: str | Path | None = None,
        grace: float = 3.0,
    ) -> None:
        self._argv = list(argv)
        environment = {**os.environ, "TERM": "xterm-256color"} if env is None else dict(env)
        self._env = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
        self._cwd = cwd
        self._size = columns, rows
        self._grace = grace
        self._process: subprocess.Popen[bytes] | None = None
        self._fd: int | None = None
        self._unsent = bytearray()
        self._received = bytearray()
        self.screen = TerminalScreen(columns, rows)

    def __enter__(self) -> Self:
        ours, theirs = os.openpty()
        try:
            _set_size(ours, *self._size)
            os.set_blocking(ours, False)
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _TAKE_TERMINAL, *self._argv],
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                env=self._env,
                cwd=self._cwd,
                start_new_session=True,
            )
        except OSError:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        self._fd = ours
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._started()
        try:
            for sign, seconds in ((signal.SIGTERM, self._grace), (signal.SIGKILL, None)):
                if process.poll() is None:
                    process.send_signal(sign)
                    # Read on meanwhile: a program that waits for its terminal cannot act on a signal.
                    self._turn_until(lambda: process.poll() is not None, seconds)
        finally:
            self.hang_up()

    @property
    def pid(self) -> int:
        return self._started().pid

    @property
    def output(self) -> bytes:
        """All bytes that the program wrote so far; the last `OUTPUT_LIMIT` of them."""
        self._read_ready()
        return bytes(self._received)

    @property
    def cursor(self) -> tuple[int, int]:
        """(column, row), both from 0."""
        self._read_ready()
        return self.screen.cursor

    @property
    def modes(self) -> frozenset[int]:
        """The private modes that are set, such as 25 (the cursor shows) and 1049 (alternate screen)."""
        self._read_ready()
        return frozenset(self.screen.modes)

    def text(self) -> str:
        """The rows of the screen, without the blanks at the end of each, joined with newlines."""
        self._read_ready()
        return self.screen.text()

    def row(self, number: int) -> str:
        """Row `number` from 0, without the blanks at its end."""
        self._read_ready()
        return self.screen.row(number)

    def raw_has(self, pattern: bytes | re.Pattern[bytes]) -> bool:
        """Whether the bytes received so far hold `pattern`: a literal, unless it is compiled."""
        self._read_ready()
        if isinstance(pattern, bytes):
            return pattern in self._received
        return pattern.search(self._received) is not None

    def send(self, text: str | bytes, timeout: float = 20.0) -> None:
        """Type `text`; return when the terminal has taken all of it, reading the program's output meanwhile."""
        if self._fd is None:
            raise self._failure("the terminal has hung up: nothing can be typed")
        self._unsent += text.encode() if isinstance(text, str) else text
        if not self._turn_until(lambda: not self._unsent, timeout):
            raise self._failure(f"the program did not read its input within {timeout:g} s")

    def press(self, *names: str) -> None:
        """Press keys by Textual's names: "escape", "ctrl+c", "enter", "up", "pageup", "shift+tab", "a".

        "escape" with a key right behind it is read as alt and that key, as on a real terminal.
        """
        self.send(b"".join(encode_key(name) for name in names))

    def resize(self, columns: int, rows: int) -> None:
        """The program in the foreground gets SIGWINCH."""
        if self._fd is None:
            raise self._failure("the terminal has hung up: it has no size")
        self._read_ready()
        self.screen.resize(columns, rows)
        _set_size(self._fd, columns, rows)

    def wait_for(self, wanted: Wanted, timeout: float = 20.0) -> str:
        """Wait until the screen shows `wanted`; return the text of the screen then.

        A literal, a compiled pattern, or a function of the screen's text, in which rows have no blanks at their end and
        a line that wraps is two. What comes inside a synchronised update counts at its end. Raises AssertionError with
        the whole screen when `timeout` seconds have passed, or the program has ended, without it.
        """
        return self._wait(lambda text: _shows(text, wanted), timeout, f"{_describe(wanted)} did not appear")

    def wait_gone(self, unwanted: Wanted, timeout: float = 20.0) -> str:
        """Wait until the screen does not show `unwanted`; return and raise as `wait_for` does."""
        return self._wait(lambda text: not _shows(text, unwanted), timeout, f"{_describe(unwanted)} did not go away")

    def wait_exit(self, timeout: float = 20.0) -> int:
        """Wait until the program has ended; return its exit code, or the negative number of the signal it died of.

        What it wrote before is on the screen then. Raises AssertionError with the whole screen after `timeout` seconds.
        """
        process = self._started()
        if not self._turn_until(lambda: process.poll() is not None, timeout):
            raise self._failure(f"the program did not end within {timeout:g} s")
        self._read_ready()
        return int(process.returncode)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to the program alone."""
        self._started().send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does: the program gets SIGHUP. Keeps what was received."""
        if self._fd is not None:
            self._read_ready()
        if self._fd is not None:
            self._close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the terminal is used outside its `with` block")
        return self._process

    def _wait(self, accept: Callable[[str], bool], timeout: float, complaint: str) -> str:
        found: str | None = None

        def settled() -> bool:
            nonlocal found
            if self.screen.between_frames or self._fd is None:
                text = self.screen.text()
                found = text if accept(text) else None
            return found is not None

        self._turn_until(lambda: settled() or self._fd is None, timeout)
        # `accept` may itself have read the last bytes, by asking this terminal.
        if found is None and not (self._fd is None and settled()):
            raise self._failure(f"{complaint} (at most {timeout:g} s)")
        return found or ""

    def _turn_until(self, reached: Callable[[], bool], timeout: float | None) -> bool:
        """Move bytes both ways until `reached`; False when `timeout` seconds pass first."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not reached():
            left = _TURN if deadline is None else deadline - time.monotonic()
            if left <= 0:
                return False
            self._turn(min(left, _TURN))
        return True

    def _read_ready(self) -> None:
        """Take what can be read at once, up to a bound that a program which never stops writing cannot pass."""
        for _ in range(64):
            if not self._turn(0.0):
                return

    def _turn(self, seconds: float) -> bool:
        """One wait for the descriptor and what it is ready for; whether there were bytes to read."""
        if self._fd is None:
            select.select([], [], [], seconds)
            return False
        readable, writable, _ = select.select([self._fd], [self._fd] if self._unsent else [], [], seconds)
        data = _read(self._fd) if readable else b""
        if readable and not data:
            self._close()
            return False
        if writable:
            del self._unsent[: _write(self._fd, self._unsent[:_READ_SIZE])]
        self._received += data
        del self._received[:-OUTPUT_LIMIT]
        self._unsent += self.screen.feed(data)
        return bool(data)

    def _close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
        self._fd = None
        self._unsent.clear()

    def _failure(self, complaint: str) -> AssertionError:
        code = self._started().poll()
        state = "is running" if code is None else f"has ended with {code}"
        column, row = self.screen.cursor
        edge = "-" * 40
        return AssertionError(
            f"{complaint}. The program {state}, the cursor is in column {column} of row {row}, the screen:\n"
            f"{edge}\n{self.screen.text().rstrip()}\n{edge}\nlast bytes: {bytes(self._received[-300:])!r}"
        )


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _read(fd: int) -> bytes:
    """What can be read now; empty when the last process that had the terminal open has closed it."""
    try:
        return os.read(fd, _READ_SIZE)
    except OSError as error:
        # Linux says so with EIO, after every byte has been read.
        if error.errno == errno.EIO:
            return b""
        raise


def _write(fd: int, data: bytearray) -> int:
    """How many bytes were taken."""
    try:
        return os.write(fd, data)
    except OSError as error:
        # The program closed the terminal just now: nobody is left to read this, and the next read says so.
        if error.errno == errno.EIO:
            return len(data)
        raise


def _shows(text: str, wanted: Wanted) -> bool:
    if isinstance(wanted, str):
        return wanted in text
    if isinstance(wanted, re.Pattern):
        return wanted.search(text) is not None
    return wanted(text)


def _describe(wanted: Wanted) -> str:
    if isinstance(wanted, str):
        return repr(wanted)
    if isinstance(wanted, re.Pattern):
        return f"the pattern {wanted.pattern!r}"
    return f"what {getattr(wanted, '__name__', 'the function')} wants"
