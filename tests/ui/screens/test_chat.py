import base64
import re

import pytest

from tests.ui.desk import Desk, note, open_raw, pick_model, say, send_prompt, spoken, squeeze, wait_for_status, welcome
from tests.ui.server import RawServer, ServedPractice


@pytest.mark.slow
def test_opens_on_practice_and_says_so(desk: Desk) -> None:
    terminal = desk.open()
    terminal.wait_for(spoken("practice.banner"))
    terminal.wait_for(spoken("welcome.practice"))
    wait_for_status(terminal, r"practice  markdown  ready")


@pytest.mark.slow
def test_words_are_shown_while_their_stream_is_open(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, "tell me")
    stream = raw_server.next_stream()
    stream.say("The first words")
    terminal.wait_for("The first words")
    wait_for_status(terminal, "streaming")
    stream.say(" and the last")
    stream.finish()
    terminal.wait_for("The first words and the last")
    terminal.wait_for("ended")
    assert [message["content"] for message in stream.body["messages"]] == ["tell me"]


@pytest.mark.slow
def test_escape_stops_the_stream_and_keeps_its_text(desk: Desk) -> None:
    with ServedPractice(token_delay=0.005) as practice:
        terminal = desk.open("--base-url", practice.base_url, "-m", "endless")
        welcome(terminal)
        send_prompt(terminal)
        terminal.wait_for("Sentence 2:")
        terminal.press("escape")
        text = terminal.wait_for(note("cancelled"))
        practice.wait_closed_by_client()
        assert "Sentence 2:" in text
        assert re.search(r"→ \w+", text), "a next step"
        assert re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z · .*/endless", text), "when and whom"
        assert re.search(r"status 200 · first text .* events", text), "how it went"
        wait_for_status(terminal, "ended: cancelled")


@pytest.mark.slow
def test_ctrl_c_stops_the_stream_and_not_the_app(desk: Desk) -> None:
    with ServedPractice(token_delay=0.005) as practice:
        terminal = desk.open("--base-url", practice.base_url, "-m", "endless")
        welcome(terminal)
        send_prompt(terminal)
        terminal.wait_for("Sentence 2:")
        terminal.press("ctrl+c")
        terminal.wait_for(note("cancelled"))
        terminal.wait_for("Sentence 2:")
        practice.wait_closed_by_client()
        send_prompt(terminal, "again")
        terminal.wait_for("streaming")


@pytest.mark.slow
def test_a_stream_that_falls_silent_gets_its_verdict(desk: Desk, raw_server: RawServer) -> None:
    terminal = desk.open("--base-url", raw_server.base_url, "-m", "raw", "--idle-timeout", "0.6")
    welcome(terminal)
    send_prompt(terminal)
    stream = raw_server.next_stream()
    stream.say("Then nothing")
    text = terminal.wait_for(note("idle-timeout", seconds="0.6"))
    assert "Then nothing" in text
    stream.wait_closed()


@pytest.mark.slow
def test_every_ending_is_named(desk: Desk, practice: ServedPractice) -> None:
    endings = {
        "cut": note("truncated-body"),
        "eof": note("premature-eof"),
        "reset": note("connection-reset", text=1),
        "length": note("length"),
        "filter": note("content-filter"),
        "refusal": note("refusal"),
        "tool": note("tool-call"),
        "badjson": note("malformed-chunk", n=1),
        "inband": note("in-band-error", message="Upstream model crashed"),
        "empty": note("empty-reply", model="empty"),
        "html": note("html-page", title="Sign in to the practice network"),
        "401": note("invalid-key", status=401),
        "404": note("model-not-found", model="404"),
    }
    terminal = desk.open("--base-url", practice.base_url, "-m", "json", "--retries", "0")
    welcome(terminal)
    send_prompt(terminal)
    terminal.wait_for("not-streamed")
    terminal.wait_for("comes in one piece")
    for model, ending in endings.items():
        pick_model(terminal, model)
        send_prompt(terminal)
        terminal.wait_for(ending)


