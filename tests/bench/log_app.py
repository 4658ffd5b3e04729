"""One app to be measured, in a process of its own: `python -m tests.bench.log_app PLAN RESULT`, on a terminal.

PLAN is JSON: {"app", "kind", "ticker", "steps": [{"act", ...}]}. The figures of each step go to the file RESULT, as a
list. CPU is user and system time of this process, all threads; gaps are what a ticker of 5 ms misses.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Log, Markdown, Static, TextArea

from tests.bench.documents import SIGN, tokens
from tui.chat.conversation import Conversation, Reply, Turn
from tui.chat.store import Store
from tui.stream.events import TextDelta
from tui.text.language import load_language
from tui.ui.collector import tune_collector
from tui.ui.log.message_log import MessageLog
from tui.ui.terminal.cell_app import CellApp
from tui.ui.terminal.driver_choice import choose_driver

TICK = 0.005
QUIET_SECONDS = 0.25
"""So long without work, and the app is taken to have done all there was."""
REST_SECONDS = 2.0
"""After many tokens at once, until the app paints at its usual pace again."""


class MeasuredApp(CellApp[None]):
    """An app that is fed by a plan and ends with it."""

    CSS: ClassVar[str] = "TextArea { height: 5; }"

    def __init__(self, plan: dict[str, Any]) -> None:
        super().__init__(choose_driver(plan.get("driver", "")).driver)
        self.plan = plan
        self.results: list[dict[str, float]] = []
        self.prompt = TextArea(soft_wrap=True)
        self.prompt.cursor_blink = False
        self._tokens: Iterator[str] = tokens(plan.get("kind", "prose"))
        self._gap = self._gap_cpu = 0.0

    async def take(self, text: str) -> None:
        """Show more text; an idle app does not."""

    async def finish(self) -> None:
        """Wait until all is shown."""

    def on_ready(self) -> None:
        """Run the plan once the first screen is painted."""
        self.prompt.focus()
        self.run_worker(self._run())

    async def _run(self) -> None:
        await self.quiet()
        if self.plan.get("collector", True):
            tune_collector()
        ticker = asyncio.create_task(self._tick()) if self.plan.get("ticker") else None
        for step in self.plan["steps"]:
            self._gap = self._gap_cpu = 0.0
            result = await getattr(self, f"do_{step.pop('act')}")(**step)
            self.results.append({**(result or {}), "gap": self._gap, "gap_cpu": self._gap_cpu, "memory": memory()})
        if ticker is not None:
            ticker.cancel()
        self.exit()

    async def _tick(self) -> None:
        """Keep the longest gap of the loop, and how much of it was work of this process."""
        last, last_cpu = time.perf_counter(), time.process_time()
        while True:
            await asyncio.sleep(TICK)
            now, cpu = time.perf_counter(), time.process_time()
            if now - last - TICK > self._gap:
                self._gap, self._gap_cpu = now - last - TICK, cpu - last_cpu
            last, last_cpu = now, cpu

    async def quiet(self) -> None:
        """Wait until the app has little to do, at most a minute."""
        for _ in range(240):
            cpu = time.process_time()
            await asyncio.sleep(QUIET_SECONDS)
            if time.process_time() - cpu < 0.1 * QUIET_SECONDS + 0.02:
                return

    async def painted(self) -> None:
        """Wait for the next paint."""
        done = asyncio.Event()
        self.screen.call_after_refresh(done.set)
        await done.wait()

    async def do_preload(self, count: int) -> None:
        """Give so many tokens at once."""
        await self.take("".join(islice(self._tokens, count)))
        await self.finish()
        await self.quiet()
        await asyncio.sleep(REST_SECONDS)
        self._gap = self._gap_cpu = 0.0

    async def do_sign(self) -> None:
        """Tell whoever types that they may begin."""
        self.prompt.load_text(SIGN)
        self.prompt.move_cursor((0, 1))

    async def do_stream(self, count: int, rate: float, singly: bool = False) -> dict[str, float]:
        """Give tokens at a rate. Returns the CPU of each quarter, until all is painted.

        One that is late is made up for, as by a network; `singly`: each comes so long after the last was taken.
        """
        start, marks = time.perf_counter(), [time.process_time()]
        for number, token in enumerate(islice(self._tokens, count), 1):
            if singly:
                await asyncio.sleep(1 / rate)
            elif (wait := start + number / rate - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            elif number % 50 == 0:
                await asyncio.sleep(0)
            await self.take(token)
            if number * 4 % count == 0 and number < count:
                marks.append(time.process_time())
        await self.finish()
        await asyncio.sleep(0.2)
        marks.append(time.process_time())
        quarters = {f"quarter{n}": after - before for n, (before, after) in enumerate(pairwise(marks), 1)}
        return {"cpu": marks[-1] - marks[0], "seconds": time.perf_counter() - start, **quarters}

    async def do_burst(self, count: int) -> dict[str, float]:
        """Give tokens as fast as they come off a decoder that yields to the loop after 8 ms."""
        start = yielded = time.perf_counter()
        for token in islice(self._tokens, count):
            await self.take(token)
            if time.perf_counter() - yielded > 0.008:
                await asyncio.sleep(0)
                yielded = time.perf_counter()
        fed = time.perf_counter()
        await self.finish()
        await self.quiet()
        return {"fed": fed - start, "seconds": time.perf_counter() - QUIET_SECONDS - start}


class LogApp(MeasuredApp):
    """Ours: the log with the prompt below it, driven as the session does."""

    def compose(self) -> ComposeResult:
        self.log_view = MessageLog(load_language("en"))
        yield self.log_view
        yield self.prompt

    def on_mount(self) -> None:
        """One turn whose reply grows."""
        self.reply = Reply("bench", "model")
        turn = Turn("How does it work?", [self.reply])
        self.log_view.show(Conversation(), "Welcome")
        self.log_view.add_turn(turn)

    async def take(self, text: str) -> None:
        event = TextDelta(text)
        self.reply.apply(event)
        self.log_view.apply(self.reply, event)

    async def do_open(self, path: str, conversation: str) -> dict[str, float]:
        """Open a stored conversation: rows from the file, then the first screen of it."""
        store = Store(Path(path), lambda trouble: None)
        await asyncio.to_thread(store.latest_conversation)
        try:
            start, cpu = time.perf_counter(), time.process_time()
            loaded = await asyncio.to_thread(store.load, conversation)
            assert loaded is not None, "it was written before"
            read = time.perf_counter()
            self.log_view.show(loaded, "Welcome")
            await self.painted()
            end = time.perf_counter()
            opened = {"read": read - start, "show": end - read, "open": end - start, "cpu": time.process_time() - cpu}
            await self.quiet()
            return opened
        finally:
            store.close()

    async def do_page_up(self, count: int) -> dict[str, float]:
        """Page up so many times; the median and the worst, with the paint, in work and on the clock."""
        times, works = [], []
        for _ in range(count):
            start, cpu = time.perf_counter(), time.process_time()
            self.log_view.scroll_page_up(animate=False)
            await self.painted()
            times.append(time.perf_counter() - start)
            works.append(time.process_time() - cpu)
            await asyncio.sleep(0.05)
        times.sort()
        works.sort()
        half = count // 2
        return {"page": times[half], "page_worst": times[-1], "page_cpu": works[half], "page_cpu_worst": works[-1]}


class PlainApp(MeasuredApp):
    """Textual's `Log`."""

    def compose(self) -> ComposeResult:
        self.view = Log(auto_scroll=True)
        yield self.view
        yield self.prompt

    async def take(self, text: str) -> None:
        self.view.write(text)


