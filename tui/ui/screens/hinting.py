"""HintingScreen: a screen that always tells the few keys that are of use right now, on the edge of the prompt."""

from textual.events import DescendantBlur, DescendantFocus

from tui.chat.conversation import Reply
from tui.chat.remedy import Remedy, find_remedies
from tui.ui.hint import Situation, choose_hints
from tui.ui.log.columns import ColumnLog
from tui.ui.log.message_log import MessageLog
from tui.ui.screens.trying import TryingScreen
from tui.ui.widgets.prompt import Prompt


class HintingScreen(TryingScreen):
    """Whoever inherits says what is under way, and asks for the hints whenever that may have changed."""

    @property
    def can_stop(self) -> bool:
        """Whether Esc would stop something; whoever inherits knows."""
        return False

    @property
    def has_queued(self) -> bool:
        """Whether a prompt waits; whoever inherits knows."""
        return False

    @property
    def edited(self) -> str:
        """What is being edited, a `prompt` or a `reply`; else empty."""
        return "" if self._edit is None else "prompt" if self._edit.reply is None else "reply"

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Other keys are of use in another place."""
        self.show_hints()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """So they are where nothing has the keys."""
        self.show_hints()

    def show_hints(self) -> None:
        """Name what can be done now."""
        if self.prompt.is_attached:
            self.prompt.show_hints(choose_hints(self._find_situation()))

    def _find_situation(self) -> Situation:
        workspace, turns = self._workspace, self._conversation.turns
        shown = self.page_log.last_reply
        last = self.columns.current.reply if self.columns.is_shown else shown[1] if shown is not None else None
        place = self._find_place()
        if place == "log":
            last = self.page_log.current_reply or last
        remedies = find_remedies(last) if last is not None else []
        return Situation(
            place=place,
            empty=not turns,
            typed=bool(self.prompt.text.strip()),
            running=self.can_stop,
            queued=self.has_queued,
            broken=_is_broken(last),
            retryable=Remedy.RETRY in remedies,
            continuable=Remedy.CONTINUE in remedies,
            editing=self.edited,
            on_prompt=place == "log" and self.page_log.on_prompt,
            several=place == "log" and self.page_log.has_several,
            deleted=self._conversation.tree.last_deleted() is not None,
            comparing=self.columns.is_shown,
            practising=workspace is not None and workspace.practising and workspace.routes.wants_practice,
        )

    def _find_place(self) -> str:
        focused = self.focused
        if isinstance(focused, ColumnLog):
            return "columns"
        if isinstance(focused, MessageLog):
            return "log"
        return "prompt" if focused is None or isinstance(focused, Prompt) else "other"


def _is_broken(reply: Reply | None) -> bool:
    return reply is not None and reply.outcome is not None and reply.outcome.has_note
