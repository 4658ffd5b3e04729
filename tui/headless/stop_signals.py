"""StopSignals: SIGINT and SIGTERM as the ending of whatever a headless command has under way."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, Self, TypeAlias, TypeVar

from tui.stream.events import Ending, make_ending
from tui.stream.outcome import Outcome
from tui.stream.record import Circumstances, make_record
from tui.stream.trace import StreamTrace

T = TypeVar("T")
StopAct: TypeAlias = Callable[[Outcome, dict[str, Any]], object]
"""Ends what is under way, with this outcome and these details."""


class Stopped(Exception):
    """A signal came before anything was asked."""


class StopSignals:
    """SIGINT, which ends as `cancelled`, and SIGTERM, as `app-exit`, from before anything is opened to the ending.

    The first signal counts. It stops what `on_stop` has named last, or what is named next. Used on the running loop.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._outcome: Outcome | None = None
        self._detail: dict[str, Any] = {}
        self._came_at = 0.0
        self._stop: StopAct = lambda outcome, detail: None

    def __enter__(self) -> Self:
        self._loop.add_signal_handler(signal.SIGINT, self._take, Outcome.CANCELLED, {})
        self._loop.add_signal_handler(signal.SIGTERM, self._take, Outcome.APP_EXIT, {"signal": "SIGTERM"})
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.remove_signal_handler(signal.SIGINT)
        self._loop.remove_signal_handler(signal.SIGTERM)

    def _take(self, outcome: Outcome, detail: dict[str, Any]) -> None:
        if self._outcome is None:
            self._outcome, self._detail, self._came_at = outcome, detail, self._loop.time()
            self._stop(outcome, detail)

    @property
    def outcome(self) -> Outcome | None:
        """What the signal that came means; None if none came."""
        return self._outcome

    def on_stop(self, stop: StopAct) -> None:
        """Name what a signal stops from now on."""
        self._stop = stop
        if self._outcome is not None:
            stop(self._outcome, self._detail)

    async def guard(self, opening: Coroutine[Any, Any, T]) -> T:
        """Await what comes before the question; a signal cancels it and raises Stopped."""
        task = asyncio.create_task(opening)
        self.on_stop(lambda outcome, detail: task.cancel())
        try:
            return await task
        except asyncio.CancelledError:
            if self._outcome is None:
                raise
            raise Stopped from None

    def end(self, trace: StreamTrace) -> Ending:
        """The ending of a question that was stopped before it was asked, with what is known of it."""
        assert self._outcome is not None, "a signal came"
        trace.end()
        detail = {"cancel_latency_ms": round((self._loop.time() - self._came_at) * 1000, 1), **self._detail}
        return make_ending(self._outcome, make_record(trace, self._outcome, Circumstances(detail=detail)))
