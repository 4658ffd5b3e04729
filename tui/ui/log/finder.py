"""Finder: where in a conversation some words are, through line ends that only the width made.

Only a message whose source may hold the words is laid out to look, so a search through thousands of messages costs
about as much as reading their text once. Signs of markdown in a source stand between letters that are seen side by
side.
"""

import re
from bisect import bisect_right
from html import unescape
from itertools import accumulate

from rich.cells import cell_len

from tui.text.fold import fold
from tui.ui.log.entry import Entry
from tui.ui.log.reply_entry import ReplyEntry
from tui.ui.log.selection import Spot
from tui.ui.log.stack import Place, Stack

Piece = tuple[int, int, int]
"""Row, first cell, and cell behind the last."""

_SIGNS = re.compile(r"[*_~`\\]")
_RUN = re.compile(r"[^\W_]+")


class Finder:
    """Looks for words, whatever their case, in what is seen of the messages."""

    def __init__(self, words: str) -> None:
        self._words = fold(words)
        self._runs = _RUN.findall(self._words)
        self._signs = set(self._words) - set("".join(self._runs)) - set(" _")

    def count(self, stack: Stack) -> int:
        """About how often they occur: in the messages as they were typed and received."""
        return sum(fold(text).count(self._words) for entry in stack.entries for text in _texts(entry))

    def step(self, stack: Stack, spot: Spot | None, step: int) -> Spot | None:
        """The next (1) or previous (-1) occurrence from a spot on, beyond the ends from the other end; None: none.

        A message in which it is found does not stay folded, nor does a thought in which it occurs.
        """
        size = len(stack.entries)
        start = spot.place.entry if spot is not None else 0 if step > 0 else size - 1
        for distance in range(size + 1 if size else 0):
            number = (start + distance * step) % size
            if not self._may_be_in(stack.entries[number]):
                continue
            spots = self._spots(stack, number)
            if distance == 0 and spot is not None:
                spots = [other for other in spots if (other > spot if step > 0 else other < spot)]
            if spots:
                stack.entries[number].folded = False
                stack.make_exact(number)
                return spots[0 if step > 0 else -1]
        return None

    def occurrences(self, entry: Entry, rows: range) -> list[list[Piece]]:
        """All that begin or end in some rows, each cut into pieces where a row ends."""
        found: list[list[Piece]] = []
        row, room = rows.start, len(self._words)
        while row > 0 and room > 0 and entry.line(row).join is not None:
            row -= 1
            room -= len(_words(entry, row))
        while row < rows.stop:
            last, room = row, len(self._words)
            while last + 1 < entry.height and room > 0 and entry.line(last + 1).join is not None:
                last += 1
                if last >= rows.stop:
                    room -= len(_words(entry, last))
            found += self._in_line(entry, range(row, last + 1))
            row = last + 1
        return found

    def _may_be_in(self, entry: Entry) -> bool:
        heard = entry.heard
        if heard is None:
            return True
        if self._runs:
            text = fold(_SIGNS.sub("", unescape(heard) if "&" in heard else heard))
            return all(run in text for run in self._runs)
        return "&" in heard or all(sign in heard for sign in self._signs)

    def _spots(self, stack: Stack, number: int) -> list[Spot]:
        """Where they begin in a message, of which nothing is folded away."""
        entry = stack.entries[number]
        folded, entry.folded = entry.folded, False
        stack.read_whole(number)
        if isinstance(entry, ReplyEntry) and entry.hides_thought:
            self._open_thought(entry)
        found = self.occurrences(entry, range(entry.rows))
        entry.folded = folded
        stack.make_exact(number)
        return [Spot(Place(number, pieces[0][0]), pieces[0][1]) for pieces in found]

    def _open_thought(self, entry: ReplyEntry) -> None:
        """Unfold the thought of a reply if they occur in it."""
        wanted = entry.thought_shown
        entry.show_thought(True)
        if not self.occurrences(entry, entry.thought_rows):
            entry.show_thought(wanted)

    def _in_line(self, entry: Entry, rows: range) -> list[list[Piece]]:
        """Of one line of the text, which may be several rows."""
        joins = [entry.line(row).join or "" for row in rows]
        texts = [_words(entry, row) for row in rows]
        joined = fold("".join(join + text for join, text in zip(joins, texts, strict=True)))
        sizes = (len(join) + len(text) for join, text in zip(joins, texts, strict=True))
        starts = list(accumulate(sizes, initial=0))
        found: list[list[Piece]] = []
        at = joined.find(self._words)
        while at >= 0:
            end = at + len(self._words)
            pieces: list[Piece] = []
            for index in range(bisect_right(starts, at) - 1, min(bisect_right(starts, end - 1), len(texts))):
                before = starts[index] + len(joins[index])
                left = entry.text_cells(rows[index])[0]
                cells = [left + cell_len(texts[index][: max(0, offset - before)]) for offset in (at, end)]
                if cells[0] < cells[1]:
                    pieces.append((rows[index], cells[0], cells[1]))
            if pieces:
                found.append(pieces)
            at = joined.find(self._words, end)
        return found


def _texts(entry: Entry) -> tuple[str, ...]:
    """What was typed or received, a thought that came apart too."""
    return (entry.source, entry.reply.reasoning) if isinstance(entry, ReplyEntry) else (entry.source,)


def _words(entry: Entry, row: int) -> str:
    """The text of a row without what stands before it."""
    line = entry.line(row)
    text, gutter = line.text, line.gutter
    return text[gutter:] if text[:gutter].isascii() or cell_len(text[:gutter]) == gutter else text
