"""One reply to a chat completion, played from its script to its end, good or bad."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tui.practice.answer import JSON_TYPE, Answer, encode_head, encode_json
from tui.practice.body import Body
from tui.practice.completion import Completion, join_deltas
from tui.practice.request import PracticeRequest
from tui.practice.script import Ending, Script

STREAM_TYPE = "text/event-stream; charset=utf-8"
DONE = b"data: [DONE]\n\n"
PLAIN_LIMIT = 10_000
"""Tokens after which a reply in one piece stops with "length", for a script without an end."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds before each event and before each keep-alive comment; 0 only lets other tasks run."""

    token: float
    keepalive: float


@dataclass(frozen=True, slots=True)
class Reply:
    """A script on its way to one client."""

    completion: Completion
    script: Script
    request: PracticeRequest
    writer: asyncio.StreamWriter
    delays: Delays

    async def send(self) -> bool:
        """Play the script; the result says whether the connection can be used again.

        A fault without an end returns only by cancellation, which is how a client that closes ends any reply.
        """
        if not self.script.answers:
            await _wait_for_ever()
        if self.script.streams and self.completion.call.stream:
            return await self._send_stream()
        return await self._send_plain()

    async def _send_stream(self) -> bool:
        body = self._open_body(STREAM_TYPE)
        for data in self._events():
            await asyncio.sleep(self.delays.token * self.script.pace)
            await body.send(_event(data))
        torn = _event(encode_json(self.completion.chunk({"content": " torn"})))
        return await self._finish(body, last=DONE, torn=torn, comment=b": keep-alive\n\n")

    def _events(self) -> Iterator[bytes]:
        completion, script = self.completion, self.script
        yield encode_json(completion.chunk({"role": "assistant", "content": ""}))
        tokens = 0
        for part in script.parts:
            tokens += 1
            yield part if isinstance(part, bytes) else encode_json(completion.chunk(part))
        if script.finish is not None:
            yield encode_json(completion.chunk({}, script.finish))
            if completion.call.include_usage:
                yield encode_json(completion.usage_chunk(tokens))

    async def _send_plain(self) -> bool:
        """The same script in one piece: what cannot be whole is cut in its middle, and comments become blank lines."""
        parts = iter(self.script.parts)
        taken = list(islice(parts, PLAIN_LIMIT))
        finish = "length" if next(parts, None) is not None else self.script.finish
        raw = [part for part in taken if isinstance(part, bytes)]
        message = join_deltas(part for part in taken if not isinstance(part, bytes))
        data = raw[0] if raw else encode_json(self.completion.whole(message, finish, len(taken)))
        if raw or self.script.ending is Ending.DONE:
            keep_alive = self.request.keep_alive
            self.writer.write(Answer(200, JSON_TYPE, data).encode(keep_alive=keep_alive))
            await self.writer.drain()
            return keep_alive
        body = self._open_body(JSON_TYPE)
        half = len(data) // 2
        if self.script.ending is not Ending.COMMENTS:
            await body.send(data[:half])
        return await self._finish(body, last=b"", torn=data[half:], comment=b"\n")

    def _open_body(self, content_type: str) -> Body:
        chunked = self.request.version == "HTTP/1.1"
        headers = (("Cache-Control", "no-cache"), *((("Transfer-Encoding", "chunked"),) if chunked else ()))
        self.writer.write(encode_head(200, content_type, headers, keep_alive=self.request.keep_alive))
        return Body(self.writer, chunked=chunked)

    async def _finish(self, body: Body, *, last: bytes, torn: bytes, comment: bytes) -> bool:
        match self.script.ending:
            case Ending.DONE:
                await body.end(last)
            case Ending.EOF:
                await body.end()
            case Ending.CUT:
                await body.tear(torn)
                return False
            case Ending.RESET:
                await body.reset()
                return False
            case Ending.SILENCE:
                await self.writer.drain()
                await _wait_for_ever()
            case Ending.COMMENTS:
                while True:
                    await asyncio.sleep(self.delays.keepalive)
                    await body.send(comment)
        return self.request.keep_alive


def _event(data: bytes) -> bytes:
    return b"data: %b\n\n" % data


async def _wait_for_ever() -> None:
    await asyncio.get_running_loop().create_future()
