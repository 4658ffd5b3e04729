"""Listener: asks through `Client.stream()` in a task, keeps all that is said, and looks into the record for leaks."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.stream.clock import moved_loop, until
from tui.settings.key_source import KeySource
from tui.settings.provider import Provider
from tui.stream.client import Client
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
from tui.stream.record import Record
from tui.stream.request import ChatMessage, ChatRequest, Role
from tui.stream.trace import Clock, StreamTrace

KEY_NAME = "HERON_API_KEY"
KEY = "sk-heron-41Qm7Zp0Xw93LtVb6RkYc2Dn"
PROMPT = "Where does the heron nest in April?"
MODEL = "heron-1"
REQUEST = ChatRequest(MODEL, (ChatMessage(Role.USER, PROMPT),))

Kind = TypeVar("Kind", TextDelta, ReasoningDelta, RefusalDelta)


@dataclass(slots=True)
class Heard:
    """All that a stream yielded."""

    events: list[StreamEvent] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self._joined(TextDelta)

    @property
    def reasoning(self) -> str:
        return self._joined(ReasoningDelta)

    @property
    def refusal(self) -> str:
        return self._joined(RefusalDelta)

    @property
    def tool_calls(self) -> list[ToolCallDelta]:
        return [event for event in self.events if isinstance(event, ToolCallDelta)]

    @property
    def usage(self) -> list[UsageReport]:
        return [event for event in self.events if isinstance(event, UsageReport)]

    @property
    def notices(self) -> list[Notice]:
        return [event for event in self.events if isinstance(event, Notice)]

    @property
    def codes(self) -> list[NoticeCode]:
        return [notice.code for notice in self.notices]

    @property
    def ending(self) -> Finished | Interrupted:
        """The terminal event: the last one, and the only one."""
        endings = [event for event in self.events if isinstance(event, Finished | Interrupted)]
        assert len(endings) == 1
        assert self.events[-1] is endings[0]
        return endings[0]

    @property
    def outcome(self) -> Outcome:
        return self.ending.outcome

    @property
    def record(self) -> Record:
        return self.ending.record

    def _joined(self, kind: type[Kind]) -> str:
        return "".join(event.text for event in self.events if isinstance(event, kind))


class Listener:
    """One question, asked when this is made."""

    def __init__(self, client: Client, provider: Provider, request: ChatRequest = REQUEST) -> None:
        self.trace = StreamTrace(Clock(monotonic=moved_loop().time))
        self.said = Heard()
        self.task = asyncio.create_task(self._listen(client, provider, request))

    async def _listen(self, client: Client, provider: Provider, request: ChatRequest) -> None:
        async for event in client.stream(request, provider, self.trace):
            self.said.events.append(event)

    async def heard(self) -> Heard:
        """Everything, when the stream has ended."""
        await until(self.task.done)
        self.task.result()
        return self.said

    async def wait_bytes(self, count: int) -> None:
        """Wait until so many bytes of the body were read."""
        await until(lambda: self.trace.bytes >= count)


def route(base_url: str, **options: Any) -> Provider:
    """A provider at this address that takes the test's key."""
    return Provider("nest", base_url, **{"key": KeySource("env", KEY_NAME), **options})


async def ask(client: Client, base_url: str, request: ChatRequest = REQUEST, **options: Any) -> Heard:
    """Ask, and hear it to its end."""
    return await Listener(client, route(base_url, **options), request).heard()


def check_ending(
    heard: Heard,
    outcome: Outcome,
    *,
    finished: bool = False,
    status: int | None = 200,
    text: str = "",
    detail: dict[str, object] | None = None,
) -> None:
    """The ending is this one, and its record holds what its outcome promises and nothing that it must not hold."""
    record = heard.record
    assert heard.outcome is outcome
    assert isinstance(heard.ending, Finished if finished else Interrupted)
    assert record.outcome == outcome.value
    assert (record.status, heard.text, dict(record.detail)) == (status, text, detail or {})
    assert list(record.detail) == [*outcome.rule.detail, *(["tail_bytes"] if "tail_bytes" in record.detail else [])]
    assert record.notices == [code.value for code in heard.codes]
    check_discretion(record, heard.text, heard.refusal, heard.reasoning)


def check_discretion(record: Record, *texts: str) -> None:
    """The record's JSON holds neither the key nor the prompt nor anything of the reply."""
    kept = json.dumps(record.as_json(), ensure_ascii=False)
    assert not [secret for secret in (KEY, KEY[9:], PROMPT, *texts) if secret and secret in kept]
