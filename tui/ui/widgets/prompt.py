"""Prompt: where a person types. Enter sends, ctrl+j starts a new line; what cannot be sent yet is given back."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from tui.text.sanitise import sanitise


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
        """The person sent this text and the prompt is empty; who cannot take it uses `give_back`."""

        text: str

    def __init__(self, hint: str, keys: str) -> None:
        super().__init__(soft_wrap=True, tab_behavior="focus", show_line_numbers=False, placeholder=hint)
        self.cursor_blink = False
        self.border_subtitle = keys
        self.unsent: list[str] = []
        """What was sent and nobody has taken yet; whoever does removes it."""

    async def _on_key(self, event: events.Key) -> None:
        """Do at once what a key means here: by way of the app it would come behind keys that were typed after it.

        Over a slow link several keys arrive in one read. An Enter that nothing is bound to does nothing.
        """
        bound = None if event.is_printable else self.screen.active_bindings.get(event.key)
        if bound is not None and bound.node is self and await self.app.run_action(bound.binding.action, self):
            event.stop()
            event.prevent_default()
        elif event.key == "enter":
            event.prevent_default()
        else:
            await super()._on_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        """Lines end with LF here, with CR in some pastes; a control character in one must not reach the terminal."""
        event.prevent_default()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        await super()._on_paste(events.Paste(sanitise(text)))

    def action_submit(self) -> None:
        """Send, if there is anything but white space; what is typed from here on is the next prompt."""
        if self.text.strip():
            text = self.text
            self.unsent.append(text)
            self.clear()
            self.post_message(self.Submitted(text))

    def action_newline(self) -> None:
        """Start a new line at the cursor."""
        self.insert("\n")

    def take_back(self) -> None:
        """Put what was sent and nobody has taken yet back into the editor."""
        texts, self.unsent = self.unsent, []
        self.give_back("\n\n".join(texts))

    def give_back(self, text: str) -> None:
        """Put text that was taken back before what has been typed since."""
        typed = self.text
        self.load_text(f"{text}\n\n{typed}" if typed.strip() else text)
        self.move_cursor(self.document.end)
        self.focus()
