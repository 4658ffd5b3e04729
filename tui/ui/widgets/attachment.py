"""Attachment: a long text that stands in the editor as one line, a chip, and is sent in its place."""

import re
from collections.abc import Callable

LIMIT = 50_000
"""Characters above which a paste becomes a chip: each key costs the editor 10 ms and more with as many in it."""
LINE_LIMIT = 2_000
"""Characters of a first or last line that a person may have typed around a paste."""
_CHIP = re.compile(r"\[#(\d+) [^\[\]\n]*\]")


class Attachments:
    """The texts behind the chips of one prompt. A chip that was deleted, or changed in its number, is not sent."""

    def __init__(self, describe: Callable[[int, int], str]) -> None:
        """`describe` gives the words for a size in characters and in lines."""
        self._describe = describe
        self._texts: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """The chip for a long text; a short one as it is."""
        if len(text) <= LIMIT:
            return text
        number = str(len(self._texts) + 1)
        self._texts[number] = text
        return f"[#{number} {self._describe(len(text), text.count(chr(10)) + 1)}]"

    def fold_whole(self, text: str) -> str:
        """A prompt with a chip for what is long in it; its first and last line stay, where a person's own words are.

        What a chip stands for mentions no files, so that a prompt that was asked with some would lose them.
        """
        if len(text) <= LIMIT:
            return text
        head = min(text.find("\n") + 1, len(text))
        tail = text.rfind("\n", head)
        head = head if _stays(text[:head]) else 0
        tail = tail if tail != -1 and _stays(text[tail:]) else len(text)
        return text[:head] + self.fold(text[head:tail]) + text[tail:]

    def unfold(self, text: str) -> str:
        """The text with every chip replaced by what it stands for."""
        return _CHIP.sub(lambda chip: self._texts.get(chip[1], chip[0]), text)


def _stays(line: str) -> bool:
    """Whether a line is short, and nothing in it would be taken for a chip."""
    return len(line) <= LINE_LIMIT and _CHIP.search(line) is None
