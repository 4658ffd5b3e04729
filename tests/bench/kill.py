"""Kills weir with SIGKILL at random moments of a stream, and looks at what is in its database then.

`python -m tests.bench.kill [ROUNDS] [SEED]`; 100 rounds take about ten minutes. All rounds use one database. It exits
with 1 if the database was damaged, a text was not the beginning of what was sent, a reply passed for complete that was
not, or text was missing that had been sent more than a second before the kill.
"""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import copyfile
from statistics import median

from tests.bench.link import Link
from tests.ui.desk import Desk, spoken
from tests.ui.server import RawServer
from tui.chat.store import Store

BUDGET = 1.0
"""Seconds of text that may be missing."""
LONGEST = 4.0
"""Seconds from the first word to the last moment of a kill."""
WORDS = 150
"""A second."""


@dataclass(frozen=True, slots=True)
class Round:
    """What was found after one kill."""

    intact: bool
    """`integrity_check` of the files as they were left says so."""
    outcome: str | None
    """As the next start labels it; None: the reply is not there."""
    complete: bool
    """Whether the end of the stream had been sent."""
    begins: bool
    """Whether the text is the beginning of what was sent, and all of it if the outcome is `complete`."""
    sent: int
    """Words."""
    missing: float
    """How many seconds before the kill the first word was sent that is not there; 0 if all are."""

    @property
    def honest(self) -> bool:
        """Whether nothing in it passes for more than it is."""
        expected = ("complete", "app-exit") if self.complete else ("app-exit", None)
        return self.intact and self.begins and self.outcome in expected


def run_rounds(rounds: int, seed: int) -> Iterator[Round]:
    """Kill so many times."""
    random = Random(seed)
    with tempfile.TemporaryDirectory() as folder, RawServer() as server:
        desk = Desk(Path(folder))
        for _ in range(rounds):
            yield _kill(desk, server, random)


def _kill(desk: Desk, server: RawServer, random: Random) -> Round:
    moment, length = random.uniform(0.0, LONGEST), random.randrange(1, round(LONGEST * WORDS))
    sent: list[float] = []
    argv = ["-m", "tui", "--base-url", server.base_url, "-m", "raw"]
    with Link(argv, desk.environ, desk.home) as link:
        link.wait_for(spoken("welcome.title"))
        link.type("hello")
        link.wait_for(lambda text: "hello" in text)
        link.type("\r")
        stream = server.next_stream()
        began = time.monotonic()
        while (passed := time.monotonic() - began) < moment:
            while len(sent) < min(passed * WORDS, length):
                stream.say(_word(len(sent)))
                sent.append(time.monotonic())
                if len(sent) == length:
                    stream.finish()
            link.turn()
        link.process.kill()
        killed = time.monotonic()
        link.process.wait()
    intact = _is_intact(desk.data / "weir.db", desk.home)
    outcome, text = _read_reply(desk.data / "weir.db")
    words = len(text) // len(_word(0))
    begins = text == "".join(map(_word, range(words))) and words <= len(sent)
    whole = outcome != "complete" or words == length
    missing = killed - sent[words] if words < len(sent) else 0.0
    return Round(intact, outcome, len(sent) == length, begins and whole, len(sent), missing)


def _word(number: int) -> str:
    return f"w{number:06d} "


def _is_intact(path: Path, folder: Path) -> bool:
    """What the killed process left, log included, copied so that looking changes nothing."""
    copy = folder / "copy.db"
    for suffix in ("", "-wal"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)
        if (left := path.with_name(path.name + suffix)).exists():
            copyfile(left, copy.with_name(copy.name + suffix))
    with closing(sqlite3.connect(copy)) as connection:
        checks = [connection.execute(f"PRAGMA {name}").fetchall() for name in ("integrity_check", "foreign_key_check")]
    return checks == [[("ok",)], []]


def _read_reply(path: Path) -> tuple[str | None, str]:
    """Outcome and text of the last reply, as the next start finds them."""
    troubles: list[object] = []
    store = Store(path, troubles.append)
    try:
        conversation = store.load(store.latest_conversation() or "")
    finally:
        store.close(30)
    if conversation is None:
        return None, ""
    if troubles:
        raise RuntimeError(str(troubles))
    reply = conversation.turns[-1].reply
    return reply.outcome.value if reply.outcome else None, reply.text


def main(argv: list[str]) -> int:
    """Print a line for each round and the figures of all."""
    rounds, seed = int(argv[0]) if argv else 100, int(argv[1]) if len(argv) > 1 else 1
    done = []
    for found in run_rounds(rounds, seed):
        done.append(found)
        told = f"missing {found.missing:5.3f} s  {found.outcome}  honest {found.honest}"
        print(f"{len(done):3} sent {found.sent:4} {told}", flush=True)
    missing = [found.missing for found in done]
    kinds = {name: sum(found.outcome == name for found in done) for name in ("app-exit", "complete", None)}
    dishonest = sum(not found.honest for found in done)
    print(f"{rounds} kills: {sum(found.intact for found in done)} intact, outcomes {kinds}, not honest {dishonest}")
    print(f"missing text: median {median(missing):.3f} s, most {max(missing):.3f} s of {BUDGET:.0f} s")
    return int(dishonest > 0 or max(missing) > BUDGET)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
