"""Runs an app of `log_app` on a pseudo-terminal of 120x40 that answers nothing, and types into it if asked to."""

import fcntl
import json
import os
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.documents import SIGN
from tui.ui.run import textual_settings

COLUMNS, ROWS = 120, 40
ROOT = Path(__file__).resolve().parents[2]
KEYS = "".join(map(chr, (*range(0x410, 0x450), *range(0x391, 0x3A2), *range(0x3B1, 0x3CA), *range(0x561, 0x587))))
"""Letters that stand in none of the documents, each typed once."""
KEY_SECONDS = 0.08
AS_WEIR = {**textual_settings(remote=False), "PYTHONHASHSEED": "0"}
"""What weir sets before Textual reads it, for all apps alike."""
READ = 65536


def run(
    plan: Mapping[str, Any], *, keys: int = 0, frames: int | None = None
) -> tuple[list[dict[str, float]], list[float]]:
    """The figures of a plan's steps, and how long each of the first `keys` keys took to show, in seconds.

    Keys are typed from when the app shows its sign; one that has not shown when the app ends took for ever. `frames` a
    second are painted at most, if not as many as weir lets Textual paint.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        ours, theirs = os.openpty()
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        pace = {"TEXTUAL_FPS": str(frames)} if frames is not None else {}
        environment = {**AS_WEIR, **os.environ, **pace, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.log_app", json.dumps(plan), str(result)],
            stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        try:
            echoes, output = _follow(ours, KEYS[:keys])
        finally:
            os.close(ours)
            if process.poll() is None:
                process.terminate()
            process.wait()
        figures = json.loads(result.read_text()) if result.exists() else []
        if len(figures) < len(plan["steps"]):
            raise RuntimeError(f"{plan} was not run; its last output: {output[-2000:].decode(errors='replace')}")
        return figures, echoes


def _follow(fd: int, keys: str) -> tuple[list[float], bytes]:
    """Read until the app ends, and type; the delay of each key and the last output."""
    output = since_key = b""
    echoes: list[float] = []
    left = list(reversed(keys))
    key, sent_at, typing = "", 0.0, False
    while True:
        if select.select([fd], [], [], KEY_SECONDS / 4)[0]:
            if not (data := _read(fd)):
                return [*echoes, *([float("inf")] if key else [])], output
            now = time.monotonic()
            output, since_key = (output + data)[-READ:], since_key + data
            typing = typing or SIGN.encode() in output
            if key and key.encode() in since_key:
                echoes.append(now - sent_at)
                key = ""
        if typing and not key and left and time.monotonic() >= sent_at + KEY_SECONDS:
            key, since_key, sent_at = left.pop(), b"", time.monotonic()
            os.write(fd, key.encode())


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, READ)
    except OSError:  # so Linux says that nobody is left to write
        return b""
