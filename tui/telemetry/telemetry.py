"""Telemetry: hands records over to a thread of its own, which exports them; whoever has a record never waits.

The SDK is imported in that thread, when the first reply has ended. `close` waits for what is unsent, but no longer
than it is told to; what is lost is said, once. Without the extra `otel` that is said, and nothing else happens.
"""

import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tui.settings.secrets import Masker, mask_url
from tui.stream.record import Record
from tui.telemetry.endpoint import find_endpoint
from tui.telemetry.measurement import measure

if TYPE_CHECKING:
    from tui.telemetry.collector import Collector

_SHOWN = 200

Trouble = Literal["otel-missing", "otel-refused", "otel-unsent"]
Report = Callable[[Trouble, str, str], object]
"""Called from other threads with what is wrong, with which endpoint, and why."""


@dataclass(slots=True)
class Telemetry:
    """The loop's thread calls. `endpoint` None: as the standard variables say."""

    endpoint: str | None
    environ: Mapping[str, str]
    mask: Masker
    report: Report
    _records: "queue.SimpleQueue[Record | None]" = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _collector: "Collector | None" = None
    _told: set[Trouble] = field(default_factory=set)

    def take(self, record: Record) -> None:
        """Export this record; returns at once."""
        self._records.put(record)
        if self._thread is None:
            # A thread that hangs on a collector must not keep the program.
            self._thread = threading.Thread(target=self._run, name="otel", daemon=True)
            self._thread.start()

    def close(self, limit: float) -> None:
        """Wait until everything is sent, at most `limit` seconds."""
        if self._thread is None:
            return
        self._records.put(None)
        self._thread.join(limit)
        if self._thread.is_alive():
            said = self._collector.last_complaint if self._collector is not None else ""
            self._tell("otel-unsent", said or f"no answer within {limit:g} s")

    def _run(self) -> None:
        try:
            from tui.telemetry.collector import Collector, find_ways
        except ImportError:
            self._tell("otel-missing", "opentelemetry-sdk")
            return
        try:
            self._collector = Collector(find_ways(self.endpoint, self.environ), self._complain)
        except (ValueError, TypeError, OSError) as error:  # a variable that the SDK cannot make sense of
            self._tell("otel-refused", str(error))
            return
        while (record := self._records.get()) is not None:
            self._collector.take(measure(record))
        self._collector.close()

    def _complain(self, reason: str) -> None:
        self._tell("otel-refused", reason)

    def _tell(self, trouble: Trouble, reason: str) -> None:
        """Once each: a collector that is down is so for every record."""
        if trouble not in self._told:
            self._told.add(trouble)
            where = self.endpoint or find_endpoint(self.environ, "TRACES")
            self.report(trouble, mask_url(self.mask(where)), self.mask(reason, _SHOWN).rstrip("."))
