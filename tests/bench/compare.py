"""What six replies side by side cost beside one alone: `python -m tests.bench.compare`.

Each runs in the app on a pseudo-terminal of 200x50, at about 100 tokens a second a reply from the practice provider in
this process. CPU is user and system time of the app while it streams, bytes are what it wrote to the terminal in that
time, and a key's echo is the time until a letter typed into the prompt is shown. Machines are noisy: read the ratios.
"""

import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, say, send_prompt, welcome
from tests.ui.server import ServedPractice

PROVIDERS = ("one", "two", "three", "four", "five", "six")
IN_COLUMN = re.compile("▌ [█◆]")
SECONDS = 6.0
KEYS = "qwertyuiopasdfghjklzxcvbnm"
TICKS = 100
"""A second, of the times in /proc (USER_HZ)."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run."""

    cpu: float
    output: int
    slowest: float
    """Seconds until the key was shown that took longest."""


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
            mark(terminal, count)
        send_prompt(terminal)
        terminal.wait_for("Sentence 1")
        if count > 1:
            terminal.wait_for(IN_COLUMN)
            terminal.press("shift+tab")
            terminal.wait_gone(IN_COLUMN)
        before, written = cpu_of(terminal), len(terminal.output)
        slowest, until = 0.0, time.monotonic() + SECONDS
        typed = ""
        while time.monotonic() < until:
            typed += KEYS[len(typed) % len(KEYS)]
            began = time.monotonic()
            terminal.send(typed[-1])
            terminal.wait_for(f"│ {typed}")
            slowest = max(slowest, time.monotonic() - began)
            rest = began + SECONDS / 40
            terminal.wait_for(lambda _, rest=rest: time.monotonic() >= rest)
        return Cost(cpu_of(terminal) - before, len(terminal.output) - written, slowest)


def mark(terminal: PtyTerminal, count: int) -> None:
    """Mark the first models."""
    terminal.press("ctrl+t")
    terminal.wait_for(say("picker.filter"))
    for name in PROVIDERS[:count]:
        words = f"{name}/endless"
        terminal.send(words)
        terminal.wait_for(re.compile(rf"│ {words} +│ *\n.*\n.*│ [ ●] {words} .*│"))
        terminal.press("tab")
        terminal.wait_for(re.compile(rf"│ {words} +│ *\n.*\n.*│ ✓ {words} .*│"))
        terminal.press("ctrl+u")
        terminal.wait_for(say("picker.filter"))
    terminal.press("enter")
    terminal.wait_gone(say("picker.title"))


def cpu_of(terminal: PtyTerminal) -> float:
    """Seconds of user and system time of the app so far."""
    fields = Path(f"/proc/{terminal.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def main() -> None:
    """Measure and print."""
    one, six = measure(1), measure(6)
    print(f"CPU      {one.cpu:.2f} s   {six.cpu:.2f} s   {six.cpu / one.cpu:.1f}x (budget: 6x)")
    print(f"bytes    {one.output}   {six.output}   {six.output / one.output:.1f}x (budget: 4x)")
    print(f"key echo {one.slowest * 1000:.0f} ms   {six.slowest * 1000:.0f} ms   the slowest of 40 (budget: p99 50 ms)")


if __name__ == "__main__":
    main()
