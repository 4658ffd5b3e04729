"""Completion: the list of what the word before the caret may go on to, from any number of sources.

A source tells from the line before the caret whether the word there is one of its own, and then what it may become;
that may read a disk, so it is asked in a thread, one question at a time, and only for the word that is there by then.
The prompt asks what Tab or Enter means: Tab takes the marked row, else the first; Enter takes a row only if one was
marked, with the arrows. Esc closes the list until another word is begun.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Protocol

from rich.cells import cell_len, set_cell_size
from textual import on

from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.hint import fit_hints
from tui.ui.widgets.frame import EDGE
from tui.ui.widgets.model_list import ModelList
from tui.ui.widgets.model_row import Part, shorten

ROWS = 8
"""Rows in sight at most."""
PATIENCE_SECONDS = 1.0
"""How long Tab waits for a slow disk; then it does nothing."""
_UNMARKED = -1


@dataclass(frozen=True, slots=True)
class Word:
    """What is being typed right before the caret."""

    start: int
    """Characters of the line before it."""
    text: str
    """As the source reads it; another text is another question to the source."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a word may become."""

    text: str
    """What is put in the place of the word; it may have several lines."""
    label: str
    """What the list shows; foreign text is made safe there."""
    note: str = ""
    """What stands at the right of it, such as a size."""
    goes_on: bool = False
    """Whether the word is not at its end yet, as with a folder."""
    behind: str = " "
    """What is put behind it, unless white space is there or it goes on."""
    value: object = None
    """What the source knows it by."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a source knows about a word."""

    candidates: Sequence[Candidate] = ()
    left_out: int = 0
    """How many more there are."""
    hint: str = ""
    """What else there is to know, below the list."""


class Source(Protocol):
    """Where candidates come from."""

    def find_word(self, before: str) -> Word | None:
        """The word at the end of the line before the caret, if it is one of this source's; called with every key."""

    def offer(self, word: Word) -> Offer:
        """What it may become; called in a thread, may block."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A candidate that a person took, and the word that it replaces."""

    word: Word
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class _Row:
    parts: Sequence[tuple[str, Part]]


class Completion(ModelList):
    """Out of sight while there is nothing to offer."""

    DEFAULT_CSS = f"""
    Completion {{
        display: none;
        max-height: {ROWS + 2};
        margin: 0 1;
        border: round $border-blurred;
        border-subtitle-color: $text-muted;
        &.-shown {{ display: block; }}
    }}
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = set()

    def __init__(self, language: Language, sources: Sequence[Source]) -> None:
        super().__init__(self._make_row)
        self.highlighted = _UNMARKED
        self._language = language
        self._sources = sources
        self._wanted: tuple[Source, Word] | None = None
        self._known: tuple[Source, Word] | None = None
        """What the offer is for."""
        self._offer = Offer()
        self._asking: asyncio.Task[None] | None = None
        self._closed_at: int | None = None
        """Where the word begins that the list was closed for."""
        self.clicked: Callable[[Taken], object] | None = None
        """Called with a candidate that was taken with the mouse."""

    def on_unmount(self) -> None:
        """Nobody waits for an answer any more."""
        if self._asking is not None:
            self._asking.cancel()

    @on(ModelList.Clicked)
    def take_clicked(self, event: ModelList.Clicked) -> None:
        """Take the row."""
        event.stop()
        if self.clicked is not None and (taken := self._taken(event.place)) is not None:
            self.clicked(taken)

    @property
    def is_open(self) -> bool:
        """Whether it is in sight."""
        return self.has_class("-shown")

    def look(self, before: str) -> None:
        """The caret stands behind this part of its line now."""
        wanted = self._find(before)
        if wanted is None or wanted[1].start != self._closed_at:
            self._closed_at = None
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self.highlight(_UNMARKED)
        if wanted is None:
            self._show()
        elif self._asking is None:
            self._asking = asyncio.create_task(self._ask(), name="completion")

    def close(self, start: int | None = None) -> bool:
        """Go out of sight until another word is begun; False if it was so before.

        `start`: where the word begins that it goes out of sight for, if another than it was shown for.
        """
        was_open = self.is_open
        self._closed_at = self._wanted[1].start if self._wanted is not None and start is None else start
        self._show()
        return was_open

    def move(self, step: int) -> bool:
        """Mark the next or previous row, beyond the ends none; False if the list is out of sight."""
        if not self.is_open:
            return False
        at = self.highlighted + step
        self.highlight(at if at < self.count else _UNMARKED) if at >= _UNMARKED else self.highlight(self.count - 1)
        return True

    async def take(self, before: str) -> Taken | None:
        """What Tab means behind this part of a line: the marked row, else the first; None if there is nothing to take.

        An answer that is on its way is waited for, so that a Tab typed right behind a word completes it.
        """
        self.look(before)
        if self._closed_at is not None:
            return None
        with suppress(TimeoutError):  # then there is nothing to take yet, and the list comes when it comes
            async with asyncio.timeout(PATIENCE_SECONDS):
                while self._known != self._wanted and self._asking is not None:
                    await asyncio.wait([self._asking])
        return self._taken(max(0, self.highlighted))

    def take_marked(self, before: str) -> Taken | None:
        """What Enter means: the marked row, else None."""
        self.look(before)
        return self._taken(self.highlighted) if self.is_open and self.highlighted != _UNMARKED else None

    def highlight(self, place: int) -> None:
        """Mark a row, or with -1 none."""
        if place == _UNMARKED:
            self.highlighted = _UNMARKED
            self.scroll_home(animate=False)
            self.refresh()
        else:
            super().highlight(place)

    def _find(self, before: str) -> tuple[Source, Word] | None:
        found = ((source, source.find_word(before)) for source in self._sources)
        return next(((source, word) for source, word in found if word is not None), None)

    def _taken(self, place: int) -> Taken | None:
        if self._wanted is None or self._known != self._wanted or place >= len(self._offer.candidates):
            return None
        return Taken(self._wanted[1], self._offer.candidates[place])

    async def _ask(self) -> None:
        """Ask until the answer is to the word that is there by then."""
        while (wanted := self._wanted) is not None and wanted != self._known:
            source, word = wanted
            offer = await asyncio.to_thread(source.offer, word)
            self._known, self._offer = wanted, offer
        self._asking = None
        self._show()

    def _show(self) -> None:
        """Show what is offered for the word that is there, if anything is."""
        known = self._wanted is not None and self._known == self._wanted
        candidates = self._offer.candidates if known and self._closed_at is None else ()
        self.set_class(bool(candidates), "-shown")
        if candidates:
            hints = sanitise_line(self._describe()).split(" · ")
            self.border_subtitle = fit_hints(hints, (self.outer_size.width or self.app.size.width) - EDGE)
            self.show(len(candidates), self.highlighted)

    def _describe(self) -> str:
        say, offer = self._language.say, self._offer
        more = [say("completion.more", count=f"{offer.left_out:,}")] if offer.left_out else []
        return " · ".join([*more, say("completion.keys"), *([offer.hint] if offer.hint else [])])

    def _make_row(self, place: int, width: int) -> _Row:
        candidate = self._offer.candidates[place]
        note = f" {sanitise_line(candidate.note)} " if candidate.note else ""
        room = max(8, width - cell_len(note) - 1)
        label = set_cell_size(shorten(sanitise_line(candidate.label), room), room)
        return _Row(((f" {label}", "name"), (note, "muted")))
