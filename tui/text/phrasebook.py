"""Phrasebook: sentences of places where no language is known, such as the command line and the config.

They are English in the code, as those of argparse are, and found here by their shape: `{}` stands for what a sentence
is filled with, `{0}` and so on in the other language for the same in order. What fills one may be a phrase itself. Of
several shapes that fit the first one holds: a sentence in which others stand comes before those. One without a word of
its own, `{}: {}`, is a frame: it comes last, and holds only if what fills its last hole is a phrase.
"""

import re
from collections.abc import Mapping
from re import Match, Pattern

_HOLE = re.compile(r"\{\}")
_WORD = re.compile(r"[a-z]{2}")
_FILLING = re.compile(r"\{(\d)\}")


class Phrasebook:
    """Phrases by their English shape; without any it leaves every text as it is."""

    def __init__(self, phrases: Mapping[str, str]) -> None:
        self._plain = {shape: phrase for shape, phrase in phrases.items() if not _HOLE.search(shape)}
        shaped = [(_compile(shape), phrase) for shape, phrase in phrases.items() if _HOLE.search(shape)]
        self._shaped = sorted(shaped, key=lambda pair: _is_frame(pair[0]))

    def say(self, text: str) -> str:
        """The text in the other language, as far as it is known; a sentence that repeats a phrase with a dot, too."""
        if (plain := self._plain.get(text)) is not None:
            return plain
        for shape, phrase in self._shaped:
            found = shape.fullmatch(text)
            if found is not None and (not _is_frame(shape) or self.say(last := found[found.re.groups]) != last):
                return self._fill(phrase, found)
        lowered = f"{text[:1].lower()}{text[1:-1]}"
        return f"{self._plain[lowered]}。" if text.endswith(".") and lowered in self._plain else text

    def _fill(self, phrase: str, found: Match[str]) -> str:
        return _FILLING.sub(lambda hole: self.say(found[int(hole[1]) + 1]), phrase)


def _compile(shape: str) -> Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, _HOLE.split(shape))), re.DOTALL)


def _is_frame(shape: Pattern[str]) -> bool:
    return _WORD.search(shape.pattern) is None
