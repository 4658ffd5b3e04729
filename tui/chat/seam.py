"""Seam: joins the continuation of a text to the text, without what the model repeats and without losing what it adds.

What comes is held back only as long as it may still be a repetition. In order of precedence, what is dropped is
  1  the last words that the model was asked to repeat (`Partial.last_words`), always
  2  the longest end of the text with which the continuation begins, if it is more than chance (see `_is_repetition`)
  3  a code fence with a name that is opened anew though one is open
each of them behind white space, an ellipsis or a fence that the model may have put before it. White space at the end of
the text is not written twice. What is dropped stands in the text already, but for those signs before it.

Chance is judged by how the model was asked. One that was told to repeat words repeats whole ones. One that was given
the text as the start of its answer does not: there a long end counts, since a row of a table may well follow its like,
and the whole text, which some servers send again before what follows (llama.cpp does where it does not stream).
"""

import re
from collections.abc import Iterable

from tui.stream.partial import Partial

_SEARCHED = 4_000
"""Characters at the end of the text in which a repetition may begin; it may also begin at the start of the text."""
_WORD, _LONG, _WHOLE = 3, 40, 6
"""Least weights of a repetition: of words, of one that nobody asked for, of a whole text that nobody asked for."""
_BEFORE = re.compile(r"\s*(?:(?:\.{3}|…)\s*)?")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})([^\n`]*)\n")
_FENCE_BEGUN = re.compile(r"\s*(?:`{1,}|~{1,})[^\n`]{0,60}")
_FENCE_LINE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")


class Seam:
    """Feed it the continuation in any pieces; joined to the text, what it gives back is the whole."""

    def __init__(self, partial: Partial, *, prefilled: bool) -> None:
        """`prefilled`: the model was given the text as the start of its answer, and asked for nothing in words."""
        self._partial = partial
        self._core = partial.core
        self._prefilled = prefilled
        self._asked = len(self._core) - len(partial.last_words)
        self._fenced = not prefilled and in_fence(self._core)
        self._held = ""
        self._searches: list[_Search] = []
        self._gap = partial.gap
        self._joined = False

    def feed(self, text: str) -> str:
        """What this piece adds to the text, as far as that is certain."""
        if self._joined:
            return self._close_gap(text)
        self._held += text
        if self._searches:
            for search in self._searches:
                search.feed(text)
        elif _is_begun(self._held, fenced=self._fenced):
            self._search()
        else:
            return ""
        repeated = self._find_asked()
        if repeated is None and not self._is_open:
            repeated = self._find_longest()
        return "" if repeated is None else self._join(repeated)

    def end(self) -> str:
        """What was held back, once nothing more comes: a repetition that never ended is none of it."""
        if self._joined:
            return ""
        if not self._searches:
            self._search()
        if (asked := self._find_asked()) is not None:
            return self._join(asked)
        repeated = self._find_longest()
        if not repeated and any(self._is_repeating(search) for search in self._searches):
            repeated = len(self._held)
        return self._join(repeated)

    @property
    def _is_open(self) -> bool:
        """Whether more may show a longer repetition."""
        return any(search.live for search in self._searches)

    def _search(self) -> None:
        starts = _find_starts(self._held, fenced=self._fenced)
        self._searches = [_Search(self._core, start, self._places(), self._held[start:]) for start in starts]

    def _places(self) -> set[int]:
        """Where in the text a repetition may begin: where a word does, at its start, and where it was asked for."""
        core, first = self._core, max(0, len(self._core) - _SEARCHED)
        near = {place for place in range(first, len(core)) if self._prefilled or _begins_word(core, place)}
        return near | {0, self._asked} if core else near

    def _find_asked(self) -> int | None:
        """How much is dropped if the model did as it was told; None if that is not seen, or nobody told it."""
        if self._prefilled or not self._core:
            return None
        said = (search.start for search in self._searches if self._asked in search.whole)
        start = next(said, None)
        return None if start is None else start + len(self._core) - self._asked

    def _find_longest(self) -> int:
        """How much of what is held repeats the end of the text."""
        fence = _FENCE.match(self._held) if self._fenced else None
        closing = fence.end() if fence is not None and not fence[1].strip() else None  # it may well close the block
        found = (
            (len(self._core) - place, -search.start)
            for search in self._searches
            for place in search.whole
            if search.start != closing and _is_repetition(self._core, place, prefilled=self._prefilled)
        )
        if (longest := max(found, default=None)) is not None:
            return longest[0] - longest[1]
        return fence.end() if fence is not None and closing is None else 0

    def _is_repeating(self, search: "_Search") -> bool:
        """Whether what came ended in the middle of what surely is a repetition."""
        said = self._held[search.start :]
        asked = self._asked in search.live and not self._prefilled
        return bool(search.live) and _weigh(said) >= (_WORD if asked else _LONG)

    def _join(self, repeated: int) -> str:
        self._joined = True
        rest, self._held = self._held[repeated:], ""
        if not repeated and not self._prefilled:
            self._gap = ""
        return self._close_gap(rest)

    def _close_gap(self, text: str) -> str:
        """Leave out the white space that stands at the end of the text already."""
        if not self._gap or not text:
            return text
        same = 0
        while same < min(len(self._gap), len(text)) and self._gap[same] == text[same]:
            same += 1
        self._gap = self._gap[same:] if same == len(text) else ""
        return text[same:]


class _Search:
    """The places of a text with which a continuation agrees so far, from one of its characters on."""

    def __init__(self, core: str, start: int, places: Iterable[int], said: str) -> None:
        self._core = core
        self._seen = 0
        self.start = start
        """Where in the continuation it begins."""
        self.live = list(places)
        """Places from which the text goes on as the continuation does, the end of the text not reached."""
        self.whole: list[int] = []
        """Places from which all of the text stands in the continuation."""
        self.feed(said)

    def feed(self, said: str) -> None:
        """Compare what comes next."""
        core, live = self._core, []
        for place in self.live:
            at = place + self._seen
            if len(core) - at > len(said):
                if core.startswith(said, at):
                    live.append(place)
            elif said.startswith(core[at:]):
                self.whole.append(place)
        self.live = live
        self._seen += len(said)


def in_fence(text: str) -> bool:
    """Whether a text ends inside a fenced block of code (CommonMark 0.31, 4.5)."""
    opened = ""
    for line in _FENCE_LINE.finditer(text):
        signs, rest = line[1], line[2].strip()
        if not opened:
            opened = signs if signs[0] == "~" or "`" not in rest else ""
        elif signs[0] == opened[0] and len(signs) >= len(opened) and not rest:
            opened = ""
    return bool(opened)


def _is_begun(held: str, *, fenced: bool) -> bool:
    """Whether what stands before the words of a continuation is seen whole."""
    before = _BEFORE.match(held)
    rest = held[before.end() :] if before else held
    if not rest or (len(rest) < 3 and set(rest) == {"."}):
        return False
    return not (fenced and _FENCE_BEGUN.fullmatch(held))


def _find_starts(held: str, *, fenced: bool) -> list[int]:
    """Where in a continuation the repetition may begin."""
    before = _BEFORE.match(held)
    fence = _FENCE.match(held) if fenced else None
    blank = len(held) - len(held.lstrip())  # what looks like an ellipsis may be the text's own
    return sorted({0, blank, *(found.end() for found in (before, fence) if found is not None)})


def _begins_word(text: str, place: int) -> bool:
    """Whether a word, or what is none, begins there; an ideograph is a word by itself."""
    if place == 0 or _IDEOGRAPH.match(text, place) or _IDEOGRAPH.match(text, place - 1):
        return True
    return not (text[place - 1].isalnum() and text[place].isalnum())


def _is_repetition(core: str, place: int, *, prefilled: bool) -> bool:
    """Whether the end of the text from this place on is too much to have come again by chance."""
    words = core[place:]
    weight = _weigh(words)
    if not prefilled:
        return weight >= _WORD
    if place == 0:
        return weight >= _WHOLE
    return weight >= _LONG and not core.endswith(words, 0, place)  # what repeats itself may do so again


def _weigh(words: str) -> int:
    """Letters and digits; an ideograph says as much as two."""
    return sum(char.isalnum() for char in words) + len(_IDEOGRAPH.findall(words))
