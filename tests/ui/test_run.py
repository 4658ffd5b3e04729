import re
import signal
import stat
import time

import pytest

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, note, open_raw, say, send_prompt, spoken, wait_for_status, welcome
from tests.ui.server import RawServer, ServedPractice

ALTERNATE_SCREEN, SHOWN_CURSOR, PASTE = 1049, 25, 2004
CRASH = """
import asyncio, os, pathlib, sys
from tui.settings.config import Config
from tui.settings.paths import find_paths
from tui.settings.secrets import Masker
from tui.text.language import load_language
from tui.ui.run import run_app

async def opener(report, consent):
    bearer = "sk-local-AbCdEf0123456789abcdef"
    raise ValueError("refused Authorization: Bearer sk-text-AbCdEf0123456789abcdef")

sys.exit(run_app(Config(), find_paths(), load_language("en"), Masker, opener, resume=False))
"""


def streaming(desk: Desk, server: RawServer) -> PtyTerminal:
    """A reply with a few words that is not at its end."""
    terminal = desk.open("--base-url", server.base_url, "-m", "raw")
    welcome(terminal)
    send_prompt(terminal)
    stream = server.next_stream()
    stream.say("half of it")
    terminal.wait_for("half of it")
    return terminal


def check_restored(terminal: PtyTerminal) -> None:
    """The terminal is as a shell wants it, and nothing but a shell's text is on it."""
    assert ALTERNATE_SCREEN not in terminal.modes
    assert SHOWN_CURSOR in terminal.modes
    assert PASTE not in terminal.modes
    assert "Traceback" not in terminal.text()
    assert "never retrieved" not in terminal.text()


@pytest.mark.slow
def test_ctrl_q_leaves_while_streaming_and_the_text_is_kept(desk: Desk, raw_server: RawServer) -> None:
    terminal = streaming(desk, raw_server)
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    check_restored(terminal)
    assert terminal.text().strip() == ""
    assert desk.stored("SELECT outcome, text FROM reply") == [("app-exit", "half of it")]


@pytest.mark.slow
def test_sigterm_ends_the_app_and_keeps_the_text(desk: Desk, raw_server: RawServer) -> None:
    terminal = streaming(desk, raw_server)
    terminal.kill(signal.SIGTERM)
    assert terminal.wait_exit() == 128 + signal.SIGTERM
    check_restored(terminal)
    assert desk.stored("SELECT outcome, text FROM reply") == [("app-exit", "half of it")]
    ((record,),) = desk.stored("SELECT record FROM reply")
    assert '"signal": "SIGTERM"' in record


@pytest.mark.slow
@pytest.mark.parametrize("wanted", [True, False])
def test_mouse_and_kitty_keyboard_are_asked_for_unless_the_config_says_no(desk: Desk, wanted: bool) -> None:
    if not wanted:
        desk.write_config('mouse = false\nkeyboard = "legacy"\n')
    terminal = desk.open("--practice")
    welcome(terminal)
    assert terminal.raw_has(b"\x1b[?1006h") is wanted
    assert terminal.raw_has(re.compile(rb"\x1b\[>\d+u")) is wanted


@pytest.mark.slow
def test_leaving_at_once_is_quiet(desk: Desk) -> None:
    terminal = desk.open("--practice")
    terminal.wait_for(say("prompt.hint"))
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    check_restored(terminal)
    assert terminal.text().strip() == ""


@pytest.mark.slow
def test_a_crash_is_one_masked_sentence_and_a_masked_log(desk: Desk) -> None:
    terminal = desk.run("-c", CRASH)
    assert terminal.wait_exit() == 1
    check_restored(terminal)
    assert "weir: a bug ended weir (ValueError: " in terminal.text()
    log = desk.state / "crash.log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "in opener" in log.read_text(encoding="utf-8")
    for secret in (b"sk-local-AbCdEf", b"sk-text-AbCdEf", b"0123456789abcdef"):
        assert not terminal.raw_has(secret)
        assert secret not in log.read_bytes()


