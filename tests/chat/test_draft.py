import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chat.sample import end, make_turn
from tui.chat.conversation import Conversation
from tui.chat.draft import Draft, DraftBox, join_drafts, settle_draft
from tui.chat.store import Store

DEAD = """
import sys
from pathlib import Path
from tui.chat.draft import DraftBox
from tui.chat.store import Store

store = Store(Path(sys.argv[1]), print)
drafts = DraftBox(store)
for argument in sys.argv[2:]:
    conversation, text, held = argument.split("=")
    drafts.keep(conversation, text, held=held == "held")
store.close()
"""


def leave(path: Path, *drafts: str) -> None:
    """Another process writes these and ends."""
    subprocess.run([sys.executable, "-c", DEAD, path, *drafts], check=True, env={**os.environ})


def open_store(path: Path) -> Store:
    return Store(path, lambda trouble: None)


def store_chat(store: Store, title: str) -> Conversation:
    conversation = Conversation(title)
    turn = make_turn(conversation, title)
    store.add_turn(conversation, turn)
    end(turn.reply)
    store.finish(turn.reply)
    return conversation


def test_each_conversation_has_its_own_and_white_space_is_none(tmp_path: Path) -> None:
    store = open_store(tmp_path / "weir.db")
    drafts = DraftBox(store)
    drafts.keep("a", "one")
    drafts.keep("b", "two")
    drafts.keep("a", " \n")
    assert store.settle()
    again = DraftBox(store)
    assert [again.find(name) for name in "abc"] == ["", "two", ""]
    assert drafts.kept("b") == "two"
    assert again.kept("b") is None
    assert again.find_left() is None, "its process lives"
    store.close()


def test_the_next_start_takes_up_what_the_last_process_had_in_its_editor(tmp_path: Path) -> None:
    path = tmp_path / "weir.db"
    store = open_store(path)
    store_chat(store, "kept")
    store_chat(store, "gone")
    store.write([("UPDATE conversation SET deleted = '9999' WHERE id = 'gone'", ())])
    store.close()
    leave(path, "new=of a new chat=held", "left=elsewhere=no", "kept=of a chat=held", "gone=of a deleted one=held")
    store = open_store(path)
    drafts = DraftBox(store)
    assert drafts.find_left() == Draft("kept", "of a chat")
    assert drafts.find_left(unbegun=True) == Draft("new", "of a new chat")
    drafts.keep("kept", "of a chat")
    assert store.settle()
    assert drafts.find_left() == Draft("new", "of a new chat")
    assert drafts.find("left") == "elsewhere"
    store.write([("DELETE FROM conversation WHERE id = 'kept'", ())])
    assert store.settle()
    assert DraftBox(store).find("kept") == "", "what is removed takes its draft along"
    store.close()


@pytest.mark.parametrize(
    ("kept", "shown", "typed", "settled"),
    [
        ("", "", "", ""),
        ("", "", "typed ahead", "typed ahead"),
        ("left", "left", "left", "left"),
        ("left", "left", "left and more", "left and more"),
        ("left", "left", "", ""),  # it was sent already
        ("left", "", "", "left"),  # a crash: the first moment knows nothing of it
        ("left", "", "typed", "left\n\ntyped"),
        ("newer", "older", "older", "newer"),
        ("newer", "older", "older typed", "newer typed"),
        ("", "of another chat", "of another chat", ""),
        ("", "of another chat", "of another chat!", "!"),
        ("newer", "older", "olxder", "newer\n\nolxder"),
        ("left\n\npiped", "piped", "piped", "left\n\npiped"),
    ],
)
def test_what_stands_in_the_editor_in_the_end(kept: str, shown: str, typed: str, settled: str) -> None:
    assert settle_draft(kept, shown, typed) == settled


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [("", "b", "b"), ("a", " ", "a"), ("a", "b", "a\n\nb"), ("ab", "b", "ab"), ("a", "ab", "ab")],
)
def test_two_drafts_are_joined_without_saying_anything_twice(first: str, second: str, joined: str) -> None:
    assert join_drafts(first, second) == joined
