"""Conversation > Turn > Reply: what was asked and what came of it. Plain values; a reply grows by `Reply.apply`."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tui.chat.attachment import Attachment, make_message
from tui.chat.thought import ThoughtTimer
from tui.chat.turn_tree import TurnTree
from tui.settings.parameters import Parameters
from tui.stream.events import (
    Finished,
    Interrupted,
    Notice,
    ReasoningDelta,
    RefusalDelta,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    UsageReport,
)
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.partial import Partial
from tui.stream.record import Record, make_record
from tui.stream.request import ChatMessage, Role
from tui.stream.trace import StreamTrace

_LEADING_THOUGHT = re.compile(r"\A\s*<think>.*?(</think>\s*|\Z)", re.DOTALL)
RUNNING = "open"
"""Stands for the outcome in the record of a reply that has not ended; such a record is never kept."""
_TITLE_LENGTH = 60


def new_id() -> str:
    """A fresh identity for a row."""
    return uuid.uuid4().hex


@dataclass(slots=True)
class ToolCall:
    """A call that the model asked for, joined from its deltas; nothing is ever run."""

    index: int
    id: str | None = None
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The reply that was cut and that another one, which begins with its whole text, goes on with."""

    reply: str
    """Its id."""
    record: str | None
    """The id of its record."""
    length: int
    """Characters of its text."""


@dataclass(slots=True)
class Reply:
    """One model's answer to one prompt, whole or cut. Its texts are word for word as received."""

    provider: str
    model: str
    """Who answers: after a fallback the model that was asked last."""
    id: str = field(default_factory=new_id)
    pieces: list[str] = field(default_factory=list)
    reasoning_pieces: list[str] = field(default_factory=list)
    refusal_pieces: list[str] = field(default_factory=list)
    tool_calls: dict[int, ToolCall] = field(default_factory=dict)
    usage: UsageReport | None = None
    notices: list[Notice] = field(default_factory=list)
    outcome: Outcome | None = None
    """None while it runs."""
    record: Record | None = None
    trace: StreamTrace | None = None
    """The live figures; None for a reply read back from the store."""
    origin: Origin | None = None
    """What it goes on with; its record is of its own request only."""
    thought_seconds: float | None = None
    """How long it thought before it spoke, once that is known; None: not at all, or nobody was there to see it."""
    edited: str | None = None
    """The id of the reply of which a person wrote this version; None: it is as it was received."""
    _thought_timer: ThoughtTimer = field(default_factory=ThoughtTimer, init=False, repr=False, compare=False)

    def apply(self, event: StreamEvent) -> None:
        """Take one event of the stream, as it comes."""
        if self.trace is not None and self.thought_seconds is None:
            self.thought_seconds = self._thought_timer.take(event, self.trace.clock.monotonic())
        match event:
            case TextDelta(text):
                self.pieces.append(text)
            case ReasoningDelta(text):
                self.reasoning_pieces.append(text)
            case RefusalDelta(text):
                self.refusal_pieces.append(text)
            case ToolCallDelta(index, identity, name, arguments):
                call = self.tool_calls.setdefault(index, ToolCall(index))
                call.id = call.id or identity
                call.name += name
                call.arguments += arguments
            case UsageReport():
                self.usage = event
            case Notice(code, values):
                self.notices.append(event)
                if code is NoticeCode.FALLBACK:
                    self.provider, _, self.model = str(values["to"]).partition("/")
            case Finished(outcome, record) | Interrupted(outcome, record):
                self.outcome, self.record = outcome, record

    @property
    def text(self) -> str:
        """The text, as far as it came."""
        return _joined(self.pieces)

    @property
    def reasoning(self) -> str:
        """The reasoning that came apart from the text."""
        return _joined(self.reasoning_pieces)

    @property
    def refusal(self) -> str:
        """The words with which the model declined."""
        return _joined(self.refusal_pieces)

    @property
    def has_text(self) -> bool:
        """Whether anything readable came; reasoning and a refusal count."""
        return bool(self.pieces or self.reasoning_pieces or self.refusal_pieces)

    @property
    def records(self) -> list[Record]:
        """One for each attempt, the last that of its end; of a reply that still runs that one says how it stands."""
        earlier = [notice.record for notice in self.notices if notice.record is not None]
        if self.record is not None:
            return [*earlier, self.record]
        if self.trace is None:
            return earlier
        standing = make_record(self.trace, Outcome.APP_EXIT)
        return [*earlier, replace(standing, outcome=RUNNING, phase="stream", detail={})]

    @property
    def context(self) -> str:
        """What a model is sent of this reply: its text without a leading thought, else its refusal."""
        return _LEADING_THOUGHT.sub("", self.text, count=1) or self.refusal

    @property
    def partial(self) -> Partial | None:
        """What a model is sent to go on with this reply; None where there is no text to go on from."""
        text = _LEADING_THOUGHT.sub("", self.text, count=1).lstrip()
        return Partial(text, self.record.server if self.record else None) if text.strip() else None


