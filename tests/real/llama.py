"""A real llama.cpp server on a free port of 127.0.0.1: a provider that shares no line with this project.

The server runs in a process of its own (`python -m tests.real.llama MODEL SLOTS CONTEXT`), the only one that imports
the extra `real`. It offers OpenAI's `/v1/chat/completions` and `/v1/models`, and llama.cpp's `/health` and `/slots`.
"""

import importlib
import json
import os
import select
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.real.ending import end_process
from tests.real.tiny_model import Kind

_ROOT = Path(__file__).parents[2]
_KEY_VARIABLE = "WEIR_TEST_LLAMA_KEY"
_GREETING = b"listening "
_START_LIMIT = 60.0
_REQUEST_LIMIT = 10.0
_TURN = 0.02


def make_model(kind: Kind, folder: Path) -> Path:
    """Make the file `KIND.gguf` in `folder`, in a child process."""
    path = folder / f"{kind}.gguf"
    subprocess.run([sys.executable, "-m", "tests.real.tiny_model", kind, str(path)], cwd=_ROOT, check=True)
    return path


class LlamaServer:
    """A context manager: the server answers requests on entry, and is ended by its pid on exit.

    `model` is served under the name of its file without the suffix. `context` counts the tokens of each slot; a prompt
    must fit, a reply need not, since the server shifts its context. The server logs to `MODEL.log` beside the model,
    and ends by itself when this process dies.
    """

    def __init__(self, model: Path, *, api_key: str | None = None, slots: int = 2, context: int = 8192) -> None:
        self.model = model.stem
        self._path = model
        self._log = model.with_suffix(".log")
        self._api_key = api_key
        self._slots = slots
        self._context = context
        self._process: subprocess.Popen[bytes] | None = None
        self._root = ""
        # Loopback is asked directly, whatever proxy the environment names.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.real.llama", str(self._path), str(self._slots), str(self._context)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                bufsize=0,
                cwd=_ROOT,
                env={**os.environ, _KEY_VARIABLE: self._api_key or ""},
            )
        try:
            deadline = time.monotonic() + _START_LIMIT
            self._root = self._read_greeting(self._process, deadline)
            self._poll(self._healthy, deadline - time.monotonic(), "did not become healthy")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT/v1`"""
        return f"{self._root}/v1"

    def idle(self) -> bool:
        """Whether no slot generates: what a provider knows about a client that went away."""
        return not any(slot["is_processing"] for slot in self._get("/slots"))

    def wait_idle(self, timeout: float = 20.0) -> None:
        """Ask until the server is idle; AssertionError after `timeout` seconds."""
        self._poll(self.idle, timeout, "did not become idle")

    def _healthy(self) -> bool:
        try:
            return bool(self._get("/health")["status"] == "ok")
        except urllib.error.HTTPError as error:
            # It answers 503 while the model loads.
            error.close()
            return False

    def _get(self, path: str) -> Any:
        request = urllib.request.Request(self._root + path)
        if self._api_key is not None:
            request.add_header("Authorization", f"Bearer {self._api_key}")
        with self._opener.open(request, timeout=_REQUEST_LIMIT) as response:
            return json.load(response)

    def _read_greeting(self, process: subprocess.Popen[bytes], deadline: float) -> str:
        """The address that the child prints when its socket listens."""
        assert process.stdout is not None
        pipe = process.stdout.fileno()
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            data = os.read(pipe, 4096) if ready else b""
            if not data:
                raise self._failure("did not start")
            line += data
        if not line.startswith(_GREETING):
            raise self._failure(f"said {line!r}")
        return line.removeprefix(_GREETING).decode().strip()

    def _poll(self, reached: Callable[[], bool], timeout: float, complaint: str) -> None:
        assert self._process is not None
        deadline = time.monotonic() + timeout
        while not reached():
            if time.monotonic() >= deadline:
                raise self._failure(f"{complaint} within {timeout:g} s")
            try:
                self._process.wait(_TURN)
            except subprocess.TimeoutExpired:
                # Alive, as it should be: ask again.
                continue
            raise self._failure("has ended")

    def _failure(self, complaint: str) -> AssertionError:
        tail = self._log.read_text(errors="replace")[-2000:]
        return AssertionError(f"the llama.cpp server for {self._path} {complaint}; the end of its log:\n{tail}")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        end_process(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def serve(model: Path, slots: int, context: int, api_key: str) -> None:
    """Serve until standard input ends."""
    # The module has no stubs and is in the extra `real` alone.
    llama = importlib.import_module("xllamacpp")
    parameters = llama.CommonParams()
    parameters.model.path = str(model)
    parameters.model_alias = {model.stem}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_parallel = slots
    parameters.n_ctx = slots * context
    parameters.ctx_shift = True
    parameters.cpuparams.n_threads = 1
    parameters.n_gpu_layers = 0
    parameters.fit_params = False
    parameters.use_jinja = True
    parameters.endpoint_slots = True
    if api_key:
        parameters.api_keys = [api_key]
    server = llama.Server(parameters)
    os.write(1, _GREETING + server.listening_address.encode() + b"\n")
    # From here on nobody reads the pipe: what the server still prints goes to the log.
    os.dup2(2, 1)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), os.environ[_KEY_VARIABLE])
