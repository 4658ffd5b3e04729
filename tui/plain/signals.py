"""Signals: SIGINT, SIGTERM and SIGHUP in line mode, which waits now for a line and now for a reply.

While a line is waited for a signal raises `SignalCame`. While a reply is, it calls what was named, in the main thread
and between two steps of whatever runs there. In between it is kept for the next of these waits.

readline looks for signals only when one breaks its wait for a key (`readline_until_enter_or_signal` in CPython). One
that comes while it draws a key would lie there until the next key: a thread hears of every signal, and breaks the wait
again until it has been taken.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self, TypeAlias

_NUDGE = signal.SIGURG
"""Harmless: nobody sends it to us, and without a handler it would do nothing."""
_NUDGE_SECONDS = 0.05
_NUDGES = 20
"""At most, should the signal have been taken before it was heard of here; one too many does nothing."""
Act: TypeAlias = Callable[[signal.Signals], object]


class SignalCame(Exception):
    """A signal came while a line was waited for."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(number)
        self.number = number


class Signals:
    """A context manager for the main thread; leaving it gives the earlier handlers back."""

    def __init__(self) -> None:
        self.leaving: signal.Signals | None = None
        """The first signal that asked us to leave."""
        self._interrupted = False
        self._raises = False
        self._taken = 0
        self._former_descriptor = -1
        self._act: Act | None = None
        self._former: dict[signal.Signals, Any] = {}
        self._heard, self._told = os.pipe()
        main_thread = threading.get_ident()
        self._thread = threading.Thread(target=self._nudge, args=[main_thread], name="weir-signals", daemon=True)

    def __enter__(self) -> Self:
        os.set_blocking(self._told, False)
        self._former_descriptor = signal.set_wakeup_fd(self._told, warn_on_full_buffer=False)
        self._former[_NUDGE] = signal.signal(_NUDGE, lambda number, frame: None)
        self._thread.start()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            former = signal.getsignal(number)
            if former is not signal.SIG_IGN:  # `nohup weir --plain` means it
                self._former[number] = former
                signal.signal(number, self._take)
        return self

    def __exit__(self, *_: object) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)
        signal.set_wakeup_fd(self._former_descriptor)
        os.close(self._told)
        self._thread.join()
        os.close(self._heard)

    def _nudge(self, main_thread: int) -> None:
        """Break the wait for a line until the signal that came is taken; a nudge itself is heard too and is none."""
        while heard := os.read(self._heard, 64):
            taken = self._taken
            for _ in range(_NUDGES if heard.strip(bytes([_NUDGE])) else 0):
                if not self._raises or self._taken != taken:
                    break
                signal.pthread_kill(main_thread, _NUDGE)
                time.sleep(_NUDGE_SECONDS)

    @contextmanager
    def raising(self) -> Iterator[None]:
        """While a line is waited for; a signal that came before raises at once."""
        self._raises = True
        try:
            if self.leaving is not None:
                raise SignalCame(self.leaving)
            if self._interrupted:
                self._interrupted = False
                raise SignalCame(signal.SIGINT)
            yield
        finally:
            self._raises = False

    @contextmanager
    def calling(self, act: Act) -> Iterator[None]:
        """While something else is waited for; a signal that came before is told at once."""
        former, self._act = self._act, act
        try:
            if self.leaving is not None:
                act(self.leaving)
            yield
        finally:
            self._act = former

    def _take(self, number: int, frame: FrameType | None) -> None:
        came = signal.Signals(number)
        self._taken += 1
        if came is not signal.SIGINT:
            self.leaving = self.leaving or came
        if self._raises:
            self._raises = False  # a second signal must not cut short what the first one has set off
            raise SignalCame(came)
        if self._act is not None:
            self._act(came)
        elif came is signal.SIGINT:
            self._interrupted = True
