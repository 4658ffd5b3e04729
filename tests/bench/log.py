"""What the live log costs, beside Textual's `Log` and `MarkdownStream`: `python -m tests.bench.log [--quick]`.

Each app runs in a process of its own on a pseudo-terminal of 120x40, with weir's driver. CPU is user and system time of
the process less that of an app which takes the same tokens and shows nothing. Apps take turns and the median of the
rounds counts; machines are noisy, so read the ratios. A whole run takes about half an hour, a quick one two minutes.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from tests.bench.documents import KINDS, tokens
from tests.bench.history import write_conversation
from tests.bench.pty_run import run
from tui.markdown.document import Document
from tui.markdown.layout import Layout
from tui.markdown.page import Page

RATE = 100
FRAMES = 30
"""Paints a second, at most, where CPU is compared: those of our log, for every app alike."""
FRAME_TOKENS = 1_000
"""Tokens between two updates of the page at 30,000 a second and 30 frames."""
FENCE = 5_000
"""Tokens in a fence from which on its budget holds: what the reference costs grows with it."""
LONG_ANSWER = 20_000
LONG_RATE = 1_000


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured."""

    rounds: int
    count: int
    """Tokens that are streamed for a figure."""
    sizes: tuple[int, ...]
    kinds: tuple[str, ...]
    fence: int
    """Tokens in the fence that the Markdown reference goes on with."""
    slow_count: int
    """Tokens for that; fewer would overstate its cost, since it takes in at once what came while it worked."""
    keys: int
    messages: int


QUICK = Extent(1, 200, (0, 5_000), ("prose", "fence"), 1_000, 200, 144, 10_000)
WHOLE = Extent(3, 500, (0, 5_000, 20_000), tuple(kind for kind in KINDS if kind != "mixed"), FENCE, 1_000, 144, 10_000)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    shown: str
    budget: str = ""
    holds: bool | None = None

    def __str__(self) -> str:
        verdict = {True: "holds", False: "MISSED", None: ""}[self.holds]
        return f"{self.name:52} {self.shown:44} {self.budget:>12}  {verdict}".rstrip()


def at_most(name: str, value: float, limit: float, shown: str) -> Figure:
    """A figure that should be small."""
    return Figure(name, shown, f"<= {limit:g}", value <= limit)


def at_least(name: str, value: float, limit: float, shown: str) -> Figure:
    """A figure that should be large."""
    return Figure(name, shown, f">= {limit:g}", value >= limit)


def steps_of(sizes: tuple[int, ...], count: int, singly: bool = False) -> list[dict[str, Any]]:
    """Stream `count` tokens where so many are there already."""
    steps, there = [], 0
    for size in sizes:
        if size > there:
            steps.append({"act": "preload", "count": size - there})
            there = size
        steps.append({"act": "stream", "count": count, "rate": RATE, "singly": singly})
        there += count
    return steps


def cost(app: str, kind: str, sizes: tuple[int, ...], count: int, singly: bool = False) -> list[float]:
    """CPU seconds per 1,000 tokens at each size."""
    results, _ = run({"app": app, "kind": kind, "steps": steps_of(sizes, count, singly)}, frames=FRAMES)
    return [result["cpu"] * 1000 / count for result in results if "cpu" in result]


def measure_cost(extent: Extent) -> Iterator[Figure]:
    """Ours and `Log`, by kind and size."""
    idle = statistics.median(x for _ in range(extent.rounds) for x in cost("idle", "prose", extent.sizes, extent.count))
    yield Figure("idle app that takes the tokens", f"{idle:.2f} s per 1,000 tokens")
    for kind in extent.kinds:
        rounds = [
            [[x - idle for x in cost(app, kind, extent.sizes, extent.count)] for app in ("ours", "log")]
            for _ in range(extent.rounds)
        ]
        for at, size in enumerate(extent.sizes):
            ours, log = (statistics.median(each[app][at] for each in rounds) for app in (0, 1))
            ratio = statistics.median(each[0][at] / each[1][at] for each in rounds)
            shown = f"{ours:.2f} s, Log {log:.2f} s: {ratio:.2f} x"
            yield at_most(f"{kind} at {size:,}: CPU per 1,000 tokens over Log", ratio, 1.5, shown)


