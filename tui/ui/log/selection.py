"""Selection: what is marked in the log, and the text that it stands for.

A block that is marked whole gives its source, so that a table stays a table; part of one gives its words, unwrapped and
without what stands before them. A spot is a place and a cell from the left of the log.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise

from rich.cells import cell_len

from tui.markdown.address import restore
from tui.markdown.listing import TAB
from tui.markdown.wrap import measure_offsets
from tui.ui.log.entry import Entry
from tui.ui.log.growing_text import BlockText
from tui.ui.log.ornament import ornaments
from tui.ui.log.stack import Place, Stack

_WORD = re.compile(r"https?://[!-~]*[A-Za-z0-9/#=&~-](?:…|\.{3}(?=\)))?|[\w./:@~+-]*[\w/~@+-]|\S")


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A cell of the log."""

    place: Place
    cell: int


@dataclass(frozen=True, slots=True)
class Selection:
    """From one spot up to, and not including, another; in either order."""

    anchor: Spot
    head: Spot

    @property
    def start(self) -> Spot:
        """The upper end."""
        return min(self.anchor, self.head)

    @property
    def end(self) -> Spot:
        """The lower end."""
        return max(self.anchor, self.head)

    def cells(self, place: Place, entry: Entry) -> tuple[int, int] | None:
        """The cells of a row that are marked, from the first up to the last; None if none is."""
        if not self.start.place <= place <= self.end.place:
            return None
        first, last = entry.text_cells(place.row)
        if place == self.start.place:
            first = max(first, self.start.cell)
        if place == self.end.place:
            last = min(last, self.end.cell)
        return (first, last) if first < last else None


def selected_text(stack: Stack, selection: Selection) -> str:
    """The text that is marked."""
    start, end = selection.start, selection.end
    texts = []
    for number in range(start.place.entry, end.place.entry + 1):
        height = stack.height(number)
        first = start.place.row if number == start.place.entry else 0
        last = end.place.row if number == end.place.entry else height - 1
        texts.append(_entry_text(stack.entries[number], number, range(first, min(last, height - 1) + 1), selection))
    return "\n".join(texts).strip("\n")


def _entry_text(entry: Entry, number: int, rows: range, selection: Selection) -> str:
    text, row, begun = "", rows.start, False
    codes = {row: block for block in entry.code_blocks() for row in block.rows if "\t" in block.words}
    while row < rows.stop:
        if (block := _whole_block(entry, number, row, rows, selection)) is not None:
            last = block
            while (further := _whole_block(entry, number, last.rows.stop, rows, selection, gap=True)) is not None:
                last = further
            words = block.words if block.rows == rows else entry.source_between(block, last)
            text += f"\n{words}" if begun else words
            row = last.rows.stop
        else:
            line = entry.line(row)
            words = row_text(entry, row, selection.cells(Place(number, row), entry))
            words = _code_text(entry, codes[row], row, words) if row in codes else _name_text(entry, row, words)
            text += words if not begun else f"\n{words}" if line.join is None else line.join + words
            row += 1
        begun = True
    return text


def _code_text(entry: Entry, block: BlockText, row: int, words: str) -> str:
    """A row of code that is a whole line and marked whole, with its tabs; any other as it is seen."""
    shown = block.words.expandtabs(TAB).split("\n")
    below = row + 1 < block.rows.stop and entry.line(row + 1).join is not None
    lines = sum(entry.line(at).join is None for at in range(row, block.rows.stop))
    number = len(shown) - lines
    if below or entry.line(row).join is not None or number < 0 or shown[number] != words:
        return words
    return block.words.split("\n")[number]


def _name_text(entry: Entry, row: int, words: str) -> str:
    """A row that says who speaks, without its ornament; any other as it is."""
    line = entry.line(row)
    role = line.spans[0].style.role if line.spans else ""
    if role == "you":
        return line.text
    sign = ornaments(ascii=entry.layout is not None and entry.layout.ascii).reply
    return words.removeprefix(sign) if role == "model" else words


def _whole_block(
    entry: Entry, number: int, row: int, rows: range, selection: Selection, *, gap: bool = False
) -> BlockText | None:
    """The block that begins in a row (or, with `gap`, below the blank row here), if it is marked from end to end."""
    if row >= rows.stop or (block := entry.block_at(row)) is None:
        return None
    if block.rows.start != row and not (gap and block.rows.start == row + 1):
        return None
    return block if _is_whole(entry, number, block.rows, rows, selection) else None


def _is_whole(entry: Entry, number: int, block: range, rows: range, selection: Selection) -> bool:
    """Whether a block is marked from end to end."""
    if block.start < rows.start or block.stop > rows.stop:
        return False
    ends = (block.start, block.stop - 1)
    return all(selection.cells(Place(number, row), entry) == _all_cells(entry, row) for row in ends)


