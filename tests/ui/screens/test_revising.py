"""Turns that are revised in the app: edited, sent again as a branch, deleted and brought back, forked."""

import signal
from pathlib import Path

import pytest

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, open_raw, say, send_prompt
from tests.ui.opened import until
from tests.ui.screens.test_trying import opened, replies
from tests.ui.server import Exchange, RawServer

pytestmark = pytest.mark.slow

DRAFT = "half a thought"


def answer(terminal: PtyTerminal, server: RawServer, said: str) -> list[str]:
    """Reply to what was just sent; returns the texts of the request."""
    stream = server.next_stream()
    stream.say(said)
    stream.finish()
    terminal.wait_for(said)
    terminal.wait_for(say("status.ended"))
    return contents(stream)


def contents(exchange: Exchange) -> list[str]:
    return [message["content"] for message in exchange.body["messages"]]


def talk(terminal: PtyTerminal, server: RawServer, *prompts: str) -> None:
    """Ask each of these and have it answered."""
    for prompt in prompts:
        send_prompt(terminal, prompt)
        answer(terminal, server, f"Reply to {prompt}.")


def edit(terminal: PtyTerminal, name: str, added: str) -> None:
    """Edit the message that the keys are about, and send it."""
    terminal.send("e")
    terminal.wait_for(say(f"turns.editing_{name}", send="Enter", leave="Esc")[:20])
    terminal.send(added)
    terminal.press("enter")


def test_an_edited_prompt_is_a_branch_and_the_draft_and_the_old_one_stay(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    talk(terminal, raw_server, "one", "two")
    terminal.send(DRAFT)
    terminal.press("tab")
    terminal.send("k")
    terminal.wait_for("▌ █ two")
    edit(terminal, "prompt", " again")
    assert answer(terminal, raw_server, "Another.") == ["one", "Reply to one.", "two again"]
    terminal.wait_for("◀ 2/2 ▶")
    terminal.wait_for(DRAFT)
    terminal.press("tab")
    terminal.wait_for("▌ █ two again")
    terminal.send("[")
    terminal.wait_for("Reply to two.")
    terminal.wait_for("▌ █ You  ◀ 1/2 ▶")
    terminal.send("d")
    terminal.wait_for("Another.")
    terminal.wait_gone("2 ▶")
    terminal.send("D")
    terminal.wait_for("▌ █ You  ◀ 1/2 ▶")
    terminal.send("j")
    terminal.wait_for("▌ Reply to two.")
    edit(terminal, "reply", " Or not.")
    terminal.wait_for(say("turns.edited") + "  ◀ 2/2 ▶")
    terminal.press("enter")
    sent = answer(terminal, raw_server, "The end.")
    assert sent == ["one", "Reply to one.", "two", "Reply to two. Or not.", DRAFT]


async def test_what_undoes_a_deletion_is_named_as_it_works_from_the_prompt(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, chat, pilot):
        await pilot.press("f8")
        await until(pilot, lambda: [str(reply.outcome) for reply in replies(chat)] == ["truncated-body"])
        chat._delete_meant()  # as the palette does
        told = say("turns.deleted_from_prompt", enter="Tab", key="D", days=7)
        await until(pilot, lambda: told in [notice.message for notice in app._notifications])
        assert chat._conversation.turns == []
        await pilot.press("tab", "D")
        await until(pilot, lambda: len(chat._conversation.turns) == 1)
        await pilot.press("d")
        await until(pilot, lambda: not chat._conversation.turns)
        assert chat.focused is chat.page_log
        await pilot.press("D")
        await until(pilot, lambda: len(chat._conversation.turns) == 1)


def test_esc_gives_the_draft_back_and_the_edit_is_there_the_next_time(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    talk(terminal, raw_server, "one")
    terminal.send(DRAFT)
    terminal.press("tab")
    terminal.send("ke")
    terminal.wait_for(say("turns.editing_prompt", send="Enter", leave="Esc")[:20])
    terminal.send(" changed")
    terminal.wait_for("one changed")
    terminal.press("escape")
    terminal.wait_for(DRAFT)
    terminal.wait_gone("one changed")
    terminal.press("tab")
    terminal.send("ke")
    terminal.wait_for("one changed")
    terminal.press("ctrl+n")
    terminal.wait_gone("one changed")
    terminal.press("ctrl+s")
    terminal.wait_for(say("chats.filter"))
    terminal.wait_for("/raw  ")
    terminal.press("enter")
    terminal.wait_for("Reply to one.")
    terminal.wait_for(DRAFT)
    terminal.wait_gone("one changed")


def test_a_fork_goes_on_by_itself_and_a_hit_on_another_branch_opens_it(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    talk(terminal, raw_server, "one", "heron")
    terminal.press("tab")
    terminal.send("k")
    terminal.wait_for("▌ █ heron")
    edit(terminal, "prompt", "s")
    answer(terminal, raw_server, "Another.")
    terminal.press("tab")
    terminal.send("gf")
    terminal.wait_for(say("turns.forked")[:20])
    terminal.wait_gone("Another.")
    send_prompt(terminal, "aside")
    assert answer(terminal, raw_server, "Aside.") == ["one", "Reply to one.", "aside"]
    terminal.press("ctrl+s")
    terminal.wait_for(say("turns.fork_title", title="one"))
    terminal.send("Reply to heron")
    terminal.wait_for("Reply to heron.")
    terminal.press("enter")
    terminal.wait_for("◀ 1/2 ▶")
    terminal.wait_for("Reply to heron.")
    terminal.wait_gone("Another.")


def test_a_process_killed_while_a_branch_is_answered_loses_nothing(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    talk(terminal, raw_server, "one", "two")
    terminal.press("tab")
    terminal.send("k")
    terminal.wait_for("▌ █ two")
    edit(terminal, "prompt", " again")
    stream = raw_server.next_stream()
    stream.say("As far as it came")
    terminal.wait_for("As far as it came")
    terminal.wait_for(lambda screen: bool(desk.stored("SELECT 1 FROM piece WHERE text LIKE 'As far%'")))
    terminal.kill(signal.SIGKILL)
    terminal.wait_exit()
    again = desk.open("--base-url", raw_server.base_url, "-m", "raw", "--continue")
    again.wait_for(say("store.cut")[:20])
    again.wait_for("As far as it came")
    again.wait_for("◀ 2/2 ▶")
    again.press("tab")
    again.send("k")
    again.wait_for("▌ █ two again")
    again.send("[")
    again.wait_for("Reply to two.")
    assert desk.stored("PRAGMA integrity_check") == [("ok",)]
