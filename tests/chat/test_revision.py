"""Revision: branches, edits, deletions and forks keep a sound tree, and the store reads the same one back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chat.conftest import Opener
from tests.chat.sample import end, feed, wait_for
from tui.chat.conversation import Conversation, Reply, Trim, Turn
from tui.chat.figures import make_figures
from tui.chat.history import History
from tui.chat.revision import Revision
from tui.chat.store import Store
from tui.chat.turn_tree import Branching, TurnTree
from tui.chat.upkeep import UNDO_DAYS

ACTS = st.lists(
    st.tuples(st.sampled_from(["ask", "branch", "step", "delete", "restore", "edit"]), st.integers(0, 50)), max_size=25
)


def ask(store: Store, conversation: Conversation, prompt: str, beside: Turn | None = None) -> Turn:
    """A turn whose reply has come."""
    turn = Turn(prompt, [Reply("route", "one")])
    feed(turn.reply, f"reply to {prompt}")
    end(turn.reply)
    conversation.add(turn, beside)
    store.add_ended(conversation, [turn])
    return turn


def shape(conversation: Conversation) -> list[tuple[object, ...]]:
    """All that a tree is made of."""
    return [
        (turn.id, turn.parent, turn.active, turn.deleted, turn.prompt, turn.chosen, [one.id for one in turn.replies])
        for turn in conversation.tree.turns
    ]


def act(store: Store, conversation: Conversation, name: str, number: int, prompts: Iterator[int]) -> None:
    """Do one thing that a person can do to the turns in sight."""
    revision, turns = Revision(store), conversation.turns
    turn = turns[number % len(turns)] if turns else None
    if name == "restore":
        revision.restore(conversation)
    elif name == "ask" or turn is None:
        ask(store, conversation, f"prompt {next(prompts)}")
    elif name == "branch":
        ask(store, conversation, f"prompt {next(prompts)}", turn)
    elif name == "step":
        revision.step(conversation, turn, 1 if number % 2 else -1)
    elif name == "delete":
        revision.delete(conversation, turn)
    else:
        revision.edit_reply(conversation, turn, turn.reply, f"edited {number}")


def check(conversation: Conversation) -> None:
    """The path is one way through the tree, and everything else can be reached from it."""
    tree, by_parent = conversation.tree, dict[str | None, int]()
    for turn in tree.turns:
        by_parent[turn.parent] = by_parent.get(turn.parent, 0) + turn.active
    assert set(by_parent.values()) <= {1}
    shown = [turn for turn in tree.turns if turn.deleted is None]
    assert conversation.turns == tree.path()
    assert all(turn.deleted is None for turn in conversation.turns)
    above = None
    for turn in conversation.turns:
        assert tree.before(turn) is above
        above = turn
    if shown:
        assert conversation.turns
    if conversation.turns:
        assert tree.siblings(conversation.turns[-1])
        assert not any(tree.before(turn) is conversation.turns[-1] for turn in shown)
    walked = list(tree.walk())
    assert sorted(turn.id for turn in walked) == sorted(turn.id for turn in shown)
    ids = {turn.id for turn in conversation.turns}
    assert {turn.id for turn in tree.others()} == {turn.id for turn in shown} - ids
    assert [turn.id for turn in tree.pruned().path()] == [turn.id for turn in conversation.turns]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("revision") / "weir.db", lambda trouble: None)
    yield store
    assert store.close(60) == 0


def read_back(store: Store, conversation: Conversation) -> Conversation | None:
    assert store.settle(60)
    return store.load(conversation.id)


@given(ACTS)
@settings(max_examples=40, deadline=None)
def test_whatever_is_done_the_path_is_sound_and_the_store_has_the_same_tree(
    store: Store, acts: list[tuple[str, int]]
) -> None:
    conversation, prompts = Conversation(), count()
    for name, number in acts:
        act(store, conversation, name, number, prompts)
        check(conversation)
    read = read_back(store, conversation)
    assert (read is None) == (not conversation.tree.turns)
    if read is not None:
        assert shape(read) == shape(conversation)
        assert [turn.id for turn in read.turns] == [turn.id for turn in conversation.turns]
        assert [turn.reply.text for turn in read.turns] == [turn.reply.text for turn in conversation.turns]
        summaries = History(store).summaries()
        assert [one.turns for one in summaries if one.id == conversation.id] == [len(conversation.turns)]


def make_branched(store: Store) -> Conversation:
    """a - b - c, and beside b, as what is gone on with, B."""
    conversation = Conversation(title="Branched")
    for prompt in "abc":
        ask(store, conversation, prompt)
    ask(store, conversation, "B", conversation.turns[1])
    return conversation


def prompts(conversation: Conversation) -> str:
    return "".join(turn.prompt for turn in conversation.turns)


def test_a_branch_brings_back_all_that_follows_it(store: Store) -> None:
    conversation, revision = make_branched(store), Revision(store)
    assert prompts(conversation) == "aB"
    assert conversation.tree.branchings() == {conversation.turns[1].id: Branching(2, 2)}
    revision.step(conversation, conversation.turns[1], 1)
    assert prompts(conversation) == "abc"
    assert revision.step(conversation, conversation.turns[0], 1) is None
    read = read_back(store, conversation)
    assert read is not None
    assert prompts(read) == "abc"


def test_what_follows_a_deleted_turn_stays_and_is_sent_without_it(store: Store) -> None:
    conversation, revision = make_branched(store), Revision(store)
    revision.step(conversation, conversation.turns[1], 1)
    revision.delete(conversation, conversation.turns[1])
    assert prompts(conversation) == "ac"
    assert [message.text for message in conversation.messages("?")] == ["a", "reply to a", "c", "reply to c", "?"]
    assert conversation.tree.branchings() == {conversation.turns[1].id: Branching(1, 2)}
    revision.delete(conversation, conversation.turns[1])
    assert prompts(conversation) == "aB"
    assert revision.restore(conversation) is not None
    assert prompts(conversation) == "ac"
    revision.restore(conversation)
    assert prompts(conversation) == "abc"
    assert revision.restore(conversation) is None


def test_an_edited_reply_stands_beside_the_one_that_came(store: Store) -> None:
    conversation = make_branched(store)
    turn = conversation.turns[-1]
    version = Revision(store).edit_reply(conversation, turn, turn.reply, "mine")
    read = read_back(store, conversation)
    assert read is not None
    came, edited = read.turns[-1].replies
    assert (came.text, came.edited, edited.text, edited.edited) == ("reply to B", None, "mine", came.id)
    assert read.turns[-1].reply.id == version.id
    assert [message.text for message in read.messages("?")] == ["a", "reply to a", "B", "mine", "?"]
    assert (edited.record, make_figures(edited).tokens_out) == (None, None)


def test_a_fork_has_the_path_up_to_a_reply_and_shares_nothing(store: Store) -> None:
    conversation, revision = make_branched(store), Revision(store)
    revision.step(conversation, conversation.turns[1], 1)
    turn = conversation.turns[1]
    version = revision.edit_reply(conversation, turn, turn.reply, "mine")
    before = shape(conversation)
    fork = revision.fork(conversation, turn, turn.replies[0], "Fork")
    read, other = read_back(store, fork), read_back(store, conversation)
    assert read is not None
    assert other is not None
    assert (read.title, prompts(read), read.turns[-1].reply.text) == ("Fork", "ab", "reply to b")
    assert read.turns[-1].replies[1].edited == read.turns[-1].reply.id != version.edited
    assert shape(other) == before
    ids = {one.id for tree in (read.tree, other.tree) for turn in tree.turns for one in (turn, *turn.replies)}
    assert len(ids) == 4 + 5 + 2 + 3


def test_a_fork_begins_what_is_sent_where_the_other_one_does(store: Store) -> None:
    conversation, revision = Conversation(), Revision(store)
    for prompt in "abc":
        ask(store, conversation, prompt)
    conversation.trim = Trim(conversation.turns[0].id, datetime.now(UTC))
    first, second, third = conversation.turns
    read = read_back(store, revision.fork(conversation, third, third.reply, "Fork"))
    assert read is not None
    assert [turn.prompt for turn in read.sent()] == ["b", "c"]
    assert revision.fork(conversation, first, first.reply, "Fork").cut is None
    assert second.id not in {turn.id for turn in read.turns}


@pytest.mark.parametrize("name", ["b", "B"])
def test_a_turn_deleted_long_ago_is_removed_and_the_rest_stays(path: Path, open_store: Opener, name: str) -> None:
    first = open_store()
    conversation, revision = make_branched(first), Revision(first)
    if name == "b":
        revision.step(conversation, conversation.turns[1], 1)
    turn = conversation.turns[1]
    revision.delete(conversation, turn)
    shown = prompts(conversation)
    turn.deleted = datetime.now(UTC) - timedelta(days=UNDO_DAYS + 1)
    first.keep_branches([turn])
    assert first.close(60) == 0
    second = open_store()
    wait_for(lambda: len(read_tree(second, conversation)) == 3)
    read = second.load(conversation.id)
    assert read is not None
    assert prompts(read) == shown
    with closing(sqlite3.connect(path)) as connection:
        active = "SELECT count(*) FROM turn WHERE active = 1 GROUP BY parent"
        assert {row[0] for row in connection.execute(active)} == {1}


def read_tree(store: Store, conversation: Conversation) -> list[Turn]:
    read = store.load(conversation.id)
    return read.tree.turns if read is not None else []


def test_whatever_was_read_becomes_a_sound_tree() -> None:
    turns = [Turn(prompt, [], prompt) for prompt in "abcd"]
    turns[0].parent, turns[1].parent, turns[2].parent, turns[3].parent = "d", "a", "a", "lost"
    tree = TurnTree(turns)
    tree.mend()
    assert [turn.parent for turn in turns] == [None, "a", "a", "c"]
    assert [turn.id for turn in tree.path()] == ["a", "c", "d"]
