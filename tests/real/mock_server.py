"""MockServer: a mock of OpenAI's API that somebody else wrote, as a process of its own on a free port of 127.0.0.1."""

import http.client
import json
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.real.ending import end_process

_HOST = "127.0.0.1"
_START_LIMIT = 60.0
_REQUEST_LIMIT = 10.0
_TURN = 0.05
"""Seconds between two looks into the log of a server that starts."""
_ANNOUNCED = re.compile(r"(?:running|listening) on http://127\.0\.0\.1:([1-9][0-9]*)")
"""What both llmock (by uvicorn) and aimock say when their socket listens."""


class MockServer:
    """A context manager: the server answers on entry, and is ended by its pid on exit.

    The command is to take a port that the system gives (port 0); the server says in its log which that is.
    """

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self._log = folder / "server.log"
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT/v1`"""
        return f"http://{_HOST}:{self._port}/v1"

    def control(self, method: str, path: str, value: object = None) -> Any:
        """Send JSON to the server's own interface, by which tests steer it, and return the answer's."""
        connection = http.client.HTTPConnection(_HOST, self._port, timeout=_REQUEST_LIMIT)
        try:
            connection.request(method, path, json.dumps(value), {"Content-Type": "application/json"})
            response = connection.getresponse()
            body = response.read()
            assert response.status // 100 == 2, f"{method} {path}: {response.status} {body[:200]!r}"
            return json.loads(body)
        finally:
            connection.close()

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._log.parent
            )
        try:
            self._port = self._wait_announced(self._process)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _wait_announced(self, process: subprocess.Popen[bytes]) -> int:
        deadline = time.monotonic() + _START_LIMIT
        while (found := _ANNOUNCED.search(said := self._log.read_text(errors="replace"))) is None:
            assert process.poll() is None, f"{self._command[0]} has ended; what it said:\n{said}"
            assert time.monotonic() < deadline, f"{self._command[0]} does not listen; what it said:\n{said}"
            time.sleep(_TURN)
        return int(found[1])

    def _end(self) -> None:
        process, self._process = self._process, None
        end_process(process)
