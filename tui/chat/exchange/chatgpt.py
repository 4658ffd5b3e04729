"""ChatGPT's export: the `conversations.json` of its zip, a tree of messages for each conversation.

An answer may consist of several messages (thoughts, calls of tools, text), which become one reply; a prompt that was
answered again has several, and one that was edited stands beside what it was, as a branch. Where the conversation went
on from two answers, the prompt is a branch for each. Texts alone are taken; all else is counted as left out.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tui.chat.conversation import Conversation, Reply, ToolCall, Turn, make_title
from tui.chat.exchange.arrival import Arrival, ExchangeError, derive_id, make_reply, read_moment
from tui.chat.exchange.chatgpt_tree import Answer, Node, Step, Tree
from tui.chat.turn_tree import TurnTree
from tui.stream.outcome import Outcome

PROGRAM = "ChatGPT"
MOST_TURNS = 500_000
"""Of one file."""
_OUTCOMES = {"stop": Outcome.COMPLETE, "max_tokens": Outcome.LENGTH, "interrupted": Outcome.CANCELLED}
"""By `finish_details.type`."""
_CUT = (Outcome.LENGTH, Outcome.CANCELLED)


def is_export(value: Any) -> bool:
    """Whether a value that was read as JSON looks like conversations of ChatGPT."""
    return isinstance(value, list) and all(isinstance(item, dict) and "mapping" in item for item in value[:10])


def read_chatgpt(value: list[Any], written: datetime) -> Arrival:
    """All conversations; `written` stands where one has no time. Raises ExchangeError."""
    arrival, turns = Arrival(PROGRAM), 0
    for number, item in enumerate(value):
        if not isinstance(item, dict) or not isinstance(item.get("mapping"), dict):
            raise ExchangeError(f"[{number}] is no conversation: it has no mapping")
        tree = Tree(item["mapping"], item.get("current_node"))
        conversation = _make_conversation(item, tree, written, arrival.left_out)
        turns += len(conversation.tree.turns)
        if turns > MOST_TURNS:
            raise ExchangeError(f"it has more than {MOST_TURNS} turns")
        for node in tree.before_prompts():
            if _text(node, arrival.left_out).strip():
                arrival.left_out["system prompt" if node.role == "system" else "message before the first prompt"] += 1
        if conversation.tree.turns:
            arrival.conversations.append(conversation)
        else:
            arrival.left_out["empty conversation"] += 1
    return arrival


def _make_conversation(
    item: Mapping[str, Any], messages: Tree, written: datetime, left_out: Counter[str]
) -> Conversation:
    source = str(item.get("conversation_id") or item.get("id") or derive_id(*item["mapping"]))
    created = read_moment(item.get("create_time")) or written
    fallback = item.get("default_model_slug")
    model = fallback if isinstance(fallback, str) else ""
    made: dict[Step, Turn] = {}
    for step, shown in messages.steps():
        # What stands here once more is not counted again.
        counted = Counter[str]() if step.again else left_out
        replies = [_make_reply(source, step, answer, model, counted) for answer in step.answers]
        before = made[step.before] if step.before is not None else None
        moment = read_moment(step.prompt.message.get("create_time")) or (before.created if before else created)
        identity = derive_id(PROGRAM, "turn", source, step.prompt.id, *_again(step))
        turn = Turn(_text(step.prompt, counted), replies, identity, step.taken, len(replies) > 1, moment)
        turn.parent, turn.active = before.id if before is not None else None, shown
        made[step] = turn
    tree = TurnTree(list(made.values()))
    tree.mend()
    title = item["title"].strip() if isinstance(item.get("title"), str) else ""
    conversation = Conversation(derive_id(PROGRAM, source), title, created=created, tree=tree)
    if conversation.turns and not title:
        conversation.title = make_title(conversation.turns[0].prompt)
    return conversation


def _again(step: Step) -> tuple[str, ...]:
    """What tells a prompt that stands here for a further answer from the prompt itself."""
    return (step.answer.next[0].id,) if step.again else ()


def _make_reply(source: str, step: Step, answer: Answer, model: str, left_out: Counter[str]) -> Reply:
    texts: list[str] = []
    thoughts: list[str] = []
    calls: list[ToolCall] = []
    outcome = Outcome.UNKNOWN
    for node in answer.nodes:
        text = _text(node, left_out)
        if node.role == "tool":
            left_out["tool output"] += bool(text)
            continue
        if node.role != "assistant":
            left_out["system prompt"] += bool(text)
            continue
        model = _word(node.metadata.get("model_slug")) or model
        details = node.metadata.get("finish_details")
        outcome = _OUTCOMES.get(_word(details.get("type")) if isinstance(details, dict) else "", Outcome.UNKNOWN)
        recipient = _word(node.message.get("recipient")) or "all"
        if recipient != "all":
            calls.append(ToolCall(len(calls), node.id, recipient, text))
        elif node.content.get("content_type") in ("thoughts", "reasoning_recap"):
            thoughts.append(text)
        else:
            texts.append(text)
    shown = "\n\n".join(text for text in texts if text)
    if not shown:
        outcome = Outcome.TOOL_CALL if calls else outcome if outcome in _CUT else Outcome.UNKNOWN
    last = answer.nodes[-1] if answer.nodes else step.prompt
    reply = make_reply(PROGRAM, "/".join((source, last.id, *_again(step))), model, shown, outcome)
    reply.reasoning_pieces = ["\n\n".join(thoughts)] if any(thoughts) else []
    reply.tool_calls = {call.index: call for call in calls}
    return reply


def _text(node: Node, left_out: Counter[str]) -> str:
    """The words of a message, whatever kind of content it has."""
    content = node.content
    if isinstance(thoughts := content.get("thoughts"), list):
        lines = [_word(one.get(name)) for one in thoughts if isinstance(one, dict) for name in ("summary", "content")]
        return "\n".join(line for line in lines if line)
    if isinstance(parts := content.get("parts"), list):
        words = []
        for part in parts:
            if isinstance(part, str):
                words.append(part)
            elif isinstance(part, dict) and isinstance(part.get("text"), str):
                words.append(part["text"])
            else:
                left_out["attachment"] += 1
        attached = node.metadata.get("attachments")
        left_out["attachment"] += len(attached) if isinstance(attached, list) and len(words) == len(parts) else 0
        return "\n".join(words)
    return next((text for name in ("text", "result", "content") if (text := _word(content.get(name)))), "")


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
