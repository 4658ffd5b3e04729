"""Leftover: what could not be written before leaving is in the database after the next start."""

import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.chat.sample import end, feed, make_turn
from tui.chat.attachment import Attachment
from tui.chat.conversation import Conversation
from tui.chat.database import StoreTrouble
from tui.chat.store import Store

Opener = Callable[[], Store]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "weir.db"


@pytest.fixture
def troubles() -> list[StoreTrouble]:
    return []


@pytest.fixture
def open_store(path: Path, troubles: list[StoreTrouble]) -> Iterator[Opener]:
    stores: list[Store] = []

    def open_one() -> Store:
        stores.append(Store(path, troubles.append, spare=(path.parent.parent / "state",)))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close(10)


def talk(store: Store) -> Conversation:
    conversation = Conversation()
    turn = make_turn(conversation, "half \ud83d of it, 二\u2028")
    turn.attachments = (Attachment("a.gif", "image/gif", bytes(range(256))),)
    store.add_turn(conversation, turn)
    feed(turn.reply, "The answer.")
    store.checkpoint(turn.reply)
    end(turn.reply)
    store.finish(turn.reply)
    return conversation


def test_what_a_locked_file_did_not_take_is_taken_in_by_the_next_start(
    open_store: Opener, path: Path, troubles: list[StoreTrouble]
) -> None:
    store = open_store()
    store.latest_conversation()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        conversation = talk(store)
        assert store.close(0) == 0
        (left,) = troubles
        assert (left.code, left.reason, Path(left.where).parent) == ("left", "3", path.parent)
        assert stat.S_IMODE(Path(left.where).stat().st_mode) == 0o600
        other.execute("ROLLBACK")
    assert store.close(30) == 0, "it may have been written after all, and is then taken in twice"
    store = open_store()
    read = store.load(conversation.id)
    assert read is not None
    (turn,) = read.turns
    assert turn.attachments == conversation.turns[0].attachments
    assert (turn.prompt, turn.reply) == ("half \ufffd of it, 二\u2028", conversation.turns[0].reply)
    assert troubles[1:] == [StoreTrouble("taken-in", str(path), "3")]
    assert not Path(left.where).exists()


def test_where_the_folder_of_the_file_takes_nothing_another_does(
    open_store: Opener, path: Path, troubles: list[StoreTrouble]
) -> None:
    path.parent.write_text("a file where the folder should be")
    store = open_store()
    conversation = talk(store)
    assert store.close(30) == 0
    assert [trouble.code for trouble in troubles] == ["unusable", "left"]
    assert Path(troubles[1].where).parent == path.parent.parent / "state"
    path.parent.unlink()
    read = open_store().load(conversation.id)
    assert read is not None
    assert read.turns[0].reply == conversation.turns[0].reply


@pytest.mark.parametrize("text", ["", "no JSON\n", '[["INSERT INTO nowhere VALUES (?)", [1]]]\n', "7\n"])
def test_a_leftover_that_cannot_be_taken_in_stays_and_stops_nothing(
    open_store: Opener, path: Path, troubles: list[StoreTrouble], text: str
) -> None:
    path.parent.mkdir()
    left = path.parent / "unwritten-1.jsonl"
    left.write_text(text)
    store = open_store()
    conversation = talk(store)
    assert store.close(30) == 0
    assert open_store().load(conversation.id) is not None
    assert left.exists() == bool(text)
    assert {trouble.code for trouble in troubles} <= {"unwritable", "recovered"}
