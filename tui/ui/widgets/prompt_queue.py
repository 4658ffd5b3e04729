"""PromptQueue: prompts that wait for the reply before them to end, in sight in one line."""

from textual.content import Content
from textual.widgets import Static

from tui.text.language import Language
from tui.text.sanitise import sanitise_line


class PromptQueue(Static):
    """Out of sight while it is empty. What waits in it is there when the screen is gone, too."""

    DEFAULT_CSS = """
    PromptQueue {
        display: none;
        height: auto;
        max-height: 4;
        margin: 0 2;
        color: $text-accent;
        &.-shown { display: block; }
    }
    """

    def __init__(self, language: Language) -> None:
        super().__init__("", markup=False)
        self._language = language
        self.texts: list[str] = []
        """What waits, the first to go first."""

    def put(self, text: str) -> None:
        """Let a prompt wait behind the others."""
        self.texts.append(text)
        self._show()

    def take(self) -> str:
        """The first, which waits no more."""
        text = self.texts.pop(0)
        self._show()
        return text

    def take_all(self) -> str:
        """All of them as one text; empty if none waits."""
        text = "\n\n".join(self.texts)
        self.texts.clear()
        self._show()
        return text

    def _show(self) -> None:
        self.set_class(bool(self.texts), "-shown")
        texts = " ⏎ ".join(sanitise_line(text) for text in self.texts)
        self.update(Content(self._language.say("prompt.queued", text=texts)))