def measure_reference(extent: Extent) -> Iterator[Figure]:
    """Ours and `MarkdownStream`; once, since it is slow.

    The budgets are of tokens that come singly, each taken in before the next one comes, until the last is painted. With
    late ones made up for, `MarkdownStream` merges what came while it worked and takes a whole core, which is
    10 s per 1,000 tokens at 100 a second and no more, however far it is behind; that figure is told beside it.
    """
    for kind, size, count, limit in (("mixed", 0, 1_000, 3), ("fence", extent.fence, extent.slow_count, 25)):
        for singly in (True, False):
            idle, ours, theirs = (cost(app, kind, (size,), count, singly)[0] for app in ("idle", "ours", "markdown"))
            ours, theirs = ours - idle, theirs - idle
            shown = f"{ours:.2f} s, MarkdownStream {theirs:.1f} s: {theirs / ours:.1f} x"
            name = f"{kind} at {size:,}{'' if singly else ', late ones merged'}: MarkdownStream over ours"
            told = singly and (kind == "mixed" or size >= FENCE)
            yield at_least(name, theirs / ours, limit, shown) if told else Figure(name, shown)


def measure_growth(extent: Extent) -> Iterator[Figure]:
    """The last quarter of a long answer over its first."""
    plan = {"steps": [{"act": "stream", "count": LONG_ANSWER, "rate": LONG_RATE}]}
    for kind in ("mixed", *extent.kinds):
        ratios = []
        for _ in range(extent.rounds):
            idle, ours = (run({"app": app, "kind": kind, **plan}, frames=FRAMES)[0][0] for app in ("idle", "ours"))
            ratios.append((ours["quarter4"] - idle["quarter4"]) / (ours["quarter1"] - idle["quarter1"]))
        ratio = statistics.median(ratios)
        name = f"{kind}: last over first quarter of {LONG_ANSWER:,} tokens"
        yield at_most(name, ratio, 1.2, f"{ratio:.2f} x ({LONG_RATE:,} a second)")


def measure_speed(extent: Extent) -> Iterator[Figure]:
    """Splitter and layout alone, token by token, brought up to date as often as frames are painted."""
    for kind in KINDS:
        pieces = list(islice(tokens(kind), LONG_ANSWER))
        times = []
        for _ in range(max(3, extent.rounds)):
            start, document = time.process_time(), Document()
            page = Page(document, Layout(114))
            for number, piece in enumerate(pieces):
                document.feed(piece)
                if number % FRAME_TOKENS == 0:
                    page.update()
            document.close()
            page.update()
            times.append(time.process_time() - start)
        rate = LONG_ANSWER / statistics.median(times)
        yield at_least(f"{kind}: tokens a second as fast as they come", rate, 30_000, f"{rate:,.0f}")


def measure_keys(extent: Extent) -> Iterator[Figure]:
    """From a key in the prompt to its letter on the terminal, while a reply streams."""
    seconds = extent.keys * 0.1 + 2
    cases = [("idle", "prose", 0)] + [("ours", kind, size) for kind in ("mixed", "fence") for size in (0, 20_000)]
    for app, kind, size in cases:
        preload = [{"act": "preload", "count": size}] if size else []
        stream = {"act": "stream", "count": int(200 * seconds), "rate": 200}
        _, echoes = run({"app": app, "kind": kind, "steps": [*preload, {"act": "sign"}, stream]}, keys=extent.keys)
        echoes.sort()
        tail = echoes[int(len(echoes) * 0.99)] * 1000
        shown = f"p50 {echoes[len(echoes) // 2] * 1000:.0f}, p99 {tail:.0f}, worst {echoes[-1] * 1000:.0f} ms"
        name = f"key echo, {app}, {kind} at {size:,}, 200 tokens a second"
        yield at_most(name, tail, 50, shown) if app == "ours" else Figure(name, shown)


