"""Continuation: the events of a request that goes on with a reply that was cut, as those of one whole reply.

Its text joins that of the partial reply (`Seam`); a thought that comes before it in the text itself is told as
reasoning, since in the middle of the whole it would be read as text.
"""

from tui.chat.seam import Seam
from tui.stream.events import Finished, Interrupted, ReasoningDelta, StreamEvent, TextDelta
from tui.stream.partial import Partial
from tui.stream.thought import ThoughtSplitter
from tui.stream.trace import StreamTrace


class Continuation:
    """Takes each event of the request in its order."""

    def __init__(self, partial: Partial, trace: StreamTrace) -> None:
        """`trace` says, once text comes, how the model was asked."""
        self._partial = partial
        self._trace = trace
        self._splitter = ThoughtSplitter()
        self._seam: Seam | None = None

    def take(self, event: StreamEvent) -> list[StreamEvent]:
        """What this event adds to the reply; before the ending comes what was held back."""
        match event:
            case TextDelta(text):
                return self._split(*self._splitter.feed(text))
            case Finished() | Interrupted():
                return [*self.end(), event]
        return [event]

    def end(self) -> list[StreamEvent]:
        """What was held back, when the request ends from outside; later calls have nothing."""
        events = self._split(*self._splitter.end())
        rest = self._seam.end() if self._seam is not None else ""
        return [*events, TextDelta(rest)] if rest else events

    def _split(self, thought: str, words: str) -> list[StreamEvent]:
        if words and self._seam is None:
            self._seam = Seam(self._partial, prefilled=self._trace.prefilled)
        added = self._seam.feed(words) if words and self._seam is not None else ""
        events: list[StreamEvent] = [ReasoningDelta(thought)] if thought else []
        return [*events, TextDelta(added)] if added else events
