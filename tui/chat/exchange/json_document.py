"""JSON document: conversations as weir itself writes and reads them, complete.

    {"format": "weir-conversations", "version": 2, "written": TIME, "client": {"weir": VERSION}, "conversations": [
     {"id", "title", "created", "pinned": false, "archived": false, "parameters": {…},
      "trim": {"after", "since"}, "turns": [
      {"id", "parent", "active": true, "created", "prompt", "chosen": 0, "adopted": false,
       "attachments": [{"name", "media_type", "text" or "base64"}], "replies": [
       {"id", "provider", "model", "outcome", "text", "reasoning", "refusal", "thought_seconds",
        "tool_calls": [{"index", "id", "name", "arguments"}], "notices": [{"code", "values", "record"}],
        "record": {…}, "origin": {"reply", "record", "length"}, "edited"}]}]}]}

`parent` is the id of the turn that a turn follows, null at the start; it stands before it. Turns with the same parent
are branches, of which the one that is `active` is gone on with. Deleted turns are left out, and what followed one
follows what that followed. Before version 2 each turn followed the one before it. Times are RFC 3339 in UTC. `chosen`
counts the replies from 0: that one is the context for what follows; `adopted` says that a person chose it. `parameters`
are those of the conversation, as in the config; `attachments` went with the prompt, each as its text or as base64;
`record` is masked, as it is kept; `origin` is the reply that this one goes on with, `edited` the one of which a person
wrote this version. `trim` says when a person left turns out of what is sent, and which is the last of them, null: none.
`pinned` and `archived` are how a person keeps the conversation; one that is here stays as it is.
Absent is null. `outcome` is null for a reply that was being written; such a one is brought in as `app-exit`. Texts
are word for word; every control character in them is escaped. A reader takes fields that it does not know for nothing;
a change that an older reader would get wrong raises `version`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from tui import __version__
from tui.chat.conversation import Conversation, Origin, Reply, ToolCall, Trim, Turn
from tui.chat.exchange.arrival import Arrival, ExchangeError, read_moment
from tui.chat.exchange.attachment_field import read_attachment, write_attachment
from tui.chat.record_file import record_of
from tui.chat.turn_tree import TurnTree
from tui.settings.parameters import ParameterError, read_parameters
from tui.stream.events import Notice
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.record import Record
from tui.text.sanitise import escape_json_line

FORMAT, VERSION = "weir-conversations", 2
PROGRAM = "weir"
_LONGEST_ID = 100
_DEEPEST = 50
_LONGEST_THOUGHT = 1e9
Item = TypeVar("Item")


def write_json(conversations: Iterable[Conversation], now: datetime) -> Iterator[str]:
    """The document, piece by piece: a line for its head, one for each conversation, one for its end."""
    head = {"format": FORMAT, "version": VERSION, "written": _moment(now), "client": {"weir": __version__}}
    yield json.dumps(head)[:-1] + ', "conversations": ['
    separator = "\n"
    for conversation in conversations:
        yield separator + escape_json_line(json.dumps(_conversation_json(conversation), ensure_ascii=False))
        separator = ",\n"
    yield "\n]}\n"


def is_document(value: Any) -> bool:
    """Whether a value that was read as JSON says that it is one of ours."""
    return isinstance(value, dict) and value.get("format") == FORMAT


def read_json(value: Mapping[str, Any]) -> Arrival:
    """The conversations of a document; raises ExchangeError for the first thing that is not as it has to be."""
    version = value.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ExchangeError("version is no whole number from 1 on")
    if version > VERSION:
        raise ExchangeError(f"it has version {version}, and this weir reads up to {VERSION}; a later weir wrote it")
    if not _is_shallow(value):
        raise ExchangeError(f"it is nested deeper than {_DEEPEST} levels")
    read = _read_conversation if version > 1 else _read_line
    return Arrival(PROGRAM, _each(value, "conversations", "", read))


def _conversation_json(conversation: Conversation) -> dict[str, Any]:
    trim = conversation.trim
    return {
        "id": conversation.id,
        "title": conversation.title,
        "created": _moment(conversation.created),
        "pinned": conversation.pinned,
        "archived": conversation.archived,
        "parameters": conversation.parameters.as_table(),
        "trim": {"after": conversation.cut, "since": _moment(trim.since)} if trim is not None else None,
        "turns": [_turn_json(turn) for turn in conversation.tree.pruned().turns],
    }


def _turn_json(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "parent": turn.parent,
        "active": turn.active,
        "created": _moment(turn.created),
        "prompt": turn.prompt,
        "chosen": turn.chosen,
        "adopted": turn.adopted,
        "attachments": [write_attachment(each) for each in turn.attachments],
        "replies": [_reply_json(reply) for reply in turn.replies],
    }


def _reply_json(reply: Reply) -> dict[str, Any]:
    calls = reply.tool_calls.values()
    origin = reply.origin
    return {
        "id": reply.id,
        "provider": reply.provider,
        "model": reply.model,
        "outcome": reply.outcome.value if reply.outcome else None,
        "text": reply.text,
        "reasoning": reply.reasoning,
        "refusal": reply.refusal,
        "thought_seconds": reply.thought_seconds,
        "tool_calls": [{"index": c.index, "id": c.id, "name": c.name, "arguments": c.arguments} for c in calls],
        "notices": [
            {"code": notice.code.value, "values": dict(notice.values), "record": _record_json(notice.record)}
            for notice in reply.notices
        ],
        "record": _record_json(reply.record),
        "origin": {"reply": origin.reply, "record": origin.record, "length": origin.length} if origin else None,
        "edited": reply.edited,
    }


def _record_json(record: Record | None) -> dict[str, Any] | None:
    return record.as_json() if record else None


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _is_shallow(value: Any) -> bool:
    """Whether nothing in it is nested so deep that writing it again would fail."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return True
    return False


