"""CommandRun: another program, run for what it prints, in a session of its own, so that it cannot ask on the terminal.

It is ended with its children when it takes too long, and by `stop`: at once, from any thread.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO

_MOST_KEPT = 65536
"""Bytes of the output that are kept, from its beginning."""
_POLL_SECONDS = 0.005


class CommandFailed(Exception):
    """The command gave nothing that can be used; the text says why, never what it printed."""


class CommandRun:
    """One run. `run` blocks and belongs in a thread; `stop` may come before it, during it or after it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # held by whoever starts, ends or reaps the process
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._silent = threading.Event()  # the output has ended, or nobody waits for it any more

    def run(self, command: str | Sequence[str], environ: Mapping[str, str], timeout: float) -> bytes:
        """What a shell line or a program with its arguments prints; `timeout` is in seconds.

        Raises CommandFailed when it cannot run, fails, prints nothing, still has its output open after the timeout,
        or is stopped.
        """
        deadline = time.monotonic() + timeout
        process = self._start(command, environ)
        content = bytearray()
        reader = threading.Thread(target=self._drain, args=(process.stdout, content), daemon=True)
        reader.start()
        try:
            status = self._wait(process, deadline)
        finally:
            with self._lock:
                end_session(process)
        if self._stopped:
            raise CommandFailed("it was stopped")
        # A grandchild in a session of its own may hold the pipe open; the thread is a daemon and is not waited for.
        reader.join(1.0)
        if status is None:
            raise CommandFailed(f"it did not end within {timeout:g} s")
        if status:
            raise CommandFailed(f"it failed with status {status}")
        if not content:
            raise CommandFailed("it printed nothing")
        return bytes(content)

    def stop(self) -> None:
        """End the command and its children now; returns at once, and `run` raises."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                _kill(self._process)
        self._silent.set()

    def _start(self, command: str | Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._stopped:
                raise CommandFailed("it was stopped")
            try:
                self._process = subprocess.Popen(
                    command,
                    shell=isinstance(command, str),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                    env=dict(environ),
                )
            except (OSError, ValueError) as error:
                reason = error.strerror if isinstance(error, OSError) else str(error)
                raise CommandFailed(f"it cannot be run ({reason})") from None
            return self._process

    def _wait(self, process: subprocess.Popen[bytes], deadline: float) -> int | None:
        """The exit status; None if the output or the process has not ended by the deadline, or it was stopped."""
        if not self._silent.wait(max(0.0, deadline - time.monotonic())):
            return None
        while not self._stopped:
            with self._lock:
                status = process.poll()
            left = deadline - time.monotonic()
            if status is not None or left <= 0:
                return status
            time.sleep(min(left, _POLL_SECONDS))
        return None

    def _drain(self, output: IO[bytes], content: bytearray) -> None:
        """Read to the end, so that a command that prints much is not blocked, and keep the beginning."""
        with output:
            while chunk := os.read(output.fileno(), _MOST_KEPT):
                if len(content) < _MOST_KEPT:
                    content += chunk
        self._silent.set()


def end_session(process: subprocess.Popen[bytes]) -> None:
    """End a command that leads a session and has not ended by itself, its children too, and reap it.

    The leader is not reaped before this, so its number cannot have become another group's.
    """
    if process.returncode is None:
        _kill(process)
        process.wait()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is not None:
        return
    if os.name == "posix":
        # Where no such group is left there is nothing to end; of one that has only ended members macOS says EPERM.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