@dataclass(slots=True)
class Turn:
    """One prompt and the replies to it; one of them is the context for what follows."""

    prompt: str
    replies: list[Reply]
    id: str = field(default_factory=new_id)
    chosen: int = 0
    adopted: bool = False
    """Whether a person chose it out of several."""
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it was asked."""
    parent: str | None = None
    """The id of the turn that it follows; None at the start."""
    active: bool = True
    """Whether it is the branch gone on with, of those with the same parent."""
    deleted: datetime | None = None
    """When a person deleted it; until it is removed for good that can be undone."""
    attachments: tuple[Attachment, ...] = ()
    """What went with the prompt."""

    @property
    def reply(self) -> Reply:
        """The chosen reply."""
        return self.replies[self.chosen]

    def choose(self, reply: Reply, *, adopted: bool) -> None:
        """Make one of the replies the context for what follows."""
        self.chosen, self.adopted = self.place(reply), adopted

    def place(self, reply: Reply) -> int:
        """Which of the replies it is, counted from 0."""
        return next(place for place, other in enumerate(self.replies) if other.id == reply.id)


@dataclass(frozen=True, slots=True)
class Trim:
    """Which turns are left out of what is sent of a conversation; they are kept and shown."""

    after: str | None
    """The id of the last of them; None: all are sent again."""
    since: datetime
    """When a person wanted that: what was counted of requests before says nothing of those that follow."""


@dataclass(slots=True)
class Conversation:
    """Turns, and what holds for all of them. Made with turns, those are a chain; with a tree, they are its path."""

    id: str = field(default_factory=new_id)
    title: str = ""
    parameters: Parameters = field(default_factory=Parameters)
    """What a person set for this conversation; it stands over what the config and the flags say."""
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    turns: list[Turn] = field(default_factory=list)
    """What is shown and sent, from the start."""
    tree: TurnTree = field(default_factory=TurnTree)
    """These, those on other branches and the deleted ones."""

    trim: Trim | None = None
    """None: all turns are sent, and always were."""
    pinned: bool = False
    """As it was read; whoever pins or archives one changes its row."""
    archived: bool = False

    def __post_init__(self) -> None:
        if self.tree.turns:
            self.follow_path()
        else:
            self.tree.chain(self.turns)

    def add(self, turn: Turn, beside: Turn | None = None) -> None:
        """Let a turn follow the last one, or go on with it beside another one, as a branch of its own."""
        self.tree.add(turn, beside)
        self.follow_path()

    def follow_path(self) -> None:
        """The tree has another path now."""
        self.turns[:] = self.tree.path()

    @property
    def cut(self) -> str | None:
        """The id of the last turn that is shown and left out of what is sent; None where none is."""
        turn = self.tree.find(self.trim.after) if self.trim is not None else None
        if turn is not None and turn.deleted is not None:
            turn = self.tree.before(turn)
        return turn.id if turn is not None else None

    def sent(self, before: Turn | None = None) -> list[Turn]:
        """The turns that are sent with the next prompt, or with that of the turn `before`."""
        sent: list[Turn] = []
        cut = self.cut
        for turn in self.turns:
            if turn is before:
                break
            if turn.reply.context:
                sent.append(turn)
            if turn.id == cut:
                sent.clear()
        return sent

    def messages(
        self, prompt: str, before: Turn | None = None, attachments: Sequence[Attachment] = ()
    ) -> tuple[ChatMessage, ...]:
        """What is sent with a prompt: each earlier turn that has an answer to show. The system prompt is a parameter.

        A turn whose chosen reply has no text is left out whole, so that the roles alternate. `before` is the turn of
        the prompt, where that is not a new one; `attachments` go with the prompt.
        """
        messages: list[ChatMessage] = []
        for turn in self.sent(before):
            messages += [make_message(turn.prompt, turn.attachments), ChatMessage(Role.ASSISTANT, turn.reply.context)]
        return (*messages, make_message(prompt, attachments))


def make_title(prompt: str) -> str:
    """The first words of a prompt."""
    words = " ".join(prompt.split())
    return words if len(words) <= _TITLE_LENGTH else words[: _TITLE_LENGTH - 1].rstrip() + "…"


def _joined(pieces: list[str]) -> str:
    """Join the pieces in place, so that asking again is cheap."""
    if len(pieces) > 1:
        pieces[:] = ["".join(pieces)]
    return pieces[0] if pieces else ""
