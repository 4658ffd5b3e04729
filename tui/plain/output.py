"""Output: stdout through a thread of its own, so that a stalled link holds up neither the stream nor the leaving."""

import errno
import os
import sys
import threading
from collections import deque

from tui.text.sanitise import sanitise, sanitise_line

_CHUNK = 4096
"""Bytes that are written at once: what is under way when the link stalls."""


class Output:
    """Text in the order in which it was given. What is written is safe to show only if the caller made it so."""

    def __init__(self, descriptor: int, encoding: str) -> None:
        self._descriptor = descriptor
        self._encoding = encoding
        self._chunks: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._at_line_start = True
        self.refused: OSError | None = None
        """Why nothing is written any more: the reader or the terminal is gone, the disk is full."""
        # A daemon: a write to a dead link may never return, and the process must leave all the same.
        threading.Thread(target=self._run, name="weir-output", daemon=True).start()

    def write(self, text: str) -> None:
        """Write a text; returns at once."""
        if not text:
            return
        self._at_line_start = text.endswith("\n")
        data = text.encode(self._encoding, errors="replace")
        with self._changed:
            if self.refused is None:
                self._chunks.extend(data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK))
                self._changed.notify_all()

    def begin_line(self) -> None:
        """End a line that has been begun."""
        if not self._at_line_start:
            self.write("\n")

    def tell(self, sentence: str) -> None:
        """A sentence of our own, on a line or lines of its own."""
        self.begin_line()
        self.write(f"weir: {sanitise(sentence)}\n")

    def tell_line(self, line: str) -> None:
        """A sentence with foreign text in it, which is kept to one line."""
        self.begin_line()
        self.write(f"weir: {sanitise_line(line)}\n")

    def note_echo(self) -> None:
        """The terminal has shown a typed line's end, so that the next text begins a line."""
        self._at_line_start = True

    def abandon(self) -> None:
        """Write nothing more: nobody is there to read it."""
        with self._changed:
            self.refused = self.refused or OSError(errno.EIO, os.strerror(errno.EIO))
            self._chunks.clear()
            self._changed.notify_all()

    def drain(self, limit: float) -> bool:
        """Wait until everything is written, at most `limit` seconds; whether it is, or never will be."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._chunks or self.refused is not None, limit)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._chunks))
                chunk = self._chunks[0]
            refusal = _write(self._descriptor, chunk)
            with self._changed:
                if refusal is not None:
                    self.refused = self.refused or refusal
                    self._chunks.clear()
                elif self._chunks:  # else it was abandoned meanwhile
                    self._chunks.popleft()
                self._changed.notify_all()


def _write(descriptor: int, data: bytes) -> OSError | None:
    """Write all of it; the error, if that cannot be."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError as error:
        return error
    return None


def open_output() -> Output:
    """The output on stdout, in its encoding; what that does not have becomes a question mark."""
    sys.stdout.flush()
    return Output(sys.stdout.fileno(), sys.stdout.encoding or "utf-8")
