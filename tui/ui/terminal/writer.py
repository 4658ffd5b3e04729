"""What writes to the tty, as fast as that takes it. Nobody who calls it ever waits for the tty.

It holds one screen, the newest, and a bounded queue of other sequences (modes, clipboard, bell). Those go first, in
their order; then the difference between the newest screen and what was sent. What a tty takes at once is written by
the caller, since to wake a thread costs more than that; a thread waits where the tty is full. While a link takes
nothing, newer screens replace older ones. A link that stays full gets fewer screens, so that what is under way to it
stays new.

It ends by `close`, or when the tty is gone: then it says so once.
"""

import os
import re
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tui.ui.terminal.ability import Abilities
from tui.ui.terminal.difference import Sent, find_difference
from tui.ui.terminal.grid import Screen

FLUSH_SECONDS: Final = 0.25
"""How long closing waits for a tty that takes nothing."""
QUEUE_LIMIT: Final = 128 * 1024
"""Characters of clipboard and other strings that wait for the tty; what comes on top is dropped."""
_ENTER, _LEAVE = "\x1b[?1049h", "\x1b[?1049l"
_BREAK_OFF = "\x18\x1b[?2026l\x1b[r\x1b[m"
"""CAN ends a sequence that was cut; then nothing of a half-sent screen stays in force."""
_SETTLE_SECONDS = 0.05
"""After a change of size, until Textual has laid out anew: what is painted before is painted for nothing."""
_SLOW_LEAST, _SLOW_MOST = 0.1, 0.4
"""Seconds between two screens on a link that was full."""
_PIECE, _BLOCKING_PIECE = 4096, 256
_MODE = re.compile(r"\x1b\[[^\x1b]*")


class _Stopped(Exception):
    """The time for closing is over."""


