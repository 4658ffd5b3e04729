"""Following: replies that another process writes, read from the store while somebody looks at them.

What has come since the last look is told as the events of a stream, so that a view knows no difference.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence

from tui.chat.conversation import Reply
from tui.chat.store import Store
from tui.stream.events import ReasoningDelta, RefusalDelta, StreamEvent, TextDelta, ToolCallDelta, make_ending
from tui.stream.record import make_record
from tui.stream.trace import Call, StreamTrace

FOLLOW_SECONDS = 0.5
"""Between two looks; checkpoints come about once a second."""


async def follow(store: Store, replies: Sequence[Reply], view: Callable[[Reply, StreamEvent], None]) -> None:
    """Let these open replies grow as their processes store them, until each has ended; the view is told on the loop.

    A reply whose process is found dead ends as `app-exit`, as at the start of the program. One that is deleted
    meanwhile is left as it is.
    """
    left = list(replies)
    while left:
        for reply in tuple(left):
            try:
                stored = await asyncio.to_thread(store.load_reply, reply.id)
            except sqlite3.Error:
                continue  # the next look reads everything, so nothing is lost but half a second
            if stored is not None:
                reply.provider, reply.model = stored.provider, stored.model
                reply.thought_seconds = stored.thought_seconds
                for event in find_news(reply, stored):
                    reply.apply(event)
                    view(reply, event)
            if stored is None or stored.outcome is not None:
                left.remove(reply)
                store.mark_told([reply.id])
        if left:
            await asyncio.sleep(FOLLOW_SECONDS)


def find_news(reply: Reply, stored: Reply) -> Iterator[StreamEvent]:
    """The events that make of a reply, as it is known here, what is stored of it: stored texts only ever grow."""
    for kind, known, now in (
        (ReasoningDelta, reply.reasoning, stored.reasoning),
        (TextDelta, reply.text, stored.text),
        (RefusalDelta, reply.refusal, stored.refusal),
    ):
        if len(now) > len(known):
            yield kind(now[len(known) :])
    for call in stored.tool_calls.values():
        if call.index not in reply.tool_calls:
            yield ToolCallDelta(call.index, call.id, call.name, call.arguments)
    yield from stored.notices[len(reply.notices) :]
    if stored.outcome is not None:
        # Only a process that died between its first two writes leaves no record.
        trace = StreamTrace(call=Call(stored.model, stored.provider, "chat.stream"))
        yield make_ending(stored.outcome, stored.record or make_record(trace, stored.outcome))
