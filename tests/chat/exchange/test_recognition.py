"""What other programs wrote is brought in: databases they made themselves, ChatGPT's tree, and files gone wrong."""

import gzip
import json
import sqlite3
import zipfile
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.chat.exchange.tree import HERONS, export, node
from tui.chat.conversation import Conversation
from tui.chat.exchange import recognition
from tui.chat.exchange.arrival import Arrival, ExchangeError
from tui.chat.exchange.recognition import read_file
from tui.chat.turn_tree import Branching
from tui.stream.outcome import NoticeCode, Outcome

MADE = Path(__file__).with_name("made")
Talk = list[tuple[str, list[str]]]


def unpack(name: str, folder: Path) -> Path:
    """A database as its program left it."""
    path = folder / name
    path.write_bytes(gzip.decompress((MADE / f"{name}.gz").read_bytes()))
    return path


def talk(conversation: Conversation) -> Talk:
    return [(turn.prompt, [reply.text for reply in turn.replies]) for turn in conversation.turns]


def left(arrival: Arrival) -> Counter[str]:
    return +arrival.left_out


def read(tmp_path: Path, value: object) -> Arrival:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps(value))
    return read_file(path)


def refusal(path: Path) -> str:
    with pytest.raises(ExchangeError) as caught:
        read_file(path)
    return str(caught.value)


@pytest.mark.parametrize("version", ["0.27", "0.36"])
def test_llm(tmp_path: Path, version: str) -> None:
    arrival = read_file(unpack(f"llm-{version}.db", tmp_path))
    first, fragments, picture = arrival.conversations
    red = "鹭在哪里筑巢？\x1b[31m red"
    assert talk(first) == [
        ("Where does the heron nest?", ["You said: Where does the heron nest?"]),
        (red, [f"You said: {red}"]),
    ]
    assert first.parameters.system == "Be brief."
    assert fragments.turns[0].prompt == "A long text about weirs.\n\nAnother one.\nWhat is in this?"
    assert picture.turns[0].prompt == "And in this picture?"
    reply = first.turns[0].reply
    assert (reply.provider, reply.model, reply.outcome, reply.record) == ("llm", "parrot", Outcome.UNKNOWN, None)
    assert [notice.code for notice in reply.notices] == [NoticeCode.BROUGHT_IN]
    assert (first.turns[0].created.year, arrival.program, left(arrival)) == (2026, "llm", {"attachment": 1})


