"""MessageLog: the conversation, and the face behind which its drawing may change.

It follows the end while the reader is there. Who scrolls up is left in peace until they come back to the end.
"""

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.chat.conversation import Conversation, Reply, Turn
from tui.stream.events import StreamEvent
from tui.text.language import Language
from tui.text.sanitise import sanitise
from tui.ui.log.reply_view import ReplyView


class PromptView(Static):
    """What the person asked."""

    DEFAULT_CSS = """
    PromptView {
        margin: 1 2 1 2;
        padding: 0 1;
        border-left: thick $primary;
        height: auto;
    }
    """

    def __init__(self, prompt: str, language: Language) -> None:
        who = (f"{language.say('log.you')}\n", "bold $text-primary")
        super().__init__(Content.assemble(who, sanitise(prompt)), markup=False)


class MessageLog(VerticalScroll):
    """Shows one conversation at a time."""

    DEFAULT_CSS = """
    MessageLog {
        height: 1fr;
        scrollbar-size-vertical: 1;
        .log--welcome { margin: 1 2; height: auto; color: $text-muted; }
    }
    """

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._views: dict[str, ReplyView] = {}

    def on_mount(self) -> None:
        """Follow the end from the start."""
        self.anchor()

    def release_anchor(self) -> None:
        """Ignore that a scroll was asked for: one that goes nowhere, or down, must not end the following."""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Stop following when the view has moved up and away from the end."""
        super().watch_scroll_y(old_value, new_value)
        if new_value < old_value and new_value < self.max_scroll_y:
            super().release_anchor()

    def show(self, conversation: Conversation, welcome: Content) -> None:
        """Show a conversation from its end, or `welcome` while it is empty."""
        self.remove_children()
        self._views.clear()
        if conversation.turns:
            self.mount_all([widget for turn in conversation.turns for widget in self._turn_widgets(turn)])
        else:
            self.mount(Static(welcome, markup=False, classes="log--welcome"))
        self.anchor()

    def add_turn(self, turn: Turn) -> None:
        """Show a turn that was just begun; the person who sent it wants to see its end.

        From here on `apply` may be called for its replies: what comes before they are in sight is painted then.
        """
        self.query(".log--welcome").remove()
        self.mount_all(self._turn_widgets(turn))
        self.anchor()

    def apply(self, reply: Reply, event: StreamEvent) -> None:
        """Take an event of a reply; one that is not shown here is not painted."""
        if (view := self._views.get(reply.id)) is not None:
            view.apply(event)

    def _turn_widgets(self, turn: Turn) -> list[Widget]:
        views = [ReplyView(reply, self._language) for reply in turn.replies]
        self._views.update({view.reply.id: view for view in views})
        return [PromptView(turn.prompt, self._language), *views]