def _inside(value: Any) -> Iterable[Any]:
    found = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (one for one in found if isinstance(one, dict | list))


def _read_conversation(value: Mapping[str, Any], where: str, *, chain: bool = False) -> Conversation:
    parameters = _get(value, "parameters", where, dict, {})
    try:
        kept = read_parameters(parameters)
    except ParameterError as error:
        raise ExchangeError(f"{where}.parameters: {error}") from None
    tree = TurnTree(_each(value, "turns", where, _read_turn))
    if chain:
        tree.chain(tree.turns)
    _check_parents(tree, where)
    tree.mend()
    conversation = Conversation(_id(value, where), _text(value, "title", where), kept, _time(value, where), tree=tree)
    conversation.pinned = _get(value, "pinned", where, bool, False)
    conversation.archived = _get(value, "archived", where, bool, False)
    if (trim := _get(value, "trim", where, dict, None)) is not None:
        inside = f"{where}.trim"
        conversation.trim = Trim(_get(trim, "after", inside, str, None), _time(trim, inside, "since"))
    return conversation


def _read_line(value: Mapping[str, Any], where: str) -> Conversation:
    """As version 1 has them: each turn follows the one before it."""
    return _read_conversation(value, where, chain=True)


def _check_parents(tree: TurnTree, where: str) -> None:
    seen: set[str] = set()
    for number, turn in enumerate(tree.turns):
        if turn.parent is not None and turn.parent not in seen:
            raise ExchangeError(f"{where}.turns[{number}].parent is none of the turns before it")
        seen.add(turn.id)


def _read_turn(value: Mapping[str, Any], where: str) -> Turn:
    replies = _each(value, "replies", where, _read_reply)
    chosen = _get(value, "chosen", where, int, 0)
    if not 0 <= chosen < len(replies):
        raise ExchangeError(f"{where}.chosen is none of its replies")
    adopted = _get(value, "adopted", where, bool, False)
    turn = Turn(_text(value, "prompt", where), replies, _id(value, where), chosen, adopted, _time(value, where))
    turn.parent = _get(value, "parent", where, str, None)
    turn.active = _get(value, "active", where, bool, True)
    turn.attachments = tuple(_each(value, "attachments", where, read_attachment))
    return turn


