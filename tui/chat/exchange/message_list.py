"""Message list: what most programs keep of a conversation, message after message, as turns with one reply each."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tui.chat.conversation import Conversation, Reply, ToolCall, Turn, make_title
from tui.chat.exchange.arrival import Arrival, derive_id, make_reply
from tui.settings.parameters import Parameters
from tui.stream.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Message:
    """One message of another program."""

    id: object
    """What its program knows it by, within the conversation."""
    role: str
    text: str
    moment: datetime | None = None
    model: str = ""
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()
    outcome: Outcome = Outcome.UNKNOWN


def add_conversation(
    arrival: Arrival, source: str, title: str, created: datetime, messages: Iterable[Message], system: str = ""
) -> None:
    """Make a conversation of its messages, in their order; one without any is left out, and counted.

    A prompt that nobody answered gets an empty reply; what was said before the first prompt, an empty prompt; of two
    replies in a row the second goes on with the first.
    """
    conversation = Conversation(derive_id(arrival.program, source), created=created)
    turns = conversation.turns
    model = ""
    for message in messages:
        model = message.model or model
        if message.role == "system":
            if system or turns:
                arrival.left_out["system prompt"] += 1
            system = system or message.text
        elif message.role == "user":
            conversation.add(_make_turn(arrival.program, source, message, turns[-1].created if turns else created))
        elif message.role == "assistant":
            if not turns:
                nobody = Message("", "user", "", message.moment)
                conversation.add(_make_turn(arrival.program, source, nobody, created))
            _add_answer(turns[-1], arrival.program, source, message)
        else:
            arrival.left_out[f"message of {message.role[:20]}"] += 1
    if not turns:
        arrival.left_out["empty conversation"] += 1
        return
    for turn in turns:
        if not turn.replies:
            turn.replies.append(_make_empty(arrival.program, f"{source}/{turn.id}", model))
    conversation.title = title.strip() or make_title(turns[0].prompt)
    conversation.parameters = Parameters(system=system if system.strip() else None)
    arrival.conversations.append(conversation)


def _make_turn(program: str, source: str, message: Message, before: datetime) -> Turn:
    identity = derive_id(program, "turn", source, message.id)
    return Turn(message.text, [], identity, created=message.moment or before)


def _add_answer(turn: Turn, program: str, source: str, message: Message) -> None:
    if turn.replies:
        reply = turn.replies[0]
        reply.pieces += ["\n\n", message.text] if reply.pieces and message.text else [message.text]
    else:
        reply = make_reply(program, f"{source}/{message.id}", message.model, message.text, message.outcome)
        turn.replies.append(reply)
    reply.reasoning_pieces += [message.reasoning] if message.reasoning else []
    for call in message.calls:
        reply.tool_calls[len(reply.tool_calls)] = replace(call, index=len(reply.tool_calls))


def _make_empty(program: str, source: str, model: str) -> Reply:
    return make_reply(program, source, model, "")
