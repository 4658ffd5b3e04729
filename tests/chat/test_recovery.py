"""Recovery: what really damaged files still give, and that the damaged file itself stays as it was."""

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.chat import process
from tests.chat.conftest import Opener
from tests.chat.sample import end, feed, make_turn, wait_for
from tui.chat.conversation import Conversation
from tui.chat.database import StoreTrouble
from tui.chat.store import Store

PAGE = 4096
COUNT = 30


@pytest.fixture
def kept(open_store: Opener, troubles: list[StoreTrouble]) -> list[Conversation]:
    """Many of them in a file, long and short, and nothing in a log."""
    store, made, random = open_store(), [], Random(7)
    for number in range(COUNT):
        conversation = Conversation()
        for place in range(3):
            add(store, conversation, f"prompt {number} {place} 二", "word " * random.choice((5, 50, 400, 3000)))
        made.append(conversation)
    assert (store.close(30), troubles) == (0, [])
    return made


def add(store: Store, conversation: Conversation, prompt: str, text: str = "text") -> None:
    turn = make_turn(conversation, prompt)
    store.add_turn(conversation, turn)
    feed(turn.reply, f"reply to {prompt}: {text}")
    end(turn.reply)
    store.finish(turn.reply)


def break_page(path: Path, number: int) -> bytes:
    """Damage a page; the file's content from then on. Pages are counted from 0."""
    data = bytearray(path.read_bytes())
    data[number * PAGE : (number + 1) * PAGE] = Random(number).randbytes(PAGE)
    path.write_bytes(data)
    return bytes(data)


def page_with(path: Path, text: str) -> int:
    return path.read_bytes().index(text.encode()) // PAGE