def measure_gaps(extent: Extent) -> Iterator[Figure]:
    """The longest time for which the loop did not turn; the part of it that was work of ours is told too."""
    stream = {"act": "stream", "count": 5 * extent.count, "rate": 1_000}
    places = ("at 0", "20,000 at once", "at 20,000", "80,000 at once", "at 100,000")
    for app, kind in (("idle", "prose"), ("ours", "mixed"), ("ours", "fence"), ("ours", "table")):
        steps = [stream, {"act": "burst", "count": 20_000}, stream, {"act": "burst", "count": 80_000}, stream]
        results, _ = run({"app": app, "kind": kind, "ticker": True, "steps": steps})
        for name, result in zip(places, results, strict=True):
            gap, work = result["gap"] * 1000, result["gap_cpu"] * 1000
            figure = f"longest gap of the loop, {app}, {kind}, {name}"
            shown = f"{gap:.0f} ms, {work:.0f} ms of it CPU"
            yield at_most(figure, gap, 100, shown) if app == "ours" else Figure(figure, shown)


def measure_history(extent: Extent) -> Iterator[Figure]:
    """A long conversation, from the file to the screen."""
    with tempfile.TemporaryDirectory() as folder:
        opened: dict[int, list[dict[str, float]]] = {}
        pages: list[dict[str, float]] = []
        for messages in (2, extent.messages):
            path = Path(folder) / f"{messages}.db"
            identity = write_conversation(path, messages)
            for _ in range(max(3, extent.rounds)):
                steps = [{"act": "open", "path": str(path), "conversation": identity}, {"act": "page_up", "count": 40}]
                results, _ = run({"app": "ours", "ticker": True, "steps": steps})
                opened.setdefault(messages, []).append(results[0])
                pages.append(results[1])

        def median(messages: int, name: str) -> float:
            return statistics.median(each[name] for each in opened[messages])

        for name, limit in (("open", 150.0), ("read", None), ("show", None), ("cpu", None)):
            small, large = (median(messages, name) * 1000 for messages in (2, extent.messages))
            line = f"{extent.messages:,} messages: {name}, over a conversation of 2"
            shown = f"{large:.0f} ms - {small:.0f} ms = {large - small:.0f} ms"
            yield Figure(line, shown) if limit is None else at_most(line, large - small, limit, shown)
        memory = median(extent.messages, "memory") - median(2, "memory")
        yield at_most(f"{extent.messages:,} messages: memory, MB more", memory, 80, f"{memory:.0f} MB")
        yield Figure("longest gap of the loop while it opens", f"{median(extent.messages, 'gap') * 1000:.0f} ms")
        last = pages[-max(3, extent.rounds) :]
        page, work = (statistics.median(each[name] for each in last) * 1000 for name in ("page", "page_cpu"))
        worst = max(each["page_worst"] for each in last) * 1000
        # On the clock a paint waits for its turn, 33 ms at most, so the budget is of work.
        shown = f"{work:.0f} ms CPU; to the paint {page:.0f} ms, worst {worst:.0f} ms"
        yield at_most(f"{extent.messages:,} messages: page up, CPU", work, 20, shown)


PARTS: dict[str, Callable[[Extent], Iterator[Figure]]] = {
    "speed": measure_speed,
    "history": measure_history,
    "keys": measure_keys,
    "gaps": measure_gaps,
    "growth": measure_growth,
    "cost": measure_cost,
    "reference": measure_reference,
}


def main() -> None:
    """Print the table, line by line as it comes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round of less")
    parser.add_argument("--rounds", type=int, help="how often to repeat")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of: {', '.join(PARTS)} (default: all)")
    chosen = parser.parse_args()
    extent = QUICK if chosen.quick else WHOLE
    extent = replace(extent, rounds=chosen.rounds or extent.rounds)
    missed = 0
    for part in chosen.parts or PARTS:
        for figure in PARTS[part](extent):
            print(figure, flush=True)
            missed += figure.holds is False
    print(f"{missed} budgets missed" if missed else "all budgets hold")


if __name__ == "__main__":
    main()
