"""Playback: a server on 127.0.0.1 that answers each request with a recording: its head, its bytes, its pace, its end.

The framing is that of the recorded head: chunked, of a known length, or ended by the close. A body of known length
that came whole is sent with the length that it has, since masking may have changed it.
"""

import asyncio
import re
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import Self

from tui.stream.raw_stream import RawEnd
from tui.stream.recording import Head, Recording

HOST = "127.0.0.1"
_HOP_BY_HOP = ("connection", "content-length", "keep-alive", "transfer-encoding")
_GARBAGE = b"\x15\x03\x03\r\nno HTTP\r\n\r\n"
_LOOK_SECONDS = 0.002
_MOST_LOOKS = 2500
"""How often a reset looks whether the client has read what it would destroy."""


def _now() -> float:
    return asyncio.get_running_loop().time()


class Playback:
    """`began` is when the client's attempt did, which all times count from; without it, when its request came.

    `taken` tells how many bytes of the body the client has read: a reset destroys what is still on its way.
    """

    def __init__(
        self, recording: Recording, taken: Callable[[], int] = lambda: 0, began: Callable[[], float] = _now
    ) -> None:
        self._recording = recording
        self._taken = taken
        self._began = began
        self._server: asyncio.Server | None = None
        self._visits: set[asyncio.Task[None]] = set()

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL."""
        assert self._server is not None, "it is served within `async with`"
        return f"http://{HOST}:{self._server.sockets[0].getsockname()[1]}/v1"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, HOST, 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None, "it was entered"
        self._server.close()
        for visit in self._visits:
            visit.cancel()
        if self._visits:
            await asyncio.wait(self._visits)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.create_task(self._serve(reader, writer))
        self._visits.add(visit)

        def end(_: asyncio.Task[None]) -> None:
            self._visits.discard(visit)
            writer.transport.abort()

        visit.add_done_callback(end)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):  # the client is gone
            request = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: *(\d+)", request)
            await reader.readexactly(int(length[1]) if length else 0)
            await _Play(self._recording, self._taken, self._began(), writer).run()
            while await reader.read(65536):
                pass  # until the client closes; the connection is never used again


class _Play:
    """One request's answer."""

    def __init__(
        self, recording: Recording, taken: Callable[[], int], began: float, writer: asyncio.StreamWriter
    ) -> None:
        self._recording = recording
        self._taken = taken
        self._writer = writer
        # A request that takes longer on its way than it did then delays everything alike, so that no gap shrinks.
        first = recording.head.at if recording.head is not None else recording.ended
        self._began = max(began, _now() - first)
        self._chunked = False

    async def run(self) -> None:
        recording = self._recording
        if recording.head is not None:
            await self._wait(recording.head.at)
            self._send_head(recording.head)
            for at, data in recording.reads:
                await self._wait(at)
                self._writer.write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked and data else data)
                await self._writer.drain()
        await self._wait(recording.ended)
        await self._end()

    def _send_head(self, head: Head) -> None:
        chunked = "chunked" in (head.header("transfer-encoding") or "").lower()
        self._chunked = chunked
        reason = HTTPStatus(head.status).phrase if head.status in list(HTTPStatus) else "Unknown"
        lines = [f"HTTP/1.1 {head.status} {reason}"]
        lines += (f"{name}: {value}" for name, value in head.headers if name.lower() not in _HOP_BY_HOP)
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        elif (length := head.header("content-length")) is not None:
            lines.append(f"Content-Length: {self._length(length)}")
        lines.append("Connection: close")
        self._writer.write("\r\n".join([*lines, "", ""]).encode("latin-1", errors="replace"))

    def _length(self, recorded: str) -> int:
        """The promised length: kept if the body is whole, more than comes if it is not."""
        size = sum(len(data) for _, data in self._recording.reads)
        if self._recording.end is RawEnd.CLOSED:
            return size
        return max(int(recorded) if recorded.isdigit() else 0, size + 1)

    async def _wait(self, at: float) -> None:
        """Until so many seconds after the request."""
        left = self._began + at - _now()
        if left > 0:
            await asyncio.sleep(left)

    async def _end(self) -> None:
        writer, end = self._writer, self._recording.end
        match end:
            case RawEnd.CLOSED if self._chunked:
                writer.write(b"0\r\n\r\n")
            case RawEnd.GARBLED:
                writer.write(_GARBAGE)
            case RawEnd.RESET:
                await self._wait_taken()
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
                return
        await writer.drain()
        if end is not RawEnd.LEFT:
            writer.write_eof()

    async def _wait_taken(self) -> None:
        """Until the client has read everything, or long enough; it may have stopped reading on its own."""
        size = sum(len(data) for _, data in self._recording.reads)
        for _ in range(_MOST_LOOKS):
            if self._taken() >= size:
                return
            await asyncio.sleep(_LOOK_SECONDS)
