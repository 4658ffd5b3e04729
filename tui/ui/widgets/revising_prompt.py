"""RevisingPrompt: a prompt in which a message that was said already can be edited, with the draft kept meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from tui.text.language import Language
from tui.ui.plain_sign import plain_signs
from tui.ui.widgets.prompt import Prompt
from tui.ui.widgets.recall_area import show_all


@dataclass(frozen=True, slots=True)
class _Draft:
    """What stood in the editor before."""

    text: str
    cursor: tuple[int, int]


class RevisingPrompt(Prompt):
    """While something is edited, sending and leaving are about that; the draft comes back when it is over."""

    DEFAULT_CSS = """
    RevisingPrompt {
        border-title-color: $text-warning;
        &.-editing, &.-editing:focus { border: round $warning; }
        &.-editing.-ascii, &.-editing.-ascii:focus { border: ascii $warning; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "end_edit", "Stop editing", id="prompt.end_edit", tooltip="Your draft comes back as it was"),
    ]

    @dataclass
    class Edited(Message):
        """The person sent what they edited; it stays in the editor until somebody ends the edit."""

        text: str

    @dataclass
    class EditLeft(Message):
        """The person does not want to send it; `text` is what they had made of it, None: nothing else than it was."""

        text: str | None

    def __init__(self, language: Language, keys: Mapping[str, str]) -> None:
        super().__init__(language, keys)
        self._draft: _Draft | None = None
        self._original = ""

    @property
    def is_editing(self) -> bool:
        """Whether it holds a message that was sent or received, and not a draft."""
        return self._draft is not None

    def begin_edit(self, original: str, text: str, title: str) -> None:
        """Show a text to be edited, as far as it was edited before; `title` says what it is."""
        if self._draft is None:
            if self.draft != self.shown:  # something earlier was looked up
                self.put(self.draft)
            self._draft = _Draft(self.text, self.cursor_location)
        self._original = show_all(original)
        self.load_text(self.fold(text))
        self.move_cursor(self.document.end)
        self.border_title = Content(plain_signs(title) if self.has_class("-ascii") else title)
        self.add_class("-editing")
        self.refresh_bindings()
        self.screen.set_focus(self)

    def end_edit(self) -> str | None:
        """Give the draft back as it was; returns what was made of the text, None if that is as it was."""
        if (draft := self._draft) is None:
            return None
        changed, self._draft = self._changed, None
        self.load_text(draft.text)
        self.move_cursor(draft.cursor)
        self.border_title = ""
        self.remove_class("-editing")
        self.refresh_bindings()
        return changed

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is an edit to leave only while there is one."""
        return self.is_editing if action == "end_edit" else super().check_action(action, parameters)

    def action_end_edit(self) -> None:
        """Send nothing, and go on with the draft; a list of candidates is closed first."""
        if not self.close_completion():
            self.post_message(self.EditLeft(self.end_edit()))

    def send(self) -> None:
        """Send what was edited, else what was typed."""
        if self.is_editing:
            self.post_message(self.Edited(self._attachments.unfold(self.text)))
        else:
            super().send()

    @property
    def content(self) -> str:
        """What was typed and not sent: the draft, and what was made of another text."""
        if self._draft is None:
            return super().content
        texts = (self._attachments.unfold(self._draft.text), self._changed or "")
        return "\n\n".join(text for text in texts if text.strip())

    @property
    def draft(self) -> str:
        """The same."""
        return super().draft if self._draft is None else self.content

    def may_recall(self) -> bool:
        """Not while something is edited: what comes up would be taken for it."""
        return super().may_recall() and not self.is_editing

    def give_back(self, text: str) -> None:
        """What was taken back is of the draft."""
        if (draft := self._draft) is None:
            super().give_back(text)
            return
        folded = self._attachments.fold_whole(text)
        joined = f"{folded}\n\n{draft.text}" if draft.text.strip() else folded
        self._draft = _Draft(joined, (joined.count("\n"), len(joined) - joined.rfind("\n") - 1))

    @property
    def _changed(self) -> str | None:
        text = self._attachments.unfold(self.text)
        return text if text.strip() and text != self._original else None