@pytest.mark.slow
def test_after_a_kill_at_most_a_second_of_text_is_missing(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, "count")
    stream = raw_server.next_stream()
    sent: list[tuple[float, int]] = []
    while len(sent) < 150:
        stream.say(f"w{len(sent)} ")
        sent.append((time.monotonic(), len(sent)))
        terminal.text()
        time.sleep(0.01)
    killed = time.monotonic()
    terminal.kill(signal.SIGKILL)
    assert terminal.wait_exit() == -signal.SIGKILL
    due = max(number for moment, number in sent if moment < killed - 1.0)
    again = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    again.wait_for(say("store.cut").partition(";")[0])  # the rest is wrapped beside the words of the reply
    again.wait_for(note("app-exit"))
    ((text,),) = desk.stored("SELECT text FROM reply")
    kept = [int(number) for number in re.findall(r"\bw(\d+)\b", text)]
    assert kept == list(range(kept[-1] + 1)), "no hole"
    assert kept[-1] >= due
    assert desk.stored("SELECT outcome FROM reply") == [("app-exit",)]


@pytest.mark.slow
def test_after_a_kill_the_text_is_there_and_labelled(desk: Desk, raw_server: RawServer) -> None:
    terminal = streaming(desk, raw_server)
    terminal.wait_for(lambda _: desk.stored("SELECT text FROM piece") == [("half of it",)])
    terminal.kill(signal.SIGKILL)
    terminal.wait_exit()
    again = desk.open("--practice")
    text = again.wait_for(note("app-exit"))
    assert "half of it" in text
    assert "█ hello" in text
    assert desk.stored("SELECT outcome, text FROM reply") == [("app-exit", "half of it")]


@pytest.mark.slow
def test_continue_opens_the_last_conversation(desk: Desk, practice: ServedPractice) -> None:
    first = desk.open("--base-url", practice.base_url, "-m", "json")
    welcome(first)
    send_prompt(first, "remember this")
    wait_for_status(first, "ended")
    first.press("ctrl+q")
    assert first.wait_exit() == 0
    second = desk.open("--base-url", practice.base_url, "-m", "json", "--continue")
    second.wait_for("remember this")
    second.wait_for("comes in one piece")
    send_prompt(second, "and go on")
    wait_for_status(second, "ended")
    assert practice.prompts() == ["remember this", "and go on"]
    assert desk.stored("SELECT count(*) FROM conversation") == [(1,)]


@pytest.mark.slow
def test_without_continue_a_start_is_a_new_conversation(desk: Desk, practice: ServedPractice) -> None:
    first = desk.open("--base-url", practice.base_url, "-m", "json")
    welcome(first)
    send_prompt(first, "old")
    wait_for_status(first, "ended")
    first.press("ctrl+q")
    assert first.wait_exit() == 0
    second = desk.open("--base-url", practice.base_url, "-m", "json")
    second.wait_for(spoken("welcome.chat"))
    assert "old" not in second.text()


@pytest.mark.slow
def test_two_apps_share_a_database(desk: Desk, raw_server: RawServer) -> None:
    first = streaming(desk, raw_server)
    second = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    second.wait_for(spoken("welcome.chat"))
    send_prompt(second, "from the second")
    stream = raw_server.next_stream()
    stream.say("answer two")
    stream.finish()
    wait_for_status(second, "ended")
    for terminal in (second, first):
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    assert desk.stored("SELECT outcome, text FROM reply ORDER BY rowid") == [
        ("app-exit", "half of it"),
        ("complete", "answer two"),
    ]


@pytest.mark.slow
def test_what_was_typed_and_not_sent_is_there_at_the_next_start(desk: Desk, raw_server: RawServer) -> None:
    terminal = streaming(desk, raw_server)
    terminal.send("queued words")
    terminal.press("enter")
    terminal.wait_for(re.compile("Queued: queued words"))
    terminal.send("three\rdraft\x11")  # one read: sent, typed on, and away
    assert terminal.wait_exit() == 0
    again = desk.open("--base-url", raw_server.base_url, "-m", "raw")
    again.wait_for("│ draft")
    rows = [line.strip(" │") for line in again.text().splitlines()]
    assert [row for row in rows if row in ("queued words", "three", "draft")] == ["queued words", "three", "draft"]


@pytest.mark.slow
def test_a_stop_in_the_same_moment_as_the_prompt_is_no_question_whether_to_quit(
    desk: Desk, raw_server: RawServer
) -> None:
    """Either the reply is stopped or, if nothing was asked yet, the prompt is back in the editor."""
    terminal = open_raw(desk, raw_server)
    terminal.send("hello\r\x03")
    terminal.wait_for(lambda text: "│ hello" in text or note("cancelled")(text))
    assert say("keys.again_to_quit", key="ctrl+c") not in terminal.text()
    assert desk.stored("SELECT outcome FROM reply") in ([], [("cancelled",)])
