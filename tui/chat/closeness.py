"""Closeness: where in a text all terms of a search stand closest together; pure.

A term is looked for as a whole word, else as the beginning of one, else wherever it stands: `no` means "no" where the
text has that, and "nothing" only where it has not. Places are characters of the text.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from tui.text.fold import fold

Place = tuple[int, int]
"""The first character, and the one behind the last."""

_LOOKED_AT = 2_000
"""Places of one term."""
_LONGEST = 120
"""Characters of words that are looked for as they stand."""
_SIGNS = frozenset("*_~`\\\n\r\t[]#|")
"""What is not seen as it stands, or ends a line."""


def find_places(text: str, term: str) -> list[Place]:
    """The best places of a term in a text that is folded."""
    wanted = fold(term)
    places = list(islice(_find_all(text, wanted), _LOOKED_AT)) if wanted else []
    beginning = [place for place in places if place[0] == 0 or not _joins(text[place[0] - 1], wanted[0])]
    whole = [place for place in beginning if place[1] == len(text) or not _joins(wanted[-1], text[place[1]])]
    return whole or beginning or places


def find_closest(text: str, terms: Sequence[str]) -> Place | None:
    """The shortest part of a text that holds all the terms that are in it, the first of several; None without any."""
    folded = fold(text)
    if phrase := find_places(folded, " ".join(terms)):
        return phrase[0]
    lists = [places for term in terms if (places := find_places(folded, term))]
    marks = sorted((place, number) for number, places in enumerate(lists) for place in places)
    best: Place | None = None
    last: dict[int, Place] = {}
    for place, number in marks:
        last[number] = place
        if len(last) == len(lists):
            start, end = min(one[0] for one in last.values()), max(one[1] for one in last.values())
            if best is None or end - start < best[1] - best[0]:
                best = (start, end)
    return best


def choose_words(text: str, terms: Sequence[str]) -> str:
    """What leads to that place: the words as they stand there, or the longest term where they go over lines."""
    closest = find_closest(text, terms)
    words = text[slice(*closest)] if closest is not None else ""
    if words and len(words) <= _LONGEST and _SIGNS.isdisjoint(words):
        return words
    return max(terms, key=len)


def _find_all(text: str, wanted: str) -> Iterator[Place]:
    at = text.find(wanted)
    while at >= 0:
        yield at, at + len(wanted)
        at = text.find(wanted, at + len(wanted))


def _joins(before: str, after: str) -> bool:
    """Whether two characters belong to one word, in a script that parts words."""
    return all(one.isalnum() and ord(one) < 0x2E80 for one in (before, after))
