"""A program on a terminal of 120x40 behind a link that carries so many bytes a second, or as many as come."""

import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.pty.screen import TerminalScreen
from tests.ui.meter import COLUMNS, ROWS, cpu_seconds

_STEP = 0.025
"""Seconds between two looks at the link."""


class Link:
    """A context manager; the program is killed on exit. Linux: the kernel keeps about 12 kB on the way itself."""

    def __init__(
        self, argv: Sequence[str], environ: Mapping[str, str], folder: Path, rate: float | None = None
    ) -> None:
        self._argv, self._environ, self._folder, self._rate = argv, environ, folder, rate
        self._allowed = 0.0
        self.screen = TerminalScreen(COLUMNS, ROWS)
        self.count = 0
        """Bytes that came through."""
        self.cpu = 0.0
        """Seconds that the program had taken when the last of them came."""

    def __enter__(self) -> Self:
        self._fd, theirs = os.openpty()
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, *self._argv],
            stdin=theirs, stdout=theirs, stderr=theirs, env=self._environ, cwd=self._folder, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self._looked = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._fd)

    def type(self, text: str) -> None:
        """Type into it."""
        os.write(self._fd, text.encode())

    def turn(self) -> None:
        """Let through what the link carries in a moment."""
        if self._rate is None:
            self._read(65536, _STEP)
            return
        time.sleep(_STEP)
        now = time.monotonic()
        self._allowed = min(self._allowed + (now - self._looked) * self._rate, self._rate / 4)
        self._looked = now
        while self._allowed >= 1 and (count := self._read(int(self._allowed), 0.0)):
            self._allowed -= count

    def wait_for(self, reached: Callable[[str], bool], limit: float = 30.0) -> None:
        """Turn until the screen shows what is waited for."""
        until = time.monotonic() + limit
        while not reached(self.screen.text()):
            if time.monotonic() > until:
                raise RuntimeError(f"it did not come; the screen:\n{self.screen.text()}")
            self.turn()

    def _read(self, limit: int, seconds: float) -> int:
        if not select.select([self._fd], [], [], seconds)[0]:
            return 0
        data = os.read(self._fd, limit)
        self.cpu = cpu_seconds(self.process.pid)
        self.count += len(data)
        if answer := self.screen.feed(data):
            os.write(self._fd, answer)
        return len(data)
