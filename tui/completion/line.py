"""A command line that is being typed: its words as a shell reads them, and how a word is written into one.

Nothing is expanded: `$(rm)` is five characters and a dollar sign. Source: POSIX.1-2017, Shell Command Language, 2.2.
"""

import re
from dataclasses import dataclass

_SAFE = re.compile(r"[\w@%+=:,./-]")
"""What needs no backslash: letters and digits of any script, and what means nothing to a shell."""
_IN_DOUBLE = '$`"\\'


@dataclass(frozen=True, slots=True)
class Line:
    """The words up to the caret."""

    before: tuple[str, ...]
    """Whole words, without their quotes."""
    word: str
    """The one at the caret, without its quotes; empty where one is to begin."""
    raw: str
    """The same as it stands in the line."""
    quote: str
    """The quote that is open at the caret, `'` or `"`; else empty."""


def read_line(text: str) -> Line:
    """Read a line up to the caret."""
    words: list[str] = []
    word, begin, quote, place = "", -1, "", 0
    while place < len(text):
        char = text[place]
        escaped = char == "\\" and quote != "'" and place + 1 < len(text)
        if begin < 0 and not char.isspace():
            begin = place
        if escaped and (not quote or text[place + 1] in _IN_DOUBLE):
            word += text[place + 1]
            place += 1
        elif quote:
            word, quote = (word, "") if char == quote else (word + char, quote)
        elif char in "'\"":
            quote = char
        elif char.isspace():
            if begin >= 0:
                words.append(word)
            word, begin = "", -1
        else:
            word += char
        place += 1
    return Line(tuple(words), word, text[begin:] if begin >= 0 else "", quote)


def write_rest(line: Line, value: str, replaced: str) -> str | None:
    """What bash is to put in the place of `replaced`, the end of the word, so that the word means `value`.

    bash breaks words at `:` and `=` too, and replaces what stands behind the last of these; a quote that is open stays
    so. None if the word as it stands cannot become this value.
    """
    kept = read_line(line.raw.removesuffix(replaced)).word
    if not value.startswith(line.word) or not value.startswith(kept):
        return None
    rest = value[len(kept) :]
    if line.quote == "'":
        return rest.replace("'", "'\\''")
    if line.quote:
        if "!" in rest:
            return None  # between double quotes nothing keeps bash's history from it and is not a part of the word
        return "".join(f"\\{char}" if char in _IN_DOUBLE else char for char in rest)
    return "".join(char if _SAFE.match(char) else f"\\{char}" for char in rest)
