"""Trial: a provider is asked for a tiny reply, as a real stream, to see whether chats with it would work."""

from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from tui.settings.provider import Provider
from tui.stream.chat_model import find_chat_model
from tui.stream.client import Client
from tui.stream.events import Finished, Interrupted
from tui.stream.outcome import Outcome
from tui.stream.probe.question import ENOUGH_TOKENS, count_spoken
from tui.stream.record import Circumstances, Record, make_record
from tui.stream.request import ChatMessage, ChatRequest, Role
from tui.stream.trace import StreamTrace

TEST_PROMPT = "Say hi."


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a tiny stream."""

    model: str | None
    outcome: Outcome
    values: Mapping[str, Any]
    record: Record | None = None
    unbounded: bool = False
    """It was stopped here, since it went on and on."""

    @property
    def complete(self) -> bool:
        """Whether a whole reply came, or more of one than was needed."""
        return self.outcome is Outcome.COMPLETE or self.unbounded

    @property
    def good(self) -> bool | None:
        """What it has shown of the provider's table; None where what failed lies on this machine alone."""
        return True if self.complete else None if self.outcome.rule.phase == "local" else False


async def try_provider(
    client: Client, provider: Provider, model: str | None, told: Callable[[str], object] = lambda model: None
) -> Trial:
    """A tiny reply as a real stream, of this model or of the first in the list that answers chats.

    `told` is called with the model before it is asked.
    """
    if model is None:
        listing = await client.list_models(provider)
        model = find_chat_model(listing.models)
        if model is None:
            return Trial(None, listing.failure or Outcome.EMPTY_BODY, listing.values or {})
    told(model)
    request, trace = ChatRequest(model, (ChatMessage(Role.USER, TEST_PROMPT),)), StreamTrace()
    async with aclosing(client.stream(request, provider, trace)) as events:
        async for event in events:
            if isinstance(event, Finished | Interrupted):
                return Trial(model, event.outcome, event.record.values(), event.record)
            if count_spoken(trace) > ENOUGH_TOKENS:
                break
    trace.end()
    record = make_record(trace, Outcome.CANCELLED, Circumstances())
    return Trial(model, Outcome.CANCELLED, record.values(), record, unbounded=True)
