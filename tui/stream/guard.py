"""Guard: waits for the network on behalf of one attempt, under the watchdog, and names what goes wrong meanwhile.

It follows httpcore's trace, so that it knows which part of the request is under way: which limit is armed, and whether
a dead end is the proxy's or the target's. No timeout is ever open across a `yield`, since it would cancel the consumer.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

from tui.stream.outcome import Outcome
from tui.stream.preparation import Prepared
from tui.stream.stop import Stop
from tui.stream.trace import StreamTrace
from tui.stream.transport import NETWORK_ERRORS, TransportSetupError, explain
from tui.stream.watchdog import Alarm, Watchdog

_WORK_SLICE = 0.008
"""Seconds of decoding after which the loop gets its turn: a burst parsed without a pause would hold the screen."""
_TUNNEL_IS_UP = ("proxy.start_tls.started", "socks.start_tls.started", "socks.setup_socks5_connection.complete")

T = TypeVar("T")


class LingerEnded(Exception):
    """The reply is at its proven end and the wait for `[DONE]` is over."""


class Guard:
    """Runs with one attempt and moves the marks of its watchdog."""

    def __init__(self, prepared: Prepared, trace: StreamTrace, watchdog: Watchdog, connections: int) -> None:
        self._prepared = prepared
        self._trace = trace
        self._watchdog = watchdog
        self._connections = connections
        self._timeout: asyncio.Timeout | None = None
        self._alarm: Alarm | None = None
        self._in_tls = False
        self._connected = False
        self._tunnelled = prepared.link.proxy is None
        self._busy_since = trace.clock.monotonic()

    async def wait(self, waiting: Awaitable[T]) -> T:
        """Await; a limit or a failure of the network is raised as Stop, the linger's as LingerEnded."""
        self._alarm = self._watchdog.next_alarm()
        asked = self._trace.clock.monotonic()
        try:
            async with asyncio.timeout(self._remaining()) as self._timeout:
                came = await waiting
            if (now := self._trace.clock.monotonic()) - asked > _WORK_SLICE:
                self._busy_since = now  # the loop has had its turn meanwhile
            return came
        except TimeoutError as error:
            if self._alarm is None or self._timeout is None or not self._timeout.expired():
                raise self._explain(error) from None
            raise self._ring(self._alarm) from None
        except TransportSetupError as error:
            raise Stop(error.failure.outcome, error.failure.exception, error.failure.detail) from None
        except NETWORK_ERRORS as error:
            raise self._explain(error) from None
        finally:
            self._timeout = None

    def check(self) -> None:
        """Raise what `wait` would if a limit has run out: where data is always ready, nothing ever waits."""
        alarm = self._watchdog.next_alarm()
        if alarm is not None and alarm.at <= self._trace.clock.monotonic():
            raise self._ring(alarm)

    async def give_way(self, since: float) -> None:
        """Let the loop have its turn if it is due; what passed from `since` until now was none of the server's time."""
        now = self._trace.clock.monotonic()
        if now - self._busy_since > _WORK_SLICE:
            await asyncio.sleep(0)
            now = self._busy_since = self._trace.clock.monotonic()
        self._watchdog.shift(now - since)

    async def follow(self, name: str, info: Mapping[str, Any]) -> None:
        """httpcore's trace: which part of the request is under way, so that the right limit is armed."""
        if name in _TUNNEL_IS_UP:
            self._tunnelled = True
        if name.endswith("connect_tcp.started"):
            self._connected = True
        elif name.endswith("start_tls.started"):
            self._in_tls = True
        elif name.endswith("start_tls.complete"):
            self._in_tls = False
        elif name.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            now = self._trace.clock.monotonic()
            self._trace.sent = self._watchdog.sent = now
            self._trace.reused_connection = not self._connected
            self._alarm = self._watchdog.next_alarm()
            if self._timeout is not None:
                remaining = self._remaining()
                self._timeout.reschedule(None if remaining is None else asyncio.get_running_loop().time() + remaining)

    def _remaining(self) -> float | None:
        return None if self._alarm is None else max(0.0, self._alarm.at - self._trace.clock.monotonic())

    @property
    def _at_proxy(self) -> bool:
        """Whether all that was spoken with so far is a proxy."""
        return self._trace.sent is None and not self._tunnelled

    def _ring(self, alarm: Alarm) -> Exception:
        if alarm.outcome is None:
            return LingerEnded()
        if alarm.outcome is Outcome.CONNECT_TIMEOUT and self._at_proxy:
            return Stop(Outcome.PROXY_UNREACHABLE, detail={"os_error": f"no answer within {alarm.limit:g} s"})
        return Stop(alarm.outcome, detail={"limit_s": alarm.limit})

    def _explain(self, error: BaseException) -> Stop:
        failure = explain(
            error,
            in_tls=self._in_tls,
            in_request=self._trace.sent is not None and self._trace.bytes_sent < len(self._prepared.wire.body),
            in_body=self._trace.headers is not None,
            proxied=self._prepared.link.proxy is not None,
            at_proxy=self._at_proxy,
        )
        detail = {"in_flight": self._connections, **failure.detail}
        return Stop(failure.outcome, failure.exception, detail)
