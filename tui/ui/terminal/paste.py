"""Pastes that hold escape characters: Textual ends a paste at the first ESC and takes the rest for keys.

The line ends of coloured log output would then count as Enter, and half a paste would be sent. Here an ESC between the
marks of a bracketed paste (xterm's control sequences, "Bracketed Paste Mode") becomes its visible symbol before the
parser sees it.
"""

from collections.abc import Iterable
from time import monotonic

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START
from textual.drivers import linux_driver
from textual.events import Key
from textual.message import Message

from tui.ui.terminal.key_sequence import KeyParser
from tui.ui.terminal.torn_key import TornKeys

_ESC, _SYMBOL = "\x1b", "\u241b"


class PasteGuard:
    """Rewrites what a terminal sends, read by read. Outside a paste nothing is changed and nothing waits."""

    def __init__(self) -> None:
        self._pasting = False
        self._last = ""  # outside: the end of what has passed, where a mark may have begun
        self._held = ""  # inside: an ESC and what follows, which may be the start of the end mark

    def clean(self, data: str) -> str:
        """The same input with every ESC inside a paste made visible; a torn end mark waits for its rest."""
        out = []
        while data:
            if self._pasting:
                text, data = self._take_paste(self._held + data)
            else:
                text, data = self._take_keys(data)
            out.append(text)
        return "".join(out)

    def _take_keys(self, data: str) -> tuple[str, str]:
        seen = self._last + data
        start = seen.find(BRACKETED_PASTE_START)
        if start == -1:
            self._last = seen[1 - len(BRACKETED_PASTE_START) :]
            return data, ""
        border = start + len(BRACKETED_PASTE_START) - len(self._last)
        self._pasting, self._last = True, ""
        return data[:border], data[border:]

    def _take_paste(self, data: str) -> tuple[str, str]:
        self._held = ""
        text, mark, rest = data.partition(BRACKETED_PASTE_END)
        if mark:
            self._pasting = False
            return text.replace(_ESC, _SYMBOL) + mark, rest
        start = text.rfind(_ESC)
        if start != -1 and BRACKETED_PASTE_END.startswith(text[start:]):
            text, self._held = text[:start], text[start:]
        return text.replace(_ESC, _SYMBOL), ""


class PasteSafeParser(KeyParser):
    """A parser of keys behind a guard."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._guard = PasteGuard()
        self._torn = TornKeys()

    def feed(self, data: str) -> Iterable[Message]:
        """Parse one read; an empty one is the end of input and passes as it is."""
        clean = self._torn.feed(self._guard.clean(data), monotonic())
        return super().feed(clean) if clean or not data else ()

    def tick(self) -> Iterable[Message]:
        """What is known only because nothing more has come."""
        if late := self._torn.give_up(monotonic()):
            yield from super().feed(late)
        for message in super().tick():
            if isinstance(message, Key) and message.key == "escape":
                self._torn.tell()
            yield message


    def find_wait(self) -> float | None:
        """Seconds until `tick` may tell something though nothing has come; None if it never will."""
        now = monotonic()
        begun = None if self._timeout_time is None else max(0.0, self._timeout_time - now)
        return min((wait for wait in (begun, self._torn.find_wait(now)) if wait is not None), default=None)


def guard_pastes() -> None:
    """Let Textual's driver use the guarded parser. Before the app runs; again changes nothing."""
    vars(linux_driver)["XTermParser"] = PasteSafeParser
