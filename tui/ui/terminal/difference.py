"""The bytes that turn what a terminal shows into what it should show: as few as its abilities allow. Pure functions.

A row that holds clusters (ZWJ, VS16, flags, combining marks) is sent whole, after erasing it, with an absolute column
behind each cluster, so a terminal that draws one wider or narrower than Textual thinks shifts and leaves nothing.
Scroll regions are DECSTBM with LF and RI, which every VT100 has; the pen is plain then, since terminals disagree on
whether lines that come in take its background. Synchronised output: mode 2026 of the Contour terminal.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress, count
from operator import is_not, ne, or_

from tui.ui.terminal.ability import Abilities
from tui.ui.terminal.grid import Row, Screen, blank_row
from tui.ui.terminal.pen import PLAIN, Pen, is_erasable
from tui.ui.terminal.pencil import Pencil, cleared
from tui.ui.terminal.scroll import Scroll, find_scroll

_SHORT_GAP = 4
"""Unchanged cells that are cheaper to write again than to skip."""
_SHORT_RUN = 8
"""Blanks that are cheaper to write than to erase."""
_WORTH_SYNCHRONISING = 160
"""Characters below which an update is too small to be seen half done."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a terminal is known to show."""

    screen: Screen
    pen: Pen = PLAIN
    """Left as it was last needed: streaming goes on with the same one."""


@dataclass(frozen=True, slots=True)
class Difference:
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
    changed = list(map(ne, old.text, text))
    if old.pens != pens:
        changed = list(map(or_, changed, map(ne, old.pens, pens)))
    changed.append(True)  # behind the last, so that the search for the next always finds one
    columns = len(text)
    x = 0
    while (x := changed.index(True, x)) < columns:
        while text[x] == "":
            x -= 1
        _reach(pencil, x, y, new)
        blank = text[x] == " "
        x = _write_blanks(pencil, x, new, changed, abilities) if blank else _write_run(pencil, x, new, changed)


def _reach(pencil: Pencil, x: int, y: int, row: Row) -> None:
    """Bring the cursor along, over a short gap by writing what stands there."""
    start = pencil.stands(y)
    if start is not None and 0 < x - start <= _SHORT_GAP:
        gap = [(row.text[column], row.pens[column]) for column in range(start, x)]
        if all(len(cell) == 1 and pencil.suits(cell, pen) for cell, pen in gap) and row.text[x] != "":
            for cell, pen in gap:
                pencil.write(cell, pen, 1)
    pencil.move(x, y)


def _write_run(pencil: Pencil, x: int, row: Row, changed: Sequence[bool]) -> int:
    """Write one character, or several that are the same, or all behind it that take one pen; the column after it."""
    text, pens, cell, pen, columns = row.text, row.pens, row.text[x], row.pens[x], len(row.text)
    end = x + 1
    if end < columns and text[end] == "":
        while end < columns and text[end] == "":
            end += 1
        pencil.write(cell, pen, end - x)
        return end
    while len(cell) == 1 and end < columns and changed[end] and text[end] == cell and pens[end] == pen:
        end += 1
    pencil.write(cell, pen, 1, end - x)
    start = end
    while end < columns and changed[end] and pens[end] is pen and len(text[end]) == 1:
        if text[end + 1 : end + 2] in ((text[end],), ("",)):
            break
        end += 1
    if len(cell) == 1 and end > start:
        pencil.write_text("".join(text[start:end]))
        return end
    return start


def _write_blanks(pencil: Pencil, x: int, row: Row, changed: Sequence[bool], abilities: Abilities) -> int:
    """Write or erase a run of blanks; the column after it."""
    pen, columns = row.pens[x], len(row.text)
    end = last = x + 1
    while end < columns and row.text[end] == " " and row.pens[end] == pen:
        end += 1
        if changed[end - 1]:
            last = end
    erasable = is_erasable(pen) and (abilities.colour_erase or pen == PLAIN)
    if erasable and end == columns and last - x > 2:
        pencil.erase(pen, 0)
        return columns
    if erasable and abilities.erase and last - x > _SHORT_RUN:
        pencil.erase(pen, last - x)
    else:
        pencil.write(" ", pen, 1, last - x)
    return last
