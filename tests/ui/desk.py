"""Desk: one person's empty home folder and the terminals in which weir runs there, for tests.

The environment is made from nothing, so neither a key nor a proxy nor a config of whoever runs the tests gets in.
"""

import os
import re
import signal
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.pty.terminal import PtyTerminal
from tests.ui.server import RawServer
from tui.text.language import load_language
from tui.ui.key_hint import bound_keys
from tui.ui.screens.chat import ChatScreen

REPOSITORY = Path(__file__).resolve().parents[2]
_FRAME = re.compile(r"[\s\u2500-\u259f]+")


class Desk:
    """A context manager; leaving it kills what still runs. `config`, `data` and `state` are weir's own folders."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.config = home / "config" / "weir"
        self.data = home / "data" / "weir"
        self.state = home / "state" / "weir"
        self._terminals = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._terminals.close()

    def open(
        self, *arguments: str, environ: Mapping[str, str] | None = None, columns: int = 100, rows: int = 30
    ) -> PtyTerminal:
        """Start `weir ARGUMENTS` in a terminal of its own."""
        return self.run("-m", "tui", *arguments, environ=environ, columns=columns, rows=rows)

    def run(
        self, *arguments: str, environ: Mapping[str, str] | None = None, columns: int = 100, rows: int = 30
    ) -> PtyTerminal:
        """Start Python in a terminal of its own."""
        terminal = self._terminals.enter_context(
            PtyTerminal(
                [sys.executable, *arguments],
                env={**self.environ, **(environ or {})},
                columns=columns,
                rows=rows,
                cwd=self.home,
            )
        )
        # A test that cares for the end waits for it; the others need none that takes its time.
        self._terminals.callback(terminal.kill, signal.SIGKILL)
        return terminal

    @property
    def environ(self) -> dict[str, str]:
        """What a program here finds around it."""
        return {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.config.parent),
            "XDG_DATA_HOME": str(self.data.parent),
            "XDG_STATE_HOME": str(self.state.parent),
            "PATH": os.defpath,
            "PYTHONPATH": str(REPOSITORY),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
        }

    def write_config(self, text: str) -> Path:
        """Write `config.toml`."""
        self.config.mkdir(parents=True, exist_ok=True)
        path = self.config / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    def stored(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with closing(sqlite3.connect(self.data / "weir.db")) as connection:
            return connection.execute(sql).fetchall()

    def files(self) -> dict[Path, bytes]:
        """Every file under the home folder, with its bytes."""
        return {path: path.read_bytes() for path in self.home.rglob("*") if path.is_file()}


def say(name: str, /, **values: object) -> str:
    """A sentence of the program itself, so that no test holds on to its wording; keys in it are the usual ones."""
    return load_language("en").say(name, **{**bound_keys(ChatScreen, {}), **values})


def sentence(code: str, **values: object) -> str:
    """The sentence of an outcome."""
    return load_language("en").outcome(code, values)


def squeeze(text: str) -> str:
    """Text without white space, borders and block marks: a sentence reads the same however it was wrapped."""
    return _FRAME.sub("", text)


class Sentence:
    """What `wait_for` can wait for: a sentence of ours, wherever its lines were broken."""

    def __init__(self, text: str) -> None:
        self.__name__ = repr(text)
        self._squeezed = squeeze(text)

    def __call__(self, screen: str) -> bool:
        return self._squeezed in squeeze(screen)


def spoken(name: str, /, **values: object) -> Sentence:
    """`say`, as something to wait for."""
    return Sentence(say(name, **values))


def note(code: str, **values: object) -> Sentence:
    """The first line of a note: its code, then its sentence."""
    return Sentence(code + sentence(code, **values))


def send_prompt(terminal: PtyTerminal, text: str = "hello") -> None:
    """Type a prompt and send it."""
    terminal.send(text)
    terminal.press("enter")


def pick_model(terminal: PtyTerminal, name: str) -> None:
    """Choose a model by typing its name; returns when the picker is closed again."""
    terminal.press("ctrl+l")
    terminal.wait_for(say("picker.filter"))
    terminal.send(name)
    terminal.wait_for(re.compile(rf"│ (●| ) \S+/{re.escape(name)} .*│"))
    terminal.press("enter")
    terminal.wait_gone(say("picker.title"))


def welcome(terminal: PtyTerminal) -> None:
    """Wait until everything behind the screen is open."""
    terminal.wait_for(spoken("welcome.title"))


def wait_for_status(terminal: PtyTerminal, pattern: str) -> None:
    """Wait until the last row that shows something matches; the status bar is painted four times a second."""

    def status(screen: str) -> bool:
        rows = screen.rstrip().splitlines()
        return bool(rows) and re.search(pattern, rows[-1]) is not None

    status.__name__ = f"a status bar with {pattern!r}"
    terminal.wait_for(status)


def open_raw(desk: Desk, server: RawServer) -> PtyTerminal:
    """The app on a server whose bytes the test sends, with everything behind the screen open."""
    terminal = desk.open("--base-url", server.base_url, "-m", "raw")
    welcome(terminal)
    return terminal
