from pathlib import Path

from tests.chat.conftest import Opener
from tests.chat.sample import end, make_turn
from tui.chat.attachment import Attachment
from tui.chat.conversation import Conversation
from tui.chat.recovery import recover_file

FILES = (Attachment("a.txt", "text/plain", "二\n".encode()), Attachment("b.gif", "image/gif", bytes(range(256))))


def test_what_went_with_a_prompt_is_kept_with_it_removed_with_it_and_recovered(
    open_store: Opener, tmp_path: Path
) -> None:
    conversation = Conversation()
    for prompt, files in (("one", FILES), ("two", ())):
        turn = make_turn(conversation, prompt)
        turn.attachments = files
        end(turn.reply)
        store = open_store()
        store.add_ended(conversation, [turn])
        assert store.close() == 0
    store = open_store()
    found = store.load(conversation.id)
    assert found is not None
    assert [turn.attachments for turn in found.turns] == [FILES, ()]
    with store.reading() as connection:
        path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
    assert store.close() == 0
    assert recover_file(path).replies == 2
    store = open_store()
    found = store.load(conversation.id)
    assert found is not None
    assert found.turns[0].attachments == FILES
    store.write([("DELETE FROM conversation WHERE id = ?", (conversation.id,))])
    store.settle()
    with store.reading() as connection:
        assert connection.execute("SELECT count(*) FROM attachment").fetchone() == (0,)
