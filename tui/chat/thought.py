"""Thought: for how long a reply thinks before it speaks."""

from tui.stream.events import Finished, Interrupted, ReasoningDelta, RefusalDelta, StreamEvent, TextDelta
from tui.stream.thought import ThoughtSplitter


class ThoughtTimer:
    """How long one reply's thought takes: from its first piece to the first words, or to the end without any.

    What is thought after the first words belongs to the thought, but not to its time.
    """

    def __init__(self) -> None:
        self._splitter = ThoughtSplitter()
        self._began: float | None = None
        self._over = False

    def take(self, event: StreamEvent, now: float) -> float | None:
        """Take the next event at a time in seconds; returns, once, how long the thought took; else None."""
        if self._over:
            return None
        thinks = False
        match event:
            case ReasoningDelta():
                thinks = True
            case TextDelta(text) | RefusalDelta(text):
                thought, words = self._splitter.feed(text)
                thinks, self._over = self._splitter.thinking or bool(thought), bool(words)
            case Finished() | Interrupted():
                self._over = True
        if thinks and self._began is None:
            self._began = now
        return now - self._began if self._over and self._began is not None else None
