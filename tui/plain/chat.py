"""PlainChat: a conversation in lines. It waits for a message, or for a reply, never for both.

The loop runs only while something is asked for, so a line can be waited for in the plainest way there is.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from tui.chat.catalogue import Model
from tui.chat.context_window import is_too_long, plan_trim, undo_trim
from tui.chat.conversation import Conversation, Reply
from tui.chat.resumption import Resumption
from tui.chat.retry import find_continuable, make_retry
from tui.chat.workspace import Workspace
from tui.plain.answer import print_answer
from tui.plain.command import (
    NOT_STREAMED,
    Attach,
    Continue,
    DropDraft,
    Help,
    NewChat,
    PickModel,
    Quit,
    Retry,
    Send,
    SendDraft,
    TrimContext,
    Unknown,
    read_command,
)
from tui.plain.line_reader import EndOfInput, LineReader
from tui.plain.message import MessageReader
from tui.plain.model_list import ModelList
from tui.plain.output import Output
from tui.plain.pending_files import PendingFiles
from tui.plain.reply_printer import print_turn
from tui.plain.signals import SignalCame, Signals
from tui.stream.outcome import Outcome
from tui.text.language import Language

TURNS_SHOWN = 3
"""Of a conversation that is gone on with."""
T = TypeVar("T")


class PlainChat:
    """One conversation at a time, on a workspace that somebody else opens and closes."""

    def __init__(
        self, workspace: Workspace, runner: asyncio.Runner, output: Output, signals: Signals, language: Language
    ) -> None:
        self._workspace = workspace
        self._runner = runner
        self._output = output
        self._signals = signals
        self._language = language
        self._conversation = Conversation()
        self._model: Model | None = workspace.choose_model()
        self._asked: dict[str, Model] = {}
        self._models = ModelList()
        self._draft = ""
        self._files = PendingFiles(output, language)
        self._asked_to_quit = False
        self._outcome: Outcome | None = None
        self._had_text = False

    def open(self, resumption: Resumption) -> None:
        """Say where one is, with the last turns of a conversation to go on with and what was left unsent."""
        say, tell = self._language.say, self._output.tell
        if self._workspace.practising and self._workspace.routes.wants_practice:
            tell(say("plain.practice"))
        if (found := self._workspace.found) is not None:
            self._output.tell_line(say("welcome.found", name=found.provider.name, url=found.provider.base_url))
        if (conversation := resumption.conversation) is not None:
            self._conversation = conversation
            for turn in conversation.turns[-TURNS_SHOWN:]:
                print_turn(turn, self._output, self._language)
        if self._model is None:
            self._run(self._workspace.list_models())
            self._model = self._workspace.choose_model()
        if self._model is None:
            self._list_models("")
        else:
            self._output.tell_line(say("plain.model", model=self._model.name))
        if shown := self._conversation.parameters.shown():
            self._output.tell_line(say("tuning.kept", shown=shown))
        self._remember_draft(resumption.draft)
        for line in (say("plain.draft"), self._draft) if self._draft else ():
            tell(line)

    def converse(self, reader: LineReader, before_each: Callable[[], None]) -> None:
        """Read and answer until the person leaves; a signal that ends us is left in `signals.leaving`."""
        say = self._language.say
        messages = MessageReader(reader, say("plain.you"), say("plain.more"))
        try:
            while self._signals.leaving is None and self._output.refused is None:
                before_each()
                try:
                    typed = messages.read()
                except SignalCame as came:
                    self._set_aside(messages.take_gathered())
                    if came.number is not signal.SIGINT or self._asked_to_quit:
                        return
                    self._asked_to_quit = True
                    self._output.tell(say("keys.again_to_quit", key="ctrl+c"))
                    continue
                self._asked_to_quit = False
                with reader.busy():
                    if not self._obey(typed):
                        return
        except EndOfInput:
            return
        finally:
            self._output.begin_line()
            self._keep(messages.take_gathered())
            self._keep(reader.unsent())

    def answer(self, text: str) -> int:
        """Ask this and print the reply; the exit code of a run in which nothing else is asked."""
        self._send(text)
        return self._outcome.exit_code(self._had_text) if self._outcome is not None else 2

    def _keep(self, text: str) -> None:
        if text.strip():
            self._draft = f"{self._draft}\n\n{text}" if self._draft else text

    def _set_aside(self, text: str) -> None:
        """Keep it and say so."""
        if text.strip():
            self._keep(text)
            self._output.tell(self._language.say("plain.kept"))

    def _obey(self, typed: str) -> bool:
        """Do what was typed; False if that is to leave."""
        say, tell = self._language.say, self._output.tell
        match read_command(typed):
            case Send(text):
                self._send(text)
            case SendDraft() if self._draft:
                text, self._draft = self._draft, ""
                self._send(text)
            case DropDraft() | SendDraft():
                tell(say("plain.dropped" if self._draft else "plain.no_draft"))
                self._remember_draft("")
            case PickModel(words):
                self._pick(words)
            case Retry(words):
                self._retry(words)
            case Continue():
                self._continue()
            case TrimContext(undo):
                self._untrim() if undo else self._trim()
            case Attach(words):
                self._files.obey(words)
            case NewChat():
                self._workspace.keep_draft(self._conversation.id, "")  # it goes along
                self._conversation = Conversation()
                self._remember_draft(self._draft)
                tell(say("plain.new"))
            case Help():
                self._output.write(say("plain.help") + "\n")
            case Unknown(name):
                self._output.tell_line(say("plain.unknown", command=name))
            case Quit():
                return False
        return True

    def _send(self, text: str) -> None:
        """Ask, and print the reply until it ends; without a model the text is kept until one is chosen."""
        if self._model is None:
            self._list_models("")
            self._set_aside(text)
            return
        workspace, conversation = self._workspace, self._conversation
        if self._files.are_refused(workspace.catalogue, self._model, conversation):
            self._set_aside(text)
            return
        turn = workspace.session.begin(conversation, text, [self._model], attachments=self._files.take())
        self._print(turn.reply, self._model)
        workspace.use_model(self._model)
        self._remember_draft(self._draft)

    def keep_unsent(self) -> None:
        """Remember what was typed and has not gone out."""
        self._workspace.keep_draft(self._conversation.id, self._draft)

    def _remember_draft(self, text: str) -> None:
        self._draft = text
        self.keep_unsent()
        self._workspace.save_state()

    def _print(self, reply: Reply, model: Model, *, stream: bool = True) -> None:
        """Ask for a reply that was begun, and print it until it ends."""
        self._asked[reply.id] = model
        answer = print_answer(reply, self._workspace, self._output, self._signals, self._language, stream=stream)
        self._run(answer)
        self._outcome, self._had_text = reply.outcome, reply.has_text

    def _retry(self, words: str) -> None:
        """Ask for the last reply again: the same model, another one, or without streaming."""
        if not self._conversation.turns:
            self._output.tell(self._language.say("remedy.no_reply"))
            return
        turn = self._conversation.turns[-1]
        before = turn.replies[-1]
        same = words in ("", NOT_STREAMED)
        model = self._model_of(before) if same else self._find_model(words)
        if model is None:
            return
        session = self._workspace.session
        retry = make_retry(self._conversation, turn, turn.reply)
        reply = session.add_reply(self._conversation, turn, model)
        self._print(reply, model, stream=words != NOT_STREAMED)
        if retry.replaces(reply):
            session.choose(turn, reply, adopted=False)

    def _trim(self) -> None:
        """Leave the oldest turns out; the last reply is asked for again if they were too much for it."""
        conversation, say = self._conversation, self._language.say
        turn = conversation.turns[-1] if conversation.turns else None
        reply = turn.replies[-1] if turn is not None else None
        again = reply is not None and is_too_long(reply)
        model = self._model_of(reply) if reply is not None and again else self._model
        own = conversation.parameters.over(model.parameters) if model is not None else conversation.parameters
        window = self._workspace.catalogue.facts(model).context if model is not None else None
        record = reply.record if reply is not None and again else None
        plan = plan_trim(conversation, turn if again else None, window, own, record)
        if plan is None:
            self._output.tell(say("context.nothing_to_leave_out"))
            return
        self._workspace.session.trim(conversation, plan.trim)
        self._output.tell(say("context.left_out", count=plan.count))
        if again:
            self._retry("")

    def _untrim(self) -> None:
        trim = undo_trim(self._conversation)
        if trim is not None:
            self._workspace.session.trim(self._conversation, trim)
        self._output.tell(self._language.say("context.nothing_left_out" if trim is None else "context.all_sent"))

    def _continue(self) -> None:
        """Go on with the last reply, where it breaks off."""
        turns, say = self._conversation.turns, self._language.say
        cut = find_continuable(turns[-1]) if turns else None
        if cut is None:
            name = "no_reply" if not turns else "nothing_cut" if turns[-1].replies[-1].context else "no_text"
            self._output.tell(say(f"remedy.{name}"))
            return
        if (model := self._model_of(cut)) is not None:
            reply = self._workspace.session.continue_reply(self._conversation, turns[-1], cut, model)
            self._workspace.session.choose(turns[-1], reply, adopted=False)
            self._print(reply, model)

    def _model_of(self, reply: Reply) -> Model | None:
        """The model that wrote a reply; that it is not known any more is told."""
        name = f"{reply.provider}/{reply.model}"
        if (model := self._workspace.catalogue.find(name) or self._asked.get(reply.id)) is None:
            self._output.tell_line(self._language.say("remedy.unknown_model", model=name))
        return model

    def _pick(self, words: str) -> None:
        if not words:
            self._run(self._workspace.list_models())
            self._list_models("")
        elif (found := self._find_model(words)) is not None:
            self._model = found
            self._workspace.pick_model(found)
            self._workspace.save_state()
            self._output.tell_line(self._language.say("plain.model", model=found.name))

    def _find_model(self, words: str) -> Model | None:
        """The one that is meant; those that may be are listed."""
        self._run(self._workspace.list_models())
        found = self._models.find(words, self._workspace)
        default = self._workspace.routes.providers.get(self._workspace.routes.default or "")
        if found == [] and default is not None:
            found = Model(default, words)
            said = self._language.say("plain.unlisted", provider=default.name, model=words)
            self._output.tell_line(said)
        if isinstance(found, list):
            self._list_models(words)
            return None
        return found

    def _list_models(self, words: str) -> None:
        found = self._models.find(words, self._workspace) if words else self._workspace.catalogue.models()
        models = found if isinstance(found, list) else [found]
        for line in self._models.lines(models, self._workspace, self._model, self._language):
            self._output.write(f"{line}\n")
        self._output.tell(self._language.say("plain.choose"))

    def _run(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Run it on the loop; a signal that nothing in it takes cancels it, and then the result is None."""
        return run_cancellable(self._runner, self._signals, work)


def run_cancellable(runner: asyncio.Runner, signals: Signals, work: Coroutine[Any, Any, T]) -> T | None:
    """Run a coroutine on the loop; a signal cancels it unless it names something else to call. None if cancelled."""

    async def guard() -> T | None:
        task = asyncio.create_task(work)
        loop = asyncio.get_running_loop()
        with signals.calling(lambda number: loop.call_soon_threadsafe(task.cancel)):
            await asyncio.wait([task])
        return None if task.cancelled() else task.result()

    return runner.run(guard())
