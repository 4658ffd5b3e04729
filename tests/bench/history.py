"""A stored conversation of many messages, as `Store` writes it: each reply with its record."""

from pathlib import Path

from tests.bench.documents import text
from tui.chat.conversation import Conversation, Reply, Turn
from tui.chat.store import Store
from tui.stream.outcome import Outcome
from tui.stream.record import make_record
from tui.stream.trace import Call, StreamTrace

PROMPT_CHARACTERS, REPLY_CHARACTERS = 100, 700
"""Of each; 10,000 messages are 4 MB."""


def write_conversation(path: Path, messages: int) -> str:
    """Write one with so many messages, half of them prompts; returns its id."""
    source = text("mixed", 100_000)
    conversation, at = Conversation(title="bench"), 0
    store = Store(path, lambda trouble: print(trouble))
    for number in range(messages // 2):
        prompt = f"Question {number}: {source[at : at + PROMPT_CHARACTERS]}"
        end = source.find("\n\n", at + PROMPT_CHARACTERS + REPLY_CHARACTERS)
        reply = Reply("bench", "model", pieces=[source[at + PROMPT_CHARACTERS : end]])
        trace = StreamTrace()
        trace.call = Call("model", "bench", "chat.stream")
        reply.outcome, reply.record = Outcome.COMPLETE, make_record(trace, Outcome.COMPLETE)
        turn = Turn(prompt, [reply])
        conversation.add(turn)
        store.add_turn(conversation, turn)
        store.finish(reply)
        at = end if end < len(source) - 5_000 else 0
    if left := store.close(120):
        raise RuntimeError(f"{left} transactions were not written")
    return conversation.id
