"""The driver between Textual and the tty: updates become cells, and cells that changed become bytes.

Textual renders whole regions and waits for a tty that is slow; here differences are sent, and nobody waits (`writer`).
Keys come in as Textual reads them. A tty that is gone, on either side, is told once.
"""

import asyncio
import os
import re
from codecs import getincrementaldecoder
from collections.abc import Callable
from select import select

from rich.console import Console, RenderableType
from textual._compositor import CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.drivers import linux_driver
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from tui.ui.terminal.ability import read_abilities
from tui.ui.terminal.cell_app import CellApp
from tui.ui.terminal.compositor import StripUpdate
from tui.ui.terminal.cursor import QUESTION, CursorQuestion
from tui.ui.terminal.frame import Brush, find_strips
from tui.ui.terminal.grid import Screen, blank_screen, with_cursor
from tui.ui.terminal.paste import PasteSafeParser
from tui.ui.terminal.typed_ahead import TypedAhead, find_typed_ahead
from tui.ui.terminal.waking_event import WakingEvent
from tui.ui.terminal.writer import Writer

_MOVE = re.compile(r"\x1b\[(\d{1,5});(\d{1,5})H")
"""CUP, which Textual ends each update with."""
_CONTROL = re.compile(
    r"(?:\x1b\[[?<=>][0-9;]*[ -/]*[@-~]"  # modes, their reports and the kitty keyboard protocol
    r"|\x1b\](?:22|52);[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\)"  # the pointer's shape, the clipboard
    r"|\x07)+"
)
_MOUSE_MODES = (1000, 1002, 1006)
"""Buttons, drags and SGR coordinates; not 1003, which reports every move to nobody."""
_READ_SIZE = 4096


class _StandIn(CompositorUpdate):
    """An update in Textual's hands: where that would be rendered, it is drawn."""

    def __init__(self, update: StripUpdate | LayoutUpdate, draw: Callable[[StripUpdate | LayoutUpdate], None]) -> None:
        self._update, self._draw = update, draw

    def render_segments(self, console: Console) -> str:
        """Nothing is left to be written."""
        self._draw(self._update)
        return ""

    def __rich__(self) -> StripUpdate | LayoutUpdate:
        """To anybody else it is the update."""
        return self._update


class _Handover:
    """What is raised within, in any thread, is raised by the app."""

    def __init__(self, app: App[object]) -> None:
        self._app = app

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if error is not None:
            self._app.call_later(self._raise, error)
        return True

    @staticmethod
    def _raise(error: BaseException) -> None:
        raise error


