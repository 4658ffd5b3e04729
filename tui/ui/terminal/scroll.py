"""Scrolls between two screens: rows that stand elsewhere now, as one region and how far it moved."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, compress, count
from operator import is_not, ne
from typing import NamedTuple

from tui.ui.terminal.grid import Row, blank_row

_LEAST_ROWS = 3
"""With fewer changed rows than this, a scroll saves nothing."""
_COST = 30
"""Bytes of a scroll itself: two regions, a move, and the pen given up and taken again."""
_PEN_COST = 12
"""Bytes of a change of pen, about."""


class Scroll(NamedTuple):
    """Rows `top` to `bottom`, both included, move up by `lines`, or down if that is negative."""

    top: int
    bottom: int
    lines: int

    def apply(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """The rows after the scroll; what comes in is blank."""
        region = rows[self.top : self.bottom + 1]
        fresh = (blank_row(len(rows[0].text)),) * min(abs(self.lines), len(region))
        kept = region[self.lines :] if self.lines > 0 else region[: self.lines]
        moved = (*kept, *fresh) if self.lines > 0 else (*fresh, *kept)
        return (*rows[: self.top], *moved, *rows[self.bottom + 1 :])


def find_scroll(old: Sequence[Row], new: Sequence[Row]) -> Scroll | None:
    """The scroll that puts most text where it has to be. Colours do not count: a scrollbar beside the text may differ.

    Every changed row votes for the distance to where its text stood, if it stood in one place only; then the run of
    rows that gains most from the winner's distance is the region (Kadane's maximum subarray).
    """
    changed = list(compress(count(), map(is_not, old, new)))
    if len(changed) < _LEAST_ROWS:
        return None
    top, bottom = changed[0], changed[-1]
    before, after = ([row.joined() for row in rows[top : bottom + 1]] for rows in (old, new))
    counts = Counter(before)
    places = {text: y for y, text in enumerate(before) if counts[text] == 1 and not text.isspace()}
    votes: Counter[int] = Counter()
    for y, text in enumerate(after):
        if text in places and places[text] != y:
            votes[places[text] - y] += len(text.rstrip())
    if not votes:
        return None
    lines = max(votes, key=lambda distance: (votes[distance], -abs(distance)))
    first, last = _best_run(_find_gains(before, after, lines))
    if lines > 0:
        scroll = Scroll(top + first, min(top + last + lines, bottom), lines)
    else:
        scroll = Scroll(max(top + first + lines, top), top + last, lines)
    cost = _COST + sum(_find_costs(scroll.apply(old), new))
    # The rest of the rows does not matter when the first few cost more.
    return scroll if any(spent > cost for spent in accumulate(_find_costs(old, new))) else None


def _find_gains(before: list[str], after: list[str], lines: int) -> list[int]:
    """For each row the characters that need not be sent, about, less those that the scroll spoils."""
    nowhere: list[str | None] = [None] * abs(lines)
    sources = [*before[lines:], *nowhere] if lines > 0 else [*nowhere, *before[:lines]]
    gains: list[int] = []
    for there, source, wanted in zip(before, sources, after, strict=False):
        length = len(wanted.rstrip())
        if source != wanted:
            gains.append(-length - 1 if there == wanted else -1)
        else:
            gains.append(0 if there == wanted else max(length, len(there.rstrip())))
    return gains


def _best_run(gains: list[int]) -> tuple[int, int]:
    """The first and last place of the run with the greatest sum."""
    best, found = gains[0], (0, 0)
    total, start = 0, 0
    for place, gain in enumerate(gains):
        if total <= 0:
            total, start = 0, place
        total += gain
        if total > best:
            best, found = total, (start, place)
    return found


def _find_costs(old: Sequence[Row], new: Sequence[Row]) -> Iterator[int]:
    """About how many bytes it takes to paint each row over the other; a scroll can spoil more than it brings."""
    for before, after in zip(old, new, strict=True):
        if before is not after and before != after:
            yield sum(map(ne, before.text, after.text))
            if before.pens != after.pens:
                yield _PEN_COST * (1 + sum(map(is_not, after.pens, after.pens[1:])))
