"""Command: `weir` as a person runs it, a process of its own, with a home of its own and neither key nor proxy set."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.chat.store import Store
from tui.practice import PracticeServer
from tui.practice.script import model_script
from tui.settings.paths import Paths
from tui.stream.outcome import NoticeCode

ROOT = Path(__file__).resolve().parent.parent
# No key stands here in one piece, so that no scanner of sources takes one for real.
MIXED = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8v"
KEY = "-".join(("sk", MIXED))
MASKED = "sk-…tU8v"
SHAPELESS_KEY = "_".join(("walrus", "carrot", "window", "nine"))

GUARD_SECONDS = 60
"""A command that hangs fails its test after this long; no test waits for it."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def complaint(self) -> str:
        """What stderr says, but for a notice that a machine under load brings about: replies in one burst."""
        lines = self.err.decode().splitlines(keepends=True)
        return "".join(line for line in lines if NoticeCode.BUFFERING_SUSPECTED not in line)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return read_lines(self.out)

    @property
    def end(self) -> dict[str, Any]:
        """The last line, which has to be the only one of its kind."""
        lines = self.lines
        assert [line["type"] for line in lines].index("end") == len(lines) - 1
        return lines[-1]


@dataclass(frozen=True, slots=True)
class Command:
    """One person's `weir`."""

    home: Path

    @property
    def paths(self) -> Paths:
        return Paths(self.home / "config/weir", self.home / "data/weir", self.home / "state/weir")

    def environ(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_STATE_HOME": str(self.home / "state"),
            **(more or {}),
        }

    @asynccontextmanager
    async def start(
        self,
        *arguments: str,
        stdin: int = DEVNULL,
        stdout: int = PIPE,
        environ: Mapping[str, str] | None = None,
        shell: str | None = None,
    ) -> AsyncGenerator[Process, None]:
        """The running command; whatever is left of it at the end of the block is killed.

        `shell` is a line for sh that starts it as "$@".
        """
        through = () if shell is None else ("sh", "-c", shell, "sh")
        process = await asyncio.create_subprocess_exec(
            *(*through, sys.executable, "-W", "error", "-m", "tui", *arguments),
            stdin=stdin,
            stdout=stdout,
            stderr=PIPE,
            cwd=ROOT,
            env=self.environ(environ),
        )
        try:
            async with asyncio.timeout(GUARD_SECONDS):
                yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    async def run(self, *arguments: str, stdin: bytes | None = None, environ: Mapping[str, str] | None = None) -> Ran:
        """Run to the end; `stdin` comes through a pipe, without it stdin is the null device."""
        pipe = DEVNULL if stdin is None else PIPE
        async with self.start(*arguments, stdin=pipe, environ=environ) as process:
            return await finish(process, stdin)

    def files(self) -> dict[str, bytes]:
        """Everything that was written below the home, by its path there."""
        found = (path for path in self.home.rglob("*") if path.is_file())
        return {str(path.relative_to(self.home)): path.read_bytes() for path in found}


async def finish(process: Process, stdin: bytes | None = None) -> Ran:
    """Wait for the end."""
    out, err = await process.communicate(stdin)
    assert process.returncode is not None
    return Ran(process.returncode, out or b"", err)


def read_lines(out: bytes) -> list[dict[str, Any]]:
    """JSON Lines: each line whole, each an object with a type."""
    assert out.endswith(b"\n")
    lines = [json.loads(line) for line in out.decode().removesuffix("\n").split("\n")]
    assert all(isinstance(line["type"], str) for line in lines)
    return lines


def joined(lines: list[dict[str, Any]], kind: str) -> str:
    return "".join(line["text"] for line in lines if line["type"] == kind)


def at(practice: PracticeServer, model: str) -> tuple[str, ...]:
    """The flags that ask for a model of this server, without retries, so that no test waits for one."""
    return ("--base-url", practice.base_url, "-m", model, "--retries", "0")


def lesson(model: str) -> str:
    """What a practice model says."""
    parts = [part for part in model_script(model).parts if not isinstance(part, bytes)]
    return "".join(str(part.get("content", "")) for part in parts)


def saved_replies(weir: Command) -> list[tuple[str, str | None, str]]:
    """Model, outcome and text of every reply of the last conversation."""
    troubles: list[object] = []
    store = Store(weir.paths.database, troubles.append)
    identity = store.latest_conversation()
    assert identity is not None
    conversation = store.load(identity)
    assert conversation is not None
    assert (store.close(), troubles) == (0, [])
    replies = [reply for turn in conversation.turns for reply in turn.replies]
    return [(reply.model, reply.outcome and reply.outcome.value, reply.text) for reply in replies]
