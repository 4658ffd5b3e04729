"""What goes wrong around the app is said in a sentence, and masked."""

import pytest

from tests.ui.desk import Desk, Sentence, note, say, send_prompt, wait_for_status, welcome
from tests.ui.server import RawServer, ServedPractice

pytestmark = pytest.mark.slow

KEY = "sk-proj-Zq81xVbN0pLm47RtYw2K"


def keyed(server: str) -> tuple[str, ...]:
    """The arguments for a server that is asked with the key in ACME_KEY."""
    return ("--base-url", server, "--api-key-env", "ACME_KEY")


def check_key_is_nowhere(desk: Desk, *outputs: bytes) -> None:
    """Neither on a terminal nor in a file."""
    assert all(KEY.encode() not in output for output in outputs)
    assert [path for path, data in desk.files().items() if KEY.encode() in data] == []


def test_the_key_goes_to_its_server_and_nowhere_else(desk: Desk, raw_server: RawServer) -> None:
    terminal = desk.open(*keyed(raw_server.base_url), "-m", "raw", environ={"ACME_KEY": KEY})
    welcome(terminal)
    send_prompt(terminal)
    exchange = raw_server.next_exchange()
    assert f"authorization: bearer {KEY}".lower() in exchange.head.lower()
    exchange.open_stream()
    exchange.say("text")
    exchange.connection.close()
    text = terminal.wait_for(note("premature-eof"))
    assert "key sk-proj-…Yw2K" in text
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    check_key_is_nowhere(desk, terminal.output)


def test_a_401_that_repeats_the_key_is_masked(desk: Desk, practice: ServedPractice) -> None:
    terminal = desk.open(*keyed(practice.base_url), "-m", "401", environ={"ACME_KEY": KEY}, columns=140)
    welcome(terminal)
    send_prompt(terminal)
    text = terminal.wait_for(note("invalid-key", status=401))
    assert "sk-proj-…Yw2K" in text.split("error: ")[1]
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert practice.server.requests[-1].key == KEY
    check_key_is_nowhere(desk, terminal.output)


def test_a_key_with_a_line_break_is_not_sent(desk: Desk, raw_server: RawServer) -> None:
    terminal = desk.open(*keyed(raw_server.base_url), "-m", "raw", environ={"ACME_KEY": KEY[:9] + "\n" + KEY[9:]})
    welcome(terminal)
    send_prompt(terminal)
    terminal.wait_for(note("bad-api-key-text"))
    assert KEY[9:].encode() not in terminal.output


def test_a_missing_key_is_named(desk: Desk, raw_server: RawServer) -> None:
    terminal = desk.open(*keyed(raw_server.base_url), "-m", "raw")
    welcome(terminal)
    send_prompt(terminal)
    terminal.wait_for(note("no-api-key"))


def test_a_url_without_a_scheme_is_named(desk: Desk) -> None:
    terminal = desk.open("--base-url", "api.acme.example/v1", "-m", "x")
    welcome(terminal)
    send_prompt(terminal)
    terminal.wait_for(note("bad-url"))


def test_a_server_that_is_not_there_is_named(desk: Desk) -> None:
    with RawServer() as server:
        gone = server.base_url
    host, port = gone.split("/")[2].split(":")
    terminal = desk.open("--base-url", gone, "-m", "x", "--retries", "0")
    welcome(terminal)
    send_prompt(terminal)
    terminal.wait_for(note("connect-refused", host=host, port=port))


def test_a_broken_config_is_one_sentence_and_exit_2(desk: Desk) -> None:
    path = desk.write_config('[providers.acme]\nbase_urll = "http://127.0.0.1:1/v1"\n')
    terminal = desk.open(columns=200)
    assert terminal.wait_exit() == 2
    text = terminal.text().strip()
    assert str(path) in text
    assert "providers.acme.base_urll" in text
    assert "base_url" in text.replace("base_urll", "")
    assert "Traceback" not in text
    assert not terminal.raw_has(b"\x1b[?1049h")


def test_a_damaged_database_is_set_aside_and_said(desk: Desk, practice: ServedPractice) -> None:
    desk.data.mkdir(parents=True)
    (desk.data / "weir.db").write_bytes(b"this is no database\n" * 500)
    terminal = desk.open("--base-url", practice.base_url, "-m", "json", columns=200)
    terminal.wait_for("weir.db.damaged-")
    welcome(terminal)
    send_prompt(terminal)
    wait_for_status(terminal, "ended")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert desk.stored("SELECT outcome FROM reply") == [("complete",)]
    (aside,) = desk.data.glob("weir.db.damaged-*")
    assert aside.read_bytes() == b"this is no database\n" * 500


def test_a_database_that_cannot_be_made_leaves_a_chat_in_memory(desk: Desk, practice: ServedPractice) -> None:
    desk.data.parent.mkdir(parents=True)
    desk.data.write_text("a file stands in its way", encoding="utf-8")
    terminal = desk.open("--base-url", practice.base_url, "-m", "json")
    terminal.wait_for(Sentence(say("store.unusable", where="?", reason="?").rpartition(")")[2]))
    welcome(terminal)
    for number in range(2):
        send_prompt(terminal, f"question {number}")
        terminal.wait_for(f"█ question {number}")
        wait_for_status(terminal, "ended")
    assert practice.prompts() == ["question 0", "question 1"]
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert desk.data.read_text(encoding="utf-8") == "a file stands in its way"


READ_WRONGLY = """\
import sys
from tui import cli
from tui.ui.terminal import paste
class Broken(paste.PasteSafeParser):
    def feed(self, data):
        if "x" in data:
            raise ValueError("unreadable")
        return super().feed(data)
paste.PasteSafeParser = Broken
sys.exit(cli.main(["--practice"]))
"""


def test_a_bug_where_keys_are_read_ends_the_app_with_a_sentence(desk: Desk) -> None:
    terminal = desk.run("-c", READ_WRONGLY)
    welcome(terminal)
    terminal.send("x")
    assert terminal.wait_exit() == 1
    assert 1049 not in terminal.modes
    text = terminal.text()
    assert "crash.log" in text
    assert "Traceback" not in text
    assert "raise ValueError" not in text


def test_a_state_folder_that_cannot_be_made_does_not_stop_the_chat(desk: Desk, practice: ServedPractice) -> None:
    desk.state.parent.mkdir(parents=True)
    desk.state.write_text("a file stands in its way", encoding="utf-8")
    terminal = desk.open("--base-url", practice.base_url, "-m", "json")
    welcome(terminal)
    send_prompt(terminal)
    wait_for_status(terminal, "ended")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert "Traceback" not in terminal.text()
