"""TitleForm: the title of a conversation, edited; its result is the new one, or None."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import Frame
from tui.ui.widgets.line_input import LineInput


class TitleForm(Overlay[str | None]):
    """Enter keeps it; an empty one is none."""

    DEFAULT_CSS = """
    TitleForm {
        align: center middle;
        #title-form {
            width: 80%;
            max-width: 90;
            height: auto;
        }
        LineInput { margin: 1 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="title.close", tooltip="Leave the title as it is"),
    ]

    def __init__(self, title: str, language: Language) -> None:
        super().__init__()
        self._title = title
        self._language = language

    def compose(self) -> ComposeResult:
        """The title and its keys."""
        say = self._language.say
        with Frame(id="title-form") as box:
            box.border_title = say("chats.rename")
            editor = LineInput(say("chats.column_title"))
            editor.value = sanitise_line(self._title)
            yield editor

    def on_mount(self) -> None:
        """Name the keys."""
        self.query_one(Frame).name_keys(say_keys(self, self._language, "chats.rename_keys"))

    @on(Input.Submitted)
    def keep(self, event: Input.Submitted) -> None:
        """Give the title back."""
        event.stop()
        self.dismiss(" ".join(event.value.split()) or None)
