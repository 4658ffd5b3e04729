"""Prompt: where a person types. Enter sends, ctrl+j starts a new line; it gives its text up only when told to."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

_SUBMIT = "enter"


class Prompt(TextArea):
    """A text area that grows with its text up to a third of the screen."""

    DEFAULT_CSS = """
    Prompt {
        height: auto;
        min-height: 3;
        max-height: 33vh;
        border: round $border-blurred;
        padding: 0 1;
        background: $background;
        border-subtitle-color: $foreground 60%;
        &:focus { border: round $border; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Send", id="prompt.send", tooltip="Send the prompt"),
        Binding(
            "ctrl+j,shift+enter,alt+enter",
            "newline",
            "New line",
            id="prompt.newline",
            tooltip="Start a new line; ctrl+j works in every terminal",
        ),
    ]

    @dataclass
    class Submitted(Message):
        """The person sent this text; whoever takes it empties the prompt with `clear`."""

        text: str

    def __init__(self, hint: str, keys: str) -> None:
        super().__init__(soft_wrap=True, tab_behavior="focus", show_line_numbers=False, placeholder=hint)
        self.cursor_blink = False
        self.border_subtitle = keys

    async def _on_key(self, event: events.Key) -> None:
        """Let Enter reach its binding: a text area would take it for a new line."""
        if event.key == _SUBMIT:
            event.prevent_default()
            return
        await super()._on_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        """A paste brings CR line ends from some terminals; here a line ends with LF."""
        if "\r" in event.text:
            event = events.Paste(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        await super()._on_paste(event)

    def action_submit(self) -> None:
        """Send, if there is anything but white space."""
        if self.text.strip():
            self.post_message(self.Submitted(self.text))

    def action_newline(self) -> None:
        """Start a new line at the cursor."""
        self.insert("\n")

    def give_back(self, text: str) -> None:
        """Put text that was taken back before what has been typed since."""
        typed = self.text
        self.load_text(f"{text}\n\n{typed}" if typed.strip() else text)
        self.move_cursor(self.document.end)
        self.focus()
