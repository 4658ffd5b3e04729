"""Cursor: how far a wide character moves it, asked of a terminal that is being drawn on (DSR 6, ECMA-48 8.3.35).

The character is written into the first cells and the screen painted anew after it. The answer comes in among the keys,
where it would pass for one (`ESC [ 1 ; 2 R` is also shift+F3), so it is taken out of them, once.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from tui.settings.terminal_survey import ANSWER_SECONDS, WIDE

QUESTION = f"\x1b7\x1b[1;1H{WIDE}\x1b[6n\x1b8"
_ANSWER = re.compile(r"\x1b\[1;(\d{1,4})R")


class CursorQuestion:
    """Waits for one answer, which `tell` is given as a number of cells."""

    def __init__(self, tell: Callable[[int], object]) -> None:
        self._tell = tell
        self._answered = False

    def feed(self, text: str) -> str:
        """What came in, without the answer."""
        if self._answered or (match := _ANSWER.search(text)) is None:
            return text
        self._answered = True
        self._tell(int(match[1]) - 1)
        return text[: match.start()] + text[match.end() :]


@runtime_checkable
class WidthTeller(Protocol):
    """A driver that can ask."""

    def ask_wide_cells(self) -> "asyncio.Future[int]":
        """How many cells a wide character takes; a terminal that does not answer never tells."""


async def measure_wide_character(driver: object) -> int | None:
    """How many cells a Chinese character takes; None where nobody can ask, or answers."""
    if not isinstance(driver, WidthTeller):
        return None
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await driver.ask_wide_cells()
    except TimeoutError:
        return None
