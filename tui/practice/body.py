"""Body: the body of an answer whose length is not known beforehand (RFC 9112, sections 6.3 and 7.1)."""

import asyncio
import os
import socket
import struct
from contextlib import suppress

LAST_CHUNK = b"0\r\n\r\n"
RESET_PAUSE = 0.1
"""Seconds between the last bytes and the RST, which discards what the client has not read by then."""


class Body:
    """Bytes out, as chunks, or as they are to an HTTP/1.0 client, for which the close ends the body."""

    def __init__(self, writer: asyncio.StreamWriter, *, chunked: bool) -> None:
        self._writer = writer
        self._chunked = chunked

    async def send(self, data: bytes) -> None:
        """Send data; nothing if it is empty, since an empty chunk would be the last."""
        self._writer.write(self._frame(data))
        await self._writer.drain()

    async def end(self, data: bytes = b"") -> None:
        """Send the last data and the end of the body in one piece, so that no client can close between them."""
        self._writer.write(self._frame(data) + (LAST_CHUNK if self._chunked else b""))
        await self._writer.drain()

    async def tear(self, data: bytes) -> None:
        """Send the first half of what would have been a chunk with this data."""
        frame = self._frame(data)
        self._writer.write(frame[: len(frame) // 2])
        await self._writer.drain()

    async def reset(self) -> None:
        """Break the connection with an RST, after a pause in which the client can read what it was sent."""
        await asyncio.sleep(RESET_PAUSE)
        # Windows has 16-bit fields in `struct linger`, every other system has ints.
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        # EINVAL on macOS: the client has closed in the pause, and there is no connection left to break.
        with suppress(OSError):
            self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._writer.transport.abort()

    def _frame(self, data: bytes) -> bytes:
        if not data or not self._chunked:
            return data
        return b"%x\r\n%b\r\n" % (len(data), data)
