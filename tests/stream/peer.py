"""Peer: a server on 127.0.0.1 that sends exactly the bytes that a test gives it and ends as the test wants it to.

It knows just enough of HTTP to tell where a request ends.
"""

import asyncio
import re
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.stream.clock import until

CERTIFICATE = Path(__file__).with_name("certificate.pem")
"""A test certificate for 127.0.0.1 and provider.test, with its key; no system trusts it."""


class End(Enum):
    """What follows the last byte of an answer."""

    KEEP = auto()
    """The next request on the same connection."""
    FIN = auto()
    RESET = auto()
    """RST, as soon as the test opens the gate: it would destroy what the client has not read by then."""
    SILENCE = auto()
    """Nothing, until the client leaves."""


class Visit:
    """One request and the connection on which it came."""

    def __init__(self, head: bytes, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.head = head
        self.body = body
        self.gate = asyncio.Event()
        self.left = asyncio.Event()
        """Set when a client closed the connection in mid-answer."""
        self._reader = reader
        self._writer = writer

    def header(self, name: str) -> str | None:
        """The value of a header."""
        match = re.search(rf"(?im)^{re.escape(name)}:[ \t]*(.*?)\r$", self.head.decode("latin-1"))
        return match[1] if match else None

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def drain(self) -> None:
        """Wait until the client has taken most of what was sent."""
        await self._writer.drain()

    def close(self) -> None:
        """FIN, after everything that was sent."""
        self._writer.close()

    def reset(self) -> None:
        """RST, at once."""
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def wait_left(self) -> None:
        """Return when the client has closed the connection."""
        with suppress(ConnectionError):  # a client may leave by RST too
            while await self._reader.read(65536):
                pass
        self.left.set()


Script = Callable[[Visit], Awaitable[None]]


def answer(*pieces: bytes, end: End = End.KEEP) -> Script:
    """A script that sends these bytes and ends so."""

    async def play(visit: Visit) -> None:
        for piece in pieces:
            visit.send(piece)
        match end:
            case End.FIN:
                visit.close()
            case End.RESET:
                await visit.gate.wait()
                visit.reset()
            case End.SILENCE:
                await visit.wait_left()

    return play


class Peer:
    """Answers the n-th request by the n-th script, further ones by the last."""

    def __init__(self, *scripts: Script, tls: bool = False) -> None:
        self.visits: list[Visit] = []
        self.connections = 0
        self.connections_left = 0
        self._scripts = scripts
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """What a client takes as its base URL."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1"

    async def wait_visits(self, count: int) -> None:
        """Wait until so many requests have come."""
        await until(lambda: len(self.visits) >= count)

    async def __aenter__(self) -> Self:
        context = None
        if self._tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)

        def end(_: asyncio.Task[None]) -> None:
            self.connections_left += 1
            writer.transport.abort()

        task.add_done_callback(end)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):  # the client is gone
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                body = await reader.readexactly(int(length[1])) if length else b""
                visit = Visit(head, body, reader, writer)
                self.visits.append(visit)
                await self._scripts[min(len(self.visits), len(self._scripts)) - 1](visit)
