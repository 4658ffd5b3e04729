"""RecallArea: a text area in which Up on the first row goes back to what was sent before, and Down comes back.

Rows are those that are seen: of a line that is wrapped each counts. What was typed stands at the end of the way, where
Down comes out; it is back in the editor, too, when something else has been sent. A prompt that was changed on the way
keeps its change until then.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType
from textual.document._document import Location
from textual.document._edit import Edit
from textual.widgets import TextArea
from textual.widgets.text_area import EditResult

from tui.text.sanitise import sanitise


class Walk(Protocol):
    """A way back through what was sent."""

    async def next(self) -> str | None:
        """The prompt before; None if there is none."""


@dataclass(slots=True)
class Recall:
    """Where one is on the way: at place 0 stands what was sent last, at -1 what was typed."""

    walk: Walk | None
    """None: what is known is all."""
    fold: Callable[[str], str]
    """What stands in the editor for a text."""
    draft: str
    """What was typed before the way began."""
    caret: Location
    texts: list[str] = field(default_factory=list)
    place: int = -1
    changed: dict[int, str] = field(default_factory=dict)
    """Prompts that were edited on the way, by their place."""

    def note(self, text: str) -> None:
        """The editor has this text now."""
        if self.place < 0:
            self.draft = text
        elif text != self.texts[self.place]:
            self.changed[self.place] = text
        else:
            self.changed.pop(self.place, None)

    async def go_back(self) -> str | None:
        """The text before; None at the beginning of all."""
        if self.place + 1 == len(self.texts):
            text = await self.walk.next() if self.walk is not None else None
            if text is None:
                return None
            self.texts.append(show_all(self.fold(text)))
        self.place += 1
        return self._text

    def come_back(self) -> str | None:
        """The text after it; None where what was typed stands next."""
        self.place -= 1
        return self._text if self.place >= 0 else None

    @property
    def typed(self) -> list[str]:
        """What the person has written: what was typed, and what was changed on the way."""
        return [self.draft, *(text for _, text in sorted(self.changed.items()))]

    @property
    def _text(self) -> str:
        return self.changed.get(self.place, self.texts[self.place])


def show_all(text: str) -> str:
    """A text as it stands in an editor: every character in sight, none that acts on the terminal, lines end with LF."""
    return sanitise(text.replace("\r\n", "\n").replace("\r", "\n"))


EDITING = [bound for bound in TextArea.BINDINGS if isinstance(bound, Binding) and bound.key not in ("f6", "f7")]
"""Textual's own keys of an editor, without F6 and F7, which would mark text and mean other things everywhere else."""


class RecallArea(TextArea, inherit_bindings=False):
    """Whoever has a history gives it by `begin_walk`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bound for bound in EDITING if bound.key not in ("up", "down")),
        Binding(
            "up",
            "earlier",
            "Earlier",
            show=False,
            id="prompt.earlier",
            tooltip="Go up; from the first row to what was sent before",
        ),
        Binding(
            "down",
            "later",
            "Later",
            show=False,
            id="prompt.later",
            tooltip="Go down; from the last row back to what was typed",
        ),
    ]

    begin_walk: Callable[[], Walk] | None = None
    _recall: Recall | None = None

    def load_text(self, text: str) -> None:
        """Put a text, which may come from elsewhere, in the place of all."""
        super().load_text(show_all(text))

    def edit(self, edit: Edit) -> EditResult:
        """Put in a piece, which may come from elsewhere."""
        edit.text = show_all(edit.text)
        return super().edit(edit)

    async def action_earlier(self) -> None:
        """Go up a row, from the first one to what was sent before."""
        first = self.navigator.is_first_wrapped_line(self.cursor_location)
        if not (first and self.may_recall() and await self._go_back()):
            self.action_cursor_up()

    def action_later(self) -> None:
        """Go down a row, from the last one to what was sent after it, and at last to what was typed."""
        recall = self._recall
        last = self.navigator.is_last_wrapped_line(self.cursor_location)
        if recall is None or not last or not self.may_recall():
            self.action_cursor_down()
            return
        recall.note(self.text)
        if (text := recall.come_back()) is not None:
            self.load_text(text)
            self.move_cursor(self.document.end)
        else:
            self.end_recall()

    def may_recall(self) -> bool:
        """Whether Up and Down mean that now: nothing is marked."""
        return self.selection.is_empty

    def fold(self, text: str) -> str:
        """What stands in the editor for a text that was sent before."""
        return text

    @property
    def typed(self) -> str:
        """All that the person has typed: the text, or on the way what was typed before and what was changed."""
        if (recall := self._recall) is None:
            return self.text
        recall.note(self.text)
        return "\n\n".join(text for text in recall.typed if text.strip())

    def recall(self, text: str) -> None:
        """Put a text that was sent before into the editor; Down brings back what was typed."""
        self.end_recall()
        text = self.fold(text)
        self._recall = Recall(None, self.fold, self.text, self.cursor_location, [text], 0)
        self.load_text(text)
        self.move_cursor(self.document.end)

    def end_recall(self) -> None:
        """Put what was typed before the way began into the editor, if there is a way."""
        if (recall := self._recall) is not None:
            self._recall = None
            self.load_text(recall.draft)
            self.move_cursor(recall.caret)

    async def _go_back(self) -> bool:
        """Show what was sent before, the caret where Up goes on from; False if nothing was."""
        if (recall := self._recall) is None:
            if self.begin_walk is None:
                return False
            recall = Recall(self.begin_walk(), self.fold, self.text, self.cursor_location)
        recall.note(self.text)
        if (text := await recall.go_back()) is None:
            return False
        self._recall = recall
        self.load_text(text)
        self.move_cursor(self.navigator.get_location_end((0, 0)))
        return True
