"""A clock that stands still until a test moves it, and an event loop that lives by it.

No limit runs out by itself on this loop, however slow the machine is, and none is waited for. Where loopback cannot
fail as a network does, the loop stands in for the system: `network` holds what it says of a name or an address.
"""

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any

PATIENCE = 20.0
"""Real seconds after which a condition that does not come is a failed test; a passing one never waits for this."""


class MovedLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time()` the test moves."""

    def __init__(self) -> None:
        self._now = 1000.0
        self.network: dict[str, OSError | None] = {}
        """Host name or address -> the system's error; None never answers."""
        super().__init__()

    def time(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the time; what has run out by then happens at the next turn of the loop."""
        self._now += seconds

    async def getaddrinfo(
        self,
        host: bytes | str | None,
        port: bytes | str | int | None,
        *,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> Any:
        """Resolve a name; none is ever asked of a real name server."""
        await self._consult(str(host))
        return socket.getaddrinfo(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        await self._consult(str(address[0]))
        await super().sock_connect(sock, address)

    async def _consult(self, place: str) -> None:
        if place in self.network:
            error = self.network[place]
            if error is None:
                await self.create_future()
            else:
                raise error


def moved_loop() -> MovedLoop:
    """The loop of the running test."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, MovedLoop)
    return loop


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until the condition holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "the condition does not come"
        await asyncio.sleep(0)


async def turns(count: int = 20) -> None:
    """Let the loop run for so many turns: enough for anything that is due now to have happened."""
    for _ in range(count):
        await asyncio.sleep(0)
