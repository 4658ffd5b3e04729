"""What the app costs on a terminal of 120x40, in bytes and in processor time, for tests and for the benchmark.

Tokens are sent one by one at a rate, in real time. A slow machine paints fewer frames of them, which saves bytes; more
than the app's own limit of frames there can never be.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from tests.bench.documents import SIGN, tokens
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, say, send_prompt, wait_for_status, welcome
from tests.ui.server import Exchange, RawServer

COLUMNS, ROWS = 120, 40
RATE = 100
"""Tokens a second."""
QUIET_SECONDS = 0.5
WHEEL_UP = "\x1b[<64;40;10M"
"""SGR 1006: the wheel one notch up, over the log."""


def open_measured(desk: Desk, server: RawServer, driver: str = "auto", **environ: str) -> PtyTerminal:
    """The app with everything behind the screen open, at rest."""
    desk.write_config(f'driver = "{driver}"\n')
    given = {"PYTHONHASHSEED": "0", **environ}
    terminal = desk.open("--base-url", server.base_url, "-m", "raw", columns=COLUMNS, rows=ROWS, environ=given)
    welcome(terminal)
    settle(terminal)
    return terminal


def begin_reply(terminal: PtyTerminal, server: RawServer, kind: str, count: int) -> tuple[Exchange, Iterator[str]]:
    """A reply that has so many tokens already, and those that come next."""
    send_prompt(terminal)
    stream, pieces = server.next_stream(), tokens(kind)
    stream.say("".join(islice(pieces, count)))
    await_sign(terminal, stream)
    settle(terminal)
    return stream, pieces


def feed(terminal: PtyTerminal, stream: Exchange, pieces: Iterable[str], rate: float = RATE) -> None:
    """Send the pieces, each on its time, and wait until the last is on the screen; the terminal is read meanwhile."""
    began = time.monotonic()
    for number, piece in enumerate(pieces):
        stream.say(piece)
        while (left := began + number / rate - time.monotonic()) > 0:
            time.sleep(min(left, 0.02))
            terminal.text()
    await_sign(terminal, stream)


def await_sign(terminal: PtyTerminal, stream: Exchange) -> None:
    """Wait until all that was sent is on the screen."""
    sign = f"{SIGN}{len(terminal.output) % 1000}"
    stream.say(sign)
    terminal.wait_for(sign)


def end_reply(terminal: PtyTerminal, stream: Exchange) -> None:
    """Bring the reply to its end."""
    stream.finish()
    wait_for_status(terminal, say("status.ended"))


def settle(terminal: PtyTerminal) -> None:
    """Wait until the app has sent nothing for `QUIET_SECONDS`, but for its status bar at most a few seconds."""
    before, limit = -1, time.monotonic() + 5
    while (now := len(terminal.output)) != before and time.monotonic() < limit:
        before = now
        time.sleep(QUIET_SECONDS)


@contextmanager
def counted(terminal: PtyTerminal) -> Iterator[list[int]]:
    """A list that holds, afterwards, how many bytes the app has sent within this block."""
    before, count = len(terminal.output), [0]
    yield count
    count[0] = len(terminal.output) - before


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, of all its threads, in nanosecond steps; Linux only.

    The number of the clock is what clock_getcpuclockid(3) makes of a process, which Python does not wrap.
    """
    return time.clock_gettime((~pid << 3) | 2)
