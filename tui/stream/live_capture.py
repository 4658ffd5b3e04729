"""LiveCapture: writes what comes of an attempt while it runs, so that a program that is killed leaves it on the disk.

A moment after a read all that has come since is appended, up to the last read that ends an event: a key that spans two
reads has ended by then. A compressed body is not written so, since it can be read for keys only as a whole. When the
attempt has ended, `Capture.keep` puts the whole recording in the place of what stands here.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence

from tui.stream.raw_stream import RawStream

PAUSE_SECONDS = 0.5
"""Between a read and the write of it; what is lost with the program is no older."""
_EVENT_ENDS = (b"\n\n", b"\r\n\r\n")

Read = tuple[float, bytes]


class LiveCapture:
    """Of one attempt. `append` writes reads, behind those of before or as the first, and says whether to go on."""

    def __init__(self, raw: RawStream, append: Callable[[RawStream, Sequence[Read], bool], bool]) -> None:
        self._raw = raw
        self._append = append
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._planned = False
        self._over = False
        self._written = 0

    def wake(self) -> None:
        """Something came; on the loop."""
        if not self._planned and not self._over:
            self._planned = True
            self._loop.call_later(PAUSE_SECONDS, self._plan)

    def close(self) -> None:
        """Write no more; waits for a write that is under way."""
        with self._lock:
            self._over = True

    def _plan(self) -> None:
        self._planned = False
        if not self._over and self._raw.end is None:  # else the whole of it is written now
            self._loop.run_in_executor(None, self._write, self._raw.copy())

    def _write(self, raw: RawStream) -> None:
        with self._lock:
            packed = raw.head is None or raw.head.header("content-encoding") not in (None, "identity")
            self._over = self._over or packed or raw.dropped_reads > self._written
            if self._over:
                return
            reads = list(raw.reads)[self._written - raw.dropped_reads :]
            while reads and not reads[-1][1].endswith(_EVENT_ENDS):
                reads.pop()
            if reads:
                self._over = not self._append(raw, reads, self._written == 0)
                self._written += len(reads)
