"""Backlog: events that a reply has taken and its rows have not, given out in portions that the loop can bear."""

from collections import deque
from dataclasses import replace

from tui.stream.events import ReasoningDelta, RefusalDelta, StreamEvent, TextDelta

_Text = TextDelta | ReasoningDelta | RefusalDelta


class Backlog:
    """Oldest first. What stands together and is of one kind comes out joined: to read it so costs a fraction."""

    def __init__(self) -> None:
        self._events: deque[StreamEvent] = deque()

    def __bool__(self) -> bool:
        return bool(self._events)

    def put(self, event: StreamEvent) -> None:
        """Add the newest."""
        self._events.append(event)

    def take(self, room: int) -> list[StreamEvent]:
        """Give out events with at most `room` characters of text; a text that is longer is parted."""
        taken: list[StreamEvent] = []
        while self._events and room > 0:
            event = self._events.popleft()
            if isinstance(event, _Text):
                event = self._join(event, room)
                room -= len(event.text)
            taken.append(event)
        return taken

    def _join(self, first: _Text, room: int) -> _Text:
        """An event with those behind it that are of its kind."""
        texts, size, events = [first.text], len(first.text), self._events
        while size < room and events and type(event := events[0]) is type(first):
            assert isinstance(event, _Text), "it is of the kind of the first"
            texts.append(event.text)
            size += len(event.text)
            events.popleft()
        text = "".join(texts)
        if size > room:
            events.appendleft(replace(first, text=text[room:]))
        return replace(first, text=text[:room])
