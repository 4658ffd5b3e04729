"""A conversation is written from the app: as the file's name says, never over another file unasked."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.app import App
from textual.widgets import Input, Static

from tests.chat.sample import end, feed, make_turn
from tests.stream.clock import until
from tests.ui.desk import Desk, open_raw, send_prompt, spoken, wait_for_status
from tests.ui.desk import say as say_in
from tests.ui.server import RawServer
from tui.chat.conversation import Conversation
from tui.chat.exchange.export_file import take_snapshot
from tui.chat.exchange.intake import carry_out
from tui.chat.exchange.json_document import write_json
from tui.chat.store import Store
from tui.text.language import load_language
from tui.ui.screens.export_form import ExportForm
from tui.ui.screens.import_form import ImportForm


async def test_a_file_that_is_there_needs_a_second_enter(tmp_path: Path) -> None:
    written: list[tuple[str, bool]] = []
    results: list[Path | None] = []

    async def write(path: Path, over: bool) -> None:
        if path.name == "there" and not over:
            raise FileExistsError(path)
        if path.name == "full":
            raise OSError(28, "No space left on device")
        written.append((path.name, over))

    form = ExportForm(str(tmp_path / "full"), write, load_language("en"))

    class Host(App[None]):
        """The app."""

        def on_mount(self) -> None:
            self.push_screen(form, results.append)

    async with Host().run_test() as pilot:
        await pilot.press("enter")
        complaint = form.query_one("#export-complaint", Static)
        assert "No space left" in str(complaint.content)
        form.query_one(Input).value = str(tmp_path / "there")
        await pilot.press("enter")
        assert "Enter again" in str(complaint.content)
        assert (written, results) == ([], [])
        await pilot.press("enter")
    assert (written, results) == ([("there", True)], [tmp_path / "there"])


async def test_a_file_is_shown_before_it_is_brought_in(tmp_path: Path) -> None:
    store = Store(tmp_path / "weir.db", lambda trouble: pytest.fail(trouble.code))
    conversation = Conversation(title="Of \x1b[31mherons")
    end(make_turn(conversation).reply)
    path = tmp_path / "chats.json"
    path.write_text("".join(write_json([conversation], datetime.now(UTC))))
    results: list[int | None] = []
    form = ImportForm(store, lambda plan: carry_out(plan, store, datetime.now(UTC)), load_language("en"))

    class Host(App[None]):
        """The app."""

        def on_mount(self) -> None:
            self.push_screen(form, results.append)

    async with Host().run_test() as pilot:

        def found() -> str:
            return str(form.query_one("#import-found", Static).content)

        form.query_one(Input).value = str(tmp_path / "nowhere")
        await pilot.press("enter")
        await until(lambda: "cannot be brought in" in found())
        form.query_one(Input).value = str(path)
        await pilot.press("enter")
        await until(lambda: say_in("import_form.again") in found())
        assert "+ Of ␛[31mherons" in found()
        assert (store.load(conversation.id), results) == (None, [])
        await pilot.press("enter")
    assert store.settle(60)
    assert (store.load(conversation.id) is not None, results) == (True, [1])
    store.close(60)


def test_a_snapshot_grows_no_more() -> None:
    conversation = Conversation(title="T")
    reply = make_turn(conversation).reply
    feed(reply, "so ", "far")
    still = take_snapshot(conversation)
    feed(reply, " and on")
    make_turn(conversation)
    assert [turn.reply.text for turn in still.turns] == ["so far"]
    assert (reply.text, len(conversation.turns)) == ("so far and on", 2)


@pytest.mark.slow
def test_from_the_palette_to_the_disk(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, "where is it")
    stream = raw_server.next_stream()
    stream.say("In the tree.")
    stream.finish()
    wait_for_status(terminal, say_in("status.ended"))
    terminal.press("ctrl+p")
    terminal.send("Export this")
    terminal.wait_for(spoken("export_form.help"))
    terminal.press("enter")
    terminal.wait_for(spoken("export_form.hint"))
    terminal.press("ctrl+u")
    terminal.wait_for(say_in("export_form.path"))
    terminal.send("~/chat.json")
    terminal.wait_for("~/chat.json")
    terminal.press("enter")
    terminal.wait_gone(say_in("export_form.keys", close="Esc"))
    (only,) = json.loads((desk.home / "chat.json").read_text())["conversations"]
    assert [reply["text"] for turn in only["turns"] for reply in turn["replies"]] == ["In the tree."]
