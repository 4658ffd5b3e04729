"""Partial: the text of a reply that was cut, as a model is asked to go on from it.

A provider that takes the start of an answer as a last message of the assistant's (a prefill) writes on behind it. Any
other is asked in words, and is told to begin with the last words of the text: then what comes says by itself where it
joins, white space included, which most models leave out at the start of a message.
"""

import re
from dataclasses import dataclass

ASKED = 80
"""Characters that a model is asked to repeat, at most."""
_WORD_START = re.compile(r"\s\S")


@dataclass(frozen=True, slots=True)
class Partial:
    """What has come of the answer; reasoning is no part of it."""

    text: str
    server: str | None = None
    """What the server that wrote it calls itself, if it said."""

    @property
    def core(self) -> str:
        """The text without white space at its end, which some providers refuse and a model writes anew."""
        return self.text.rstrip()

    @property
    def gap(self) -> str:
        """The white space at its end."""
        return self.text[len(self.core) :]

    @property
    def last_words(self) -> str:
        """What a model is asked to repeat: the last words of the text, from the start of one where there is one."""
        core = self.core
        if len(core) <= ASKED:
            return core.lstrip()
        words = core[-ASKED:]
        start = _WORD_START.search(words, 0, ASKED // 2)
        return words[start.end() - 1 :] if start else words.lstrip()

    @property
    def instruction(self) -> str:
        """The request to go on, for a provider that takes no start of an answer. It is for the model: in English."""
        return (
            "Your last message was cut off before its end. Write what comes next, in the same language and form: "
            "no greeting, no comment, and no new code fence if one is open. Begin by repeating, character by "
            "character, its last words, which stand between the marks here, and go straight on behind them.\n"
            f"<<<{self.last_words}>>>"
        )
