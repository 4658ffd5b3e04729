"""ComparingScreen: a screen on which the replies of one turn are compared, in columns or one by one in the log.

While a comparison is open its turn is in the columns alone; the log takes it over when a reply is adopted, when the
models are asked for one again, or when the next prompt is sent.
"""

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.getters import query_one

from tui.chat.attachment import Attachment
from tui.chat.catalogue import Model
from tui.chat.conversation import Conversation, Reply, Turn
from tui.settings.model_facts import ModelFacts
from tui.stream.events import StreamEvent
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.log.columns import ColumnLog, Columns, Page
from tui.ui.log.message_log import MessageLog
from tui.ui.manner import Manner
from tui.ui.screens.choosing import ChoosingScreen
from tui.ui.widgets.model_picker import MOST_MARKED, Chosen

if TYPE_CHECKING:
    from tui.chat.tally import Score


class ComparingScreen(ChoosingScreen):
    """Whoever inherits takes the events of the replies."""


    log_view = query_one("MessageLog.-in-use", MessageLog)

    def __init__(
        self,
        language: Language,
        manner: Manner,
        behind: Callable[[], bool],
        shuffle: Callable[[list[Model]], object] = random.shuffle,
    ) -> None:
        """`behind` tells whether the terminal is still taking an earlier screen; `shuffle` orders a blind turn."""
        super().__init__(language)
        self._page = page = Page(manner.frames, behind, manner.ascii, manner.wrap_code, manner.keys)
        # Both are held here, since replies tell of themselves while the screen is being taken down too.
        self.page_log = _make_log(language, page)
        self.columns = Columns(language, page)
        self._shuffle = shuffle
        self._conversation = Conversation()
        self._reply: Reply | None = None
        """The reply in view."""
        self._outdated: Reply | None = None
        """What was in view when a model was chosen last."""
        self._awaited: list[Reply] = []
        """The replies whose ends what is queued waits for."""
        self._asked: dict[str, Model] = {}
        """Which model was asked for a reply, by the reply's id."""

    def compose_logs(self) -> ComposeResult:
        """The log, and the columns that take its place."""
        yield self.page_log
        yield self.columns

    @property
    def streaming(self) -> bool:
        """Whether a reply is being written whose end is waited for."""
        return any(reply.outcome is None for reply in self._awaited)

    def ask(
        self,
        text: str,
        only: Model | None = None,
        beside: Turn | None = None,
        attachments: tuple[Attachment, ...] = (),
    ) -> None:
        """Begin a turn and ask for its replies, in columns if there are several; `only` is asked this once, and alone.

        Who was asked so is not remembered as a model in use. `beside`: the turn of which it is another branch.
        """
        workspace, models = self._workspace, [only] if only is not None else list(self._marked)
        assert workspace is not None, "only an open workspace sends"
        if self._model is not None and not models:
            models = [self._model]
        if len(models) > 1 and self.columns.blind:
            self._shuffle(models)
        self.close_columns()
        self._keep_context()
        turn = workspace.session.begin(self._conversation, text, models, beside, attachments)
        for reply, model in zip(turn.replies, models, strict=True):
            self._start(reply, model)
        self._reply, self._awaited = turn.reply, list(turn.replies)
        if beside is not None:
            self.page_log.show_path(hidden=turn if len(models) > 1 else None)
            self.page_log.follow()
        if len(models) > 1:
            self._open_columns(turn)
        elif beside is None:
            self.log_view.add_turn(turn)
        for model in models if only is None else ():
            workspace.use_model(model)

    def take(self, reply: Reply, event: StreamEvent) -> None:
        """What the session tells of a reply: it is painted wherever the reply is shown."""
        self.page_log.apply(reply, event)
        self.columns.apply(reply, event)

    def close_columns(self) -> None:
        """End the comparison; its turn goes into the log, with all of its replies."""
        if not self.columns.is_shown:
            return
        turn = self.columns.turn
        self.columns.close()
        self.page_log.display = True
        self.page_log.add_class("-in-use")
        self.page_log.add_turn(turn)

    def model_chosen(self) -> None:
        """Who asks one model again has done comparing."""
        super().model_chosen()
        self._outdated = self._reply
        if not self._marked:
            self.close_columns()

    def reply_to_stop(self) -> Reply | None:
        """The reply that a stop is about: the current column's and those behind it, else the one in view, else any."""
        if (running := self.columns.running()) is not None:
            return running
        own = self._workspace.session.running() if self._workspace is not None else []
        shown = {reply.id for turn in self._conversation.turns for reply in turn.replies}
        others = [reply for reply in own if reply.id in shown]
        wanted = [*([self._reply] if self._reply is not None else []), *self._awaited, *others]
        return next((reply for reply in wanted if reply.outcome is None and reply.id in shown), None)

    @property
    def model_in_view(self) -> Model | None:
        """Who was asked for the reply in view; without one whom the next prompt goes to. None of several."""
        if self._marked:
            return None
        reply = self.reply_of_model()
        return (self._asked.get(reply.id) if reply is not None else None) or self._model

    def reply_of_model(self) -> Reply | None:
        """The reply in view, unless it has ended and another model was chosen since: its figures are not that one's."""
        reply = self._reply
        if reply is None or reply.outcome is None or self._marked or reply is not self._outdated:
            return reply
        return reply if self._asked.get(reply.id) in (None, self._model) else None

    @on(Columns.Turned)
    def turn_column(self, event: Columns.Turned) -> None:
        """Another column is the one that the keys are about."""
        self._reply = event.reply

    @on(MessageLog.Adopted)
    def adopt(self, event: MessageLog.Adopted) -> None:
        """Go on with a reply as the context, and with its model."""
        workspace, turn, reply = self._workspace, event.turn, event.reply
        assert workspace is not None, "replies come from an open workspace"
        workspace.session.choose(turn, reply)
        if turn is self._conversation.turns[-1]:
            self._reply, self._awaited = reply, [reply]
        if self.columns.is_shown and self.columns.turn is turn:
            self.close_columns()
        else:
            self.page_log.show_reply(turn, reply)
        name = sanitise_line(f"{reply.provider}/{reply.model}")
        empty = reply.outcome is not None and not reply.context
        said = self._language.say("compare_view.adopted_empty" if empty else "compare_view.adopted", model=name)
        self.notify(said, timeout=6 if empty else 3, markup=False)
        self.forget_marks()
        if (model := self._model_of(reply)) is not None:
            self._choose(model)
        self.set_focus(self.prompt)

    @on(MessageLog.OtherWanted)
    def ask_other(self, event: MessageLog.OtherWanted) -> None:
        """Ask which other model is to answer the same prompt."""
        if len(event.turn.replies) < MOST_MARKED:
            self._pick(partial(self._add_replies, event.turn))
        else:
            self.notify(self._language.say("picker.most", count=MOST_MARKED), timeout=3, markup=False)

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("compare_view.mark"), say("compare_view.mark_help"), self.action_compare)
        blind = self.columns.action_toggle_blind
        yield SystemCommand(say("compare_view.blind"), say("compare_view.blind_help"), blind)
        yield SystemCommand(say("compare_view.summary"), say("compare_view.summary_help"), self.action_show_comparisons)
        yield SystemCommand(say("compare_view.copy"), say("compare_view.copy_help"), self._copy_summary)

    def action_show_comparisons(self) -> None:
        """Show what the comparisons of this conversation come to."""
        from tui.ui.screens.comparisons import ComparisonsScreen  # when first asked for

        self.app.push_screen(ComparisonsScreen(self._count_wins(), self._language))

    def _copy_summary(self) -> None:
        from tui.chat.tally import write_markdown  # when first asked for

        if scores := self._count_wins():
            self.log_view.post_message(MessageLog.Copied(write_markdown(scores, self._language)))
        else:
            self.notify(self._language.say("compare_view.none"), timeout=3, markup=False)

    def _count_wins(self) -> "list[Score]":
        """The turns that may be told of: one in blind columns has no names yet."""
        from tui.chat.tally import count_wins  # when first asked for

        hidden = self.columns.turn if self.columns.is_shown and self.columns.blind else None
        return count_wins(turn for turn in self._conversation.turns if turn is not hidden)

    def _start(self, reply: Reply, model: Model, *, stream: bool = True) -> None:
        assert self._workspace is not None, "a model comes out of an open workspace"
        self._asked[reply.id] = model
        self._workspace.session.start(reply, partial(self.take, reply), stream=stream)

    def _start_beside(self, turn: Turn, reply: Reply, model: Model, *, stream: bool = True) -> None:
        """Ask for a reply that was added to a turn; it is the one in view from here on, and its end is waited for."""
        self._reply = reply
        self._awaited.append(reply)
        self._start(reply, model, stream=stream)
        if self.columns.is_shown and self.columns.turn is turn:
            was_there = isinstance(self.focused, ColumnLog)
            self.columns.add(turn, [reply])
            if was_there:
                self.call_after_refresh(self._focus_column)
        else:
            self.page_log.show_reply(turn, reply)

    def _open_columns(self, turn: Turn) -> None:
        """The prompt has the keys: in the columns letters act, and nobody who types on has gone there."""
        if self.focused is self.page_log:
            self.set_focus(self.prompt)
        self.page_log.display = False
        self.page_log.remove_class("-in-use")
        self.columns.open(turn, self._find_facts)

    def _focus_column(self) -> None:
        if self.columns.is_shown and self.screen is self.app.screen:
            self.columns.current.focus()

    def _add_replies(self, turn: Turn, choice: Chosen) -> None:
        workspace = self._workspace
        assert workspace is not None, "a model comes out of an open workspace"
        for model in choice.models[: MOST_MARKED - len(turn.replies)]:
            self._start_beside(turn, workspace.session.add_reply(self._conversation, turn, model), model)

    def _keep_context(self) -> None:
        """A turn that nobody adopted a reply of still gives its answer, though its first model gave none."""
        turns, workspace = self._conversation.turns, self._workspace
        if workspace is None or not turns or turns[-1].adopted or turns[-1].reply.context:
            return
        if (reply := next((reply for reply in turns[-1].replies if reply.context), None)) is not None:
            workspace.session.choose(turns[-1], reply, adopted=False)
            self.page_log.show_reply(turns[-1], reply)

    def _model_of(self, reply: Reply) -> Model | None:
        """The model that wrote a reply; after a fallback another than was asked."""
        assert self._workspace is not None, "replies come from an open workspace"
        return self._workspace.catalogue.find(f"{reply.provider}/{reply.model}") or self._asked.get(reply.id)

    def _find_facts(self, reply: Reply) -> ModelFacts:
        if self._workspace is None or (model := self._model_of(reply)) is None:
            return ModelFacts()
        return self._workspace.catalogue.facts(model)


def _make_log(language: Language, page: Page) -> MessageLog:
    log = MessageLog(language, frames=page.frames, behind=page.behind, ascii=page.ascii, wrap_code=page.wrap_code)
    log.keys = page.keys
    log.id = "log"
    log.add_class("-in-use")
    return log
