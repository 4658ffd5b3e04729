"""PracticeServer: an OpenAI-compatible provider on 127.0.0.1, with faults.

`async with PracticeServer() as practice` serves until the block is left; `practice.fault = Fault.STALL` spoils every
reply from then on. It answers `GET /v1/models` and `POST /v1/chat/completions`, and accepts any key or none.
"""

import asyncio
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

from tui.practice.answer import Answer, context_too_long, fault_answer, model_list, model_not_found, rejection
from tui.practice.completion import Call, Completion, read_call
from tui.practice.fault import Fault
from tui.practice.inbox import Inbox
from tui.practice.reply import Delays, Reply
from tui.practice.request import BODY_LIMIT, HEAD_LIMIT, BadRequestError, PracticeRequest, read_request
from tui.practice.script import CONTEXTS, MODELS, continued_script, fault_script, model_script

HOST = "127.0.0.1"
REQUESTS_KEPT = 100
LINGER = 30.0
"""Seconds that a client gets to close its side after the server has closed its own."""


class PracticeServer:
    """One listening socket and its connections, each a task that ends with its client or with `aclose`.

    Delays are in seconds: before each event of a stream, and before each comment of `Fault.KEEPALIVE`.
    """

    def __init__(
        self, *, port: int = 0, fault: Fault | None = None, token_delay: float = 0.02, keepalive_delay: float = 1.0
    ) -> None:
        self.fault = fault
        self.requests: list[PracticeRequest] = []
        """The last 100 requests, newest last."""
        self._port = port
        self._delays = Delays(token_delay, keepalive_delay)
        self._server: asyncio.Server | None = None
        self._closing = False
        self._connections: set[asyncio.Task[None]] = set()
        self._open_streams = 0
        self._client_closes = asyncio.Semaphore(0)

    @property
    def port(self) -> int:
        """The port that is listened on; before `start` the one that was asked for."""
        return self._port

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL."""
        return f"http://{HOST}:{self._port}/v1"

    @property
    def open_streams(self) -> int:
        """Replies that are being sent now, those that stay silent among them."""
        return self._open_streams

    async def start(self) -> None:
        """Listen; OSError if the port is taken."""
        self._closing = False
        self._server = await asyncio.start_server(self._accept, HOST, self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def aclose(self) -> None:
        """Stop listening and end every connection at once; safe to call twice."""
        self._closing = True
        server, self._server = self._server, None
        if server is None:
            return
        await _stop_accepting(server)
        server.close()
        for connection in self._connections:
            connection.cancel()
        if self._connections:
            await asyncio.wait(self._connections)
        await server.wait_closed()

    async def wait_closed_by_client(self) -> None:
        """Return as soon as a client has closed its connection in the middle of a reply.

        Each such close lets one call return, also a close that came before the call.
        """
        await self._client_closes.acquire()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def end(connection: asyncio.Task[None]) -> None:
            # Not a `finally` in the task: a task that is cancelled before its first step never gets there.
            self._connections.discard(connection)
            writer.transport.abort()

        if self._closing:
            # The connection was on its way when the server was closed.
            writer.transport.abort()
            return
        connection = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(end)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inbox = Inbox(limit=2 * (HEAD_LIMIT + BODY_LIMIT))
        try:
            async with asyncio.TaskGroup() as group:
                filling = group.create_task(inbox.fill(reader))
                await self._converse(inbox, writer)
                # A close with bytes of the client unread would be an RST and could destroy the last answer.
                inbox.discard()
                if not writer.is_closing():
                    # ENOTCONN, which is no ConnectionError: the client has just reset the connection itself.
                    with suppress(OSError):
                        writer.write_eof()
                    await asyncio.sleep(LINGER)
                filling.cancel()
        except* ConnectionError:
            # The client is gone, so there is nobody left to answer; a reply that this ended is counted already.
            pass

    async def _converse(self, inbox: Inbox, writer: asyncio.StreamWriter) -> None:
        """Answer one request after the other until the connection cannot be used again."""
        keep_alive = True
        while keep_alive:
            try:
                request = await read_request(inbox, writer)
            except BadRequestError as problem:
                answer = rejection(problem.status, problem.message, problem.code)
                writer.write(answer.encode(keep_alive=False))
                return
            self.requests.append(request)
            del self.requests[:-REQUESTS_KEPT]
            keep_alive = await self._respond(request, writer)

    async def _respond(self, request: PracticeRequest, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; the result says whether the connection can be used again."""
        match request.method, request.path.partition("?")[0]:
            case "GET", "/v1/models":
                answer = model_list(MODELS, CONTEXTS, created=int(time.time()))
            case "POST", "/v1/chat/completions":
                try:
                    call = read_call(request.body)
                except BadRequestError as problem:
                    answer = rejection(problem.status, problem.message, problem.code)
                else:
                    return await self._complete(call, request, writer)
            case method, path:
                answer = rejection(404, f"Invalid URL ({method} {path})")
        return await self._send(answer, request, writer)

    async def _complete(self, call: Call, request: PracticeRequest, writer: asyncio.StreamWriter) -> bool:
        if self.fault is None and call.name not in MODELS:
            return await self._send(model_not_found(call.model), request, writer)
        fault = self.fault or (Fault(call.name) if call.name in list(Fault) else None)
        answer = fault_answer(fault, model=call.model, key=request.key) if fault else None
        limit = CONTEXTS.get(call.name)
        if fault is None and limit is not None and call.prompt_tokens + call.max_tokens > limit:
            answer = context_too_long(limit, call.prompt_tokens, call.max_tokens)
        if answer is not None:
            return await self._send(answer, request, writer)
        completion = Completion(f"chatcmpl-{secrets.token_hex(12)}", int(time.time()), call)
        if call.begun:
            script = continued_script(fault or call.name, call.begun)
        else:
            script = fault_script(fault) if fault else model_script(call.name)
        with self._counted():
            return await Reply(completion, script, request, writer, self._delays).send()

    async def _send(self, answer: Answer, request: PracticeRequest, writer: asyncio.StreamWriter) -> bool:
        writer.write(answer.encode(keep_alive=request.keep_alive, with_body=request.method != "HEAD"))
        await writer.drain()
        return request.keep_alive

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Count a reply while it is sent, and note if its client ended it."""
        self._open_streams += 1
        try:
            yield
        except (asyncio.CancelledError, ConnectionError):
            if not self._closing:
                self._client_closes.release()
            raise
        finally:
            self._open_streams -= 1


async def _stop_accepting(server: asyncio.Server) -> None:
    """Take no new connection, and let those that are on their way arrive.

    asyncio needs three turns of the loop from a socket to its callback, and loses the socket of a connection that is
    within them when `Server.close` is called.
    """
    for listener in server.sockets:
        # The event loop of Windows has no readers, and there such a socket is left to the garbage collector.
        with suppress(NotImplementedError):
            asyncio.get_running_loop().remove_reader(listener.fileno())
    for _ in range(3):
        await asyncio.sleep(0)
