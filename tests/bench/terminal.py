"""What weir costs on a terminal, beside itself on Textual's own driver: `python -m tests.bench.terminal [PART …]`.

The real app on a pseudo-terminal of 120x40 with all colours, a server of raw bytes, 100 tokens a second of recorded
answers. Parts: bytes, link, start, stop, cpu. CPU is user and system time of the process. What is compared takes turns
or runs side by side, medians count; machines are noisy, so read the ratios. Linux; all of it takes about six minutes.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

from tests.bench.documents import SIGN
from tests.bench.link import Link
from tests.bench.log import Figure, at_most
from tests.bench.pty_run import AS_WEIR
from tests.bench.thin_link import find_lag
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, say, send_prompt, wait_for_status
from tests.ui.meter import (
    RATE,
    WHEEL_UP,
    await_sign,
    begin_reply,
    counted,
    cpu_seconds,
    end_reply,
    feed,
    open_measured,
    settle,
)  # fmt: skip
from tests.ui.server import RawServer

DRIVERS = ("auto", "stock")
TOKEN = {"mixed": 60, "prose": 60, "fence": 160}
SIZE, COUNT = 1_500, 600
REST_SECONDS = 12
WAIT_SECONDS = 60
"""Of a stream that falls silent, its last words and what is told of the silence included."""
BARE = f"""
from textual.app import App
from textual.widgets import TextArea
class Bare(App):
    def compose(self):
        yield TextArea({SIGN!r})
Bare().run()
"""


@contextmanager
def opened(driver: str = "auto") -> Iterator[tuple[PtyTerminal, RawServer]]:
    """The app on an empty desk, at rest."""
    with tempfile.TemporaryDirectory() as folder, RawServer() as server, Desk(Path(folder)) as desk:
        yield open_measured(desk, server, driver), server


def measure_bytes() -> Iterator[Figure]:
    """Every byte budget, with the stock driver's figure behind it."""
    ours, theirs = (_count_bytes(driver) for driver in DRIVERS)
    limits = {"start": 16_000, **{f"token, {kind}": limit for kind, limit in TOKEN.items()}}
    limits |= {"second of waiting": 20, "key": 150, "notch of the wheel": 900, "idle": 0, "idle, % of CPU": 0.5}
    for name, limit in limits.items():
        yield at_most(name, ours[name], limit, f"{ours[name]:.1f} (stock {theirs[name]:.1f})")


def _count_bytes(driver: str) -> dict[str, float]:
    with opened(driver) as (terminal, server):
        found: dict[str, float] = {"start": len(terminal.output)}
        for kind in TOKEN:
            stream, pieces = begin_reply(terminal, server, kind, SIZE)
            with counted(terminal) as sent:
                feed(terminal, stream, islice(pieces, COUNT))
            found[f"token, {kind}"] = sent[0] / COUNT
            if kind == "prose":
                found["second of waiting"], _ = _rest(terminal, WAIT_SECONDS)
            end_reply(terminal, stream)
            settle(terminal)
        with counted(terminal) as sent:
            for typed in ("w", "we", "wei", "weir"):
                terminal.send(typed[-1])
                terminal.wait_for(f"│ {typed}")
            settle(terminal)
        found["key"] = sent[0] / 4
        with counted(terminal) as sent:
            for _ in range(10):
                before = terminal.text()
                terminal.send(WHEEL_UP)
                terminal.wait_gone(before)
            settle(terminal)
        found["notch of the wheel"] = sent[0] / 10
        found["idle"], found["idle, % of CPU"] = _rest(terminal)
        return found


def _rest(terminal: PtyTerminal, seconds: int = REST_SECONDS) -> tuple[float, float]:
    """Bytes in a second in which nothing happens, and how much of a processor that takes, in per cent."""
    cpu = cpu_seconds(terminal.pid)
    with counted(terminal) as sent:
        for _ in range(seconds * 10):
            time.sleep(0.1)
            terminal.text()
    return sent[0] / seconds, 100 * (cpu_seconds(terminal.pid) - cpu) / seconds


def measure_link() -> Iterator[Figure]:
    """How far the screen is behind what has arrived, over 4 kB a second."""
    for remote in (True, False):
        lags = [find_lag("mixed", rate=4096, remote=remote) for _ in range(3)]
        name = f"behind on a link of 4 kB/s{', as over SSH' if remote else ''}, s"
        yield at_most(name, max(lags), 2, f"{max(lags):.2f} (median of 3: {statistics.median(lags):.2f})")


