"""The store: what is written is read back, whatever happens to the process, to the disk or to the file."""

import json
import signal
import sqlite3
import stat
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from random import Random

import pytest

from tests.chat import process
from tests.chat.conftest import Opener
from tests.chat.sample import end, feed, fill, make_turn, wait_for
from tui.chat.conversation import Conversation, Reply
from tui.chat.database import StoreTrouble
from tui.chat.history import History
from tui.chat.note import make_note
from tui.chat.store import Store
from tui.settings.parameters import Parameters
from tui.stream.events import Notice, ReasoningDelta, RefusalDelta
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.trace import Clock, StreamTrace
from tui.text.language import load_language


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "weir.db"


def reopened(store: Store, open_store: Opener, identity: str) -> Conversation:
    """The conversation as the next start of the program finds it."""
    assert store.close() == 0
    conversation = open_store().load(identity)
    assert conversation is not None
    return conversation


def kept(reply: Reply) -> tuple[object, ...]:
    """What is stored of a reply."""
    texts = (reply.text, reply.reasoning, reply.refusal)
    ending = (reply.outcome, reply.record, reply.thought_seconds)
    return (reply.id, reply.provider, reply.model, *texts, reply.tool_calls, reply.notices, *ending)


def count(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        number: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return number


# ---------------------------------------------------------------- the life of a reply


def test_a_turn_is_there_with_open_replies_before_anything_is_asked(open_store: Opener) -> None:
    store, conversation = open_store(), Conversation(parameters=Parameters(system="Be short."))
    turn = make_turn(conversation, "The prompt", ["one", "two"])
    store.add_turn(conversation, turn)
    read = reopened(store, open_store, conversation.id)
    assert (read.title, read.parameters.system, read.created) == ("The prompt", "Be short.", conversation.created)
    assert [turn.prompt for turn in read.turns] == ["The prompt"]
    replies = read.turns[0].replies
    assert [(reply.provider, reply.model, reply.outcome) for reply in replies] == [
        ("route", "one", None),
        ("route", "two", None),
    ]


def test_the_parameters_of_a_conversation_are_kept_whenever_they_were_set(open_store: Opener) -> None:
    store, conversation = open_store(), Conversation()
    conversation.parameters = Parameters(temperature=0.2, stop=("END",))
    store.keep_parameters(conversation)
    store.add_turn(conversation, make_turn(conversation))
    store.close()
    store = open_store()
    loaded = store.load(conversation.id)
    assert loaded is not None
    assert loaded.parameters == conversation.parameters
    loaded.parameters = Parameters(system="Be brief.", extra={"top_k": 5, "中": [1, {"a": None}]})
    store.keep_parameters(loaded)
    assert reopened(store, open_store, conversation.id).parameters == loaded.parameters


def test_what_was_received_is_there_after_each_checkpoint(open_store: Opener, path: Path) -> None:
    store, conversation = open_store(), Conversation()
    reply = make_turn(conversation).reply
    store.add_turn(conversation, conversation.turns[0])
    feed(reply, "One, ", ReasoningDelta("hm"))
    store.checkpoint(reply)
    feed(reply, "two.", RefusalDelta("no"), ReasoningDelta(", well"))
    store.checkpoint(reply)
    store.checkpoint(reply)
    read = reopened(store, open_store, conversation.id).turns[0].reply
    assert (read.text, read.reasoning, read.refusal, read.outcome) == ("One, two.", "hm, well", "no", None)
    assert count(path, "piece") == 5


def test_an_ended_reply_is_read_back_as_it_was(open_store: Opener, path: Path) -> None:
    store, conversation = open_store(), Conversation()
    turn = make_turn(conversation)
    store.add_turn(conversation, turn)
    feed(turn.reply, "The beginning, ")
    store.checkpoint(turn.reply)
    fill(turn.reply, "whole")
    store.finish(turn.reply)
    read = reopened(store, open_store, conversation.id).turns[0].reply
    assert kept(read) == kept(turn.reply)
    assert read.text == "The beginning, whole and whole"
    assert count(path, "piece") == 0


def test_how_long_a_thought_took_is_kept(open_store: Opener) -> None:
    store, conversation = open_store(), Conversation()
    turn = make_turn(conversation, models=["whole", "cut"])
    store.add_turn(conversation, turn)
    for reply in turn.replies:
        reply.trace = StreamTrace(Clock(monotonic=iter((10.0, 12.5, *range(13, 99))).__next__))
        feed(reply, ReasoningDelta("hm"), "yes")
    end(turn.replies[0])
    store.finish(turn.replies[0])
    store.checkpoint(turn.replies[1])
    read = reopened(store, open_store, conversation.id).turns[0].replies
    assert [reply.thought_seconds for reply in read] == [2.5, 2.5]


def test_who_answers_in_the_end_is_kept(open_store: Opener) -> None:
    store, conversation = open_store(), Conversation()
    turn = make_turn(conversation, models=["one", "two"])
    store.add_turn(conversation, turn)
    for reply in turn.replies:
        feed(reply, Notice(NoticeCode.FALLBACK, {"to": f"spare/not-{reply.model}"}))
        reply.trace = StreamTrace()
    store.checkpoint(turn.replies[0])
    end(turn.replies[1])
    store.finish(turn.replies[1])
    read = reopened(store, open_store, conversation.id).turns[0].replies
    assert [(reply.provider, reply.model) for reply in read] == [("spare", "not-one"), ("spare", "not-two")]


@pytest.mark.parametrize(
    "text",
    [
        "中文，标点。\u3000全角",
        "\U0001f469\u200d\U0001f4bb emoji",
        "NUL \x00 and what follows",
        "CR LF\r\nLF\nCR\r tab\t ESC \x1b[31m DEL \x7f C1 \x9b",
        "quotes ' \" ; DROP TABLE reply; -- %s ?",
        "bidi \u202e BOM \ufeff separators \u2028\u2029 noncharacter \uffff",
        " leading and trailing \n\n",
    ],
)
def test_every_text_is_kept_word_for_word(open_store: Opener, text: str) -> None:
    store, conversation = open_store(), Conversation(parameters=Parameters(system=text))
    turn = make_turn(conversation, text, [text])
    store.add_turn(conversation, turn)
    feed(turn.reply, text)
    store.checkpoint(turn.reply)
    fill(turn.reply, text)
    store.finish(turn.reply)
    read = reopened(store, open_store, conversation.id)
    assert (read.parameters.system, read.title, read.turns[0].prompt) == (text, text, text)
    assert kept(read.turns[0].reply) == kept(turn.reply)


def test_a_lone_surrogate_becomes_a_replacement_character_and_costs_no_row(open_store: Opener) -> None:
    store, conversation = open_store(), Conversation(parameters=Parameters(system="\ud800"))
    turn = make_turn(conversation, "half \ud83d of it", ["mo\udcffdel"])
    store.add_turn(conversation, turn)
    feed(turn.reply, "open \ude42")
    store.checkpoint(turn.reply)
    read = reopened(store, open_store, conversation.id)
    assert (read.parameters.system, read.turns[0].prompt) == ("\ufffd", "half \ufffd of it")
    assert (read.turns[0].reply.model, read.turns[0].reply.text) == ("mo\ufffddel", "open \ufffd")
    fill(turn.reply, "\udfff")
    store = open_store()
    store.finish(turn.reply)
    ended = reopened(store, open_store, conversation.id).turns[0].reply
    assert ended.text == "open \ufffd\ufffd and \ufffd"
    assert ended.outcome is Outcome.COMPLETE


def test_turns_and_replies_keep_their_order_and_the_choice(open_store: Opener) -> None:
    store, conversation = open_store(), Conversation()
    for number in range(12):
        turn = make_turn(conversation, f"prompt {number}", ["b", "a", "c"])
        turn.chosen = number % 3
        store.add_turn(conversation, turn)
        for reply in reversed(turn.replies):
            feed(reply, f"{number}{reply.model}")
            end(reply)
            store.finish(reply)
    read = reopened(store, open_store, conversation.id)
    assert [turn.prompt for turn in read.turns] == [f"prompt {number}" for number in range(12)]
    assert [turn.reply.text for turn in read.turns] == [f"{number}{'bac'[number % 3]}" for number in range(12)]
    assert read.turns[0].replies[0].id == conversation.turns[0].replies[0].id


def test_another_reply_of_a_turn_and_the_adopted_one_are_kept(open_store: Opener) -> None:
    store, conversation = open_store(), Conversation()
    turn, plain = make_turn(conversation, models=["a", "b"]), make_turn(conversation)
    store.add_turn(conversation, turn)
    store.add_turn(conversation, plain)
    turn.replies.append(Reply("route", "c"))
    store.add_reply(turn, turn.replies[2])
    fill(turn.replies[2], "third")
    store.finish(turn.replies[2])
    turn.choose(turn.replies[2], adopted=True)
    store.choose(turn)
    read = reopened(store, open_store, conversation.id)
    assert [reply.model for reply in read.turns[0].replies] == ["a", "b", "c"]
    assert read.turns[0].reply.text == turn.replies[2].text
    assert [turn.adopted for turn in read.turns] == [True, False]


def test_the_latest_conversation_is_the_one_used_last(open_store: Opener) -> None:
    store = open_store()
    assert (store.latest_conversation(), store.cut_conversation(), store.load("unknown")) == (None, None, None)
    first, second = Conversation(), Conversation()
    for conversation in (first, second, first):
        store.add_turn(conversation, make_turn(conversation))
    assert len(reopened(store, open_store, first.id).turns) == 2
    assert open_store().latest_conversation() == first.id


def test_jobs_are_written_in_the_order_in_which_they_came(open_store: Opener) -> None:
    store, conversation = open_store(), Conversation()
    reply = make_turn(conversation).reply
    store.add_turn(conversation, conversation.turns[0])
    for number in range(500):
        feed(reply, f"{number} ")
        store.checkpoint(reply)
    read = reopened(store, open_store, conversation.id).turns[0].reply
    assert read.text == "".join(f"{number} " for number in range(500))


def test_files_are_for_their_owner_only(open_store: Opener, path: Path) -> None:
    store, conversation = open_store(), Conversation()
    store.add_turn(conversation, make_turn(conversation))
    store.load(conversation.id)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(("weir.db", "weir.db-wal", "weir.db-shm"), 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


# ---------------------------------------------------------------- processes


def test_a_killed_process_leaves_its_text_and_the_next_start_says_so(
    open_store: Opener, path: Path, troubles: list[StoreTrouble]
) -> None:
    with process.start("stream", path) as writer:
        identity = process.read_line(writer)
        store = open_store()
        assert store.cut_conversation() is None, "the writer lives"
        live = store.load(identity)
        assert live is not None
        assert History(store).is_written_elsewhere(identity)
        assert (live.turns[0].reply.outcome, live.turns[0].reply.text) == (None, "The first, the second 二")
        store.close()
        writer.kill()
        assert writer.wait() == -signal.SIGKILL
    store = open_store()
    assert store.cut_conversation() == identity
    read = store.load(identity)
    assert read is not None
    reply = read.turns[0].reply
    assert (reply.text, reply.reasoning, reply.refusal) == ("The first, the second 二", "thinking", "no")
    assert reply.outcome is Outcome.APP_EXIT
    assert reply.record is not None
    assert (reply.record.outcome, reply.record.model, reply.record.route) == ("app-exit", "one", "route")
    note = make_note(reply.outcome, reply.record, load_language("en"))
    assert "up to a second of text may be missing" in note.sentence
    assert not History(store).is_written_elsewhere(identity)
    assert count(path, "piece") == 0
    store.close()
    assert open_store().cut_conversation() is None, "it is said once"
    assert troubles == []


def test_processes_that_start_and_write_at_once_lose_nothing(
    open_store: Opener, path: Path, troubles: list[StoreTrouble]
) -> None:
    with (
        process.start("many", path) as one,
        process.start("many", path) as two,
        process.start("many", path) as three,
        process.start("many", path) as four,
    ):
        writers = (one, two, three, four)
        assert [process.read_line(writer) for writer in writers] == ["ready"] * 4
        for writer in writers:
            process.write_line(writer, "")
        facts = [json.loads(process.read_line(writer)) for writer in writers]
    assert [(fact["unwritten"], fact["troubles"]) for fact in facts] == [(0, [])] * 4
    store = open_store()
    read = [store.load(identity) for fact in facts for identity in fact["ids"]]
    assert [conversation and conversation.turns[0].reply.text for conversation in read] == ["whole"] * 80
    assert troubles == []


@pytest.mark.parametrize("seconds", [1, pytest.param(20, marks=[pytest.mark.slow, pytest.mark.long])])
def test_two_processes_that_write_all_the_time_lose_no_row_and_meet_no_lock(
    path: Path, troubles: list[StoreTrouble], open_store: Opener, seconds: int
) -> None:
    with process.start("write-on", path) as one, process.start("write-on", path) as two:
        for writer in (one, two):
            assert process.read_line(writer) == "ready"
            process.write_line(writer, str(seconds))
        facts = [json.loads(process.read_line(writer)) for writer in (one, two)]
    assert [(fact["unwritten"], fact["troubles"]) for fact in facts] == [(0, [])] * 2
    assert all(fact["read"] == fact["written"] > 0 for fact in facts)
    assert open_store().close(30) == 0
    assert count(path, "reply WHERE outcome = 'complete'") == sum(fact["written"] for fact in facts)
    assert (count(path, "conversation"), count(path, "piece"), troubles) == (count(path, "reply"), 0, [])


# ---------------------------------------------------------------- files that cannot be used


def break_pages(path: Path) -> None:
    """Leave the first page and the schema as they are, and nothing else."""
    data = path.read_bytes()
    assert len(data) > 20 * 4096
    path.write_bytes(data[:8192] + Random(1).randbytes(len(data) - 8192))


def works(store: Store) -> bool:
    """Whether a conversation that is put into it comes out again."""
    conversation = Conversation()
    turn = make_turn(conversation)
    store.add_turn(conversation, turn)
    feed(turn.reply, "kept")
    end(turn.reply)
    store.finish(turn.reply)
    wait_for(lambda: (read := store.load(conversation.id)) is not None and read.turns[0].reply.outcome is not None)
    read = store.load(conversation.id)
    return read is not None and read.turns[0].reply.text == "kept"


@pytest.mark.parametrize("damage", ["no database", "broken pages", "empty pages"])
def test_a_damaged_file_is_set_aside_and_kept(
    open_store: Opener, path: Path, troubles: list[StoreTrouble], damage: str
) -> None:
    store = open_store()
    for _ in range(40):
        conversation = Conversation()
        store.add_turn(conversation, make_turn(conversation, "prompt " * 400))
    assert store.close() == 0
    if damage == "no database":
        path.write_bytes(b"This is a text file, and a long one. " * 500)
    elif damage == "broken pages":
        break_pages(path)
    else:
        data = path.read_bytes()
        path.write_bytes(data[:8192] + bytes(len(data) - 8192))
    content = path.read_bytes()
    store = open_store()
    assert works(store)
    assert store.close() == 0
    (trouble,) = troubles
    aside = Path(trouble.where)
    assert trouble.code == "set-aside"
    assert aside.parent == path.parent
    assert aside.name.startswith("weir.db.damaged-")
    assert aside.read_bytes() == content
    assert count(path, "conversation") == 1
    path.write_bytes(b"damaged once more, within the same second")
    assert works(open_store())
    assert aside.read_bytes() == content
    assert len(list(path.parent.glob("weir.db.damaged-*"))) == 2


def test_a_file_of_an_earlier_version_is_brought_forward(
    open_store: Opener, path: Path, troubles: list[StoreTrouble]
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(files("tui.chat").joinpath("migrations/0001.sql").read_text(encoding="utf-8"))
        connection.execute("PRAGMA user_version = 1")
        connection.execute("INSERT INTO conversation VALUES ('c', 'Title', 'Brief.', '2026-01-01T00:00:00+00:00', '')")
        connection.execute("INSERT INTO turn VALUES ('t', 'c', 0, 'Prompt', '2026-01-01T00:00:00+00:00', 0)")
        connection.execute(
            "INSERT INTO reply (id, turn, position, provider, model, outcome, text) VALUES"
            " ('r', 't', 0, 'route', 'one', 'complete', 'Kept.'), ('r2', 't2', 0, 'route', 'one', 'complete', '')"
        )
        connection.execute("INSERT INTO turn VALUES ('t2', 'c', 1, 'Next', '2026-01-01T00:00:00+00:00', 0)")
    store = open_store()
    conversation = store.load("c")
    assert conversation is not None
    assert conversation.parameters == Parameters(system="Brief.")
    assert (conversation.turns[0].reply.text, store.absence()) == ("Kept.", None)
    assert [(turn.parent, turn.active) for turn in conversation.turns] == [(None, True), ("t", True)]
    kept = path.with_name("weir.db.version-1")
    assert troubles == [StoreTrouble("migrated", str(kept))]


def test_a_file_of_a_later_version_is_left_alone(open_store: Opener, path: Path, troubles: list[StoreTrouble]) -> None:
    assert open_store().close() == 0
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    content = path.read_bytes()
    store = open_store()
    assert works(store)
    assert store.close() == 0
    assert [(trouble.code, trouble.reason) for trouble in troubles] == [("newer", ""), ("left", "2")]
    assert path.read_bytes() == content


def test_without_a_usable_place_a_session_is_kept_in_memory(
    open_store: Opener, path: Path, troubles: list[StoreTrouble]
) -> None:
    path.parent.write_text("a file where the folder should be")
    store = open_store()
    assert works(store)
    assert works(store)
    assert store.latest_conversation() is not None
    assert store.close() == 4, "what is only in memory is not passed for kept"
    assert [(trouble.code, trouble.where) for trouble in troubles] == [("unusable", str(path))]
    assert path.parent.read_text() == "a file where the folder should be"


def test_a_folder_instead_of_the_file_is_no_reason_to_stop(
    open_store: Opener, path: Path, troubles: list[StoreTrouble]
) -> None:
    path.mkdir(parents=True)
    assert works(open_store())
    assert [trouble.code for trouble in troubles] == ["unusable"]


def test_in_memory_a_reader_sees_whole_turns_and_disturbs_nobody(
    open_store: Opener, path: Path, troubles: list[StoreTrouble]
) -> None:
    path.parent.write_text("a file where the folder should be")
    store = open_store()
    assert [works(store) for _ in range(100)] == [True] * 100
    assert [trouble.code for trouble in troubles] == ["unusable"]


# ---------------------------------------------------------------- disks that cannot be written


def test_what_a_full_disk_refuses_is_counted(path: Path) -> None:
    with process.start("lose", path) as writer:
        facts = json.loads(process.read_line(writer))
    assert facts == {"unwritten": 2, "codes": ["unwritable"]}


def test_what_a_full_disk_refused_is_tried_again_before_leaving(open_store: Opener, path: Path) -> None:
    with process.start("recover", path) as writer:
        facts = json.loads(process.read_line(writer))
    assert (facts["unwritten"], facts["codes"]) == (0, ["unwritable", "recovered"])
    read = open_store().load(facts["id"])
    assert read is not None
    assert read.turns[0].prompt == process.LONG
    assert (read.turns[0].reply.text, read.turns[0].reply.outcome) == ("The answer.", Outcome.COMPLETE)


def test_a_cut_reply_that_cannot_be_labelled_is_readable_and_labelled_later(open_store: Opener, path: Path) -> None:
    with process.start("stream-long", path) as writer:
        assert process.read_line(writer) == "0"
    with process.start("open-full", path) as writer:
        facts = json.loads(process.read_line(writer))
    assert facts["text"] == process.LONG[:20]
    assert (facts["unwritten"], facts["codes"]) == (0, ["unwritable", "recovered"])
    store = open_store()
    assert store.cut_conversation() is not None
    read = store.load(facts["cut"])
    assert read is not None
    assert (read.turns[0].reply.outcome, read.turns[0].reply.text) == (Outcome.APP_EXIT, process.LONG)


def test_what_is_refused_for_good_holds_up_nothing_else(
    open_store: Opener, path: Path, troubles: list[StoreTrouble]
) -> None:
    """A row twice, which no retry can write; both times in the middle of other jobs."""
    store, others = open_store(), [Conversation() for _ in range(3)]
    store.cut_conversation()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # so that all of it is one batch
        for conversation in others:
            turn = make_turn(conversation)
            store.add_turn(conversation, turn)
            if conversation is not others[-1]:
                store.add_turn(conversation, turn)
            end(turn.reply)
            store.finish(turn.reply)
        other.execute("ROLLBACK")
    assert store.close(30) == 2
    assert [(trouble.code, trouble.where) for trouble in troubles if trouble.code != "unwritable"] == [
        ("refused", str(path))
    ]
    store = open_store()
    read = [store.load(conversation.id) for conversation in others]
    assert [one and one.turns[0].reply.outcome for one in read] == [Outcome.COMPLETE] * 3


def test_what_comes_after_a_refusal_is_written(open_store: Opener, troubles: list[StoreTrouble]) -> None:
    store, conversation = open_store(), Conversation()
    store.add_turn(conversation, make_turn(conversation))
    store.add_turn(conversation, conversation.turns[0])
    wait_for(lambda: bool(troubles))
    assert [trouble.code for trouble in troubles] == ["refused"]
    assert works(store)
    assert store.close() == 1
