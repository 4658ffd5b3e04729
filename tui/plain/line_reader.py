"""LineReader: lines that a person types, by the terminal's own editing or by readline's.

The terminal's own knows backspace, ctrl+w and ctrl+u and writes nothing but what is typed: for TERM=dumb and for an
output that is no terminal. readline (GNU, or libedit in its stead) adds the arrow keys and what was typed before.
Both wait for the output to be written first, so that a prompt stands behind what it follows.
"""

import io
import os
import select
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from tui.plain.output import Output
from tui.plain.signals import SignalCame, Signals

PASTE_SECONDS = 0.03
"""How soon the next line of a paste follows: links split a paste into packets, and nobody types a line in this time."""
_TURN = 0.2
_ECHO, _CHARACTERS = 3, 6
"""Places in the list of tcgetattr(3): the local modes, and the special characters."""


class EndOfInput(Exception):
    """ctrl+d, or the terminal is gone."""


class LineReader(Protocol):
    """Where lines come from. Both ways to read one raise EndOfInput and SignalCame."""

    def read(self, prompt: str) -> str:
        """The next line, without its end; `prompt` is shown before it."""

    def is_waiting(self) -> bool:
        """Whether more has been typed or pasted already."""

    def unsent(self) -> str:
        """What has been typed and not been read as a line."""

    def busy(self) -> Any:
        """A context manager: nobody reads now, and what is typed is kept and shows at the next prompt."""


class TerminalReader:
    """The terminal's own editing (termios(3), canonical mode)."""

    def __init__(self, descriptor: int, output: Output, signals: Signals) -> None:
        self._descriptor = descriptor
        self._output = output
        self._signals = signals
        self._typed = b""
        """Read and not handed out; the terminal has not shown it."""

    def read(self, prompt: str) -> str:
        """The next line. What was typed while nobody read is shown behind the prompt, and cannot be edited there."""
        self._output.write(prompt)
        line, end, rest = self._typed.partition(b"\n")
        if line or end:
            self._output.write(_decode(line) + ("\n" if end else ""))
        wait_written(self._output, self._signals)
        while not end:
            data = self._read_more()
            if not data and (not self._typed or _attributes(self._descriptor) is None):
                raise EndOfInput  # what was typed last before a hang-up is not sent for that
            self._typed += data or b"\n"
            line, end, rest = self._typed.partition(b"\n")
        self._typed = rest
        self._output.note_echo()
        return _decode(line)

    def _read_more(self) -> bytes:
        """Wait, and read what is there; a signal drops the unfinished line, as the terminal itself does."""
        try:
            with self._signals.raising():
                select.select([self._descriptor], [], [])
        except SignalCame as came:
            if came.number is came.number.SIGINT:
                self._typed = b""
            raise
        try:
            return os.read(self._descriptor, 65536)
        except OSError:
            return b""  # the terminal is gone: that is the end of the input

    def is_waiting(self) -> bool:
        """A whole line is there, or comes right behind the last one."""
        return b"\n" in self._typed or _is_readable(self._descriptor)

    def unsent(self) -> str:
        """What was typed; read out of the terminal, so call this at the end."""
        self._typed += _take_typed(self._descriptor)
        return _decode(self._typed)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Without echo, since it would stand in the middle of a reply."""
        with _silent(self._descriptor):
            yield
            self._typed += _take_typed(self._descriptor)


class ReadlineReader:
    """readline's editing, on the terminal that stdin and stdout are. It writes no sequence but to move in a line."""

    def __init__(self, output: Output, signals: Signals) -> None:
        import readline

        self._readline = readline
        self._output = output
        self._signals = signals
        self._kept = ""
        for setting in ("enable-bracketed-paste off", "enable-meta-key off", "bell-style none"):
            readline.parse_and_bind(f"set {setting}")
        readline.parse_and_bind("tab: self-insert")  # else it completes names of files
        readline.set_startup_hook(self._insert_kept)
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")

    def _insert_kept(self) -> None:
        if self._kept:
            self._readline.insert_text(self._kept)
            self._kept = ""

    def read(self, prompt: str) -> str:
        """The next line; one that a signal cut short stands in the editor again at the next call."""
        wait_written(self._output, self._signals)
        try:
            with self._signals.raising():
                line = input(prompt)
        except SignalCame:
            self._kept = self._readline.get_line_buffer()
            self._output.write("\n")
            raise
        except (EOFError, OSError):
            self._output.write("\n")
            raise EndOfInput from None
        if _attributes(0) is None:
            self._kept = line  # readline takes a hang-up for Enter
            raise EndOfInput
        self._output.note_echo()
        return line

    def is_waiting(self) -> bool:
        """More was typed or pasted, not necessarily to the end of a line: readline shows what there is."""
        return _is_readable(0)

    def unsent(self) -> str:
        """What stood in the editor, and what was typed after."""
        return self._kept + _decode(_take_typed(0))

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Without echo: readline shows what was typed when it reads it."""
        with _silent(0):
            yield


def wait_written(output: Output, signals: Signals) -> None:
    """Wait until all output is written, for ever if the link stalls for ever; a signal raises SignalCame."""
    while not output.drain(_TURN):
        with signals.raising():
            pass


def _is_readable(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], PASTE_SECONDS)[0])


def _decode(data: bytes) -> str:
    """What was typed; ctrl+d in the middle of typing leaves a NUL."""
    return data.decode(errors="replace").replace("\0", "").replace("\r", "")


@contextmanager
def _silent(descriptor: int) -> Iterator[None]:
    """Without echo, and ctrl+c does not throw away what has been typed."""
    former = _attributes(descriptor)
    if former is None:
        yield
        return
    silent = list(former)
    silent[_ECHO] = former[_ECHO] & ~termios.ECHO | termios.NOFLSH
    _set_attributes(descriptor, silent)
    try:
        yield
    finally:
        _set_attributes(descriptor, former)


def _take_typed(descriptor: int) -> bytes:
    """What waits in the terminal, an unfinished line too; nothing where there is no terminal any more."""
    former = _attributes(descriptor)
    if former is None:
        return b""
    raw = list(former)
    raw[_ECHO] = former[_ECHO] & ~(termios.ICANON | termios.ECHO)
    raw[_CHARACTERS] = [*former[_CHARACTERS]]
    raw[_CHARACTERS][termios.VMIN], raw[_CHARACTERS][termios.VTIME] = 0, 0
    _set_attributes(descriptor, raw)
    typed = b""
    try:
        while data := os.read(descriptor, 65536):
            typed += data
    except OSError:
        pass  # the terminal is gone, and took with it what it held
    finally:
        _set_attributes(descriptor, former)
    return typed


def _attributes(descriptor: int) -> list[Any] | None:
    try:
        return termios.tcgetattr(descriptor)
    except termios.error:
        return None  # no terminal, or none any more


def _set_attributes(descriptor: int, attributes: list[Any]) -> None:
    try:
        termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
    except termios.error:
        return  # the terminal is gone, and its modes with it
