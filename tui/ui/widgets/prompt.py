"""Prompt: where a person types. Enter sends, ctrl+j starts a new line; what cannot be sent yet is given back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.filter import LineFilter
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui.text.language import Language
from tui.ui.hint import Situation, choose_hints, write_hints
from tui.ui.plain_sign import PlainSigns, keep_signs
from tui.ui.terminal.burst import KEY_SECONDS, Burst, Enter
from tui.ui.terminal.key_sequence import NEWLINE_KEYS
from tui.ui.widgets.attachment import Attachments
from tui.ui.widgets.key_order import KeyOrder
from tui.ui.widgets.mentioning_text import MentioningText
from tui.ui.widgets.recall_area import show_all

_FRAME = 6
"""Cells of its edge that no hint gets."""


class Prompt(MentioningText):
    """A text area that grows with its text up to a third of the screen."""

    DEFAULT_CSS = """
    Prompt {
        height: auto;
        min-height: 3;
        max-height: 33vh;
        border: round $border-blurred;
        padding: 0 1;
        background: $background;
        border-subtitle-color: $text-muted;
        &:focus { border: round $border; }
        &.-ascii { border: ascii $border-blurred; }
        &.-ascii:focus { border: ascii $border; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Send", id="prompt.send", tooltip="Send the prompt"),
        Binding(
            ",".join(NEWLINE_KEYS),
            "newline",
            "New line",
            id="prompt.newline",
            tooltip="Start a new line; ctrl+j works in every terminal",
        ),
        Binding("tab", "leave(1)", "Read", id="prompt.leave", tooltip="Complete what is listed, else go into the log"),
        Binding("shift+tab", "leave(-1)", show=False, id="prompt.leave_back"),
    ]

    @dataclass
    class Submitted(Message):
        """The person sent this text and the prompt is empty; who cannot take it uses `give_back`."""

        text: str

    def __init__(self, language: Language, keys: Mapping[str, str]) -> None:
        """`keys` are the person's own, by the id of their binding."""
        super().__init__(language.say("prompt.hint"))
        self.cursor_blink = False
        self._language = language
        self._keys = keys
        self._hints = choose_hints(Situation())
        self._hint_line = Content()
        self._attachments = Attachments(
            lambda size, lines: language.say("prompt.attachment", size=f"{size / 1000:.0f}", lines=lines)
        )
        self._burst = Burst()
        self._key_order = KeyOrder(self, frozenset(), takes_text=True)
        self._unsure = False
        self.named: dict[str, frozenset[str]] = {}
        """By prompts that were sent: what the person mentioned in them; only that may be a file to attach."""
        self.unsent: list[str] = []
        """What was sent and nobody has taken yet; whoever does removes it."""

    def on_mount(self) -> None:
        """Its box is of ASCII where that is asked for."""
        self.set_class(any(isinstance(each, PlainSigns) for each in self.app.get_line_filters()), "-ascii")
        self.show_hints(self._hints)

    def on_resize(self) -> None:
        """Another width has room for others."""
        self.show_hints(self._hints)

    def show_hints(self, names: Sequence[str]) -> None:
        """Name some keys on the edge, as many as it has room for."""
        self._hints = tuple(names)
        width = self.outer_size.width or self.app.size.width
        line = Content(write_hints(self._hints, self._keys, self._language, width - _FRAME))
        if line != self._hint_line:
            self._hint_line = line
            self.border_subtitle = line

    async def _on_key(self, event: events.Key) -> None:
        """An Enter of a paste is a line end, and one that nothing is bound to does nothing; else as `KeyOrder` does."""
        if self._key_order.pass_on(event):
            return
        self.own.take_key(event.time, event.character)
        if self._is_line_end(event):
            event.stop()
            event.prevent_default()
        elif event.key == "enter" and "enter" not in self.screen.active_bindings:
            event.prevent_default()
        else:
            await self._key_order.take(event)

    def _is_line_end(self, event: events.Key) -> bool:
        """Whether a key is an Enter of a paste that came without marks; also settles what an Enter before it was."""
        if event.key == "enter":
            self._settle_enter(follows=True)
            meaning = self._burst.take_enter(event.time)
            if meaning is Enter.LINE_END:
                self.action_newline()
            elif meaning is Enter.UNSURE:
                self._unsure = True
                self.set_timer(KEY_SECONDS, lambda: self._settle_enter(follows=False))
            return meaning is not Enter.SEND
        self._settle_enter(follows=self._burst.take_key(event.time) and event.is_printable)
        return False

    def _settle_enter(self, *, follows: bool) -> None:
        """Tell what the Enter before was: a line end if a key follows it at once, else it sends."""
        if not self._unsure:
            return
        self._unsure = False
        if follows:
            self._burst.confirm_line_end()
            self.action_newline()
        elif (bound := self.screen.active_bindings.get("enter")) is not None and bound.binding.action == "submit":
            self.action_submit()

    async def _on_paste(self, event: events.Paste) -> None:
        """A long one is a chip."""
        event.prevent_default()
        await super()._on_paste(events.Paste(self._attachments.fold(show_all(event.text))))

    async def action_leave(self, step: int) -> None:
        """Complete the word before the caret, or go to the next mark, else give the keys to another widget at once."""
        if step > 0 and (await self.complete() or self.take_mention() or self.step_mark()):
            return
        if step > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_submit(self) -> None:
        """Take a candidate that was marked, else send, if there is anything but white space.

        What is typed from here on is the next prompt.
        """
        if self.put_marked():
            return
        if self.text.strip():
            self.send()
        else:
            self.notify(self._language.say("dead_key.nothing_to_send"), timeout=2, markup=False)

    def send(self) -> None:
        """Send what was typed and pasted; what was typed before something earlier was looked up comes back."""
        text = self.content
        self.named[text] = frozenset(self.mentions)
        self.own.leave(self.text)
        self.unsent.append(text)
        self.clear()
        self.end_steps()
        self.end_recall()
        self.post_message(self.Submitted(text))

    @property
    def content(self) -> str:
        """What was typed and pasted, chips unfolded."""
        return self._attachments.unfold(self.text)

    def hold(self, text: str, named: Iterable[str]) -> None:
        """Take a prompt that was sent elsewhere with these mentions; nobody has taken it yet."""
        self.named[text] = frozenset(named)
        self.unsent.append(text)
        self.post_message(self.Submitted(text))

    def fold(self, text: str) -> str:
        """A long one is a chip."""
        return self._attachments.fold_whole(text)

    @property
    def draft(self) -> str:
        """What was typed and pasted and not sent, whatever of the history is shown."""
        return self._attachments.unfold(self.typed)

    @property
    def shown(self) -> str:
        """What stands in the editor, chips unfolded."""
        return self._attachments.unfold(self.text)

    def put(self, text: str) -> None:
        """Put a text in the place of all that was typed, the caret behind it."""
        self._recall = None
        self.rewrite(text)

    def rewrite(self, text: str) -> None:
        """Put a text in the place of the one that is shown, the caret behind it."""
        if text != self.shown:
            self.load_text(self._attachments.fold_whole(text))
            self.move_cursor(self.document.end)

    def action_newline(self) -> None:
        """Start a new line at the cursor."""
        self.insert("\n")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What was typed is shown as it was."""
        return keep_signs(super().get_line_filters())

    def render_lines(self, crop: Region) -> list[Strip]:
        """The row with the keys is ours."""
        strips = super().render_lines(crop)
        if self.has_class("-ascii") and crop.bottom >= self.outer_size.height:
            strips[-1] = strips[-1].apply_filter(PlainSigns(), self.background_colors[1])
        return strips

    def settle(self) -> None:
        """Something acts on what was typed so far: an Enter that could still be a line end is one to send."""
        self._settle_enter(follows=False)

    def take_back(self) -> None:
        """Put what was sent and nobody has taken yet back into the editor."""
        texts, self.unsent = self.unsent, []
        self.give_back("\n\n".join(texts))

    def put_before(self, text: str, cursor: tuple[int, int], named: Iterable[str]) -> None:
        """Put text that was typed elsewhere right before what has been typed here; the caret was at `cursor` there."""
        typed, text = self.text, self._attachments.fold_whole(text)
        self.insert(text, (0, 0))
        self.own.add_named(text, named)
        if not typed:
            self.move_cursor(cursor)

    def give_back(self, text: str) -> None:
        """Put text that was taken back before what has been typed since."""
        typed, text = self.text, self._attachments.fold_whole(text)
        self.load_text(f"{text}\n\n{typed}" if typed.strip() else text)
        self.move_cursor(self.document.end)
        self.screen.set_focus(self)
