"""Torn keys: sequences that a slow link delivers in two parts, further apart than a lone Escape may take.

What begins as a sequence waits for its end. A lone ESC cannot wait, since it is a key too: it is told, and when the
rest of a key comes in one read soon after, it is that key all the same, and no text such as `[A`.
"""

import re

HOLD_SECONDS = 1.0
"""How long the second part may take."""
_ESC = "\x1b"
_BEGUN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?\Z")
_REST = re.compile(r"\[200~|(?:\[<?[0-9;:]*[A-HMPQRSZmu~]|O[A-DFHMP-S])(?=\x1b|\Z)")
"""The rest of a key or of a mouse report, all but its ESC, and no beginning of a word; a paste has text after it."""


class TornKeys:
    """Joins what comes read by read; times are seconds of one clock."""

    def __init__(self) -> None:
        self._held = ""
        self._since = float("-inf")
        self._lone = self._told = False

    def feed(self, text: str, now: float) -> str:
        """What is whole by now, with its ESC where that was told as a key already."""
        if self._told and now - self._since < HOLD_SECONDS and _REST.match(text):
            text = _ESC + text
        text, self._held = self._held + text, ""
        self._told = False
        begun = _BEGUN.search(text)
        self._lone = begun is not None and begun[0] == _ESC
        if begun is not None:
            self._since = now
            if not self._lone:
                text, self._held = text[: begun.start()], begun[0]
        return text

    def find_wait(self, now: float) -> float | None:
        """Seconds until what is held is given up; None if nothing is."""
        return max(0.0, self._since + HOLD_SECONDS - now) if self._held else None

    def tell(self) -> None:
        """A lone ESC has been told as a key."""
        self._told, self._lone = self._lone, False

    def give_up(self, now: float) -> str:
        """What was held and has not gone on in time."""
        if not self._held or now - self._since < HOLD_SECONDS:
            return ""
        text, self._held = self._held, ""
        return text
