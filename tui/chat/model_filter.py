"""ModelFilter: the models whose name holds every typed word with its letters in order, the tightest match first.

A name that holds every word whole comes before one in which some are spread out, and one in which each begins where a
word of the name does before those (`mini` is o4-mini before it is gemini); among equals the shorter name comes first,
then the catalogue's order. An empty filter is the catalogue itself.

Names are put into their final order once. Words that a name holds whole cost a search or two each and no ranking, since
their spans are all alike; only where fewer than `limit` such names are found are the spread ones ranked. A filter that
goes on from the last one looks at its matches alone.
"""

import re
from collections.abc import Callable, Sequence

from tui.chat.catalogue import Model


class ModelFilter:
    """The models of one state of the catalogue, ready to be filtered at every key."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models
        names = [model.name.lower() for model in models]
        self._order = sorted(range(len(names)), key=lambda index: len(names[index]))
        self._names = [names[index] for index in self._order]
        self._typed = ""
        self._matches: Sequence[int] = range(len(names))

    def filter(self, typed: str, limit: int | None = None) -> tuple[list[Model], int]:
        """The best matches, at most `limit`, and how many there are in all."""
        words = typed.lower().split()
        if not words:
            return list(self._models if limit is None else self._models[:limit]), len(self._models)
        candidates = self._matches if self._typed and typed.startswith(self._typed) else range(len(self._names))
        whole = _keep_whole(self._names, candidates, words)
        spread: list[int] = []
        if any(len(word) > 1 for word in words):
            spread = _keep_spread(self._names, candidates, words, set(whole))
        self._typed, self._matches = typed, sorted((*whole, *spread)) if spread else whole
        if spread and (limit is None or len(whole) < limit):
            spread.sort(key=lambda place: (_total_span(words, self._names[place]), place))
        best = [*_put_beginnings_first(self._names, whole, words, limit), *spread][:limit]
        return [self._models[self._order[place]] for place in best], len(whole) + len(spread)


def filter_models(models: Sequence[Model], typed: str) -> list[Model]:
    """The same, once, for a list that is filtered no second time."""
    return ModelFilter(models).filter(typed)[0]


def _keep_whole(names: Sequence[str], candidates: Sequence[int], words: Sequence[str]) -> list[int]:
    kept = list(candidates)
    for word in words:
        kept = [place for place in kept if word in names[place]]
    return kept


def _put_beginnings_first(
    names: Sequence[str], places: Sequence[int], words: Sequence[str], limit: int | None
) -> list[int]:
    """First the names with each word at the beginning of one of theirs, a digit after a letter among them.

    The others follow; as soon as there are `limit` of the first, no more is looked at.
    """
    begins = [_find_beginning(word) for word in words]
    first: list[int] = []
    others: list[int] = []
    for place in places:
        (first if all(find(names[place]) for find in begins) else others).append(place)
        if len(first) == limit:
            break
    return [*first, *others]


def _find_beginning(word: str) -> Callable[[str], object]:
    before = r"(?<![^\W\d_])" if word[0].isalpha() else r"(?<!\d)" if word[0].isdigit() else ""
    return re.compile(before + re.escape(word)).search


def _keep_spread(names: Sequence[str], candidates: Sequence[int], words: Sequence[str], taken: set[int]) -> list[int]:
    """The other names that hold the letters of each word in their order."""
    kept = [place for place in candidates if place not in taken]
    for word in words:
        holds = re.compile(".*?".join(map(re.escape, word)), re.DOTALL).search
        kept = [place for place in kept if holds(names[place])]
    return kept


def _total_span(words: Sequence[str], name: str) -> int:
    return sum(len(word) if word in name else _span(word, name) for word in words)


def _span(word: str, name: str) -> int:
    """How many characters of the name the word's letters spread over at the least; they are all there."""
    best = len(name)
    start = name.find(word[0])
    while start != -1:
        end = start
        for letter in word[1:]:
            end = name.find(letter, end + 1)
            if end == -1:
                return best
        best = min(best, end - start + 1)
        start = name.find(word[0], start + 1)
    return best
