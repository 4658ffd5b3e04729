"""ChatSession: owns the task of each reply. It asks, stores and tells the views; no widget ever does.

The tasks belong here and not to a screen, since a reply outlives both a switch of conversation and the screen itself.
This is the one loop that consumes a stream and the one place where an ending that comes from outside becomes a record.
"""

import asyncio
import traceback
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui.chat.attachment import Attachment
from tui.chat.catalogue import Model
from tui.chat.continuation import Continuation
from tui.chat.conversation import Conversation, Origin, Reply, Trim, Turn, make_title
from tui.chat.journal import RecordJournal
from tui.chat.store import Store
from tui.chat.table_proof import TableProof
from tui.settings.parameters import Parameters
from tui.stream.client import Client, Fallback
from tui.stream.echo import forget_reply
from tui.stream.events import Finished, Interrupted, Notice, StreamEvent, make_ending
from tui.stream.outcome import Outcome
from tui.stream.partial import Partial
from tui.stream.record import Circumstances, Record, make_record
from tui.stream.request import ChatMessage, ChatRequest
from tui.stream.trace import Clock, StreamTrace
from tui.stream.transport import chain_of
from tui.telemetry.telemetry import Telemetry

CHECKPOINT_SECONDS = 0.75
"""How long received text may wait for its checkpoint; with the write itself it stays under a second."""

_PACKAGE = Path(__file__).resolve().parent.parent

View = Callable[[StreamEvent], None]


@dataclass(slots=True, eq=False)
class _Running:
    """A reply that was begun; from `start` on it has a view, and a task that writes it."""

    reply: Reply
    model: Model
    messages: tuple[ChatMessage, ...]
    parameters: Parameters
    """The conversation's own; `model` has them already, a fallback is to have them too."""
    view: View | None = None
    stream: bool = True
    partial: Partial | None = None
    continuation: Continuation | None = None
    task: asyncio.Task[None] | None = None
    stop: Outcome | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    stopped_at: float | None = None
    checkpoint: asyncio.TimerHandle | None = None

    @property
    def request(self) -> ChatRequest:
        """What is asked."""
        return ChatRequest(self.model.id, self.messages, stream=self.stream, partial=self.partial)


