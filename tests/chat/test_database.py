"""The database file: places where it cannot be had, or not as usual, and what comes of them."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.chat.conftest import Opener
from tests.chat.sample import end, feed, make_turn, wait_for
from tui.chat.conversation import Conversation
from tui.chat.database import StoreTrouble
from tui.chat.store import Store


@pytest.fixture
def old(open_store: Opener) -> Conversation:
    """A conversation that the file has already."""
    store = open_store()
    conversation = talk(store)
    assert store.close(30) == 0
    return conversation


def talk(store: Store, conversation: Conversation | None = None) -> Conversation:
    conversation = conversation or Conversation()
    turn = make_turn(conversation)
    store.add_turn(conversation, turn)
    feed(turn.reply, "The answer.")
    store.checkpoint(turn.reply)
    end(turn.reply)
    store.finish(turn.reply)
    return conversation


def journal_mode(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        mode: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
    return mode


@pytest.mark.slow
def test_a_file_that_is_locked_at_the_start_is_written_when_it_is_free(
    open_store: Opener, path: Path, troubles: list[StoreTrouble], old: Conversation
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        store = open_store()
        fresh = talk(store)
        assert time.monotonic() - began < 1, "whoever stores something does not wait for the lock"
        wait_for(lambda: store.settle(1))
        assert store.load(fresh.id) == fresh
        assert [(trouble.code, trouble.reason) for trouble in troubles] == [("unusable", "database is locked")]
        other.execute("ROLLBACK")
    wait_for(lambda: len(troubles) == 2)
    assert troubles[1].code == "recovered"
    talk(store, fresh)
    wait_for(lambda: store.settle(1))
    assert (store.load(fresh.id), store.load(old.id)) == (fresh, old)


def test_where_memory_cannot_be_shared_the_file_is_kept_without_a_log(
    open_store: Opener, path: Path, troubles: list[StoreTrouble], old: Conversation
) -> None:
    """A folder stands where the log's index would be: so SQLite meets it where files cannot be shared as memory."""
    path.with_name("weir.db-shm").mkdir()
    one = open_store()
    assert one.load(old.id) == old
    two = open_store()
    assert two.load(old.id) == old
    conversations = [talk(store) for store in (one, two, one, two)]
    assert (one.close(30), two.close(30)) == (0, 0)
    assert [(trouble.code, trouble.reason) for trouble in troubles] == [("network", "no shared memory")]
    assert journal_mode(path) == "delete"
    store = open_store()
    assert [store.load(conversation.id) for conversation in (old, *conversations)] == [old, *conversations]


def test_a_file_that_is_kept_without_a_log_stays_so(open_store: Opener, path: Path, old: Conversation) -> None:
    assert journal_mode(path) == "wal"
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
    assert open_store().load(old.id) == old
    assert journal_mode(path) == "delete"


def test_what_reads_cannot_write_even_if_it_is_told_to(open_store: Opener, old: Conversation) -> None:
    with open_store().reading() as connection:
        connection.execute("PRAGMA query_only = OFF")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM conversation")
