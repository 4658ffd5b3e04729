"""llm's `logs.db`: the tables `responses` of versions before 0.32 or so, and the threads of messages of later ones.

A later version reads the older tables and writes only the new ones, so that one file may have both. In the new ones a
message is known by a hash and names its parent; a turn is one call of a model: what was sent ends with its parent
message, what came ends with its tip. Source: llm's own `migrations.py` and `logs.py`, version 0.36.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from tui.chat.conversation import ToolCall
from tui.chat.exchange.arrival import Arrival, read_moment
from tui.chat.exchange.foreign_database import ForeignDatabase, text_of
from tui.chat.exchange.message_list import Message, add_conversation
from tui.stream.outcome import Outcome
from tui.stream.verdict import finish_outcome

PROGRAM = "llm"
_Messages: TypeAlias = defaultdict[object, list[Message]]
"""By the id of their conversation."""
_TURN = ("id", "thread_id", "parent_message_hash", "tip_message_hash", "model", "datetime_utc")
_RESPONSE = (
    *("id", "conversation_id", "model", "prompt", "system", "response", "reasoning", "datetime_utc"),
    "response_json",
)
"""`response_json` is what the model's plugin keeps of the answer: that of OpenAI its `finish_reason`."""


def is_llm(database: ForeignDatabase) -> bool:
    """Whether the tables are llm's."""
    return database.has("responses", "id", "prompt", "response", "conversation_id") or database.has("turns", *_TURN)


def read_llm(database: ForeignDatabase, written: datetime) -> Arrival:
    """All its conversations; `written` stands where a response has no time."""
    arrival, messages = Arrival(PROGRAM), _Messages(list)
    fragments = _read_fragments(database)
    _read_responses(arrival, messages, database, fragments)
    _read_threads(arrival, messages, database, fragments)
    names = _read_names(database)
    for key, found in messages.items():
        begun = next((message.moment for message in found if message.moment), written)
        add_conversation(arrival, text_of(key), names.get(key, ""), begun, found)
    return arrival


def _read_names(database: ForeignDatabase) -> dict[object, str]:
    """A conversation that a later version goes on with is a thread of the same id."""
    return {
        identity: text_of(name)
        for table in ("threads", "conversations")
        if database.columns(table)
        for identity, name in database.rows(table, ("id", "name"), "id")
    }


def _read_fragments(database: ForeignDatabase) -> dict[object, str]:
    """Long texts that several prompts share."""
    if not database.has("fragments", "id", "content"):
        return {}
    return {identity: text_of(content) for identity, content in database.rows("fragments", ("id", "content"), "id")}


def _read_responses(
    arrival: Arrival, messages: _Messages, database: ForeignDatabase, fragments: dict[object, str]
) -> None:
    if not database.has("responses", "id", "prompt", "response", "conversation_id"):
        return
    before = {kind: _fragments_before(database, f"{kind}_fragments", fragments) for kind in ("prompt", "system")}
    calls = _read_calls(database)
    for row in database.rows("responses", _RESPONSE, "datetime_utc, id"):
        identity, conversation, model, prompt, system, response, reasoning, time, told_by_server = row
        moment, key = read_moment(time), conversation or identity
        asked = "\n".join([*before["prompt"][identity], *([text_of(prompt)] if prompt else [])])
        told = "\n".join([*before["system"][identity], *([text_of(system)] if system else [])])
        if told and told not in [one.text for one in messages[key] if one.role == "system"]:
            messages[key].append(Message(f"{identity}/system", "system", told))
        answer = text_of(response), moment, text_of(model), text_of(reasoning), tuple(calls[identity])
        ended = finish_outcome(_read_payload(told_by_server).get("finish_reason")) or Outcome.UNKNOWN
        messages[key] += [
            Message(f"{identity}/prompt", "user", asked, moment),
            Message(identity, "assistant", *answer, ended),
        ]
    arrival.left_out["attachment"] += database.count("prompt_attachments")
    arrival.left_out["tool output"] += database.count("tool_results")


def _fragments_before(database: ForeignDatabase, table: str, fragments: dict[object, str]) -> dict[object, list[str]]:
    """The fragments that stand before the prompt, or the system prompt, of each response."""
    found: dict[object, list[str]] = defaultdict(list)
    if database.has(table, "response_id", "fragment_id", "order"):
        for response, fragment in database.rows(table, ("response_id", "fragment_id"), '"order"'):
            found[response].append(fragments.get(fragment, ""))
    return found


