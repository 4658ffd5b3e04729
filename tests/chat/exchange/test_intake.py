"""What is carried away comes back whole; what comes twice adds nothing; what has grown adds what it has grown by."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chat.exchange.tree import HERONS
from tests.chat.sample import end, feed, fill, make_turn
from tui.chat.attachment import Attachment
from tui.chat.conversation import Conversation, Origin, Reply, Trim, Turn
from tui.chat.exchange.arrival import Arrival, ExchangeError
from tui.chat.exchange.chatgpt import read_chatgpt
from tui.chat.exchange.intake import carry_out, make_plan
from tui.chat.exchange.json_document import read_json, write_json
from tui.chat.history import History
from tui.chat.revision import Revision
from tui.chat.store import Store
from tui.settings.parameters import Parameters
from tui.stream.outcome import Outcome

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
NASTY = "a\x1b[31m \u202e b\r\n鹭 \x00 \u2028 c"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "weir.db", lambda trouble: pytest.fail(str(trouble)))
    yield opened
    opened.close(10)


def make_sample() -> Conversation:
    """Whatever a conversation can hold."""
    conversation = Conversation(parameters=Parameters(system=NASTY, temperature=0.5, stop=("END",), extra={"k": [1]}))
    conversation.pinned = conversation.archived = True
    turn = make_turn(conversation, NASTY, ("one", "two"))
    for reply in turn.replies:
        fill(reply, NASTY)
        reply.usage = None  # it is in the record
    turn.replies[1].thought_seconds = 1.5
    turn.choose(turn.replies[1], adopted=True)
    cut = make_turn(conversation, "Next").reply
    feed(cut, "Half a")
    end(cut, Outcome.STALLED)
    cut.origin = Origin(turn.reply.id, None, 3)
    conversation.trim = Trim(turn.id, NOW)
    turn.created -= timedelta(days=3)
    turn.attachments = (
        Attachment("n\x1b.md", "text/plain", b"```\nit\x1b\n```\n"),
        Attachment("p.gif", "image/gif", b"GIF89a" + bytes(range(256))),
    )
    return conversation


def make_branched() -> Conversation:
    """One - deleted - two, and beside two, as what is gone on with, three, the reply to which was edited."""
    conversation = Conversation(title="Branched")
    for prompt in ("one", "deleted", "two"):
        end(make_turn(conversation, prompt).reply)
    turn = Turn("three", [Reply("route", "one")])
    end(turn.reply)
    conversation.add(turn, conversation.turns[-1])
    revision = Revision(None)
    revision.edit_reply(conversation, turn, turn.reply, "mine")
    revision.delete(conversation, conversation.turns[1])
    return conversation


def carried(*conversations: Conversation) -> dict[str, Any]:
    text = "".join(write_json(conversations, NOW))
    assert not any(sign in text for sign in ("\x1b", "\u202e", "\x00", "\u2028"))
    document: dict[str, Any] = json.loads(text)
    return document


def bring_in(arrival: Arrival, store: Store) -> tuple[int, int, int, int]:
    """What was new: conversations, those that grew, turns, replies."""
    plan = make_plan(arrival, store)
    carry_out(plan, store, NOW)
    assert store.settle(30)
    return plan.conversations, plan.grown, plan.turns, plan.replies


def test_a_conversation_comes_back_whole_and_once(store: Store) -> None:
    sample = make_sample()
    document = carried(sample, Conversation(title="Nothing said yet"))
    assert bring_in(read_json(document), store) == (1, 0, 2, 3)
    kept = store.load(sample.id)
    assert kept == sample
    assert bring_in(read_json(document), store) == (0, 0, 0, 0)
    assert make_plan(read_json(document), store).known == 1
    assert kept is not None
    assert carried(kept)["conversations"] == document["conversations"][:1]


def test_the_tree_comes_back_without_what_was_deleted(store: Store) -> None:
    branched = make_branched()
    bring_in(read_json(carried(branched)), store)
    kept = store.load(branched.id)
    assert kept is not None
    assert kept.tree == branched.tree.pruned()
    assert [turn.prompt for turn in kept.turns] == ["one", "three"]
    assert kept.turns[-1].reply.edited == kept.turns[-1].replies[0].id
    other = make_turn(branched, "here")
    end(other.reply)
    fill(make_turn(kept, "there").reply, "gone on with here")
    store.add_ended(kept, [kept.turns[-1]])
    assert store.settle(30)
    assert bring_in(read_json(carried(branched)), store) == (0, 1, 1, 1)
    grown = store.load(branched.id)
    assert grown is not None
    assert [turn.prompt for turn in grown.turns] == ["one", "three", "there"]
    assert [turn.prompt for turn in grown.tree.siblings(grown.turns[-1])] == ["there", "here"]


def test_a_document_of_version_1_is_a_line_of_turns(store: Store) -> None:
    sample = make_sample()
    document = {**carried(sample), "version": 1}
    for turn in document["conversations"][0]["turns"]:
        del turn["parent"], turn["active"]
    (read,) = read_json(document).conversations
    assert read == sample


def test_what_has_grown_elsewhere_is_added_and_what_is_here_stays(store: Store) -> None:
    sample = make_sample()
    bring_in(read_json(carried(sample)), store)
    more = make_turn(sample, "Grown").reply
    fill(more, "text")
    sibling = make_turn(Conversation(), "Again").reply
    fill(sibling, "another")
    sample.turns[1].replies.append(sibling)
    sample.turns[0].prompt = "changed elsewhere"
    assert bring_in(read_json(carried(sample)), store) == (0, 1, 1, 2)
    kept = store.load(sample.id)
    assert kept is not None
    assert [turn.prompt for turn in kept.turns] == [NASTY, "Next", "Grown"]
    assert [reply.id for reply in kept.turns[1].replies] == [reply.id for reply in sample.turns[1].replies]


def test_a_foreign_file_adds_nothing_twice(store: Store) -> None:
    assert bring_in(read_chatgpt([HERONS], NOW), store) == (1, 0, 3, 4)
    assert bring_in(read_chatgpt([HERONS], NOW), store) == (0, 0, 0, 0)


def test_what_is_old_is_not_removed_by_the_next_start(store: Store) -> None:
    old, recent = Conversation(title="Old"), Conversation(title="Recent")
    for conversation, days in ((old, 400), (recent, 2)):
        turn = make_turn(conversation)
        turn.created = NOW - timedelta(days=days)
        end(turn.reply)
    carry_out(make_plan(read_json(carried(old, recent)), store), store, NOW, keep_days=90)
    used = {summary.id: summary.updated for summary in History(store).summaries()}
    assert used == {old.id: NOW, recent.id: NOW - timedelta(days=2)}


def test_a_reply_that_was_being_written_comes_as_cut(store: Store) -> None:
    conversation = Conversation(title="T")
    feed(make_turn(conversation).reply, "So far")
    bring_in(read_json(carried(conversation)), store)
    kept = store.load(conversation.id)
    assert kept is not None
    assert (kept.turns[0].reply.text, kept.turns[0].reply.outcome) == ("So far", Outcome.APP_EXIT)


def set_in(document: dict[str, Any], path: str, value: object) -> None:
    """`a.0.b` is document["a"][0]["b"]."""
    place: Any = document
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        place = place[part]
    place[last] = value


def nested(levels: int) -> dict[str, Any]:
    return {"x": nested(levels - 1)} if levels else {}


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("version", 3, "a later weir"),
        ("version", True, "version"),
        ("conversations", {}, "conversations is of another kind"),
        ("conversations.0", 3, "conversations[0] is no object"),
        ("conversations.0.created", "soon", "conversations[0].created is no time"),
        ("conversations.0.parameters", {"temperature": 9}, "temperature"),
        ("conversations.0.turns.0.prompt", None, "turns[0].prompt is missing"),
        ("conversations.0.turns.1.parent", "lost", "turns[1].parent is none"),
        ("conversations.0.turns.0.chosen", 7, "turns[0].chosen is none"),
        ("conversations.0.turns.0.replies", [], "turns[0].chosen is none"),
        ("conversations.0.turns.0.replies.0.outcome", "fine", "outcome is none"),
        ("conversations.0.turns.0.replies.0.record", {"v": 1}, "record is no record"),
        ("conversations.0.turns.0.replies.0.text", ["x"], "replies[0].text is of another kind"),
        ("conversations.0.turns.0.replies.0.notices.0.code", "odd", "notices[0].code is none"),
        ("conversations.0.created", "0001-01-01T00:00:00+14:00", "conversations[0].created is no time"),
        ("conversations.0.turns.0.replies.0.thought_seconds", 10**400, "thought_seconds is no time"),
        ("conversations.0.parameters", {"extra": nested(60)}, "nested deeper"),
        ("conversations.0.id", "", "conversations[0].id is no id"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(path: str, value: object, said: str) -> None:
    document = carried(make_sample())
    set_in(document, path, value)
    with pytest.raises(ExchangeError) as caught:
        read_json(document)
    assert said in str(caught.value)


def test_an_id_that_stands_for_two_things_is_refused(store: Store) -> None:
    document = carried(make_sample(), make_sample())
    turns = [conversation["turns"][-1] for conversation in document["conversations"]]
    turns[1]["id"] = turns[0]["id"]
    with pytest.raises(ExchangeError, match="twice"):
        make_plan(read_json(document), store)
    first, second = document["conversations"]
    bring_in(read_json({**document, "conversations": [first]}), store)
    with pytest.raises(ExchangeError, match="something else here"):
        make_plan(read_json({**document, "conversations": [second]}), store)
