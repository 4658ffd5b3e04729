"""What nobody uses any more goes, in its time; what is deleted can be brought back until then."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.chat.sample import end, fill, make_turn, wait_for
from tui.chat.conversation import Conversation
from tui.chat.history import History
from tui.chat.store import Store
from tui.chat.summary import Shelf
from tui.chat.upkeep import UNDO_DAYS


def days_ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def open_store(path: Path, keep_days: float = 0) -> Store:
    return Store(path, lambda trouble: pytest.fail(trouble.reason), keep_days)


def test_what_is_too_old_goes_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "weir.db"
    store, ids = open_store(path), {}
    for name in ("old", "pinned", "running", "new", "deleted", "deleted long ago"):
        conversation = Conversation()
        turn = make_turn(conversation, name)
        store.add_turn(conversation, turn)
        if name != "running":
            end(turn.reply)
            store.finish(turn.reply)
        ids[name] = conversation.id
    for name, column, value in (
        *((name, "updated", days_ago(31)) for name in ("old", "pinned", "running")),
        ("pinned", "pinned", 1),
        ("deleted", "deleted", days_ago(UNDO_DAYS - 1)),
        ("deleted long ago", "deleted", days_ago(UNDO_DAYS + 1)),
    ):
        store.write([(f"UPDATE conversation SET {column} = ? WHERE id = ?", (value, ids[name]))])
    assert store.settle(60)
    third = open_store(path, keep_days=30)
    history = History(third)
    wait_for(lambda: ids["old"] not in {one.id for one in history.summaries(Shelf.KEPT)})
    wait_for(lambda: len(history.summaries(Shelf.DELETED)) == 1)
    assert {one.title for one in history.summaries(Shelf.KEPT)} == {"pinned", "running", "new"}
    history.restore(ids["deleted"])
    assert {one.title for one in history.summaries(Shelf.CHATS)} == {"pinned", "running", "new", "deleted"}
    assert [one.title for one in history.summaries() if one.running] == ["running"]
    for each in (third, store):
        each.close(60)


def test_what_is_removed_makes_the_file_smaller(tmp_path: Path) -> None:
    path = tmp_path / "weir.db"
    store = open_store(path)
    conversation = Conversation()
    turn = make_turn(conversation, "large")
    store.add_turn(conversation, turn)
    fill(turn.reply, "some words " * 100_000)
    store.finish(turn.reply)
    assert store.close(60) == 0
    large = path.stat().st_size
    store = open_store(path)
    History(store).remove([conversation.id])
    assert store.settle(60, tidy=True)
    assert store.close(60) == 0
    assert path.stat().st_size < large / 10
