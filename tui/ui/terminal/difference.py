"""The bytes that turn what a terminal shows into what it should show: as few as its abilities allow. Pure functions.

A row that holds clusters (ZWJ, VS16, flags, combining marks) is sent whole, after erasing it, with an absolute column
behind each cluster, so a terminal that draws one wider or narrower than Textual thinks shifts and leaves nothing.
Scroll regions are DECSTBM with LF and RI, which every VT100 has; the pen is plain then, since terminals disagree on
whether lines that come in take its background. Synchronised output: mode 2026 of the Contour terminal.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import compress, count, repeat
from operator import is_not, ne, or_
from typing import NamedTuple

from tui.ui.terminal.ability import Abilities
from tui.ui.terminal.grid import Row, Screen, blank_row
from tui.ui.terminal.pen import PLAIN, Pen, blank_pen, is_erasable
from tui.ui.terminal.pencil import Pencil, cleared
from tui.ui.terminal.scroll import Scroll, find_scroll

_SHORT_GAP = 4
"""Unchanged cells that are cheaper to write again than to skip."""
_SHORT_RUN = 8
"""Blanks that are cheaper to write than to erase."""
_LONG_GAP = re.compile(rf" {{{_SHORT_RUN + 1},}}| +\Z")
"""Blanks behind a word that may be cheaper to erase, or not to be reached at all."""
_WORTH_SYNCHRONISING = 160
"""Characters below which an update is too small to be seen half done."""


class Sent(NamedTuple):
    """What a terminal is known to show."""

    screen: Screen
    pen: Pen = PLAIN
    """Left as it was last needed: streaming goes on with the same one."""


class Difference(NamedTuple):
    """What to send, and what the terminal shows after it."""

    text: str
    sent: Sent


def find_difference(
    sent: Sent | None, wanted: Screen, abilities: Abilities, *, synchronised: bool = False
) -> Difference:
    """The shortest known way; `sent` is None when nothing is known of the terminal, which is cleared then."""
    if sent is None or sent.screen.columns != wanted.columns or len(sent.screen.rows) != len(wanted.rows):
        fill = _common_blank(wanted.rows) if abilities.colour_erase else PLAIN
        pencil = cleared(abilities, wanted.columns, fill)
        _paint(pencil, (blank_row(wanted.columns, fill),) * len(wanted.rows), wanted, abilities)
    else:
        pencil = Pencil(abilities, wanted.columns, sent.screen.cursor, sent.pen)
        rows = sent.screen.rows
        scroll = find_scroll(rows, wanted.rows)
        if scroll is not None:
            _scroll(pencil, scroll, len(rows))
            rows = scroll.apply(rows)
        _paint(pencil, rows, wanted, abilities)
    text = pencil.result()
    if synchronised and len(text) > _WORTH_SYNCHRONISING:
        text = f"\x1b[?2026h{text}\x1b[?2026l"
    return Difference(text, Sent(wanted, pencil.pen))


def _common_blank(rows: Sequence[Row]) -> Pen:
    """The background that most of a screen has."""
    blanks = Counter(
        pen for row in rows for cell, pen in zip(row.text, row.pens, strict=True) if cell == " " and is_erasable(pen)
    )
    return max(blanks, key=lambda pen: blanks[pen], default=PLAIN)


def _scroll(pencil: Pencil, scroll: Scroll, lines: int) -> None:
    pencil.take(PLAIN)
    bounded = (scroll.top, scroll.bottom) != (0, lines - 1)
    if bounded:
        pencil.control(f"\x1b[{scroll.top + 1};{scroll.bottom + 1}r", None)
    pencil.move(0, scroll.bottom if scroll.lines > 0 else scroll.top)
    pencil.control("\n" * scroll.lines if scroll.lines > 0 else "\x1bM" * -scroll.lines, None)
    if bounded:
        pencil.control("\x1b[r", None)  # the cursor is home then, but not on every terminal


def _paint(pencil: Pencil, rows: Sequence[Row], wanted: Screen, abilities: Abilities) -> None:
    """Write every row that differs, then bring the cursor to rest."""
    for y in compress(count(), map(is_not, rows, wanted.rows)):
        old, new = rows[y], wanted.rows[y]
        if old == new:
            continue
        if old.has_clusters() or new.has_clusters():
            pencil.move(0, y)
            pencil.take(PLAIN)
            pencil.erase(PLAIN, 0)
            old = blank_row(wanted.columns)
        _paint_row(pencil, y, old, new, abilities)
    pencil.rest(wanted.cursor)


def _paint_row(pencil: Pencil, y: int, old: Row, new: Row, abilities: Abilities) -> None:
    text, pens = new.text, new.pens
    changed = bytes(map(ne, old.text, text))
    if old.pens != pens:
        changed = bytes(map(or_, changed, map(ne, old.pens, pens)))
    x = changed.find(1)
    while x != -1:
        while text[x] == "":
            x -= 1
        _reach(pencil, x, y, new)
        blank = text[x] == " "
        end = _write_blanks(pencil, x, new, changed, abilities) if blank else _write_run(pencil, x, new, changed)
        x = changed.find(1, end)


def _reach(pencil: Pencil, x: int, y: int, row: Row) -> None:
    """Bring the cursor along, over a short gap by writing what stands there."""
    start = pencil.stands(y)
    if start is not None and 0 < x - start <= _SHORT_GAP:
        gap = [(row.text[column], row.pens[column]) for column in range(start, x)]
        if all(len(cell) == 1 and pencil.suits(cell, pen) for cell, pen in gap) and row.text[x] != "":
            for cell, pen in gap:
                pencil.write(cell, pen, 1)
    pencil.move(x, y)


def _write_run(pencil: Pencil, x: int, row: Row, changed: bytes) -> int:
    """Write what has changed from here on and takes one pen, short gaps between words too; the column after it."""
    text, pens = row
    unchanged = changed.find(0, x)
    stop = unchanged if unchanged != -1 else len(changed)
    if not isinstance(text, str):
        end = next(column for column in range(x + 1, len(text) + 1) if text[column : column + 1] != ("",))
        if end - x > 1 or len(text[x]) > 1:
            pencil.write(text[x], pens[x], end - x)
            return end
        stop = next((column for column in range(x + 1, stop) if not _is_narrow(text, column)), stop)
    pen = pens[x]
    blank = blank_pen(pen)
    end = x + 1
    while end < stop and (pens[end] is pen or (pens[end] is blank and text[end] == " ")):
        end += 1
    words = "".join(text[x:end])
    if (gap := _LONG_GAP.search(words)) is not None:
        words = words[: gap.start()]
    pencil.write_text(words, pen)
    return x + len(words)


def _is_narrow(text: tuple[str, ...], column: int) -> bool:
    return len(text[column]) == 1 and text[column + 1 : column + 2] != ("",)


def _write_blanks(pencil: Pencil, x: int, row: Row, changed: bytes, abilities: Abilities) -> int:
    """Write or erase a run of blanks; the column after it."""
    text, pens = row
    pen, columns = pens[x], len(text)
    end = next(compress(count(x), map(ne, text[x:], repeat(" "))), columns)
    end = next(compress(count(x), map(is_not, pens[x:end], repeat(pen))), end)
    last = changed.rfind(1, x, end) + 1
    erasable = is_erasable(pen) and (abilities.colour_erase or pen == PLAIN)
    if erasable and end == columns and last - x > 2:
        pencil.erase(pen, 0)
        return columns
    if erasable and abilities.erase and last - x > _SHORT_RUN:
        pencil.erase(pen, last - x)
    else:
        pencil.write(" ", pen, 1, last - x)
    return last