@pytest.mark.slow
def test_a_rate_limit_shows_its_retry_and_escape_ends_the_wait(desk: Desk, practice: ServedPractice) -> None:
    terminal = desk.open("--base-url", practice.base_url, "-m", "429")
    welcome(terminal)
    send_prompt(terminal)
    terminal.wait_for(re.compile(r"retrying: .*2.* of 3"))
    wait_for_status(terminal, r"retrying  again at \d+:\d\d:\d\d")
    terminal.press("escape")
    terminal.wait_for(note("cancelled"))
    assert practice.prompts() == ["hello"]


@pytest.mark.slow
def test_a_prompt_that_is_sent_meanwhile_is_queued_and_then_sent(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, "one")
    stream = raw_server.next_stream()
    stream.say("first answer")
    terminal.wait_for("first answer")
    send_prompt(terminal, "two")
    terminal.wait_for(spoken("prompt.queued", text="two"))
    wait_for_status(terminal, "1 queued")
    stream.finish()
    second = raw_server.next_stream()
    assert [message["content"] for message in second.body["messages"]] == ["one", "first answer", "two"]
    terminal.wait_gone(spoken("prompt.queued", text="two"))


@pytest.mark.slow
def test_escape_gives_a_queued_prompt_back_and_leaves_the_stream_alone(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, "one")
    stream = raw_server.next_stream()
    stream.say("begun")
    terminal.wait_for("begun")
    send_prompt(terminal, "two")
    terminal.wait_for(spoken("prompt.queued", text="two"))
    terminal.press("escape")
    terminal.wait_gone(spoken("prompt.queued", text="two"))
    terminal.wait_for("│ two")
    stream.say(", goes on")
    terminal.wait_for("begun, goes on")
    wait_for_status(terminal, "streaming")


@pytest.mark.slow
def test_an_interrupted_reply_gives_the_queued_prompt_back(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, "one")
    stream = raw_server.next_stream()
    stream.say("begun")
    terminal.wait_for("begun")
    send_prompt(terminal, "two")
    terminal.wait_for(spoken("prompt.queued", text="two"))
    terminal.send("three")
    terminal.wait_for("│ three")
    stream.connection.close()
    terminal.wait_for("premature-eof")
    terminal.wait_for("│ two")
    assert "│ three" in terminal.text()


@pytest.mark.slow
def test_resizing_in_mid_stream_keeps_prompt_and_status_in_sight(desk: Desk, practice: ServedPractice) -> None:
    with ServedPractice(token_delay=0.005) as practice:
        terminal = desk.open("--base-url", practice.base_url, "-m", "endless", columns=60, rows=20)
        welcome(terminal)
        send_prompt(terminal)
        for columns, rows in ((60, 20), (200, 50), (60, 20), (40, 8)):
            terminal.resize(columns, rows)
            wait_for_status(terminal, "streaming")
            shown = terminal.wait_for(re.compile(r"╰.*╯\n.*streaming.*\Z"))
            assert len(shown.splitlines()) == rows
            assert max(map(len, shown.splitlines())) <= columns
        terminal.press("escape")
        terminal.wait_for("cancelled")


@pytest.mark.slow
def test_a_new_chat_begins_empty(desk: Desk, practice: ServedPractice) -> None:
    terminal = desk.open("--base-url", practice.base_url, "-m", "json")
    welcome(terminal)
    send_prompt(terminal, "old question")
    terminal.wait_for("comes in one piece")
    terminal.press("ctrl+n")
    terminal.wait_gone("old question")
    terminal.wait_for(spoken("welcome.chat"))
    send_prompt(terminal, "new question")
    terminal.wait_for("comes in one piece")
    assert practice.prompts() == ["old question", "new question"]
    terminal.wait_for(lambda _: desk.stored("SELECT count(DISTINCT conversation) FROM turn") == [(2,)])


@pytest.mark.slow
def test_a_reply_goes_on_behind_a_new_chat(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, "one")
    stream = raw_server.next_stream()
    stream.say("first half")
    terminal.wait_for("first half")
    terminal.press("ctrl+n")
    terminal.wait_gone("first half")
    send_prompt(terminal, "two")
    other = raw_server.next_stream()
    other.say("another answer")
    terminal.wait_for("another answer")
    stream.say(", second half")
    stream.finish()
    other.finish()
    wait_for_status(terminal, "ended")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert desk.stored("SELECT outcome, text FROM reply ORDER BY rowid") == [
        ("complete", "first half, second half"),
        ("complete", "another answer"),
    ]


