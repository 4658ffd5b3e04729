"""SkippingLoop: an event loop that waits for nothing but its sockets: where only time would pass, its clock jumps.

On it a recorded silence of a minute is over at once and yet was a minute long for everything that reads the loop's
`time()`: limits run out as they did, and gaps measure what they measured. A jump over a second or more is made only
after the sockets stayed quiet for some real milliseconds, since bytes on the loopback take a moment.
"""

import asyncio
import selectors
from collections.abc import Callable

_LONG = 1.0
"""Seconds; a jump this far may run out a limit."""
_QUIET_SECONDS = 0.05


class _Selector(selectors.DefaultSelector):
    """Looks instead of waiting, and tells how long it would have waited for nothing."""

    def __init__(self, skip: Callable[[float], None]) -> None:
        super().__init__()
        self._skip = skip

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(min(timeout, _QUIET_SECONDS) if timeout >= _LONG else 0.0)
        if not ready:
            self._skip(timeout)
        return ready


class SkippingLoop(asyncio.SelectorEventLoop):
    """`time()` runs ahead of the machine's by what was skipped."""

    def __init__(self) -> None:
        self.skipped = 0.0
        """Seconds."""
        super().__init__(_Selector(self._skip))

    def time(self) -> float:
        """Monotonic, in seconds."""
        return super().time() + self.skipped

    def _skip(self, seconds: float) -> None:
        self.skipped += seconds
