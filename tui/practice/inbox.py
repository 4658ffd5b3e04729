"""Inbox: the bytes that a client has sent and the server has not used yet.

`fill` runs beside the answering code for as long as the connection lives. It is the only reader of the socket, so a
client that closes is noticed at once, whatever the server is doing or waiting for.
"""

import asyncio
from typing import NoReturn

READ_SIZE = 65536


class OverflowedLineError(Exception):
    """The wanted mark did not come within the limit."""


class Inbox:
    """Bytes in, by `fill`; bytes out, by `take` and `take_line`. At most `limit` bytes are kept."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._news = asyncio.Event()
        self._discarding = False

    async def fill(self, reader: asyncio.StreamReader) -> NoReturn:
        """Read until the client is gone, then raise ConnectionError.

        A client that closes only its sending half counts as gone: the two look alike from here.
        """
        while data := await reader.read(READ_SIZE):
            if self._discarding:
                continue
            if len(self._buffer) + len(data) > self._limit:
                raise ConnectionAbortedError("The client sends more than one request can hold.")
            self._buffer += data
            self._news.set()
        raise ConnectionAbortedError("The client closed the connection.")

    def discard(self) -> None:
        """Drop what is here and whatever comes: nothing of it will be answered."""
        self._discarding = True
        self._buffer.clear()

    async def peek(self) -> int:
        """Wait for a byte and return it without taking it."""
        while not self._buffer:
            await self._wait()
        return self._buffer[0]

    async def take(self, length: int) -> bytes:
        """Wait for `length` bytes and take them."""
        while len(self._buffer) < length:
            await self._wait()
        return self._pop(length)

    async def take_line(self, limit: int) -> bytes:
        """Wait for a line, take it and return it without its LF or CRLF; over `limit` bytes: OverflowedLineError."""
        while (end := self._buffer.find(b"\n", 0, limit)) < 0:
            if len(self._buffer) >= limit:
                raise OverflowedLineError
            await self._wait()
        return self._pop(end + 1)[:-1].removesuffix(b"\r")

    def _pop(self, length: int) -> bytes:
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    async def _wait(self) -> None:
        self._news.clear()
        await self._news.wait()