class Writer:
    """One tty from `start` to `close`. `lost` is called once, from the thread, when the tty is gone."""

    def __init__(self, fd: int, abilities: Abilities, encoding: str, lost: Callable[[], object]) -> None:
        self._abilities = abilities
        self._encoding = encoding
        self._lost = lost
        self._fd, self._owned = _open_again(fd)
        self._woken, self._wake = os.pipe()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="terminal-writer", daemon=True)
        # All below is guarded by the condition. Its lock may be taken again by a signal handler of the same thread.
        self._queue: deque[str] = deque()
        self._queued = 0
        self._screen: Screen | None = None
        self._visible = False  # on the alternate screen
        self._sent: Sent | None = None
        self._not_before = 0.0
        self._deadline: float | None = None
        self._synchronised = False
        self._rest: tuple[bytes, bool] | None = None  # what the tty left of a write, and whether closing breaks it off
        self._resting = False  # the thread waits
        self._writing = False  # a caller writes; a signal handler on top of it must not
        self._ended = False
        self._pause = 0.0
        self._last = 0.0

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def show(self, screen: Screen) -> None:
        """This is what the terminal is to show; what was asked for before and has not gone out never will."""
        with self._changed:
            self._screen = screen
            wait = self._find_wait()
            if wait is None:
                return
            if wait <= 0 and self._is_free():
                self._write_at_once(lambda: self._find_difference(screen), breakable=True)
            else:
                self._changed.notify_all()

    def send(self, sequence: str) -> None:
        """Send a sequence that is no part of a frame. Modes are never dropped; they come from start and end alone."""
        with self._changed:
            if _MODE.fullmatch(sequence) is None and self._queued + len(sequence) > QUEUE_LIMIT:
                return
            if sequence in (_ENTER, _LEAVE):
                # The screen of the other side is not ours, and ours may be empty when we come back.
                self._visible, self._sent = sequence == _ENTER, None
                sequence = sequence if sequence == _ENTER else _BREAK_OFF[1:] + sequence
            at_once = self._is_free() and self._find_wait() is None  # else a screen is to follow it, from the thread
            self._queue.append(sequence)
            self._queued += len(sequence)
            if at_once:
                self._write_at_once(self._take_queue, breakable=False)
            else:
                self._changed.notify_all()

    def forget(self, *, settle: bool = False) -> None:
        """Nothing is known of what the terminal shows: paint all of it, at once or when Textual has laid out anew."""
        with self._changed:
            self._sent = None
            # The very first screen waits for nothing: there is no earlier one to be laid out anew.
            self._not_before = time.monotonic() + _SETTLE_SECONDS if settle and self._screen is not None else 0.0
            self._changed.notify_all()

    def synchronise(self) -> None:
        """The terminal answered that it knows synchronised output."""
        with self._changed:
            self._synchronised = True

    @property
    def behind(self) -> bool:
        """Whether the tty has not begun to take the screen that was shown last."""
        with self._changed:
            return self._find_wait() is not None

    def close(self) -> None:
        """Write what is queued, for at most `FLUSH_SECONDS`; a screen that is half sent is broken off."""
        with self._changed:
            self._visible = False
            self._deadline = time.monotonic() + FLUSH_SECONDS
            self._changed.notify_all()
            if self._wake != -1:
                os.write(self._wake, b"\0")
            # Unlike a join this lets go of the lock, also where a signal handler closes in the middle of `show`.
            self._changed.wait_for(lambda: self._ended, 2 * FLUSH_SECONDS)

    def _find_wait(self) -> float | None:
        """Seconds until the newest screen may be sent; None if the tty has it."""
        if not self._visible or self._screen is None or (self._sent is not None and self._sent.screen is self._screen):
            return None
        return max(self._not_before, self._last + self._pause) - time.monotonic()

    def _find_difference(self, screen: Screen) -> bytes:
        """What turns what was sent into a screen, which counts as sent from now on unless `forget` is called."""
        sent = self._sent
        self._sent = expected = sent or Sent(screen)
        difference = find_difference(sent, screen, self._abilities, synchronised=self._synchronised)
        if self._sent is expected:
            self._sent = difference.sent
        self._last = time.monotonic()
        return difference.text.encode(self._encoding, "replace")

    def _is_free(self) -> bool:
        """Whether a caller may write: the thread waits, and nothing comes first."""
        return self._owned and self._resting and not (self._queue or self._rest or self._writing)

    def _write_at_once(self, find: Callable[[], bytes], *, breakable: bool) -> None:
        """Write what the tty takes of what is found; the thread gets what is left."""
        self._writing = True
        try:
            data = find()
            if not data or self._ended or (breakable and self._deadline is not None):
                return
            with suppress(OSError):  # nothing is lost: the thread tries again, and tells if the tty is gone
                data = data[self._write(data) :]
            if data:
                self._rest = data, breakable
                self._changed.notify_all()
            elif breakable:
                self._pace(full=False)
        finally:
            self._writing = False

    def _take_queue(self) -> bytes:
        text = "".join(self._queue)
        self._queue.clear()
        self._queued = 0
        return text.encode(self._encoding, "replace")

    def _run(self) -> None:
        lost = True  # also by a bug of ours: a screen that stands still for ever is no better than none
        try:
            while (work := self._next()) is not None:
                data, breakable = work
                self._push(data, breakable=breakable)
            lost = False
        except _Stopped:
            lost = False  # the tty takes nothing, so nobody sees what is left
        except OSError:
            return  # EIO, mostly: the tty is gone
        finally:
            if lost:
                self._lost()
            with self._changed:
                self._deadline = self._deadline or 0.0
                for fd in (self._woken, self._wake, *([self._fd] if self._owned else [])):
                    os.close(fd)
                self._wake = -1
                self._resting, self._ended = False, True
                self._changed.notify_all()

    def _next(self) -> tuple[bytes, bool] | None:
        """What to write next, and whether closing may break it off; None when all is done."""
        with self._changed:
            while True:
                if self._rest is not None:
                    work, self._rest = self._rest, None
                    return work
                if self._queue:
                    return self._take_queue(), False
                if self._deadline is not None:
                    return None
                wait = self._find_wait()
                if self._screen is not None and wait is not None and wait <= 0:
                    return self._find_difference(self._screen), True
                self._resting = True
                self._changed.wait(wait)
                self._resting = False

    def _push(self, data: bytes, *, breakable: bool) -> None:
        """Write all of it. A full link makes the next screens rarer, one with room more frequent again."""
        left = memoryview(data)
        full = False
        while left:
            taken = self._write(left)
            if not taken:
                full = True
                if self._await_room() and breakable:
                    self._break_off()
                    return
            left = left[taken:]
        if breakable and data:
            with self._changed:
                self._pace(full=full)

    def _write(self, data: bytes | memoryview) -> int:
        """Write a piece if there is room; how much of it the tty took. One without room would take some more."""
        if not select.select([], [self._fd], [], 0)[1]:
            return 0
        try:
            return os.write(self._fd, data[: _PIECE if self._owned else _BLOCKING_PIECE])
        except BlockingIOError:
            return 0

    def _pace(self, *, full: bool) -> None:
        if full:
            self._pause = min(max(2 * self._pause, _SLOW_LEAST), _SLOW_MOST)
        else:
            self._pause = self._pause / 2 if self._pause > _SLOW_LEAST / 8 else 0.0

    def _await_room(self) -> bool:
        """Wait until the tty takes more; whether we are closing."""
        while True:
            limit = None
            with self._changed:
                if self._deadline is not None:
                    limit = self._deadline - time.monotonic()
                    if limit <= 0:
                        raise _Stopped
            watched = [] if limit is not None else [self._woken]
            if select.select(watched, [self._fd], [], limit)[1]:
                return limit is not None

    def _break_off(self) -> None:
        with self._changed:
            self._sent = None
            self._queue.appendleft(_BREAK_OFF)


def _open_again(fd: int) -> tuple[int, bool]:
    """A description of the tty of our own, which does not block, so that those who share the other see no change.

    Where that cannot be had, the descriptor as it is, which may block the thread, never anybody else.
    """
    try:
        return os.open(os.ttyname(fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC), True
    except OSError:
        return fd, False  # no tty, or one of another person: what is written to it still arrives
