"""Spans of text -> rows that fit a number of cells.

Latin text breaks at blanks; a word that is longer than a row breaks behind a hyphen or a slash, or where the row ends.
Wide text (Chinese, Japanese, Korean) breaks between characters, but never before a mark that closes (kinsoku) nor
behind one that opens. Clusters (an emoji with its joiners, a flag, a letter with its accents) stay whole. What stood at
a break is kept with the row below it, so the text can be had back as it was; only blanks before a line's end are lost.

A row depends on nothing that comes before its own start, so text that grows is wrapped again from any row's start.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from rich.cells import get_character_cell_size, split_graphemes

from tui.markdown.line import Span

WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60"
    "\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
"""What takes two cells and needs no blank to break, as the inside of a character class."""

_NEVER_FIRST = (
    "!%),.:;?\\]}¢°·»’”†‡…—‥›℃、。〃々〉》」』】〕〗〙〛〞〟ゝゞーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎゕゖ"
    "！％），．：；？］｝～｜｠｡｣､･ｰ"
    "\u0300-\u036f\u200d\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\U0001f3fb-\U0001f3ff"
)
_NEVER_LAST = "(\\[{«‘“‹〈《「『【〔〖〘〚〝（［｛｟｢￡￥＄£¥$#\u200d"

# The last place to break in a row. A place is before a blank, or beside a wide character.
_BREAK = re.compile(
    "(?s:.+)(?:"
    "(?<=[^ ])(?= )"
    f"|(?<=[{WIDE}])(?<![{_NEVER_LAST}])(?=[^ {_NEVER_FIRST}])"
    f"|(?<=[^ {_NEVER_LAST}])(?=[{WIDE}])(?![{_NEVER_FIRST}])"
    ")"
)
_BREAK_IN_WORD = re.compile("(?s:.+)(?<=[-/])(?=[^-/\u0300-\u036f\u200d\ufe0f])")
_BLANKS = re.compile(" *")
_CLUSTER_MARKS = re.compile("[\u200d\ufe0f\U0001f1e6-\U0001f1ff]")
_STRAY_JOINERS = re.compile("((?:^|(?<= ))\u200d+)")  # join nothing to a blank, where a row may break
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")


class Row(NamedTuple):
    """A row as a piece of a text."""

    start: int
    end: int
    """Offsets; behind the end follow the blanks that the break took, or the newline."""
    join: str | None
    """What stood before it, where a wrap parted it from the row above; None at the start of a line."""


def break_rows(text: str, width: int) -> list[Row]:
    """The rows of a text, each at most `width` cells; newlines in it end a row. There is always one."""
    if "\n" not in text:
        return _break_line(text, 0, len(text), width)
    rows: list[Row] = []
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        rows += _break_line(text, start, end, width)
        start = end + 1
    return rows


def break_code(text: str, width: int) -> list[Row]:
    """The rows of a line of code: cut where they are full, blanks kept."""
    if text.isascii():
        starts = list(range(0, len(text), width)) or [0]
        return [Row(at, min(at + width, len(text)), "" if at else None) for at in starts]
    cells = measure_offsets(text)
    rows: list[Row] = []
    start = 0
    while start < len(text) or not rows:
        end = max(bisect_right(cells, cells[start] + width) - 1, min(start + 1, len(text)))
        rows.append(Row(start, end, "" if start else None))
        start = end
    return rows


def measure_offsets(text: str) -> list[int]:
    """The cells before each offset of a text, its end included; those within a cluster count the whole of it."""
    cells = [0, *accumulate(map(get_character_cell_size, text))]
    if not _CLUSTER_MARKS.search(text):
        return cells
    total = offset = 0
    for piece in _STRAY_JOINERS.split(text):
        for start, end, size in split_graphemes(piece)[0]:
            total += size
            cells[offset + start + 1 : offset + end + 1] = [total] * (end - start)
        offset += len(piece)
    for flag in _FLAG.finditer(text):
        if cells[flag.start()] < cells[flag.start() + 1]:  # else its first half belongs to a joiner
            cells[flag.start() + 1] = cells[flag.end()]
    return cells


def cut(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """The spans of a piece of their text."""
    return cut_rows(spans, [Row(start, end, None)])[0]


def cut_rows(spans: Sequence[Span], rows: Sequence[Row]) -> list[list[Span]]:
    """The spans of each row; rows are in order."""
    pieces: list[list[Span]] = []
    index, before = 0, 0  # the span that holds the place reached, and the offset at which it starts
    for start, end, _ in rows:
        while index < len(spans) and before + len(spans[index].text) <= start:
            before += len(spans[index].text)
            index += 1
        piece: list[Span] = []
        while index < len(spans) and before < end:
            span = spans[index]
            after = before + len(span.text)
            if start <= before and after <= end:
                piece.append(span)
            else:
                piece.append(Span(span.text[max(start - before, 0) : end - before], span.style))
            if after > end:
                break
            before = after
            index += 1
        pieces.append(piece)
    return pieces


def extend_spans(spans: list[Span], more: Sequence[Span]) -> None:
    """Put spans behind others; two of one style that meet become one."""
    if spans and more and spans[-1].style == more[0].style:
        spans[-1] = Span(spans[-1].text + more[0].text, spans[-1].style)
        more = more[1:]
    spans += more


def _break_line(text: str, start: int, end: int, width: int) -> list[Row]:
    """The rows of a piece of text without newlines."""
    while end > start and text[end - 1] == " ":
        end -= 1
    line = text[start:end]
    if line.isascii():
        if end - start <= width:
            return [Row(start, end, None)]
        return _break_ascii(line, start, width)
    return _break_mixed(line, start, width)


def _break_ascii(line: str, offset: int, width: int) -> list[Row]:
    """The same as `_break_mixed` for ASCII, where offsets are cells: many times as fast."""
    rows: list[Row] = []
    start, join = 0, None
    while len(line) - start > width:
        at = line.rfind(" ", start, start + width + 1)
        while at > start and line[at - 1] == " ":
            at -= 1
        if at <= start:
            at = _break_word(line, start, start + width)
        rows.append(Row(offset + start, offset + at, join))
        after = at
        while line[after] == " ":
            after += 1
        start, join = after, line[at:after]
    rows.append(Row(offset + start, offset + len(line), join))
    return rows


def _break_mixed(line: str, offset: int, width: int) -> list[Row]:
    rows: list[Row] = []
    cells = measure_offsets(line)
    start, join = 0, None
    while cells[-1] - cells[start] > width:
        full = max(bisect_right(cells, cells[start] + width) - 1, start + 1)
        found = _BREAK.match(line, start, full + 1)
        at = found.end() if found else _break_word(line, start, full)
        rows.append(Row(offset + start, offset + at, join))
        blanks = _BLANKS.match(line, at)
        after = blanks.end() if blanks else at
        start, join = after, line[at:after]
    rows.append(Row(offset + start, offset + len(line), join))
    return rows


def _break_word(line: str, start: int, full: int) -> int:
    """Where to break a word that is longer than a row: behind a hyphen or a slash if the row is then half full."""
    found = _BREAK_IN_WORD.match(line, start, full + 1)
    return found.end() if found and found.end() - start > (full - start) // 2 else full
