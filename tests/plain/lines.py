"""Line mode in a terminal, for tests: open it, and wait for what stands at the end of its lines."""

import re
from collections.abc import Callable
from typing import Any

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, say
from tests.ui.server import RawServer

DUMB = {"TERM": "dumb"}
MOVES = re.compile(rb"[\x08\x1b]|\r(?!\n)")
"""What moves a cursor or sets a colour: nothing of it belongs into a line."""


def ends(text: str) -> re.Pattern[str]:
    """What `wait_for` can wait for: a text at the end of everything that was written."""
    return re.compile(re.escape(text.rstrip()) + r"\s*\Z")


def at_prompt(before: str = "") -> Callable[[str], bool]:
    """The prompt, with nothing behind it, somewhere after `before`."""

    def shown(screen: str) -> bool:
        text, newline, last = screen.rstrip().rpartition("\n")
        return last == say("plain.you").rstrip() and before in text + newline

    shown.__name__ = f"a prompt after {before!r}"
    return shown


def open_raw(desk: Desk, server: RawServer, *arguments: str, environ: Any = None) -> PtyTerminal:
    """Line mode on that server, at its first prompt."""
    terminal = desk.open(
        "--plain", "--base-url", server.base_url, "-m", "raw", *arguments, environ=environ, rows=60, columns=200
    )
    terminal.wait_for(at_prompt(say("plain.model", model="")))
    return terminal


def type_line(terminal: PtyTerminal, text: str) -> None:
    """Type a line and send it; returns when it is shown."""
    terminal.send(text)
    terminal.wait_for(ends(text))
    terminal.press("enter")


def asked(exchange: Any) -> str:
    """The prompt of a request."""
    return str(exchange.body["messages"][-1]["content"])
