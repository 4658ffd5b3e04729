"""Servers in threads, for programs that a blocking test watches through a terminal."""

import asyncio
import json
import queue
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from tui.practice import PracticeServer

PATIENCE = 20.0
"""Seconds after which something that should have happened has not."""
_STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


class ServedPractice:
    """The practice provider on an event loop of its own; no delay between tokens unless one is given."""

    def __init__(self, *, token_delay: float = 0.0) -> None:
        self.server = PracticeServer(token_delay=token_delay)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="practice")

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.server.start(), self._loop).result(PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self.server.aclose(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    @property
    def base_url(self) -> str:
        return self.server.base_url

    def wait_closed_by_client(self) -> None:
        """Return when a client has closed its connection in the middle of a reply."""
        asyncio.run_coroutine_threadsafe(self.server.wait_closed_by_client(), self._loop).result(PATIENCE)

    def prompts(self) -> list[str]:
        """The last message of every chat request so far."""
        bodies = [request.body for request in tuple(self.server.requests) if request.method == "POST"]
        return [json.loads(body)["messages"][-1]["content"] for body in bodies]


@dataclass(slots=True)
class Exchange:
    """One chat request; the test is its server."""

    head: str
    """Request line and headers, as received."""
    body: dict[str, Any]
    connection: socket.socket

    def send(self, data: bytes) -> None:
        """These bytes and no others."""
        self.connection.sendall(data)

    def open_stream(self) -> None:
        """The head of an event stream that ends with the connection."""
        self.send(_STREAM_HEAD)

    def say(self, text: str, *, part: str = "content") -> None:
        """A piece of the reply."""
        self._event({"choices": [{"index": 0, "delta": {part: text}}]})

    def finish(self) -> None:
        """The proven end of a stream."""
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.send(b"data: [DONE]\n\n")
        self.connection.close()

    def refuse(self, status: int, error: dict[str, Any]) -> None:
        """An answer that is an error, and the end."""
        body = json.dumps({"error": error}, ensure_ascii=False).encode()
        head = f"HTTP/1.1 {status} Refused\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.send(head.encode() + body)
        self.connection.close()

    def wait_closed(self) -> None:
        """Return when the client has closed the connection."""
        self.connection.settimeout(PATIENCE)
        while self.connection.recv(65536):
            pass

    def _event(self, value: dict[str, Any]) -> None:
        self.send(b"data: %b\n\n" % json.dumps(value).encode())


@dataclass(slots=True)
class _Received:
    """The bytes of one connection on their way to being a request."""

    connection: socket.socket
    data: bytes = b""

    def take_request(self) -> tuple[str, bytes] | None:
        """Head and body of the next request; None at the end of the connection."""
        while b"\r\n\r\n" not in self.data:
            if not self._read():
                return None
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(lengths[0]) if lengths else 0
        while len(self.data) < length:
            if not self._read():
                return None
        body, self.data = self.data[:length], self.data[length:]
        return head.decode("latin-1"), body

    def _read(self) -> bool:
        try:
            data = self.connection.recv(65536)
        except OSError:
            return False  # the other side, or the end of the test, has closed the connection
        self.data += data
        return bool(data)


@dataclass(slots=True)
class RawServer:
    """Lists `models`, or refuses to with 500 if there are none; every chat request goes to the test, to be answered."""

    models: Sequence[str] = ("raw",)
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _exchanges: "queue.Queue[Exchange]" = field(default_factory=queue.Queue)
    _connections: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # An accept() that waits in another thread is woken by shutdown, and not by close.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(PATIENCE)
        self._listener.close()
        for connection in self._connections:
            _hang_up(connection)
        for thread in self._threads[1:]:
            thread.join(PATIENCE)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"

    def next_exchange(self) -> Exchange:
        """The next chat request."""
        return self._exchanges.get(timeout=PATIENCE)

    def next_stream(self) -> Exchange:
        """The next chat request, with the head of the reply sent."""
        exchange = self.next_exchange()
        exchange.open_stream()
        return exchange

    def _start(self, target: Any, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name="raw server")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # the listener was shut down: the test is over
            self._connections.append(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        received = _Received(connection)
        while (request := received.take_request()) is not None:
            head, body = request
            if head.startswith("POST"):
                self._exchanges.put(Exchange(head, json.loads(body), connection))
                return
            try:
                connection.sendall(self._list_models())
            except OSError:
                return  # whoever asked has left meanwhile

    def _list_models(self) -> bytes:
        status = "200 OK" if self.models else "500 Broken"
        value = {"data": [{"id": model} for model in self.models]} if self.models else {"error": {"message": "no list"}}
        body = json.dumps(value).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


def _hang_up(connection: socket.socket) -> None:
    # It may be closed already, by the test or by the client.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
