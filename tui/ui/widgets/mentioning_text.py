"""MentioningText: a text area that knows which of the mentions in it a person typed or completed."""

from typing import TYPE_CHECKING

from textual.document._document import Location
from textual.document._edit import Edit
from textual.widgets.text_area import EditResult

from tui.ui.widgets.completing_text import CompletingText
from tui.ui.widgets.own_mention import OwnMentions
from tui.ui.widgets.recall_area import show_all

if TYPE_CHECKING:
    from tui.ui.widgets.completion import Taken


class MentioningText(CompletingText):
    """Whoever inherits tells `own` of each key before it takes effect."""

    def __init__(self, placeholder: str) -> None:
        self.own = OwnMentions()
        super().__init__(soft_wrap=True, tab_behavior="focus", show_line_numbers=False, placeholder=placeholder)

    @property
    def mentions(self) -> tuple[str, ...]:
        """The paths that the person mentions, in their order; what was pasted is text."""
        return tuple(mention.path for mention in self.own.split(self.text)[0])

    @property
    def foreign_mentions(self) -> tuple[str, ...]:
        """What stands as a mention in what was pasted or comes from elsewhere."""
        return tuple(mention.path for mention in self.own.split(self.text)[1])

    def edit(self, edit: Edit) -> EditResult:
        """Put in a piece, and know which mentions are the person's."""
        edit.text = show_all(edit.text)
        self.own.edit(self._index(edit.top), self._index(edit.bottom), edit.text)
        return super().edit(edit)

    def load_text(self, text: str) -> None:
        """Put a text in the place of all; what the person had mentioned in it is known."""
        self.own.leave(self.text)
        super().load_text(text)
        self.own.enter(self.text)

    def undo(self) -> None:
        """Take back what was done last; what is there then is text until it is completed."""
        super().undo()
        self.own.forget()

    def redo(self) -> None:
        """Do it again."""
        super().redo()
        self.own.forget()

    def take_mention(self) -> bool:
        """The mention that ends at the caret is the person's from now on; False if none does, or it was."""
        text, caret = self.text, self.caret_index
        ending = [mention.start for mention in self.own.split(text)[1] if mention.end == caret]
        taken = bool(ending) and self.own.add(text, ending[0], caret)
        if taken:
            self.post_message(self.Changed(self))
        return taken

    def _put(self, taken: "Taken") -> bool:
        """What is completed is the person's, also where it stands there already."""
        row = self.cursor_location[0]
        done = super()._put(taken)
        start = self._index((row, taken.word.start))
        owned = self.own.add(self.text, start, start + len(taken.candidate.text))
        if owned and not done:
            self.post_message(self.Completed(taken.candidate))
        return done or owned

    def _index(self, location: Location) -> int:
        """Characters before it."""
        row, column = location
        return sum(len(line) + 1 for line in self.document.lines[:row]) + column
