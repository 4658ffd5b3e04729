"""Witness: the transport of a diagnosis. It opens what it is asked to, and notes what can be seen beside the answer."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from tui.settings.secrets import Secret
from tui.stream.dialects import WireRequest
from tui.stream.transport import Link, TraceHook, Transport


class Witness(Transport):
    """A transport that remembers the headers that it saw and the sockets that it used."""

    def __init__(self) -> None:
        super().__init__()
        self.headers: dict[str, str] = {}
        """Of all answers; names in lower case. What an answer does not have, an earlier one may have had."""
        self._sockets: list[socket.socket] = []

    async def open(
        self,
        wire: WireRequest,
        key: Secret | None,
        link: Link,
        hook: TraceHook,
        count_sent: Callable[[int], None] | None = None,
    ) -> httpx.Response:
        async def follow(name: str, info: Mapping[str, Any]) -> None:
            if name.endswith("connect_tcp.complete"):
                self._sockets.append(socket_of(info))
            await hook(name, info)

        response = await super().open(wire, key, link, follow, count_sent)
        self.headers.update(response.headers)
        return response

    @property
    def open_sockets(self) -> int:
        """How many connections are open on this side."""
        self._sockets = [one for one in self._sockets if one.fileno() != -1]
        return len(self._sockets)

    async def wait_fewer(self, count: int, turns: int) -> bool:
        """Whether fewer than `count` connections are open within so many turns of the loop."""
        for _ in range(turns):
            if self.open_sockets < count:
                return True
            await asyncio.sleep(0)
        return False


def socket_of(info: Mapping[str, Any]) -> socket.socket:
    """The socket of a connection that has just come about."""
    found: socket.socket = info["return_value"].get_extra_info("socket")
    return found


def tls_of(info: Mapping[str, Any]) -> ssl.SSLObject:
    """The TLS side of a connection whose handshake has just ended."""
    found: ssl.SSLObject = info["return_value"].get_extra_info("ssl_object")
    return found