def _read_reply(value: Mapping[str, Any], where: str) -> Reply:
    reply = Reply(_text(value, "provider", where), _text(value, "model", where), _id(value, where))
    pieces = (reply.pieces, reply.reasoning_pieces, reply.refusal_pieces)
    for name, place in zip(("text", "reasoning", "refusal"), pieces, strict=True):
        place += [text] if (text := _get(value, name, where, str, "")) else []
    reply.tool_calls = {call.index: call for call in _each(value, "tool_calls", where, _read_call)}
    reply.notices = _each(value, "notices", where, _read_notice)
    reply.record = _read_record(value, where)
    thought = _get(value, "thought_seconds", where, (int, float), None)
    if thought is not None and not 0 <= thought < _LONGEST_THOUGHT:
        raise ExchangeError(f"{where}.thought_seconds is no time")
    reply.thought_seconds = thought
    code = _get(value, "outcome", where, str, Outcome.APP_EXIT.value)
    if code not in set(Outcome):
        raise ExchangeError(f"{where}.outcome is none that this weir knows: {code[:40]}")
    reply.outcome = Outcome(code)
    reply.edited = _get(value, "edited", where, str, None)
    if (origin := _get(value, "origin", where, dict, None)) is not None:
        inside = f"{where}.origin"
        record = _get(origin, "record", inside, str, None)
        reply.origin = Origin(_text(origin, "reply", inside), record, _get(origin, "length", inside, int, 0))
    return reply


def _read_call(value: Mapping[str, Any], where: str) -> ToolCall:
    identity = _get(value, "id", where, str, None)
    index = _get(value, "index", where, int, 0)
    return ToolCall(index, identity, _text(value, "name", where), _text(value, "arguments", where))


def _read_notice(value: Mapping[str, Any], where: str) -> Notice:
    code = _text(value, "code", where)
    if code not in set(NoticeCode):
        raise ExchangeError(f"{where}.code is none that this weir knows: {code[:40]}")
    return Notice(NoticeCode(code), _get(value, "values", where, dict, {}), _read_record(value, where))


def _read_record(value: Mapping[str, Any], where: str) -> Record | None:
    found = _get(value, "record", where, dict, None)
    if found is None:
        return None
    if (record := record_of(found)) is None:
        raise ExchangeError(f"{where}.record is no record")
    return record


def _each(
    value: Mapping[str, Any], name: str, where: str, read: Callable[[Mapping[str, Any], str], Item]
) -> list[Item]:
    """The items of a list, each of them an object."""
    found = []
    for number, item in enumerate(_get(value, name, where, list, [])):
        place = f"{where}.{name}[{number}]".removeprefix(".")
        if not isinstance(item, dict):
            raise ExchangeError(f"{place} is no object")
        found.append(read(item, place))
    return found


def _get(value: Mapping[str, Any], name: str, where: str, kind: type | tuple[type, ...], absent: Any) -> Any:
    """A field of this kind, or `absent` where there is none; a truth value is no number."""
    found = value.get(name)
    if found is None:
        return absent
    if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
        raise ExchangeError(f"{where}.{name} is of another kind than it has to be".removeprefix("."))
    return found


def _text(value: Mapping[str, Any], name: str, where: str) -> str:
    text = _get(value, name, where, str, None)
    if text is None:
        raise ExchangeError(f"{where}.{name} is missing")
    return str(text)


def _id(value: Mapping[str, Any], where: str) -> str:
    identity = _text(value, "id", where)
    if not identity or len(identity) > _LONGEST_ID:
        raise ExchangeError(f"{where}.id is no id")
    return identity


def _time(value: Mapping[str, Any], where: str, name: str = "created") -> datetime:
    if (moment := read_moment(_text(value, name, where))) is None:
        raise ExchangeError(f"{where}.{name} is no time")
    return moment