def _read_calls(database: ForeignDatabase) -> dict[object, list[ToolCall]]:
    calls: dict[object, list[ToolCall]] = defaultdict(list)
    if database.has("tool_calls", "response_id", "name", "arguments"):
        columns = ("response_id", "name", "arguments", "tool_call_id")
        for response, name, arguments, identity in database.rows("tool_calls", columns, "id"):
            calls[response].append(ToolCall(0, text_of(identity) or None, text_of(name), text_of(arguments)))
    return calls


@dataclass(slots=True)
class _Node:
    """A message of the newer tables."""

    parent: str | None
    role: str
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    """Kinds of parts that have no place here."""


def _read_threads(
    arrival: Arrival, messages: _Messages, database: ForeignDatabase, fragments: dict[object, str]
) -> None:
    if not (database.has("turns", *_TURN) and database.has("messages", "hash", "parent_hash", "role")):
        return
    nodes = _read_nodes(database, fragments)
    for identity, thread, parent, tip, model, time in database.rows("turns", _TURN, "datetime_utc, id"):
        key, moment = thread or identity, read_moment(time)
        known = {one.text for one in messages[key] if one.role == "system"}
        sent = [(node, *_words(node)) for node in _chain(nodes, parent, None, stop_role="assistant")]
        for number, (node, text, _) in enumerate(sent):
            arrival.left_out.update(node.others)
            if node.role == "user" or (node.role == "system" and text not in known):
                messages[key].append(Message(f"{identity}/{number}", node.role, text, moment))
        came = [(node, *_words(node)) for node in _chain(nodes, tip, parent)]
        answers = [(node, text, thought) for node, text, thought in came if node.role == "assistant"]
        texts, thoughts = [text for _, text, _ in answers if text], [thought for *_, thought in answers if thought]
        calls = tuple(call for node, *_ in answers for call in node.calls)
        text, thought = "\n\n".join(texts), "\n\n".join(thoughts)
        messages[key].append(Message(identity, "assistant", text, moment, text_of(model), thought, calls))


def _read_nodes(database: ForeignDatabase, fragments: dict[object, str]) -> dict[object, _Node]:
    nodes: dict[object, _Node] = {
        name: _Node(parent, text_of(role))
        for name, parent, role in database.rows("messages", ("hash", "parent_hash", "role"), "rowid")
    }
    columns = ("message_hash", "type", "tool_name", "text", "payload")
    for name, kind, tool, text, payload in database.rows("parts", columns, "message_hash, position"):
        if (node := nodes.get(name)) is None:
            continue
        more = _read_payload(payload)
        words = text_of(text) if text is not None else "".join(_pieces(more, fragments))
        if kind == "text":
            node.text.append(words)
        elif kind == "reasoning":
            node.reasoning.append(words)
        elif kind == "tool_call":
            given = more.get("arguments")
            arguments = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
            node.calls.append(ToolCall(0, text_of(more.get("tool_call_id")) or None, text_of(tool), arguments))
        else:
            node.others.append("tool output" if kind == "tool_result" else text_of(kind)[:20])
    return nodes


def _chain(nodes: dict[object, _Node], tip: object, end: object, stop_role: str | None = None) -> list[_Node]:
    """From `end`, or the last message of that role, both left out, to a tip; a ring of messages is gone round once."""
    chain: list[_Node] = []
    seen: set[object] = set()
    while tip is not None and tip != end and tip not in seen and (node := nodes.get(tip)) is not None:
        if node.role == stop_role:
            break
        seen.add(tip)
        chain.append(node)
        tip = node.parent
    return chain[::-1]


def _words(node: _Node) -> tuple[str, str]:
    """Its text and its reasoning."""
    return "".join(node.text), "".join(node.reasoning)


def _read_payload(payload: object) -> dict[str, Any]:
    """A part's JSON; what is none is empty."""
    try:
        value = json.loads(payload) if isinstance(payload, str) else None
    except (ValueError, RecursionError):
        return {}  # the part is then told by its kind alone
    return value if isinstance(value, dict) else {}


def _pieces(payload: dict[str, Any], fragments: dict[object, str]) -> Iterator[str]:
    """The text of a part that borrows from fragments."""
    pieces = payload.get("text_ref")
    for piece in pieces if isinstance(pieces, list) else []:
        if isinstance(piece, dict):
            yield text_of(piece["literal"]) if "literal" in piece else fragments.get(_key(piece.get("fragment")), "")


def _key(value: object) -> int | None:
    return value if isinstance(value, int) else None
