"""OpeningScreen: what is there in the first moment: a prompt that takes the keys, while everything else is imported.

It is light to import, so that the first paint comes early. What is typed, sent and pressed here goes over to the chat.
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Static

from tui.text.language import Language
from tui.ui.widgets.prompt import Prompt


class Leftover(NamedTuple):
    """What a person did before the chat was there."""

    sent: tuple[tuple[str, frozenset[str]], ...]
    """Prompts that were sent, the first one first, each with what it mentions."""
    typed: str
    mentioned: tuple[str, ...]
    """In what was typed."""
    cursor: tuple[int, int]
    """Row and column of the caret in what was typed."""
    keys: tuple[tuple[str, str | None], ...]
    """Keys that mean something only in the chat, each with its character."""
    draft: str = ""
    """What stood in the editor from the first moment on."""


class OpeningScreen(Screen[None]):
    """The prompt, and above it that weir opens."""

    prompt = query_one(Prompt)

    def __init__(self, language: Language, draft: str, keys: Mapping[str, str]) -> None:
        """`keys` are the person's own, by the id of their binding."""
        super().__init__()
        self._language = language
        self._draft = draft
        # Held here, since what was typed is asked for when the screen is gone.
        self._prompt = Prompt(language, keys)
        self._keys: list[tuple[str, str | None]] = []

    def compose(self) -> ComposeResult:
        """As the chat is arranged, so that nothing moves when it comes."""
        yield Static(self._language.say("welcome.opening"), markup=False, id="opening")
        yield self._prompt
        yield Static("", markup=False, id="opening-status")

    def on_mount(self) -> None:
        """The prompt takes the keys, with what was left unsent."""
        self.set_focus(self._prompt)
        if self._draft:
            self._prompt.give_back(self._draft)

    def on_key(self, event: events.Key) -> None:
        """Keep what nothing here is bound to."""
        if event.key not in self.active_bindings:
            self._keys.append((event.key, event.character))

    @property
    def conversation_id(self) -> str:
        """None is open yet."""
        return ""

    def unsent(self) -> str:
        """Everything that was typed."""
        texts = (*self._prompt.unsent, self._prompt.content)
        return "\n\n".join(text for text in texts if text.strip())

    async def leave(self) -> Leftover:
        """What goes over to the chat, once every key that was on its way here has come; call it behind that screen."""
        prompt, arrived = self._prompt, asyncio.Event()
        for pump in (prompt, self):
            pump.call_later(arrived.set)
            await arrived.wait()
            arrived.clear()
        prompt.settle()
        sent = tuple((text, prompt.named.get(text, frozenset())) for text in prompt.unsent)
        keys = tuple(self._keys)
        return Leftover(sent, prompt.content, prompt.mentions, prompt.cursor_location, keys, self._draft)

    @property
    def selected_text(self) -> str:
        """There is no log to mark anything in."""
        return ""

    def clear_marks(self) -> None:
        """There are none."""

    def note_input(self, key: str | None) -> None:
        """Nothing follows from it."""

    def stop_reply(self) -> bool:
        """Take back what was sent and has not gone out; False if nothing was sent."""
        if not self._prompt.unsent:
            return False
        self._prompt.take_back()
        return True
