"""`weir history` as a person runs it: lists, searches, one conversation whole, and what is removed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chat.sample import end, feed, make_turn
from tests.command import Command, Ran
from tui.chat.conversation import Conversation
from tui.chat.store import Store


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


def write(weir: Command, *prompts: str, days: float = 0) -> list[str]:
    """A conversation for each prompt, not used for so many days."""
    store, ids = Store(weir.paths.database, lambda trouble: pytest.fail(trouble.reason)), []
    for prompt in prompts:
        conversation = Conversation()
        turn = make_turn(conversation, prompt)
        store.add_turn(conversation, turn)
        feed(turn.reply, f"call foo_bar(x) \x1b[2J 中文 {prompt}")
        end(turn.reply)
        store.finish(turn.reply)
        then = datetime.now(UTC) - timedelta(days=days)
        store.write([("UPDATE conversation SET updated = ? WHERE id = ?", (then.isoformat(), conversation.id))])
        ids.append(conversation.id)
    assert store.close(60) == 0
    return ids


def lines(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.text.splitlines()]


async def test_conversations_are_listed_searched_and_shown(weir: Command) -> None:
    ids = write(weir, "first words", "second words")
    listed = lines(await weir.run("history", "list", "--json"))
    assert [row["id"] for row in listed] == ids[::-1]
    names = {"id", "title", "created", "updated", "model", "turns", "outcome", "pinned", "archived"}
    assert set(listed[0]) == names
    assert (listed[0]["title"], listed[0]["model"], listed[0]["turns"]) == ("second words", "route/one", 1)
    found = lines(await weir.run("history", "search", "--json", "中文", "first"))
    assert [(hit["conversation"], hit["role"]) for hit in found] == [(ids[0], "assistant")]
    assert [found[0]["excerpt"][start:stop] for start, stop in found[0]["marks"]] == ["中文", "first"]
    shown = await weir.run("history", "show", ids[0][:8])
    assert "foo_bar(x) ␛[2J 中文 first words" in shown.text
    assert (shown.code, shown.complaint) == (0, "")


@pytest.mark.slow
async def test_what_is_deleted_comes_back_and_what_is_purged_does_not(weir: Command) -> None:
    old = write(weir, "old", days=100)
    new = write(weir, "new")
    assert (await weir.run("history", "delete", "last")).code == 0
    assert [row["id"] for row in lines(await weir.run("history", "list", "--json"))] == old
    assert (await weir.run("history", "restore", new[0][:6])).code == 0
    refused = await weir.run("history", "purge", "--older-than", "90d")
    assert (refused.code, refused.text) == (2, "")
    assert lines(await weir.run("history", "purge", "--older-than", "90d", "--yes", "--json")) == [{"removed": 1}]
    assert [row["id"] for row in lines(await weir.run("history", "list", "--json"))] == new
    missing = await weir.run("history", "show", old[0], "--json")
    assert (missing.code, lines(missing)[0]["type"]) == (2, "error")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("search", "x"), "at least 2 characters"),
        (("search", "no such words"), "Nothing holds"),
        (("show", "zz"), "No conversation has the id zz"),
        (("purge",), "--older-than"),
        (("purge", "--older-than", "soon"), "is no age"),
    ],
)
async def test_what_cannot_be_done_is_said(weir: Command, arguments: tuple[str, ...], said: str) -> None:
    ran = await weir.run("history", *arguments)
    assert said in ran.complaint
    assert ran.text == ""


@pytest.mark.slow
async def test_text_for_people(weir: Command) -> None:
    write(weir, "a title")
    listed = await weir.run("history", "list")
    assert "complete      route/one  a title" in listed.text
    found = await weir.run("history", "search", "foo_bar(")
    assert "one: call foo_bar(x) ␛[2J 中文 a title" in found.text


@pytest.mark.slow
async def test_retention_removes_what_nobody_uses_unless_it_is_pinned(weir: Command) -> None:
    pinned, _ = write(weir, "pinned", "old", days=31)
    (new,) = write(weir, "new", days=29)
    store = Store(weir.paths.database, lambda trouble: pytest.fail(trouble.reason))
    store.write([("UPDATE conversation SET pinned = 1 WHERE id = ?", (pinned,))])
    store.close(60)
    weir.paths.config_file.parent.mkdir(parents=True)
    weir.paths.config_file.write_text("[history]\nkeep_days = 30\n")
    await weir.run("history", "list")
    left = [row["id"] for row in lines(await weir.run("history", "list", "--json"))]
    assert left == [new, pinned]
