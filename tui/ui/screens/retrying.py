"""RetryingScreen: a screen on which a reply is asked for again, or gone on with.

Either way another reply of the same turn comes of it, and the one that was cut stays as it is. A continuation begins
with the whole text of the cut one, so it is the context for what follows from the start; one that is asked for again is
once it has come to an end of its own, or if there was no text before.
"""

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from tui.chat.catalogue import Model
from tui.chat.conversation import Reply, Turn
from tui.chat.remedy import can_continue
from tui.chat.retry import Retry, make_retry
from tui.stream.events import Finished, Interrupted, StreamEvent
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.log.message_log import MessageLog
from tui.ui.manner import Manner
from tui.ui.screens.connecting import ConnectingScreen


class RetryingScreen(ConnectingScreen):
    """Without the focus in the log the acts are about the last reply."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "retry_last", "Retry", id="chat.retry", show=False, tooltip="Ask for the last reply again"),
        Binding(
            "shift+f8",
            "continue_last",
            "Continue",
            id="chat.continue",
            show=False,
            tooltip="Go on with the last reply",
        ),
    ]

    def __init__(self, language: Language, manner: Manner, behind: Callable[[], bool]) -> None:
        super().__init__(language, manner, behind)
        self._retries: dict[str, Retry] = {}

    @on(MessageLog.RetryWanted)
    def retry(self, event: MessageLog.RetryWanted) -> None:
        """Ask the same model the same again."""
        self._retry(event.turn, event.reply, stream=event.stream)

    @on(MessageLog.ContinueWanted)
    def go_on(self, event: MessageLog.ContinueWanted) -> None:
        """Have the model go on with what came."""
        self._continue(event.turn, event.reply)

    def take(self, reply: Reply, event: StreamEvent) -> None:
        """Also choose what follows, when a reply that was asked for again has ended."""
        retry = self._retries.pop(reply.id, None) if isinstance(event, Finished | Interrupted) else None
        if retry is not None and retry.replaces(reply):
            self._choose_context(retry.turn, reply)
        super().take(reply, event)

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("remedy.retry_last"), say("remedy.retry_help"), self.action_retry_last)
        yield SystemCommand(say("remedy.continue_last"), say("remedy.continue_help"), self.action_continue_last)
        unstreamed, copy = self._retry_last_unstreamed, self._copy_last_record
        yield SystemCommand(say("remedy.unstreamed_last"), say("remedy.unstreamed_help"), unstreamed)
        yield SystemCommand(say("remedy.other_last"), say("remedy.other_help"), self._ask_other_last)
        yield SystemCommand(say("remedy.copy_last"), say("remedy.copy_help"), copy)
        yield from super().commands()

    def action_retry_last(self) -> None:
        """Ask for the last reply again."""
        if (last := self._find_last()) is not None:
            self._retry(*last, stream=True)

    def action_continue_last(self) -> None:
        """Go on with the last reply."""
        if (last := self._find_last()) is not None:
            self._continue(*last)

    def _retry_last_unstreamed(self) -> None:
        if (last := self._find_last()) is not None:
            self._retry(*last, stream=False)

    def _ask_other_last(self) -> None:
        if (last := self._find_last()) is not None:
            self.ask_other(MessageLog.OtherWanted(last[0]))

    def _copy_last_record(self) -> None:
        if (last := self._find_last()) is not None:
            self.log_view.copy_record(last[1])

    def _find_last(self) -> tuple[Turn, Reply] | None:
        """The last reply, or that of the current column; None is told."""
        if self.columns.is_shown:
            return self.columns.turn, self.columns.current.reply
        if (last := self.page_log.last_reply) is None:
            self._tell("remedy.no_reply")
        return last

    def _retry(self, turn: Turn, reply: Reply, *, stream: bool) -> None:
        if (workspace := self._workspace) is None or (model := self._find_model(reply)) is None:
            return
        again = workspace.session.add_reply(self._conversation, turn, model)
        self._retries[again.id] = make_retry(self._conversation, turn, reply)
        self._start_beside(turn, again, model, stream=stream)

    def _continue(self, turn: Turn, reply: Reply) -> None:
        if (workspace := self._workspace) is None or (model := self._find_model(reply)) is None:
            return
        if not can_continue(reply):
            self._tell("remedy.nothing_cut" if reply.partial is not None else "remedy.no_text")
            return
        more = workspace.session.continue_reply(self._conversation, turn, reply, model)
        if turn.reply is reply:
            workspace.session.choose(turn, more, adopted=turn.adopted)
        self._start_beside(turn, more, model)

    def _find_model(self, reply: Reply) -> Model | None:
        """The model to ask for this reply again; why there is none is told."""
        if reply.outcome is None:
            self._tell("remedy.running")
            return None
        if (model := self._model_of(reply)) is None:
            self._tell("remedy.unknown_model", model=sanitise_line(f"{reply.provider}/{reply.model}"))
        return model

    def _choose_context(self, turn: Turn, reply: Reply) -> None:
        assert self._workspace is not None, "replies come from an open workspace"
        self._workspace.session.choose(turn, reply, adopted=turn.adopted)
        if not self.columns.is_shown:
            self.page_log.renew(turn)

    def _tell(self, name: str, **values: object) -> None:
        self.notify(self._language.say(name, **values), timeout=4, markup=False)
