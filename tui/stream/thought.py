"""Thought in the text: local models often send their reasoning in the text itself, as a `<think>` block.

It stays in the text; only who counts or shows it sets it apart. A block anywhere else than at the start is text.
"""

_OPEN, _CLOSE = "<think>", "</think>"


class ThoughtSplitter:
    """A text in any pieces -> the thought and the rest; nothing is lost: what is held back may still become a tag."""

    def __init__(self) -> None:
        self._held = ""
        self._state = "start"
        self.thinking = False
        """Whether the block has begun and not ended."""

    def feed(self, text: str) -> tuple[str, str]:
        """What this piece adds to the thought, and what it adds to the rest."""
        if self._state == "text":
            return "", text
        text, self._held = self._held + text, ""
        thought = ""
        if self._state == "start":
            begun = text.lstrip()
            if begun.startswith(_OPEN):
                self._state, self.thinking = "thought", True
                text = begun[len(_OPEN) :]
            elif _OPEN.startswith(begun):
                self._held = text
                return "", ""
            else:
                self._state = "text"
                return "", text
        if self._state == "thought":
            thought, closed, text = text.partition(_CLOSE)
            if closed:
                self._state, self.thinking = "gap", False
            else:
                kept = _overlap(thought, _CLOSE)
                self._held = thought[len(thought) - kept :]
                return thought[: len(thought) - kept], ""
        text = text.lstrip()  # the blank lines between the block and the rest belong to neither
        if text:
            self._state = "text"
        return thought, text

    def end(self) -> tuple[str, str]:
        """What was held back, once the text is whole."""
        held, self._held = self._held, ""
        return (held, "") if self._state == "thought" else ("", held)


def _overlap(text: str, tag: str) -> int:
    """How many characters at the end of the text may be the start of the tag."""
    return next((size for size in range(min(len(tag) - 1, len(text)), 0, -1) if text.endswith(tag[:size])), 0)
