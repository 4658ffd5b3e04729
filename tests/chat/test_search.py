"""What is looked for is found, whatever it is made of, indexed already or not."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.chat.sample import end, feed, make_turn, wait_for
from tui.chat.conversation import Conversation, Reply, Turn
from tui.chat.excerpt import make_excerpt
from tui.chat.history import History
from tui.chat.revision import Revision
from tui.chat.schema import run_scripts
from tui.chat.search import read_terms
from tui.chat.store import Store
from tui.chat.summary import Shelf
from tui.chat.upkeep import PORTION

PROMPT = "Warum ist der Himmel BLAU? Größe, Ärger"
REPLY = 'Call foo_bar(x) or a.b->c; 我们测试中文搜索，人工智能 is AI. `[DONE]` %s 100% "quoted" 结束'


def add(store: Store, prompt: str, reply: str, conversation: Conversation | None = None) -> Conversation:
    conversation = conversation or Conversation()
    turn = make_turn(conversation, prompt)
    store.add_turn(conversation, turn)
    feed(turn.reply, reply)
    end(turn.reply)
    store.finish(turn.reply)
    assert store.settle(60)
    return conversation


def is_indexed(store: Store) -> bool:
    with store.reading() as connection:
        return connection.execute("SELECT count(*) FROM passage WHERE indexed = 0").fetchone() == (0,)


def found(store: Store, typed: str, shelf: Shelf = Shelf.KEPT) -> list[tuple[str, bool]]:
    """The conversations of the hits, and whether each is a reply."""
    return [(hit.conversation, hit.reply is not None) for hit in History(store).search(read_terms(typed), shelf)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "weir.db", lambda trouble: pytest.fail(trouble.reason))
    yield store
    store.close()


def test_code_and_chinese_and_pieces_of_words_are_found(store: Store) -> None:
    one = add(store, PROMPT, REPLY)
    add(store, "another", "nothing of that")
    wait_for(lambda: is_indexed(store))
    for typed in (
        "foo_bar(", "a.b", "->c;", "oo_b", "中文", "搜索", "结束", "人工智能", "测试中文搜索", "ai", "AI", "[DONE]",
        "100%", "%s", 'or "call foo_bar(x)"', "中文 foo", "x) 结束 我",
    ):  # fmt: skip
        assert found(store, typed) == [(one.id, True)], typed
    for typed in ("blau?", "GRÖSSE"[:3], "größe", "ärger", "himmel warum"):
        assert found(store, typed) == [(one.id, False)], typed
    for typed in ("foo-bar", "文中", "bar_foo", "blau 中文", '"himmel der"', "_ab", "x", "*", '"', ""):
        assert found(store, typed) == [], typed


def test_what_is_not_indexed_yet_is_found_too(tmp_path: Path) -> None:
    path = tmp_path / "weir.db"
    store = Store(path, lambda trouble: pytest.fail(trouble.reason))
    one = add(store, PROMPT, REPLY)
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")  # the next start can index nothing
        store = Store(path, lambda trouble: None)
        connection.execute("UPDATE passage SET indexed = 0")
        connection.execute("INSERT INTO passage_text (passage_text) VALUES ('delete-all')")
        connection.execute("COMMIT")
        assert found(store, "中文") == [(one.id, True)]
    wait_for(lambda: is_indexed(store))
    assert found(store, "中文") == [(one.id, True)]
    store.close()


def test_what_an_earlier_version_has_kept_is_found(tmp_path: Path) -> None:
    path = tmp_path / "weir.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        run_scripts(connection, 0, 6)
        time = "2026-01-01T00:00:00+00:00"
        connection.execute(
            "INSERT INTO conversation (id, title, created, updated) VALUES ('c', 't', ?, ?)", (time, time)
        )
        for number in range(3 * PORTION):
            connection.execute("INSERT INTO turn VALUES (?, 'c', ?, 'asked', ?, 0, 0)", (f"t{number}", number, time))
            reply = (f"r{number}", f"t{number}", "complete" if number else None, f"answer 甲{number:02}")
            columns = "id, turn, position, provider, model, outcome, text"
            connection.execute(f"INSERT INTO reply ({columns}) VALUES (?, ?, 0, 'p', 'm', ?, ?)", reply)
        connection.execute("INSERT INTO piece VALUES ('r0', 'text', 'cut 甲00')")
    store = Store(path, lambda trouble: None)
    assert found(store, "甲07") == found(store, "甲07 answer") == [("c", True)]
    wait_for(lambda: is_indexed(store))
    assert found(store, "甲07") == [("c", True)]
    assert len(found(store, "asked")) == 3 * PORTION
    wait_for(lambda: found(store, "甲00") == [("c", True)])  # its process is dead: it has ended
    store.close(60)


def test_the_index_follows_what_is_changed_and_removed(store: Store) -> None:
    one, two = add(store, "first words", "old text 甲乙"), add(store, "second", "old text")
    wait_for(lambda: is_indexed(store))
    turn = one.turns[0]
    store.write([("UPDATE reply SET text = 'new 丙丁' WHERE id = ?", (turn.reply.id,))])
    store.write([("UPDATE turn SET prompt = 'edited' WHERE id = ?", (turn.id,))])
    store.settle(60)
    wait_for(lambda: is_indexed(store))
    assert (found(store, "甲乙"), found(store, "丙丁")) == ([], [(one.id, True)])
    assert (found(store, "first"), found(store, "edited")) == ([], [(one.id, False)])
    History(store).remove([two.id])
    store.settle(60)
    assert found(store, "second") == found(store, "old text") == []
    with store.reading() as connection:
        terms = {row[0] for row in connection.execute("SELECT term FROM passage_term")}
    assert "new" in terms
    assert "old" not in terms


def test_a_deleted_turn_is_not_found_and_one_on_another_branch_is(store: Store) -> None:
    conversation = add(store, "heron", "x")
    turn = Turn("heron edited", [Reply("route", "one")])
    conversation.add(turn, conversation.turns[0])
    end(turn.reply)
    store.add_ended(conversation, [turn])
    store.settle(60)
    assert len(found(store, "heron")) == 2
    Revision(store).delete(conversation, turn)
    store.settle(60)
    assert found(store, "heron") == [(conversation.id, False)]
    assert found(store, "edited") == []


def test_the_latest_hit_comes_first_and_each_shelf_has_its_own(store: Store) -> None:
    one, two, three = (add(store, f"word {number}", "x") for number in range(3))
    history = History(store)
    assert [where for where, _ in found(store, "word")] == [three.id, two.id, one.id]
    history.archive(two.id, True)
    history.delete(three.id)
    store.settle(60)
    shelves = {shelf: [where for where, _ in found(store, "word", shelf)] for shelf in Shelf}
    assert shelves == {
        Shelf.KEPT: [two.id, one.id],
        Shelf.CHATS: [one.id],
        Shelf.ARCHIVED: [two.id],
        Shelf.DELETED: [three.id],
    }


def test_a_search_that_nobody_wants_any_more_ends(store: Store) -> None:
    add(store, "word", "x " * 100_000)
    terms = read_terms("word")
    assert len(History(store).search(terms)) == 1
    assert len(History(store).search(terms, wanted=lambda: False)) <= 1


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("one two", "two", "one [two]"),
        ("line\n\n  two\tTwo", "two", "line [two] [Two]"),
        ("a " * 100 + "foo_bar( b", "foo_bar(", "…a a a a [foo_bar(] b"),
        ("前面中文\x1b后面", "中文", "前面[中文]␛后面"),
        ("abcabc", "abc bca", "[abca]bc"),
        ("no such", "xy", "no such"),
    ],
)
def test_a_hit_is_shown_in_its_context(text: str, typed: str, shown: str) -> None:
    pieces = make_excerpt(text, read_terms(typed), 30).pieces()
    assert "".join(f"[{piece}]" if marked else piece for piece, marked in pieces) == shown