def measure_start() -> Iterator[Figure]:
    """CPU until the first paint beside a bare Textual app with a TextArea."""
    with tempfile.TemporaryDirectory() as folder, RawServer() as server:
        environ = Desk(Path(folder)).environ
        programs: dict[str, tuple[list[str], str]] = {
            "weir": (["-m", "tui", "--base-url", server.base_url, "-m", "raw"], say("prompt.hint")),
            "bare": (["-c", BARE], SIGN),
        }
        found: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(9):
            for name, (argv, sign) in programs.items():
                found[name].append(_find_first_paint(argv, {**AS_WEIR, **environ}, Path(folder), sign))
    ours, theirs = (statistics.median(found[name]) for name in programs)
    shown = f"{ours / theirs:.2f} ({ours:.3f} / {theirs:.3f} s)"
    yield at_most("first paint, CPU beside a bare app", ours / theirs, 1.25, shown)


def _find_first_paint(argv: list[str], environ: dict[str, str], folder: Path, sign: str) -> float:
    with Link(argv, environ, folder) as link:
        link.wait_for(lambda text: sign in text)
        return link.cpu


def measure_stop() -> Iterator[Figure]:
    """From the key to the connection's end, as the server sees it."""
    with opened() as (terminal, server):
        for key, limit in (("ctrl+c", 20), ("escape", 120)):
            times = [_stop(terminal, server, key, turn) for turn in range(9)]
            median = statistics.median(times)
            shown = f"{median:.1f} (most {max(times):.1f})"
            yield at_most(f"{key} until the socket is closed, ms", median, limit, shown)


def _stop(terminal: PtyTerminal, server: RawServer, key: str, turn: int) -> float:
    send_prompt(terminal, "hello")
    stream = server.next_stream()
    stream.say(f"{key}{turn}")
    terminal.wait_for(f"{key}{turn}")
    settle(terminal)
    began = time.monotonic()
    terminal.press(key)
    stream.wait_closed()
    stopped = time.monotonic() - began
    wait_for_status(terminal, "cancelled")
    return 1000 * stopped


def measure_cpu() -> Iterator[Figure]:
    """The same tokens at the same time to the app on either driver."""
    for kind in TOKEN:
        rounds = [_compare_cpu(kind) for _ in range(5)]
        ours, theirs = (statistics.median(round[place] for round in rounds) for place in (0, 1))
        ratio = statistics.median(ours / theirs for ours, theirs in rounds)
        yield at_most(f"CPU of streaming beside stock, {kind}", ratio, 1, f"{ratio:.2f} ({ours:.2f} / {theirs:.2f} s)")


def _compare_cpu(kind: str) -> tuple[float, float]:
    """Seconds for 1,000 tokens, ours and theirs."""
    with ExitStack() as stack:
        apps = [stack.enter_context(opened(driver)) for driver in DRIVERS]
        replies = [begin_reply(terminal, server, kind, SIZE) for terminal, server in apps]
        before = [cpu_seconds(terminal.pid) for terminal, _ in apps]
        began = time.monotonic()
        for number, (ours, theirs) in enumerate(zip(*(islice(pieces, COUNT) for _, pieces in replies), strict=True)):
            for (stream, _), token in zip(replies, (ours, theirs), strict=True):
                stream.say(token)
            while (left := began + number / RATE - time.monotonic()) > 0:
                time.sleep(min(left, 0.02))
                for terminal, _ in apps:
                    terminal.text()
        for (terminal, _), (stream, _) in zip(apps, replies, strict=True):
            await_sign(terminal, stream)
        first, second = (
            (cpu_seconds(terminal.pid) - cpu) / COUNT * 1000 for (terminal, _), cpu in zip(apps, before, strict=True)
        )
    return first, second


PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "bytes": measure_bytes,
    "link": measure_link,
    "start": measure_start,
    "stop": measure_stop,
    "cpu": measure_cpu,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all of them by default")
    for name in parser.parse_args().parts or PARTS:
        for figure in PARTS[name]():
            print(figure, flush=True)


if __name__ == "__main__":
    main()