def root_of(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        found: int = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    return found - 1


def replies_left(store: Store, conversations: list[Conversation]) -> int:
    """How many of their replies are there, each word for word."""
    replies = [turn.reply for conversation in conversations for turn in conversation.turns]
    return sum((read := store.load_reply(reply.id)) is not None and read == reply for reply in replies)


def test_a_broken_page_costs_what_is_on_it(
    open_store: Opener, path: Path, troubles: list[StoreTrouble], kept: list[Conversation]
) -> None:
    content = break_page(path, page_with(path, "reply to prompt 15 1"))
    store = open_store()
    left = replies_left(store, kept)
    assert 3 * COUNT - 10 < left < 3 * COUNT
    assert all(store.load(conversation.id) for conversation in kept)
    add(store, kept[0], "and on")
    assert store.close(30) == 0
    (trouble,) = troubles
    aside = Path(trouble.where)
    assert (trouble.code, aside.read_bytes() == content) == ("restored", True)
    assert left <= int(trouble.reason) <= 3 * COUNT
    assert path.read_bytes()[18] == 2, "it has a log as the damaged one had"
    assert sorted(file.name for file in path.parent.iterdir()) == ["weir.db", aside.name]


def test_replies_whose_turns_are_lost_are_found_in_a_conversation_of_their_own(
    open_store: Opener, path: Path, troubles: list[StoreTrouble], kept: list[Conversation]
) -> None:
    break_page(path, root_of(path, "turn"))
    store = open_store()
    assert replies_left(store, kept) == 3 * COUNT
    assert [trouble.code for trouble in troubles] == ["restored"]
    recovered = store.load(store.latest_conversation() or "")
    assert recovered is not None
    texts = {turn.reply.text for turn in recovered.turns}
    assert texts == {turn.reply.text for conversation in kept for turn in conversation.turns}


def test_conversations_that_are_lost_are_made_anew_around_their_turns(
    open_store: Opener, path: Path, kept: list[Conversation]
) -> None:
    break_page(path, root_of(path, "conversation"))
    store = open_store()
    for conversation in kept:
        read = store.load(conversation.id)
        assert read is not None
        assert [(turn.prompt, turn.reply) for turn in read.turns] == [
            (turn.prompt, turn.reply) for turn in conversation.turns
        ]


def test_values_that_a_broken_page_has_left_do_not_stop_a_conversation_from_being_read(
    open_store: Opener, path: Path, kept: list[Conversation]
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE conversation SET created = 'x', parameters = '{'")
        connection.execute("UPDATE reply SET outcome = 'compleze', record = '}', notices = x'00ff', tool_calls = ''")
        connection.commit()
    break_page(path, root_of(path, "reply_of_turn"))
    read = open_store().load(kept[3].id)
    assert read is not None
    assert [(turn.reply.text, turn.reply.outcome, turn.reply.record) for turn in read.turns] == [
        (turn.reply.text, "app-exit", None) for turn in kept[3].turns
    ]


def test_damage_in_a_text_that_no_check_can_see_costs_no_conversation(
    open_store: Opener, path: Path, troubles: list[StoreTrouble], kept: list[Conversation]
) -> None:
    data = path.read_bytes()
    assert b'"outcome": "complete"' in data
    data = data.replace(b"word word", b"word \xfford")
    path.write_bytes(data.replace(b'"outcome": "complete"', b'"outcome": complete! '))
    store = open_store()
    for conversation in kept:
        read = store.load(conversation.id)
        assert read is not None
        replies = [turn.reply for turn in read.turns]
        assert [reply.record for reply in replies] == [None] * 3
        assert all("word \ufffdord" in reply.text for reply in replies)
    assert troubles == []


@pytest.mark.parametrize("damage", ["cut short", "schema"])
def test_a_file_whose_end_or_schema_is_damaged_still_gives_what_is_left(
    open_store: Opener, path: Path, troubles: list[StoreTrouble], kept: list[Conversation], damage: str
) -> None:
    data = path.read_bytes()
    if damage == "schema":
        path.write_bytes(data.replace(b"CREATE INDEX reply_of_turn", b"CREATE \xff\xd1DEX reply_of_turn"))
    else:
        path.write_bytes(data[: len(data) * 9 // 10])
    store = open_store()
    assert replies_left(store, kept) > COUNT
    assert [trouble.code for trouble in troubles] == ["restored"]


def test_damage_that_is_met_while_writing_is_mended_at_once(
    open_store: Opener, path: Path, troubles: list[StoreTrouble], kept: list[Conversation]
) -> None:
    store = open_store()
    assert replies_left(store, kept) == 3 * COUNT
    for name in ("reply", "turn", "reply_of_turn", "turn_of_conversation"):
        break_page(path, root_of(path, name))
    with closing(sqlite3.connect(path)) as other:
        # What the writer still has of these pages in memory is old from now on.
        other.execute("UPDATE conversation SET updated = updated || ' '")
        other.commit()
    fresh = Conversation()
    for number in range(2):
        add(store, fresh, f"after {number}")
    wait_for(lambda: bool(troubles))
    add(store, fresh, "after 2")
    assert store.close(30) == 0
    assert [trouble.code for trouble in troubles] == ["set-aside"]
    read = open_store().load(fresh.id)
    assert read is not None
    assert [turn.reply for turn in read.turns] == [turn.reply for turn in fresh.turns]


def test_a_damaged_file_that_another_process_has_open_is_left_to_it(
    open_store: Opener, path: Path, troubles: list[StoreTrouble], kept: list[Conversation]
) -> None:
    with process.start("hold", path) as holder:
        assert process.read_line(holder) == "open"
        content = break_page(path, page_with(path, "reply to prompt 15 1"))
        store = open_store()
        add(store, fresh := Conversation(), "meanwhile")
        wait_for(lambda: (read := store.load(fresh.id)) is not None and read.turns[0].reply.outcome is not None)
        assert [trouble.code for trouble in troubles] == ["open-elsewhere"]
        assert path.read_bytes() == content
    wait_for(lambda: len(troubles) == 3)
    assert [trouble.code for trouble in troubles[1:]] == ["restored", "recovered"]
    assert store.load(kept[0].id) == kept[0]
    assert store.close(30) == 0
    assert open_store().load(fresh.id) == fresh


def test_a_killed_process_leaves_a_file_whose_indexes_are_checked_too(
    open_store: Opener, path: Path, troubles: list[StoreTrouble], kept: list[Conversation]
) -> None:
    """An index that does not fit its table: a quick check finds nothing, and what is read by it would be wrong."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        other = "CREATE INDEX reply_of_turn ON reply (turn, model)"
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'reply_of_turn'", (other,))
    with process.start("stream", path) as writer:
        process.read_line(writer)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
    assert path.with_name("weir.db-wal").stat().st_size > 0
    store = open_store()
    store.cut_conversation()
    assert [trouble.code for trouble in troubles] == ["restored"]
    assert replies_left(store, kept) == 3 * COUNT