class MarkdownApp(MeasuredApp):
    """Textual's `MarkdownStream`, anchored at its end."""

    def compose(self) -> ComposeResult:
        self.view = Markdown()
        with VerticalScroll() as self.scroll:
            yield self.view
        yield self.prompt

    def on_mount(self) -> None:
        """Follow the end."""
        self.scroll.anchor()
        self.stream = Markdown.get_stream(self.view)

    async def take(self, text: str) -> None:
        await self.stream.write(text)

    async def finish(self) -> None:
        await self.stream.stop()
        self.stream = Markdown.get_stream(self.view)


class IdleApp(MeasuredApp):
    """Takes the tokens and shows nothing."""

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)
        yield self.prompt


APPS: dict[str, type[MeasuredApp]] = {"ours": LogApp, "log": PlainApp, "markdown": MarkdownApp, "idle": IdleApp}


def memory() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Run one plan."""
    plan = json.loads(sys.argv[1])
    app = APPS[plan["app"]](plan)
    if profile := plan.get("profile"):
        import cProfile

        profiler = cProfile.Profile()
        profiler.runcall(app.run)
        profiler.dump_stats(profile)
    else:
        app.run()
    Path(sys.argv[2]).write_text(json.dumps(app.results))


if __name__ == "__main__":
    main()