def _all_cells(entry: Entry, row: int) -> tuple[int, int] | None:
    first, last = entry.text_cells(row)
    return (first, last) if first < last else None


def row_text(entry: Entry, row: int, cells: tuple[int, int] | None) -> str:
    """The words of a row between two cells; a character of which one half is marked is taken whole.

    What an address leaves out where it is shown comes with its end.
    """
    if cells is None:
        return ""
    text, before = entry.line(row).text, entry.text_start(row)
    offsets = measure_offsets(text)
    begin = bisect_right(offsets, max(0, cells[0] - before)) - 1
    end = min(bisect_left(offsets, cells[1] - before), len(text))
    end = bisect_right(offsets, offsets[end]) - 1
    words, at = "", 0
    for span in entry.line(row).spans:
        part = span.text[max(0, begin - at) : max(0, end - at)]
        link = span.style.link if span.style.role == "address" else None
        words += restore(part, link) if link is not None else part
        at += len(span.text)
    return words


def characters_of(entry: Entry, row: int) -> list[tuple[int, int]]:
    """The cells of each character of a row, from the first to the one behind its last; a cluster is one character.

    They are counted from where the row's text starts.
    """
    offsets = sorted(set(measure_offsets(entry.line(row).text)))
    return [(first, last) for first, last in pairwise(offsets) if first >= entry.line(row).gutter]


def words_of(entry: Entry, row: int) -> list[tuple[int, int]]:
    """The same of each word."""
    text = entry.line(row).text
    offsets = measure_offsets(text)
    return [(offsets[word.start()], offsets[word.end()]) for word in _WORD.finditer(text, _gutter(entry, row))]


def word_at(stack: Stack, spot: Spot) -> Selection | None:
    """The word under a spot."""
    entry = stack.entries[spot.place.entry]
    rows = _rows_without_blanks(entry, spot.place.row)
    texts = [entry.line(row).text[_gutter(entry, row) if row > rows.start else 0 :] for row in rows]
    starts = list(accumulate((len(text) for text in texts), initial=0))
    here = spot.place.row - rows.start
    text, before = texts[here], _cell_at(entry, spot.place.row, texts[here], 0)
    at = starts[here] + bisect_right(measure_offsets(text), max(0, spot.cell - before)) - 1
    if at >= starts[here + 1]:
        return None
    for match in _WORD.finditer("".join(texts)):
        if match.start() <= at < match.end():
            ends = []
            for offset, index in ((match.start(), match.start()), (match.end(), match.end() - 1)):
                number = bisect_right(starts, index) - 1
                cell = _cell_at(entry, rows[number], texts[number], offset - starts[number])
                ends.append(Spot(Place(spot.place.entry, rows[number]), cell))
            return Selection(ends[0], ends[1])
    return None


def _rows_without_blanks(entry: Entry, row: int) -> range:
    """The rows around one that a wrap parted within a word, so far as no blank was taken between them."""
    first = last = row
    while entry.line(first).join == "" and first > 0:
        first -= 1
    while last + 1 < entry.height and entry.line(last + 1).join == "":
        last += 1
    return range(first, last + 1)


def _gutter(entry: Entry, row: int) -> int:
    """The characters of a row that are no text of the document."""
    return bisect_left(measure_offsets(entry.line(row).text), entry.line(row).gutter)


def _cell_at(entry: Entry, row: int, text: str, offset: int) -> int:
    """The cell, from the left of the log, of a character of the end of a row."""
    before = entry.line(row).text.removesuffix(text)
    return entry.text_start(row) + cell_len(before) + cell_len(text[:offset])


def block_at(stack: Stack, spot: Spot) -> Selection | None:
    """The block around a spot; outside the text of a reply, the paragraph of rows. None between two of them."""
    number, entry = spot.place.entry, stack.entries[spot.place.entry]
    block = entry.block_at(spot.place.row)
    if block is not None and spot.place.row in block.rows:
        return rows_marked(number, entry, block.rows)
    return rows_marked(number, entry, rows) if (rows := _rows_around(entry, spot.place.row)) else None


def rows_marked(number: int, entry: Entry, rows: range) -> Selection:
    """Whole rows of an entry."""
    last = rows.stop - 1
    begin = min(0, entry.text_cells(rows.start)[0])
    return Selection(Spot(Place(number, rows.start), begin), Spot(Place(number, last), entry.text_cells(last)[1]))


def _rows_around(entry: Entry, row: int) -> range:
    first = last = row
    if not entry.line(row).spans:
        return range(0)
    section, _ = entry.locate(row)
    while first > 0 and entry.line(first - 1).spans and entry.locate(first - 1)[0] is section:
        first -= 1
    while last + 1 < entry.height and entry.line(last + 1).spans and entry.locate(last + 1)[0] is section:
        last += 1
    return range(first, last + 1)
