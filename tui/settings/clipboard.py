"""The clipboard of whoever sits at the terminal, as far as it can be reached from here, and which way was taken.

Inside tmux an application's OSC 52 is dropped by default (`set-clipboard external`, tmux(1)), and `tmux load-buffer`
reaches both its own buffer and, with `-w`, the terminal around it. Elsewhere OSC 52 (xterm's ctlseqs) goes to the
terminal, which never answers: whether it arrived is not known to anyone, so the text is put into a file as well. Where
nothing else can work, and for what is longer than terminals take, there is the file alone.
"""

import asyncio
import base64
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tui.settings.paths import write_whole
from tui.settings.terminal import Terminal

LIMIT = 75_000
"""Characters of base64 that are sent at most: xterm's own limit is near 100 kB, screens of old have less."""
TMUX_SECONDS = 1.0
FILE_NAME = "clipboard.txt"


@dataclass(frozen=True, slots=True)
class CopyWay:
    """The way a text went. `code` names the sentence `ui.clipboard.CODE`, which is filled with `where` and `reason`."""

    code: Literal["tmux", "terminal", "sent", "file", "failed"]
    """`tmux`: its buffer took it. `terminal`: sent, and in the file too. `sent`: sent, and the file could not be
    written. `file`: only there. `failed`: nowhere."""
    where: Path | None = None
    reason: str | None = None
    """Why the file could not be written."""


async def copy(text: str, terminal: Terminal, state_folder: Path, write_osc52: Callable[[str], object]) -> CopyWay:
    """Copy a text the best way there is. `write_osc52` takes the text and writes the sequence to the terminal."""
    short = len(encode_text(text)) <= LIMIT
    if terminal.tmux and await _load_tmux_buffer(text, around=short):
        return CopyWay("tmux")
    sent = short and may_take_osc52(terminal)
    if sent:
        write_osc52(text)
    path = state_folder / FILE_NAME
    try:
        await asyncio.to_thread(write_whole, path, text)
    except OSError as error:
        return CopyWay("sent" if sent else "failed", path, error.strerror or type(error).__name__)
    return CopyWay("terminal" if sent else "file", path)


def may_take_osc52(terminal: Terminal) -> bool:
    """Whether the sequence may reach a clipboard; both multiplexers keep it to themselves."""
    return not (terminal.dumb or terminal.tmux or terminal.screen or terminal.osc8 is False)


def encode_text(text: str) -> str:
    """The text as OSC 52 carries it."""
    return base64.b64encode(text.encode(errors="replace")).decode("ascii")


async def _load_tmux_buffer(text: str, *, around: bool) -> bool:
    """Whether tmux took it; `around`: the terminal around tmux is to have it too, which tmux knows from 3.2 on."""
    flags = [["-w"], []] if around else [[]]
    for flag in flags:
        if await _run_tmux(["load-buffer", *flag, "-"], text.encode(errors="replace")):
            return True
    return False


async def _run_tmux(arguments: list[str], data: bytes) -> bool:
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec("tmux", *arguments, stdin=pipe, stdout=null, stderr=null)
    except OSError:
        return False  # there is no tmux to run: another way is taken
    try:
        async with asyncio.timeout(TMUX_SECONDS):
            await process.communicate(data)
    except TimeoutError:
        return False  # as above
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):  # it has ended by itself this very moment
                process.kill()
            await process.wait()
    return process.returncode == 0