class ChatSession:
    """Replies in flight. `store`, `journal`, `telemetry` and `proof` may be None: then nothing goes there."""

    def __init__(
        self,
        client: Client,
        store: Store | None,
        journal: RecordJournal | None,
        *,
        find_model: Callable[[str], Model | None] = lambda name: None,
        clock: Clock | None = None,
        telemetry: Telemetry | None = None,
        proof: TableProof | None = None,
    ) -> None:
        self._client = client
        self._store = store
        self._journal = journal
        self._find_model = find_model
        self._clock = clock or Clock()
        self._telemetry = telemetry
        self._proof = proof
        self._waiting: dict[str, _Running] = {}
        self._running: dict[str, _Running] = {}

    def aside(self) -> "ChatSession":
        """A session of the same kind whose replies are kept nowhere; their records are."""
        return ChatSession(
            self._client, None, self._journal, find_model=self._find_model, clock=self._clock, telemetry=self._telemetry
        )

    def begin(
        self,
        conversation: Conversation,
        prompt: str,
        models: Sequence[Model],
        beside: Turn | None = None,
        attachments: tuple[Attachment, ...] = (),
    ) -> Turn:
        """Add a turn with an open reply for each model, and store it before anything is asked.

        It follows the last one, or becomes a branch `beside` another one, which stays with all that follows it.
        """
        messages = conversation.messages(prompt, beside, attachments)
        turn = Turn(prompt, [Reply(model.provider.name, model.id) for model in models], attachments=attachments)
        if not conversation.tree.turns:
            conversation.title = make_title(prompt)
        conversation.add(turn, beside)
        for reply, model in zip(turn.replies, models, strict=True):
            self._await_start(conversation, reply, model, messages)
        if self._store is not None:
            self._store.add_turn(conversation, turn)
        return turn

    def add_reply(self, conversation: Conversation, turn: Turn, model: Model) -> Reply:
        """Add an open reply of another model to a turn, to the same context, and store it; `start` asks for it."""
        reply = Reply(model.provider.name, model.id)
        self._put(conversation, turn, reply, model)
        return reply

    def continue_reply(self, conversation: Conversation, turn: Turn, cut: Reply, model: Model) -> Reply:
        """Add an open reply that begins with the whole text of one that was cut; `start` asks for what follows.

        The one that was cut stays as it is. It must have a text to go on from.
        """
        reply = Reply(model.provider.name, model.id, pieces=[cut.text])
        reply.origin = Origin(cut.id, cut.record.id if cut.record else None, len(cut.text))
        self._put(conversation, turn, reply, model)
        self._waiting[reply.id].partial = cut.partial
        return reply

    def choose(self, turn: Turn, reply: Reply, *, adopted: bool = True) -> None:
        """Make a reply of a turn the context for what follows, and store that; `adopted`: a person wants it."""
        turn.choose(reply, adopted=adopted)
        if self._store is not None:
            self._store.choose(turn)

    def set_parameters(self, conversation: Conversation, parameters: Parameters) -> None:
        """Let these hold for what is asked in a conversation from now on, and store them."""
        conversation.parameters = parameters
        if self._store is not None:
            self._store.keep_parameters(conversation)

    def trim(self, conversation: Conversation, trim: Trim) -> None:
        """Leave these turns out of what is sent of a conversation from now on, and store that."""
        conversation.trim = trim
        if self._store is not None:
            self._store.keep_trim(conversation)

    def start(self, reply: Reply, view: View, *, stream: bool = True) -> None:
        """Ask for a reply that was begun; `view` is called with each event, on the loop, the ending last.

        Of a reply that was stopped before this, the view is told the ending and nothing is asked.
        """
        if reply.outcome is not None and reply.record is not None:
            view(make_ending(reply.outcome, reply.record))
            return
        running = self._waiting.pop(reply.id)
        running.view, running.stream = view, stream
        self._running[reply.id] = running
        self._trace(running)
        if self._store is not None:
            self._store.checkpoint(reply)  # however early the process dies, its reply has a record
        running.task = asyncio.create_task(self._run(running), name=f"reply {reply.id}")
        running.task.add_done_callback(lambda _: self._conclude(running))

    def stop(self, reply: Reply, outcome: Outcome = Outcome.CANCELLED, **detail: Any) -> bool:
        """End a reply from outside, in whatever phase it is; False if it has ended or is about to."""
        waiting = self._waiting.pop(reply.id, None)
        running = waiting or self._running.get(reply.id)
        if running is None or running.stop is not None:
            return False
        running.stop, running.detail = outcome, detail
        running.stopped_at = self._clock.monotonic()
        if waiting is not None:
            self._running[reply.id] = waiting
            self._trace(waiting)
            self._conclude(waiting)
        elif running.task is not None:
            running.task.cancel()
        return True

    def stop_all(self, outcome: Outcome, **detail: Any) -> None:
        """End every reply from outside, those too that were begun and not started."""
        for running in (*self._waiting.values(), *self._running.values()):
            self.stop(running.reply, outcome, **detail)

    def running(self) -> list[Reply]:
        """The replies that are being written, the latest last."""
        return [running.reply for running in self._running.values()]

    async def drain(self, limit: float) -> None:
        """Wait until every started reply has ended, at most `limit` seconds; what still runs is ended as `app-exit`.

        The wait after that has no limit: it is for cancelled tasks, which end at their next turn.
        """
        tasks = [running.task for running in self._running.values() if running.task]
        if not tasks:
            return
        _, pending = await asyncio.wait(tasks, timeout=limit)
        if pending:
            self.stop_all(Outcome.APP_EXIT)
            await asyncio.wait(pending)

    def _put(self, conversation: Conversation, turn: Turn, reply: Reply, model: Model) -> None:
        """Put another reply into a turn, with the context of the turn's own prompt, and store it."""
        turn.replies.append(reply)
        self._await_start(conversation, reply, model, conversation.messages(turn.prompt, turn, turn.attachments))
        if self._store is not None:
            self._store.add_reply(turn, reply)

    def _await_start(
        self, conversation: Conversation, reply: Reply, model: Model, messages: tuple[ChatMessage, ...]
    ) -> None:
        parameters = conversation.parameters
        self._waiting[reply.id] = _Running(reply, model.with_parameters(parameters), messages, parameters)

    def _trace(self, running: _Running) -> None:
        """Give the reply its trace, with what is known before anything is asked."""
        reply = running.reply
        reply.trace = StreamTrace(self._clock)
        if running.partial is not None:
            running.continuation = Continuation(running.partial, reply.trace)
        reply.trace.call = self._client.describe(running.request, running.model.provider)

    async def _run(self, running: _Running) -> None:
        trace = running.reply.trace
        assert trace is not None, "start() gave it one"
        try:
            found = (self._find_model(name) for name in running.model.provider.fallback)
            models = [model.with_parameters(running.parameters) for model in found if model is not None]
            fallbacks = [Fallback(model.provider, model.id) for model in models]
            stream = self._client.stream(running.request, running.model.provider, trace, fallbacks)
            async with aclosing(stream) as events:
                async for event in events:
                    for told in running.continuation.take(event) if running.continuation else (event,):
                        self._take(running, told)
        except asyncio.CancelledError:
            # The task ends here whatever cancelled it; a stop that nobody asked for is the loop's own end.
            running.stop = running.stop or Outcome.APP_EXIT
        except Exception as error:  # any bug of ours ends one reply, with a record, and not the program
            running.stop = Outcome.INTERNAL_ERROR
            running.detail = {"exception": chain_of(error), "where": _where(error)}
        finally:
            self._conclude(running)

    def _take(self, running: _Running, event: StreamEvent) -> None:
        reply = running.reply
        if isinstance(event, Finished | Interrupted):
            record = forget_reply(event.record, (reply.text, reply.reasoning, reply.refusal))
            reply.apply(make_ending(event.outcome, record))
            return  # told by _conclude, once, when the reply is stored
        reply.apply(event)
        if isinstance(event, Notice) and event.record is not None:
            self._keep_record(event.record)
        if self._store is not None and running.checkpoint is None:
            running.checkpoint = asyncio.get_running_loop().call_later(
                CHECKPOINT_SECONDS, self._save_checkpoint, running
            )
        if running.view is not None:
            running.view(event)

    def _save_checkpoint(self, running: _Running) -> None:
        running.checkpoint = None
        if self._store is not None and running.reply.id in self._running:
            self._store.checkpoint(running.reply)

    def _conclude(self, running: _Running) -> None:
        """Give the reply its outcome if the stream did not, store it, tell the view; later calls change nothing."""
        reply = running.reply
        if self._running.pop(reply.id, None) is None:
            return
        if running.checkpoint is not None:
            running.checkpoint.cancel()
        if reply.outcome is None:
            for event in running.continuation.end() if running.continuation else ():
                reply.apply(event)
                if running.view is not None:
                    running.view(event)
            outcome = running.stop or Outcome.APP_EXIT
            record = self._outside_record(running, outcome)
            reply.apply(make_ending(outcome, record))
        if self._store is not None:
            self._store.finish(reply)
        assert reply.outcome is not None, "an ended reply has an outcome"
        assert reply.record is not None, "an ended reply has a record"
        self._keep_record(reply.record)
        if running.view is not None:
            running.view(make_ending(reply.outcome, reply.record))

    def _outside_record(self, running: _Running, outcome: Outcome) -> Record:
        trace = running.reply.trace
        assert trace is not None, "start() or stop() gave it one"
        trace.end()
        latency = None
        if running.stopped_at is not None:
            latency = round((self._clock.monotonic() - running.stopped_at) * 1000, 1)
        detail = {"cancel_latency_ms": latency, **running.detail}
        return make_record(trace, outcome, Circumstances(running.detail.get("exception"), detail=detail))

    def _keep_record(self, record: Record) -> None:
        """Whereto every record goes: the collector of whoever wants it, the journal, the proof of a provider."""
        if self._telemetry is not None:
            self._telemetry.take(record)
        # A disk is never waited for on the loop; the loop's own end waits for its executor.
        if self._journal is not None:
            asyncio.get_running_loop().run_in_executor(None, self._journal.append, record)
        if self._proof is not None and self._proof.wants(record):
            asyncio.get_running_loop().run_in_executor(None, self._proof.take, record)


def _where(error: BaseException) -> str | None:
    """File and line of the innermost frame that is ours, without any value of a variable."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [(Path(frame.filename), frame.lineno) for frame in frames]
    places = [f"{file.relative_to(_PACKAGE)}:{line}" for file, line in ours if file.is_relative_to(_PACKAGE)]
    return places[-1] if places else None
