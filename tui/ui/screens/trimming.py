"""TrimmingScreen: a screen that watches how full the model's context is, and leaves the oldest turns out if wanted.

What is left out stays in the conversation and on the screen; it is only not sent.
"""

from collections.abc import Callable, Iterator

from textual import on
from textual.app import SystemCommand

from tui.chat.attachment import Attachment
from tui.chat.catalogue import Model
from tui.chat.context_window import (
    ContextGauge,
    ContextUse,
    TrimPlan,
    estimate_tokens,
    is_too_long,
    plan_trim,
    undo_trim,
)
from tui.chat.conversation import Reply, Trim, Turn
from tui.chat.figures import Count
from tui.settings.parameters import Parameters
from tui.stream.events import Finished, Interrupted, StreamEvent
from tui.text.language import Language
from tui.ui.log.message_log import MessageLog
from tui.ui.manner import Manner
from tui.ui.screens.retrying import RetryingScreen
from tui.ui.widgets.context_line import ContextLine


class TrimmingScreen(RetryingScreen):
    """Nothing is told of a model whose context is not known, nor while several models are asked at once."""

    def __init__(self, language: Language, manner: Manner, behind: Callable[[], bool]) -> None:
        super().__init__(language, manner, behind)
        self.context_line = ContextLine()
        self.page_log.count_excess = self._count_excess
        self._gauge = ContextGauge()
        self._draft, self._draft_tokens = "", 0
        self.attached_tokens = 0
        """Of the files that what is typed mentions."""

    def measure_context(self) -> ContextUse | None:
        """How full the context of the chosen model is; also warns, once, when it comes near its end."""
        use = self._measure()
        if use is None or not use.is_nearly_full:
            self.context_line.reset()
        elif not self.streaming and self._model is not None:
            self.context_line.warn((self._conversation.id, self._model.name), self._describe(use))
        return use

    def _describe(self, use: ContextUse) -> str:
        taken = Count(use.count.tokens + use.pending, use.count.estimated or use.pending > 0)
        over = taken.tokens + use.reserved > use.window
        name = f"{'full' if over else 'nearly_full'}{'_reserved' if use.reserved else ''}"
        key = self.page_log.keys.get("log.trim", "o")
        return self._language.say(f"context.{name}", taken=taken, window=use.window, reserved=use.reserved, key=key)

    def ask(
        self,
        text: str,
        only: Model | None = None,
        beside: Turn | None = None,
        attachments: tuple[Attachment, ...] = (),
    ) -> None:
        """What was warned of is known by then."""
        self.context_line.hide()
        super().ask(text, only, beside, attachments)

    def take(self, reply: Reply, event: StreamEvent) -> None:
        """Also offer to leave turns out, under a reply for which they were too much."""
        super().take(reply, event)
        if isinstance(event, Finished | Interrupted) and is_too_long(reply):
            turn = next((turn for turn in self._conversation.turns if reply in turn.replies), None)
            if turn is not None and not self.columns.is_shown:
                self.page_log.renew(turn)

    @on(MessageLog.TrimWanted)
    def trim(self, event: MessageLog.TrimWanted) -> None:
        """Leave turns out; a reply for which they were too much is asked for again."""
        self._trim(event.turn, event.reply)

    @on(MessageLog.UntrimWanted)
    def untrim(self) -> None:
        """Send all turns again, from the next prompt on."""
        if (trim := undo_trim(self._conversation)) is None:
            self._tell("context.nothing_left_out")
            return
        self._begin_with(trim)
        self._tell("context.all_sent")

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("context.trim"), say("context.trim_help"), self._trim_last)
        yield SystemCommand(say("context.untrim"), say("context.untrim_help"), self.untrim)
        yield from super().commands()

    def _trim_last(self) -> None:
        if (last := self._find_last()) is not None:
            self._trim(*last)

    def _trim(self, turn: Turn, reply: Reply) -> None:
        if self._workspace is None:
            return
        if self.streaming:
            self._tell("remedy.running")
            return
        again = is_too_long(reply)
        if (plan := self._plan(turn if again else None, reply)) is None:
            self._tell("context.nothing_to_leave_out")
            return
        self._begin_with(plan.trim)
        self._tell("context.left_out", count=plan.count)
        if again:
            self._retry(turn, reply, stream=True)

    def _begin_with(self, trim: Trim) -> None:
        assert self._workspace is not None, "turns come out of an open workspace"
        self._workspace.session.trim(self._conversation, trim)
        self.page_log.show_cut(self._conversation.cut)

    def _count_excess(self, turn: Turn, reply: Reply) -> int:
        plan = self._plan(turn, reply) if is_too_long(reply) else None
        return plan.count if plan is not None else 0

    def _plan(self, turn: Turn | None, reply: Reply) -> TrimPlan | None:
        model = self._model_of(reply) if turn is not None and self._workspace is not None else self._model
        record = reply.record if turn is not None else None
        return plan_trim(self._conversation, turn, self._window(model), self._parameters(model), record)

    def _measure(self) -> ContextUse | None:
        model = None if self._marked else self._model
        if model is None or (window := self._window(model)) is None:
            return None
        own = self._parameters(model)
        count = self._gauge.measure(self._conversation, model.name, own.system)
        return ContextUse(count, window, self._estimate_draft(), own.max_tokens or 0)

    def _estimate_draft(self) -> int:
        if (draft := self.prompt.content) != self._draft:
            self._draft, self._draft_tokens = draft, estimate_tokens(draft)
        return self._draft_tokens + self.attached_tokens

    def _window(self, model: Model | None) -> int | None:
        if model is None or self._workspace is None:
            return None
        return self._workspace.catalogue.facts(model).context

    def _parameters(self, model: Model | None) -> Parameters:
        own = self._conversation.parameters
        return own.over(model.parameters) if model is not None else own
