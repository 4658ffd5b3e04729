"""Pieces: where a long text is parted, so that no text costs more at a time than its piece does.

Some texts are slow to read (brackets that nobody closes, thousands of stars), and what is open in them could be closed
however far behind. So a text is read in pieces: no emphasis, link, code or formula reaches from one into the next.
Where a piece ends depends on nothing but the text before; a paragraph that is no longer than a piece is one.
"""

import re
from collections.abc import Iterator

PIECE = 4_800
"""The longest piece, in characters: six or seven hundred words."""
_WINDOW = 1_200
"""Characters at the end of a full piece among which its end is looked for."""
_WIDE_LETTER = "[\u3400-\u4dbf\u4e00-\u9fff\u3041-\u3096\u30a1-\u30fa]"

SEAM = re.compile(f"(?<=[^ \t\n] )(?=[^ \t\n])|(?<=[。！？；，、：])(?={_WIDE_LETTER})")
"""Where a text may be parted: behind a lone blank, or between a wide stop and a wide letter."""
_SENTENCE = re.compile(f"(?<=[.!?] )(?=[^ \t\n])|(?<=[。！？])(?={_WIDE_LETTER})")


def find_end(text: str, start: int) -> int | None:
    """Where the piece that begins at `start` ends, at the end of a sentence if it can; None: with the text, so far."""
    full = start + PIECE
    if len(text) <= full:
        return None
    for seam in (_SENTENCE, SEAM):
        if places := [found.start() for found in seam.finditer(text, full - _WINDOW, full)]:
            return places[-1]
    return full


def split(text: str) -> Iterator[str]:
    """All pieces of a text."""
    start = 0
    while (end := find_end(text, start)) is not None:
        yield text[start:end]
        start = end
    yield text[start:]
