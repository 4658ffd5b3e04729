r"""Handover: the terminal is given to another program for a while, and the loop goes on: streams are read meanwhile.

What the keyboard sends as signals, as with ctrl+c and ctrl+\, reaches both programs then and is meant for the other.
"""

import asyncio
import signal
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from tui.ui.terminal.cell_app import CellApp

END_SECONDS = 2.0
"""How long a program that has to end may take to do so."""


async def run_in_front(app: CellApp[None], command: Sequence[str]) -> int:
    """Run a program on the terminal; its exit code, negative if a signal ended it. Raises OSError if it cannot be run.

    When this is cancelled, since the app leaves, the program is ended and the terminal is not taken back.
    """
    # Nothing is painted: it would go nowhere, or with Textual's own driver wait for a thread that has ended.
    with app.batch_update(), app.suspend(), _lent(app):
        process = await asyncio.create_subprocess_exec(*command, stdout=sys.__stderr__)
        try:
            code = await process.wait()
            # A program that the same hang-up ended may say so by any exit code.
            return -signal.SIGHUP if code > 0 and _is_terminal_gone() else code
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(END_SECONDS):
                    await process.wait()
            raise


def _is_terminal_gone() -> bool:
    """Whether the other side of the terminal is closed."""
    try:
        termios.tcgetattr(0)
    except termios.error:
        return True
    return False


@contextmanager
def _lent(app: CellApp[None]) -> Iterator[None]:
    """The other program has the terminal. What is ignored here it would inherit, so it is taken for nothing."""
    app.lent = True
    former = signal.signal(signal.SIGQUIT, lambda number, frame: None)
    try:
        yield
    finally:
        app.lent = False
        signal.signal(signal.SIGQUIT, former)
