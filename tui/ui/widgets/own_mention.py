"""OwnMentions: which mentions in an editor a person typed or completed; only those may be files to attach.

What is pasted, comes from stdin or from the history may hold `@/etc/passwd` in somebody else's words: that is text. A
mention is the person's if its `@` is. Places are characters of the text before the `@`.
"""

from collections.abc import Iterable, Mapping

from tui.chat.mention import Mention, find_mentions
from tui.ui.terminal.burst import KEY_SECONDS

_PASTED_KEYS = 4
"""So many keys in a row, each at once behind the other, are a paste that came without marks."""


class OwnMentions:
    """Told of every change of one editor."""

    def __init__(self) -> None:
        self._places: frozenset[int] = frozenset()
        self.known: dict[str, frozenset[int]] = {}
        """The places in texts that were in the editor, which may come back there, also as a part of another."""
        self._last = float("-inf")
        self._run = 0
        self._in_run: frozenset[int] = frozenset()
        self._is_typing = False

    def take_key(self, time: float, character: str | None) -> None:
        """A key comes, its time in seconds; what it puts in follows."""
        follows, self._last = time - self._last < KEY_SECONDS, time
        self._run = self._run + 1 if follows else 1
        if not follows:
            self._in_run = frozenset()
        elif self._run >= _PASTED_KEYS:
            self._places -= self._in_run
        self._is_typing = character == "@" and self._run < _PASTED_KEYS

    def edit(self, start: int, end: int, text: str) -> None:
        """A text takes the place of the characters between these two."""
        grown = len(text) - (end - start)
        self._places = _move(self._places, start, end, grown)
        self._in_run = _move(self._in_run, start, end, grown)
        if self._is_typing and text == "@":
            self._in_run |= {start}
            self._places |= {start}
        self._is_typing = False

    def add(self, text: str, start: int, end: int) -> bool:
        """The mentions that begin between these are the person's; False if they were, or there are none."""
        before = self._places
        self._places |= {mention.start for mention in find_mentions(text) if start <= mention.start < end}
        return self._places != before

    def add_named(self, text: str, paths: Iterable[str]) -> None:
        """The mentions of these paths are the person's."""
        wanted = set(paths)
        self._places |= {mention.start for mention in find_mentions(text) if mention.path in wanted}

    def forget(self) -> None:
        """Nobody knows what of the text was typed."""
        self._places = frozenset()

    def leave(self, text: str) -> None:
        """This text is taken out of the editor."""
        if self._places:
            self.known[text] = self._places

    def enter(self, text: str) -> None:
        """This text is put there: in a piece that was there before, what was the person's still is."""
        self._places, self._in_run = _recognise(text, self.known) if "@" in text else frozenset(), frozenset()

    def split(self, text: str) -> tuple[list[Mention], list[Mention]]:
        """The mentions of the text that are the person's, and the others."""
        mentions = find_mentions(text) if "@" in text else []
        own = [mention for mention in mentions if mention.start in self._places]
        return own, [mention for mention in mentions if mention.start not in self._places]


def _move(places: frozenset[int], start: int, end: int, grown: int) -> frozenset[int]:
    kept = (place for place in places if not start <= place < end)
    return frozenset(place if place < start else place + grown for place in kept)


def _recognise(text: str, known: Mapping[str, frozenset[int]]) -> frozenset[int]:
    found: set[int] = set()
    for piece, places in known.items():
        at = text.find(piece)
        while at >= 0:
            found.update(at + place for place in places)
            at = text.find(piece, at + len(piece))
    return frozenset(found)
