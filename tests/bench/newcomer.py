"""The first minute of a new user: from a fresh clone, by the README's own command, to the first streamed text.

`python -m tests.bench.newcomer` prints the seconds of each step. pip asks its index for what the install needs, so that
step is as fast as the network and pip's cache; `--no-cache` leaves the cache out.
"""

import argparse
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.command import ROOT
from tests.pty.terminal import PtyTerminal
from tests.ui.desk import say, spoken
from tui.practice.guide import write_guide

INSTALL = re.compile(r"^(python3 -m venv .+) && (\S+/weir)( --practice)?$", re.MULTILINE)
FIRST_WORDS = write_guide().lstrip("# ").split("\n", 1)[0]
"""Of the long answer."""


@contextmanager
def step(name: str, times: dict[str, float]) -> Iterator[None]:
    """Measure what is done in it, in seconds."""
    began = time.monotonic()
    yield
    times[name] = time.monotonic() - began


def measure(folder: Path, *, cache: bool = True) -> dict[str, float]:
    """The seconds of each step, in order."""
    times: dict[str, float] = {}
    clone = folder / "weir"
    with step("git clone", times):
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    command = INSTALL.search((clone / "README.md").read_text(encoding="utf-8"))
    assert command is not None, "the README has one command that installs and starts weir"
    home = folder / "home"
    home.mkdir()
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    pip = {"PIP_CACHE_DIR": str(Path.home() / ".cache" / "pip")} if cache else {"PIP_NO_CACHE_DIR": "1"}
    with step("venv and pip install", times):
        subprocess.run(["sh", "-c", f"{command[1]} >/dev/null"], cwd=clone, env={**environ, **pip}, check=True)
    with PtyTerminal([str(clone / command[2])], env=environ, cwd=home) as terminal:
        with step("weir, to a screen that takes keys", times):
            terminal.wait_for(say("prompt.hint"))
        with step("to practice, ready", times):
            terminal.wait_for(spoken("welcome.practice"))
        with step("one key, to the first streamed text", times):
            terminal.press("f6")
            terminal.wait_for(FIRST_WORDS)
    return times


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-cache", action="store_true", help="let pip fetch everything anew")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        times = measure(Path(folder), cache=not options.no_cache)
    print("| step | seconds |\n| --- | ---: |")
    for name, seconds in {**times, "in all": sum(times.values())}.items():
        print(f"| {name} | {seconds:.2f} |")


if __name__ == "__main__":
    main()