@pytest.mark.slow
def test_ctrl_c_copies_a_selection_and_stops_nothing(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, "one")
    stream = raw_server.next_stream()
    stream.say("begun")
    terminal.wait_for("begun")
    terminal.send("copy me")
    terminal.wait_for("│ copy me")
    terminal.press("shift+home")
    terminal.wait_for(lambda _: terminal.cursor[0] == 3)
    terminal.press("ctrl+c")
    terminal.wait_for(lambda _: terminal.raw_has(b"\x1b]52;c;Y29weSBtZQ==\x07"))
    stream.say(", goes on")
    terminal.wait_for("begun, goes on")


@pytest.mark.slow
def test_escape_closes_the_picker_and_leaves_the_stream_alone(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal, "one")
    stream = raw_server.next_stream()
    stream.say("begun")
    terminal.wait_for("begun")
    terminal.press("ctrl+l")
    terminal.wait_for(say("picker.title"))
    terminal.press("escape")
    terminal.wait_gone(say("picker.title"))
    stream.say(", goes on")
    terminal.wait_for("begun, goes on")


@pytest.mark.slow
def test_a_reply_in_another_chat_is_counted_and_can_be_stopped(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal)
    stream = raw_server.next_stream()
    stream.say("half of it")
    terminal.wait_for("half of it")
    terminal.press("ctrl+n")
    terminal.wait_for(say("status.elsewhere", count=1))
    terminal.press("ctrl+c")
    stream.wait_closed()
    terminal.wait_gone(say("status.elsewhere", count=1))
    assert desk.stored("SELECT outcome, text FROM reply") == [("cancelled", "half of it")]


@pytest.mark.slow
def test_over_ssh_a_second_escape_stops_a_reply_and_ctrl_c_at_once(desk: Desk, raw_server: RawServer) -> None:
    """A slow link may tear an arrow key's sequence, and its first half is an Escape."""
    terminal = desk.open(
        "--base-url", raw_server.base_url, "-m", "raw", environ={"SSH_CONNECTION": "127.0.0.1 1 127.0.0.1 22"}
    )
    welcome(terminal)
    send_prompt(terminal)
    raw_server.next_stream().say("first")
    terminal.wait_for("first")
    terminal.press("escape")
    terminal.wait_for(say("keys.esc_again"))
    terminal.press("escape")
    terminal.wait_for(note("cancelled"))
    send_prompt(terminal)
    raw_server.next_stream().say("second")
    terminal.wait_for("second")
    terminal.press("ctrl+c")
    terminal.wait_for(lambda text: text.count("cancelled") >= 3)


@pytest.mark.slow
def test_over_ssh_torn_arrow_keys_stop_nothing(desk: Desk, raw_server: RawServer) -> None:
    terminal = desk.open(
        "--base-url", raw_server.base_url, "-m", "raw", environ={"SSH_CONNECTION": "127.0.0.1 1 127.0.0.1 22"}
    )
    welcome(terminal)
    send_prompt(terminal)
    stream = raw_server.next_stream()
    stream.say("first")
    terminal.wait_for("first")
    terminal.send("\x1b")
    terminal.wait_for(say("keys.esc_again"))
    terminal.send("[C\x1b\x1b[C")
    terminal.send("typed")
    terminal.wait_for(re.compile("│ typed +│"))
    stream.say(" and on")
    assert "cancelled" not in terminal.wait_for("first and on")


@pytest.mark.slow
def test_what_is_copied_is_told_by_the_way_it_went(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    send_prompt(terminal)
    stream = raw_server.next_stream()
    stream.say("word for **word**")
    stream.finish()
    terminal.wait_for("ended")
    terminal.press("ctrl+o")
    path = desk.state / "clipboard.txt"
    # The toast breaks the path, and the box around it stands between its pieces.
    told = squeeze(say("clipboard.terminal", where="")[:40])
    terminal.wait_for(lambda screen: path.exists() and told in squeeze(screen))
    assert path.read_text(encoding="utf-8") == "word for **word**"
    assert path.stat().st_mode & 0o777 == 0o600
    assert terminal.raw_has(b"\x1b]52;c;" + base64.b64encode(b"word for **word**"))