def test_a_conversation_of_llm_that_began_in_an_earlier_version_goes_on(tmp_path: Path) -> None:
    path = unpack("llm-0.36.db", tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        (thread,) = connection.execute("SELECT thread_id FROM turns ORDER BY id LIMIT 1").fetchone()
        connection.execute("INSERT INTO conversations VALUES (?, 'Earlier', 'parrot')", (thread,))
        connection.execute(
            "INSERT INTO responses (id, model, prompt, system, response, conversation_id, datetime_utc)"
            " VALUES ('r0', 'parrot', 'First of all', 'Be brief.', 'Yes', ?, '2024-01-01T00:00:00+00:00')",
            (thread,),
        )
        connection.commit()
    arrival = read_file(path)
    first = arrival.conversations[0]
    prompts = [turn.prompt for turn in first.turns]
    assert (prompts[:2], len(prompts)) == (["First of all", "Where does the heron nest?"], 3)
    assert (first.title, first.created.year, left(arrival)) == ("Earlier", 2024, {"attachment": 1})


def test_elia(tmp_path: Path) -> None:
    arrival = read_file(unpack("elia-1.10.db", tmp_path))
    first, second = arrival.conversations
    assert talk(first) == [
        ("Where does the heron nest?", ["In tall trees, near water."]),
        ("鹭在哪里筑巢？", ["在水边的高树上。"]),
    ]
    assert (first.parameters.system, first.turns[0].reply.model) == ("Be brief.", "gpt-4o")
    assert f"{first.turns[0].created:%Y-%m-%d %H:%M %Z}" == "2026-11-01 08:31 UTC"
    assert talk(second) == [("Nobody answers this.", [""])]
    assert second.turns[0].reply.outcome is Outcome.UNKNOWN


def test_oterm_whose_database_is_read_while_it_is_open(tmp_path: Path) -> None:
    path = unpack("oterm-0.26.db", tmp_path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO message (chat_id, author, text) VALUES (1, 'user', 'Only in the log yet')")
        arrival = read_file(path)
    first, second = arrival.conversations
    assert (first.title, first.parameters.system, first.turns[1].reply.model) == ("Herons", "Be brief.", "qwen3:0.6b")
    assert [turn.prompt for turn in first.turns][-1] == "Only in the log yet"
    assert talk(second) == [("What is this?", [""])]
    assert left(arrival) == {"image": 1, "empty conversation": 1}


def test_a_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = unpack("elia-1.10.db", tmp_path)
    before = path.read_bytes()
    read_file(path)
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (before, [path])


def test_where_llm_keeps_how_a_reply_ended_that_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "logs.db"
    kept = ['{"finish_reason": "stop"}', '{"finish_reason": "length"}', '{"content": "x"}', "broken", None]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE responses (id, conversation_id, prompt, response, model, response_json)")
        rows = [(f"r{number}", "c", "p", "text", "m", told) for number, told in enumerate(kept)]
        connection.executemany("INSERT INTO responses VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.execute("ALTER TABLE responses ADD COLUMN datetime_utc")
        connection.commit()
    (conversation,) = read_file(path).conversations
    found = [turn.reply.outcome for turn in conversation.turns]
    assert found == [Outcome.COMPLETE, Outcome.LENGTH, Outcome.UNKNOWN, Outcome.UNKNOWN, Outcome.UNKNOWN]


def test_the_tree_of_chatgpt(tmp_path: Path) -> None:
    """What was last shown is the path; the other prompt after the same answer is a branch beside it."""
    arrival = read(tmp_path, [HERONS])
    (shown,) = arrival.conversations
    both = ("Where do herons nest?", ["In trees.", "In colonies."])
    assert talk(shown) == [both, ("And in China?\x1b[31m 鹭", ["在水边。"])]
    (other,) = shown.tree.others()
    assert (other.prompt, other.reply.text, other.parent) == ("And when?", "In spring.", shown.turns[0].id)
    assert (shown.turns[0].chosen, shown.title) == (1, "Herons")
    assert [reply.model for reply in shown.turns[0].replies] == ["gpt-4o", "o3"]
    last = shown.turns[1].reply
    assert (last.reasoning, last.outcome) == ("S\nC", Outcome.LENGTH)
    assert [(call.name, call.arguments) for call in last.tool_calls.values()] == [("browser", "search('x')")]
    assert left(arrival) == {"tool output": 1}
    assert read(tmp_path, [HERONS]).conversations == [shown]
    assert len({shown.id, *(one.id for turn in shown.tree.turns for one in (turn, *turn.replies))}) == 8


def test_a_conversation_of_chatgpt_that_went_on_from_two_answers(tmp_path: Path) -> None:
    """What follows an answer has that answer as its context, and a later export says the same of both."""
    said = [
        node("u1", None, "user", "Where?"),
        node("a1", "u1", "assistant", "In trees."),
        node("a2", "u1", "assistant", "In reeds."),
        node("u2", "a2", "user", "Which reeds?", create_time=1761986500.0),
        node("b2", "u2", "assistant", "Tall ones."),
    ]
    more = [
        node("u3", "a1", "user", "Which trees?", create_time=1761986600.0),
        node("b3", "u3", "assistant", "Old ones."),
    ]
    (before,) = read(tmp_path, [export("b2", *said)]).conversations
    (after,) = read(tmp_path, [export("b3", *said, *more)]).conversations
    assert [(turn.prompt, turn.reply.text) for turn in before.turns] == [
        ("Where?", "In reeds."),
        ("Which reeds?", "Tall ones."),
    ]
    assert [(turn.prompt, turn.reply.text) for turn in after.turns] == [
        ("Where?", "In trees."),
        ("Which trees?", "Old ones."),
    ]
    assert after.tree.others() == [replace(turn, active=turn is not before.turns[0]) for turn in before.turns]
    assert after.tree.branchings()[after.turns[0].id] == Branching(2, 2)


def test_attachments_and_what_is_hidden_are_counted_and_not_made_up(tmp_path: Path) -> None:
    parts = [{"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"}, "What is this?"]
    hidden = {"is_visually_hidden_from_conversation": True}
    whole = export(
        "u",
        node("h", None, "user", "About me", metadata=hidden),
        node("u", "h", "user", content={"content_type": "multimodal_text", "parts": parts}),
        node("a", "u", "assistant", content={"content_type": "text", "parts": [{"audio": 1}, {"text": "Spoken"}]}),
    )
    arrival = read(tmp_path, [whole])
    assert talk(arrival.conversations[0]) == [("What is this?", ["Spoken"])]
    assert left(arrival) == {"attachment": 2, "message before the first prompt": 1}


def test_the_zip_of_chatgpt_in_one_file_or_several(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("chat.html", "<html>")
        archive.writestr("conversations-000.json", json.dumps([HERONS]))
        archive.writestr("conversations-001.json", json.dumps([{**HERONS, "conversation_id": "other"}]))
    assert len(read_file(path).conversations) == 2


def test_a_zip_that_swells_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "MOST_BYTES", 1_000_000)
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", "[" + " " * 5_000_000 + "]")
    assert path.stat().st_size < 50_000
    assert "more than 1 MB" in refusal(path)


def test_trees_made_to_be_endless(tmp_path: Path) -> None:
    """A ring hangs on nothing; what two nodes call their child has one parent; comb upon comb is too much."""
    ring = export("x", node("x", "y", "user", "X"), node("y", "x", "assistant", "Y"))
    assert left(read(tmp_path, [ring])) == {"empty conversation": 1}
    depth = 7000
    chain = [node("0", None, "user", "?")]
    chain += [node(str(n), str(n - 1), "tool", "") for n in range(1, depth)]
    with pytest.raises(ExchangeError, match="on all ways to its answers"):
        read(tmp_path, [export("0", *chain)])


HOSTILE = {
    "empty": (b"", "no whole JSON"),
    "torn": (b'[{"mapping": {', "no whole JSON"),
    "deep": (b"[" * 200_000, "nested too deep"),
    "binary": (b"\xff\xd8\xff\xe0\x00\x10" * 9, "neither text"),
    "stranger": (b'{"hello": 1}', "no program that is known"),
    "no mapping": (b'[{"mapping": 3}]', "[0] is no conversation"),
    "no zip": (b"PK\x03\x04nonsense", "cannot be unpacked"),
    "no database": (b"SQLite format 3\x00" + b"\x07" * 4000, ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, name: str) -> None:
    content, said = HOSTILE[name]
    path = tmp_path / "file"
    path.write_bytes(content)
    assert said in refusal(path)


def test_a_damaged_database_is_read_or_refused(tmp_path: Path) -> None:
    """Bytes that are changed anywhere, names in the schema too, end in a sentence or in what can be read."""
    path, random = unpack("llm-0.36.db", tmp_path), Random(3)
    whole, refused = path.read_bytes(), 0
    for _ in range(40):
        damaged = bytearray(whole)
        for _ in range(400):
            damaged[random.randrange(100, len(damaged))] = random.randrange(256)
        path.write_bytes(damaged)
        try:
            read_file(path)
        except ExchangeError as error:
            refused += bool(str(error))
    assert refused > 20


def test_a_view_in_the_place_of_a_table_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "logs.db"
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT"
    with closing(sqlite3.connect(path)) as connection:
        names = ("id", "prompt", "response", "conversation_id", "model", "system", "reasoning", "datetime_utc")
        connection.execute(f"CREATE VIEW responses AS {endless} {', '.join(f'x AS {name}' for name in names)} FROM n")
        connection.commit()
    assert "no program that is known" in refusal(path)


def test_cells_of_any_kind_are_taken_for_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE chat (id, name, model, system)")
        connection.execute("CREATE TABLE message (id, chat_id, author, text, images)")
        connection.execute("INSERT INTO chat VALUES (1, x'00ff', 7, NULL)")
        connection.execute("INSERT INTO message VALUES (1, 1, 'user', CAST(x'61ff62' AS TEXT), '[[[')")
        connection.execute("INSERT INTO message VALUES (2, 1, 'assistant', 3.5, '{}'), (3, 1, 'ghost', 'x', NULL)")
        connection.commit()
    arrival = read_file(path)
    (only,) = arrival.conversations
    assert (talk(only), only.turns[0].reply.model, only.title) == ([("a\ufffdb", ["3.5"])], "7", "a\ufffdb")
    assert left(arrival) == {"message of ghost": 1}
