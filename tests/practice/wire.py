"""Wire: a client made of nothing but a socket, so that the tests see what is sent, not what a library makes of it."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from tui.practice import PracticeServer

CHAT = "/v1/chat/completions"
MESSAGES = [{"role": "user", "content": "Hello"}]


@dataclass(frozen=True, slots=True)
class Head:
    status: int
    headers: dict[str, str]


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, method: str, path: str, body: bytes = b"", headers: str = "", version: str = "1.1") -> None:
        head = f"{method} {path} HTTP/{version}\r\nHost: practice\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        self.writer.write(head.encode() + body)

    def ask(self, model: str, *, headers: str = "", version: str = "1.1", **more: object) -> None:
        body = {"model": model, "messages": MESSAGES, "stream": True, **more}
        self.send("POST", CHAT, json.dumps(body).encode(), headers, version)

    async def head(self) -> Head:
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:-2])
        return Head(int(lines[0].split()[1]), {name.lower(): value for name, value in headers.items()})

    async def chunk(self) -> bytes:
        """The data of the next chunk; b"" is the end of the body."""
        size = int(await self.reader.readuntil(b"\r\n"), 16)
        data = await self.reader.readexactly(size)
        assert await self.reader.readexactly(2) == b"\r\n"
        return data

    async def body(self) -> bytes:
        """The rest of a chunked body."""
        pieces = []
        while piece := await self.chunk():
            pieces.append(piece)
        return b"".join(pieces)

    async def events(self) -> list[str]:
        """The data of all events of a stream that ends."""
        assert (await self.head()).headers["content-type"].startswith("text/event-stream")
        return split_events(await self.body())

    async def text_until(self, end: str) -> str:
        """Read the head and then chunks until the text has this end."""
        await self.head()
        text = ""
        while not text.endswith(end):
            text += text_of(split_events(await self.chunk()))
        return text

    async def answer(self) -> tuple[Head, bytes]:
        head = await self.head()
        return head, await self.reader.readexactly(int(head.headers["content-length"]))

    async def json(self) -> tuple[Head, Any]:
        head, body = await self.answer()
        assert head.headers["content-type"] == "application/json"
        return head, json.loads(body)


@asynccontextmanager
async def connect(practice: PracticeServer) -> AsyncGenerator[Wire, None]:
    reader, writer = await asyncio.open_connection("127.0.0.1", practice.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        # Where a test made the server break the connection, the socket is closed all the same.
        with suppress(ConnectionError):
            await writer.wait_closed()


def split_events(body: bytes) -> list[str]:
    """The data of each event; every event must be one `data:` line and a blank line."""
    *events, rest = body.decode().split("\n\n")
    assert rest == ""
    assert all(event.startswith("data: ") and "\n" not in event for event in events)
    return [event.removeprefix("data: ") for event in events]


def deltas_of(events: list[str]) -> list[dict[str, Any]]:
    chunks = [json.loads(event) for event in events if event != "[DONE]"]
    return [choice["delta"] for chunk in chunks for choice in chunk["choices"]]


def text_of(events: list[str], field: str = "content") -> str:
    return "".join(delta.get(field) or "" for delta in deltas_of(events))


def finish_of(events: list[str]) -> str | None:
    """The only finish_reason; it must be in the last chunk, before [DONE]."""
    assert events[-1] == "[DONE]"
    reasons = [json.loads(event)["choices"][0]["finish_reason"] for event in events[:-1]]
    assert reasons[:-1] == [None] * (len(reasons) - 1)
    reason: str | None = reasons[-1]
    return reason
