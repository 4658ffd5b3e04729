"""Attachment: a long text that stands in the editor as one line, a chip, and is sent in its place."""

import re
from collections.abc import Callable

LIMIT = 50_000
"""Characters above which a paste becomes a chip: each key costs the editor 10 ms and more with as many in it."""
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

    def unfold(self, text: str) -> str:
        """The text with every chip replaced by what it stands for."""
        return _CHIP.sub(lambda chip: self._texts.get(chip[1], chip[0]), text)
