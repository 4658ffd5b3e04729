"""Prompt completion: `/name` in the prompt, offered from the prompt files, which are read anew for each word."""

import re
from collections.abc import Callable
from pathlib import Path

from tui.settings.prompt_file import read_prompts
from tui.ui.widgets.completion import Candidate, Offer, Word

_WORD = re.compile(r"(?:^|(?<=\s))/([\w.-]*)\Z")


class PromptSource:
    """A source of a completion list."""

    def __init__(self, folder: Callable[[], Path | None]) -> None:
        """`folder` is None until it is known."""
        self._folder = folder

    def find_word(self, before: str) -> Word | None:
        """A slash at the beginning of a word, and what is behind it."""
        match = _WORD.search(before)
        return Word(match.start(), match[1]) if match else None

    def offer(self, word: Word) -> Offer:
        """The prompts whose names begin so; a file that cannot be used is told below them."""
        folder = self._folder()
        found, complaints = read_prompts(folder) if folder is not None else ({}, [])
        prompts = [one for name, one in found.items() if one.kind == "prompt" and name.startswith(word.text)]
        rows = [
            Candidate(one.fill({}), f"/{one.name}", " ".join(one.text.split())[:40], behind="", value=one)
            for one in prompts
        ]
        return Offer(rows, hint=complaints[0] if complaints else "")
