"""WakingEvent: an event that a `select` can wait for together with descriptors, so that nobody has to look for it."""

import os
from contextlib import suppress
from threading import Event


class WakingEvent(Event):
    """`fileno` can be read while the event is set."""

    def __init__(self) -> None:
        super().__init__()
        self._woken, self._wake = os.pipe()
        for fd in (self._woken, self._wake):
            os.set_blocking(fd, False)

    def fileno(self) -> int:
        """For `select`."""
        return self._woken

    def set(self) -> None:
        """Wake whoever waits."""
        super().set()
        with suppress(BlockingIOError):  # it is full, so it wakes anyway
            os.write(self._wake, b"\0")

    def clear(self) -> None:
        """Nothing is to wake anybody."""
        super().clear()
        with suppress(BlockingIOError):
            while os.read(self._woken, 64):
                pass

    def __del__(self) -> None:
        os.close(self._woken)
        os.close(self._wake)
