"""What is typed stays with its conversation, through a switch, a crash and an exit; and the prompt in an editor."""

import re
import signal
import stat
from pathlib import Path

import pytest

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, open_raw, say, send_prompt, wait_for_status, welcome
from tests.ui.opened import make_app, make_opener, until
from tests.ui.server import RawServer
from tui.chat.conversation import Conversation, Reply, Turn
from tui.stream.outcome import Outcome
from tui.ui.screens.chat import ChatScreen

OPENED = "the editor has the terminal"
EDITOR = f"""#!/bin/sh
trap '' INT
cp "$1" given
ls -l "$1" > listing
echo '{OPENED}'
while [ ! -e go ]; do sleep 0.05; done
case "$(cat go)" in
    write) printf 'first\\nedited\\n' > "$1" ;;
    fail) printf 'half done\\n' > "$1"; exit 3 ;;
    die) printf 'saved\\n' > "$1"; kill -9 $$ ;;
esac
"""


async def test_each_conversation_has_its_own_draft(tmp_path: Path) -> None:
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.workspace is not None and isinstance(app.screen, ChatScreen))
        chat, workspace = app.screen, app.workspace
        assert isinstance(chat, ChatScreen)
        assert workspace is not None
        await until(pilot, lambda: workspace.drafts is not None and chat.prompt.begin_walk is not None)
        assert workspace.drafts is not None
        chat.prompt.put("for the new one")
        workspace.drafts.keep("other", "kept before", held=False)
        begun = Conversation("other", turns=[Turn("a prompt", [Reply("practice", "x", outcome=Outcome.COMPLETE)])])
        chat.go_to_conversation(begun, await chat.find_draft("other"))
        assert chat.prompt.text == "kept before"
        chat.prompt.put("changed")
        chat.action_new_chat()
        assert chat.prompt.text == "for the new one"
        chat.action_new_chat()
        assert chat.prompt.text == "for the new one", "it has no turn, so it is the new one"
        chat.go_to_conversation(begun)
        chat.prompt.put("changed again")
        await until(pilot, lambda: workspace.drafts is not None and workspace.drafts.kept("other") == "changed again")
    assert app.unsent() == ("other", "changed again")
    await workspace.close()


@pytest.mark.slow
def test_a_draft_survives_a_crash_in_its_own_chat(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, "hello")
    raw_server.next_stream().finish()
    wait_for_status(terminal, "ended")
    terminal.send("and then")
    terminal.wait_for("and then")
    until_stored(terminal, desk, ["and then"])
    terminal.press("ctrl+n")
    terminal.wait_for(re.compile(f"│ {re.escape(say('prompt.hint'))}"))
    terminal.send("of a new one")
    until_stored(terminal, desk, ["and then", "of a new one"])
    terminal.kill(signal.SIGKILL)
    terminal.wait_exit()
    again = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    again.wait_for("│ of a new one")
    again.press("ctrl+s")
    again.wait_for(say("chats.title"))
    again.wait_for("hello")
    again.press("enter")
    again.wait_for("│ and then")
    again.press("ctrl+q")
    assert again.wait_exit() == 0
    last = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    last.wait_for(say("draft.back").partition(",")[0])
    last.wait_for("│ and then")
    last.press("ctrl+n")
    last.wait_for("│ of a new one")


def until_stored(terminal: PtyTerminal, desk: Desk, drafts: list[str]) -> None:
    terminal.wait_for(lambda _: desk.stored("SELECT text FROM draft ORDER BY updated") == [(text,) for text in drafts])


def open_editor(desk: Desk, server: RawServer) -> PtyTerminal:
    """weir with a prompt in it that is being edited elsewhere, while a reply is written."""
    desk.home.joinpath("editor").write_text(EDITOR)
    desk.home.joinpath("editor").chmod(0o700)
    environ = {"VISUAL": str(desk.home / "editor"), "EDITOR": "nothing"}
    terminal = desk.open("--base-url", server.base_url, "-m", "raw", environ=environ)
    welcome(terminal)
    send_prompt(terminal, "hello")
    stream = server.next_stream()
    stream.say("before the editor")
    terminal.wait_for("before the editor")
    terminal.send("first")
    terminal.wait_for("│ first")
    terminal.send("\x1b[24~")  # F12
    terminal.wait_for(OPENED)
    stream.say(" and while it is open")
    stream.finish()
    terminal.wait_for(lambda _: desk.stored("SELECT outcome FROM reply") == [("complete",)])
    return terminal


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "editor", "said"),
    [
        ("write", "edited", None),
        ("leave", "first", None),
        ("fail", "first", "The editor ended with exit code 3."),
        ("die", "saved", "The editor was ended by SIGKILL."),
    ],
)
def test_the_prompt_in_an_editor(
    desk: Desk, raw_server: RawServer, answer: str, editor: str, said: str | None
) -> None:
    terminal = open_editor(desk, raw_server)
    assert (desk.home / "given").read_text() == "first\n"
    assert (desk.home / "listing").read_text().startswith("-rw-------")
    terminal.send("\x03")  # means the editor, which does not heed it
    (desk.home / "answer").write_text(answer)
    (desk.home / "answer").rename(desk.home / "go")
    terminal.wait_for(f"│ {editor}")
    terminal.wait_for("and while it is open")
    if said is not None:  # beside the words of the log, so a line of it at most
        terminal.wait_for(said)
    terminal.send("!")
    terminal.wait_for(f"│ {editor}!")
    left = list(desk.state.glob("prompt-*/*"))
    if answer == "fail":
        assert left[0].read_text() == "half done\n"
        assert stat.S_IMODE(left[0].stat().st_mode) == 0o600
    else:
        assert left == []


@pytest.mark.slow
def test_what_was_edited_is_kept_when_the_app_has_to_leave(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_editor(desk, raw_server)
    (edited,) = desk.state.glob("prompt-*/*")
    edited.write_text("saved there\n")
    terminal.kill(signal.SIGTERM)
    assert terminal.wait_exit() == 128 + signal.SIGTERM
    assert desk.stored("SELECT text FROM draft") == [("saved there",)]
    assert not edited.exists()
