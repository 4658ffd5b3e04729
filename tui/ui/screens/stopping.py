"""StoppingScreen: a screen on which a reply is stopped: by Esc what is in sight, by ctrl+c in another chat too."""

import time
from collections.abc import Callable

from tui.chat.conversation import Reply
from tui.text.language import Language
from tui.ui.manner import Manner
from tui.ui.screens.templating import TemplatingScreen
from tui.ui.shown_key import show_key

ESCAPE_SECONDS = 2.0
"""How long "Esc again" holds."""


class StoppingScreen(TemplatingScreen):
    """What was just sent is taken back by the same keys."""

    def __init__(self, language: Language, manner: Manner, behind: Callable[[], bool]) -> None:
        super().__init__(language, manner, behind)
        self._remote = manner.remote
        self._escaped = float("-inf")

    def action_back(self) -> None:
        """Close a list, else give a queued prompt back, stop the reply, end a search, or go to the prompt."""
        if self.prompt.close_completion() or self.give_queue_back():
            return
        if self._remote and self.can_stop and not self._asked_again():
            self.notify(self._language.say("keys.esc_again"), timeout=ESCAPE_SECONDS, markup=False)
        elif not self._stop_shown():
            if not self.close_search() and self.focused is self.prompt:
                name = "keys.runs_elsewhere" if self.replies_elsewhere() else "dead_key.nothing_to_stop"
                key = show_key(self._page.keys.get("app.stop", "ctrl+c"))
                self.notify(self._language.say(name, key=key), timeout=3, markup=False)
            self.set_focus(self.prompt)

    def note_input(self, key: str | None) -> None:
        """A key that came between two Esc was torn, or Esc was not meant to stop anything."""
        if key != "escape":
            self._escaped = float("-inf")

    @property
    def can_stop(self) -> bool:
        """Whether Esc would stop a reply."""
        return bool(self.prompt.unsent or self.reply_to_stop())

    def stop_reply(self) -> bool:
        """Stop the reply in view, at once, else the latest in another chat; False if none is being written."""
        if self._stop_shown():
            return True
        if self._workspace is None or not (elsewhere := self.replies_elsewhere()):
            return False
        self.notify(self._language.say("keys.stopped_elsewhere"), markup=False)
        return self._workspace.session.stop(elsewhere[-1])

    def replies_elsewhere(self) -> list[Reply]:
        """Replies that are being written where nobody sees them: in other conversations, on other branches."""
        running = self._workspace.session.running() if self._workspace is not None else []
        if not running:
            return []
        shown = {reply.id for turn in self._conversation.turns for reply in turn.replies}
        return [reply for reply in running if reply.id not in shown]

    def _asked_again(self) -> bool:
        """Whether Esc came twice: a slow link may tear an arrow key's sequence, which begins with one."""
        before, self._escaped = self._escaped, time.monotonic()
        return self._escaped - before < ESCAPE_SECONDS

    def _stop_shown(self) -> bool:
        """Stop the reply in view; False if none is being written there."""
        if self._workspace is None:
            return False
        if self.prompt.unsent:
            self.prompt.take_back()
            return True
        if (reply := self.reply_to_stop()) is None:
            return False
        if reply.trace is None:
            self.notify(self._language.say("keys.stop_asked"), markup=False)
        return self._workspace.stop(reply)
