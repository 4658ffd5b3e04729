"""What six replies side by side cost beside one alone: `python -m tests.bench.compare`.

Each runs in the app on a pseudo-terminal of 200x50, at about 100 tokens a second a reply from the practice provider in
this process. CPU is user and system time of the app while it streams, bytes are what it wrote to the terminal in that
time, and a key's echo is the time until a letter typed into the prompt is shown. Machines are noisy: read the ratios.
"""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, send_prompt, welcome
from tests.ui.screens.test_comparing import mark
from tests.ui.server import ServedPractice

PROVIDERS = ("one", "two", "three", "four", "five", "six")
KEYS = 150
"""As many as fit into one row of the prompt."""
LETTERS = "qwertyuiopasdfghjklzxcvbnm"
KEY_SECONDS = 0.05
TICKS = 100
"""A second, of the times in /proc (USER_HZ)."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run."""

    cpu: float
    output: int
    echoes: list[float]
    """Seconds until each key was shown, ascending."""


def measure(count: int) -> Cost:
    """Let so many replies stream at once."""
    with (
        tempfile.TemporaryDirectory() as home,
        ServedPractice(token_delay=0.01) as practice,
        Desk(Path(home)) as desk,
    ):
        tables = (f'[providers.{name}]\nbase_url = "{practice.base_url}"\n' for name in PROVIDERS)
        desk.write_config('model = "one/endless"\n' + "".join(tables))
        terminal = desk.open(columns=200, rows=50)
        welcome(terminal)
        if count > 1:
            mark(terminal, *(f"{name}/endless" for name in PROVIDERS[:count]))
        send_prompt(terminal)
        terminal.wait_for("Sentence 1")
        before, written = cpu_of(terminal), len(terminal.output)
        echoes = sorted(type_keys(terminal))
        return Cost(cpu_of(terminal) - before, len(terminal.output) - written, echoes)


def type_keys(terminal: PtyTerminal) -> Iterator[float]:
    """Type letters into the prompt; how long each took to be shown."""
    typed = ""
    while len(typed) < KEYS:
        typed += LETTERS[len(typed) % len(LETTERS)]
        began = time.monotonic()
        terminal.send(typed[-1])
        terminal.wait_for(f"│ {typed}")
        yield time.monotonic() - began
        rest = began + KEY_SECONDS
        terminal.wait_for(lambda _, rest=rest: time.monotonic() >= rest)


def cpu_of(terminal: PtyTerminal) -> float:
    """Seconds of user and system time of the app so far."""
    fields = Path(f"/proc/{terminal.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def describe_echoes(cost: Cost) -> str:
    """The median, the 99th percentile and the slowest, in milliseconds."""
    chosen = (cost.echoes[round(share * (KEYS - 1))] for share in (0.5, 0.99, 1))
    return " / ".join(f"{1000 * seconds:.0f}" for seconds in chosen)


def main() -> None:
    """Measure and print."""
    one, six = measure(1), measure(6)
    print(f"CPU      {one.cpu:.2f} s   {six.cpu:.2f} s   {six.cpu / one.cpu:.1f}x (budget: 6x)")
    print(f"bytes    {one.output}   {six.output}   {six.output / one.output:.1f}x (budget: 4x)")
    print(
        f"key echo {describe_echoes(one)} ms   {describe_echoes(six)} ms   median / p99 / slowest (budget: p99 50 ms)"
    )


if __name__ == "__main__":
    main()
