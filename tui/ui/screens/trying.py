"""TryingScreen: a screen whose empty conversation offers, in practice, three things to try by one key each.

A trial asks its model once with a prompt of ours: the model that the next prompt goes to stays what it was, and what
has been typed stays in the editor. In a conversation with turns, and beside a real provider, the keys do nothing.
"""

from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.chat.attachment import Attachment
from tui.chat.catalogue import Model
from tui.chat.list_failure import tell_failures
from tui.settings.config import PRACTICE
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import bound_keys
from tui.ui.screens.revising import RevisingScreen


class TryingScreen(RevisingScreen):
    """Whoever inherits begins a turn."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f6", "try_out('long')", "A long answer", id="trial.long", show=False, priority=True),
        Binding("f7", "try_out('stall')", "A stall", id="trial.stall", show=False, priority=True),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of the trials are free, and those of the editor again, where there is nothing to try."""
        if action == "try_out":
            return self._workspace is None or self._offers_trials
        return super().check_action(action, parameters)

    @property
    def _offers_trials(self) -> bool:
        workspace = self._workspace
        return workspace is not None and workspace.routes.wants_practice and not self._conversation.turns

    def action_retry_last(self) -> None:
        """Ask for the last reply again; while there is none to ask for, the key stands for the third trial."""
        if self._workspace is None:
            self.put_off(self.action_retry_last)
        elif self._offers_trials:
            self.action_try_out("cut")
        else:
            super().action_retry_last()

    def action_try_out(self, name: str) -> None:
        """Ask the practice model of that name for what it is there to show."""
        if self._workspace is None:
            self.put_off(partial(self.action_try_out, name))
        elif self._offers_trials:
            tried = Model(self._workspace.routes.providers[PRACTICE], name)
            self.begin_turn(self._language.say(f"trial.{name}"), tried)

    def begin_turn(self, text: str, only: Model | None = None, attachments: tuple[Attachment, ...] = ()) -> None:
        """Begin a turn; `only` is asked instead of whoever the next prompt goes to. Whoever inherits does."""

    def say_welcome(self) -> str:
        """What an empty conversation says: where the words would go and what to do first."""
        say, workspace = self._language.say, self._workspace
        if workspace is None:
            return say("welcome.opening")
        lines = [say("welcome.title")]
        if workspace.found is not None:
            server = workspace.found
            where = say("welcome.found", name=server.provider.name, url=server.provider.base_url)
            account = say("welcome.account", account=server.account) if server.account else ""
            lines.append(sanitise_line(where + account))
        keys = bound_keys(type(self), workspace.config.keys)
        if self._model is None and (failures := tell_failures(workspace.catalogue, self._language)):
            for failure in failures:
                lines.append("\n".join([failure.line, *([f"→ {failure.advice}"] if failure.advice else [])]))
            return "\n\n".join([*lines, say("welcome.stuck", **keys)])
        lines.append(say("welcome.practice" if workspace.routes.wants_practice else "welcome.chat", **keys))
        return "\n\n".join(lines)
