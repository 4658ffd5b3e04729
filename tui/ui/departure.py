"""Departure: what SIGTERM, SIGINT, SIGHUP and a lost terminal make of the app and of the replies that are written.

SIGTERM and SIGINT (from `kill`; ctrl+c is a key) end the replies as `app-exit`. A hang-up gives up the screen and,
unless the config wants them ended, lets the replies run on; what hung up once is not asked again, since both the shell
and the system tell of it.
"""

import asyncio
import os
import signal
from types import FrameType

from tui.ui.app import WeirApp

LEAVE_SECONDS = 3
"""How long a signal waits for a terminal that may hold up the loop."""
FINISH_SECONDS = 600.0
"""How long replies may run on without a terminal."""


class TerminalLost(BaseException):
    """The terminal does not take what would restore it; raised in the middle of that, so that leaving goes on."""


class Departure:
    """One app's way out. `may_block`: its driver waits for the terminal, which can hold the loop for ever."""

    def __init__(self, app: WeirApp, *, finish: bool, may_block: bool) -> None:
        self._app = app
        self._finish = finish
        self._may_block = may_block
        self.cause: signal.Signals | None = None
        """The signal that came first; a lost terminal counts as SIGHUP."""
        self.away = False
        """Whether replies run on without a terminal."""

    def listen(self) -> None:
        """Take the signals from now on; the loop that runs drops them with its end."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.take, number)

    def hang_up(self) -> None:
        """The terminal is gone, whether or not the system says so."""
        self.take(signal.SIGHUP)

    def take(self, number: signal.Signals) -> None:
        """Leave for this reason; called on the loop."""
        if number is signal.SIGINT and self._app.lent:
            return  # ctrl+c, meant for the program that has the terminal
        first = self.cause is None
        if number is signal.SIGHUP and not first:
            return
        self.cause = self.cause or number
        if self._app.workspace is not None:
            if number is signal.SIGHUP and self._finish:
                self.away = self._app.workspace.leave_running()
            else:
                from tui.stream.outcome import Outcome  # it is there, since the workspace is

                self._app.workspace.session.stop_all(Outcome.APP_EXIT, signal=number.name)
        if first:
            if self._may_block:
                signal.signal(signal.SIGALRM, _give_up_terminal)
                signal.alarm(LEAVE_SECONDS)
            self._app.exit()

    async def finish(self) -> None:
        """Wait for the replies that run on; SIGTERM ends them. Nothing is read or written on what was the terminal."""
        assert self._app.workspace is not None, "what runs on has a workspace"
        _close_streams()
        await self._app.workspace.finish_unseen(FINISH_SECONDS)


def _give_up_terminal(number: int, frame: FrameType | None) -> None:
    """Break out of whatever waits for the terminal; should that hang too, the next alarm ends the process."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(LEAVE_SECONDS)
    raise TerminalLost


def _close_streams() -> None:
    """Point the standard streams at nothing: the numbers stay taken, and the terminal is let go."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)