class GridDriver(linux_driver.LinuxDriver):
    """Textual's driver for Linux and macOS with another way out."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        if not isinstance(app, CellApp):
            raise TypeError("only a CellApp hands its updates over")
        app.painter = self
        self.exit_event = self._leaving = WakingEvent()
        self._brush = Brush(app.console)
        self._screen = Screen(())
        self._writer: Writer | None = None
        self._typed_ahead = TypedAhead()
        self._told_lost = False
        self._question: CursorQuestion | None = None

    def on_lost(self) -> None:
        """The tty is gone. Called once, from the loop; closes the app unless it is overridden."""
        self._app.exit()

    def repaint(self) -> None:
        """Send everything again: somebody else has written to the tty."""
        if self._writer is not None:
            self._writer.forget()

    def ask_wide_cells(self) -> "asyncio.Future[int]":
        """How many cells a Chinese character takes here; a terminal that does not answer never tells."""
        loop = self._loop
        answered: asyncio.Future[int] = loop.create_future()

        def settle(cells: int) -> None:
            if not answered.done():
                answered.set_result(cells)

        self._question = CursorQuestion(lambda cells: loop.call_soon_threadsafe(settle, cells))
        if self._writer is not None:
            self._writer.send(QUESTION)
            self._writer.forget()
        return answered

    @property
    def behind(self) -> bool:
        """Whether the terminal is still taking an earlier screen: painting now would be for nothing."""
        return self._writer is not None and self._writer.behind

    def stand_in(self, renderable: RenderableType) -> RenderableType:
        """What is drawn when Textual renders it, in place of an update."""
        if isinstance(renderable, StripUpdate | LayoutUpdate):
            return _StandIn(renderable, self._draw)
        return renderable

    def _draw(self, update: StripUpdate | LayoutUpdate) -> None:
        """Before the start and after `close` it goes nowhere."""
        if self._writer is None:
            return
        columns, lines = self._app.size
        if (self._screen.columns, len(self._screen.rows)) != (columns, lines):
            self._screen = blank_screen(columns, lines)
        self._screen = self._brush.draw(self._screen, find_strips(update))

    def write(self, data: str) -> None:
        """Take a control sequence, or the move that ends an update; never waits. Anything else goes nowhere."""
        writer = self._writer
        if writer is None:
            return
        if move := _MOVE.fullmatch(data):
            self._screen = with_cursor(self._screen, int(move[2]) - 1, int(move[1]) - 1)
            writer.show(self._screen)
        elif _CONTROL.fullmatch(data):
            writer.send(data)

    def start_application_mode(self) -> None:
        """Take the terminal. When it was given away before, all that was on it comes back."""
        if self._writer is not None:
            # SIGCONT after a stop that no program sees: as if it had been seen, else two threads would read keys.
            self.suspend_application_mode()
        assert self._file is not None, "an interpreter without stderr has no terminal"
        encoding = self._file.encoding or "utf-8"
        self._writer = Writer(self._file.fileno(), read_abilities(os.environ), encoding, self._lose)
        self._writer.start()
        if self._screen.rows:
            self._writer.show(self._screen)
        self._typed_ahead = find_typed_ahead(self.fileno)
        start: Callable[[], None] = super().start_application_mode
        start()

    def close(self) -> None:
        """Write the end, for as long as `writer.FLUSH_SECONDS` at most."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        super().close()

    def process_message(self, message: Message) -> None:
        """Pass on what the terminal said, but not that it knows synchronised output: it is set here, where it pays."""
        if not isinstance(message, TerminalSupportsSynchronizedOutput):
            super().process_message(message)
        elif self._writer is not None:
            self._writer.synchronise()

    def _run_input_thread(self) -> None:
        """In its thread. Textual would print what went wrong, with its source; here it is raised where bugs are met."""
        with _Handover(self._app):
            self.run_input_thread()

    def run_input_thread(self) -> None:
        """Read keys until the driver stops, or the tty is gone. Textual's own loop spins at the end of input."""
        parser = PasteSafeParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        ended = False
        while not (ended or self.exit_event.is_set()):
            if self.fileno in select([self.fileno, self._leaving.fileno()], [], [], parser.find_wait())[0]:
                data = self._read()
                ended = data == b""
                text = decode(data) if data else ""
                if self._question is not None:
                    text = self._question.feed(text)
                for message in parser.feed(text) if text else ():
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)
        if ended and self.input_tty:
            self._lose()

    def _read(self) -> bytes | None:
        """What was typed, None if nothing was; empty at the end of input, which Linux also tells as an error."""
        try:
            return self._typed_ahead.restore(os.read(self.fileno, _READ_SIZE))
        except BlockingIOError:
            return None
        except OSError:
            return b""  # whatever it was, this descriptor brings no more keys, and the caller acts on that

    def _lose(self) -> None:
        """Called from both threads."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell_lost)

    def _tell_lost(self) -> None:
        if not self._told_lost:
            self._told_lost = True
            self.on_lost()

    def _get_terminal_size(self) -> tuple[int, int]:
        """Asked for when the size may have changed, in a signal handler: then the terminal has rearranged its rows."""
        if self._writer is not None:
            self._writer.forget(settle=True)
        return super()._get_terminal_size()

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self._switch_mouse("h")

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self._switch_mouse("l")

    def _switch_mouse(self, final: str) -> None:
        self.write("".join(f"\x1b[?{mode}{final}" for mode in _MOUSE_MODES))
