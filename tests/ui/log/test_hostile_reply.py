import json
import re

import pytest

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, Sentence, note, send_prompt, sentence, wait_for_status, welcome
from tests.ui.server import RawServer

HOSTILE = (
    "\x1b[2J\x1b]0;evil\x07\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://evil.example\x1b\\"
    "x\x9b31m\x90q\x9d52;c;ZXZpbA\x9c\u202e\u2066"
)
SHOWN = "␛[2J␛]0;evil␇␛]52;c;ZXZpbA==␇␛]8;;http://evil.example␛"
DANGEROUS = (
    b"\x1b]52;c;ZXZpbA",
    b"\x1b]0;evil",
    *(character.encode() for character in "\x90\x9b\x9c\x9d\u202e\u2066"),
)
_LINK = re.compile(rb"\x1b\]8;([^;\x07\x1b]*);([^\x07\x1b]*)(?:\x07|\x1b\\)")
_CLEAN = re.compile(r"(?:https?://|mailto:)[!-~]+")


def opened(desk: Desk, server: RawServer) -> PtyTerminal:
    """weir on a wide terminal, with a prompt sent."""
    terminal = desk.open("--base-url", server.base_url, "-m", "raw", columns=160, rows=40)
    welcome(terminal)
    send_prompt(terminal)
    return terminal


def unwrapped(text: str) -> str:
    """Rows as one, since prose is wrapped however wide the terminal is."""
    return re.sub(r"\s*\n[\s│]*", " ", text)


def link_targets(terminal: PtyTerminal) -> set[str]:
    """Where links lead that the terminal makes of what was written."""
    links = list(_LINK.finditer(terminal.output))
    assert len(links) == terminal.output.count(b"\x1b]8;"), "every link is whole"
    return {link[2].decode() for link in links} - {""}


def check_harmless(terminal: PtyTerminal) -> None:
    """Nothing dangerous was written, links lead only to clean addresses, and the app answers to a key."""
    assert [sequence for sequence in DANGEROUS if terminal.raw_has(sequence)] == []
    assert [target for target in link_targets(terminal) if not _CLEAN.fullmatch(target)] == []
    terminal.send("alive")
    terminal.wait_for("│ alive")


@pytest.mark.slow
@pytest.mark.parametrize("part", ["content", "reasoning_content", "refusal"])
def test_hostile_text_is_shown_and_does_nothing(desk: Desk, raw_server: RawServer, part: str) -> None:
    terminal = opened(desk, raw_server)
    stream = raw_server.next_stream()
    stream.say("begin ", part=part)
    for character in HOSTILE:
        stream.say(character, part=part)
    stream.say(" [DONE] [/x] [bold]b[/bold] [@click=app.quit]q[/] over", part=part)
    stream.finish()
    text = unwrapped(terminal.wait_for("q[/] over"))
    assert f"begin {SHOWN}" in text
    assert "x␦31m␦q␦52;c;ZXZpbA␦⯑⯑ [DONE] [/x] [bold]b[/bold] [@click=app.quit]q[/] over" in text
    check_harmless(terminal)


@pytest.mark.slow
def test_hostile_text_in_markdown_is_shown_and_does_nothing(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    stream = raw_server.next_stream()
    stream.say(f"# head {HOSTILE}\n\n- item {HOSTILE} [/x]\n\n| cell {HOSTILE} |\n|---|\n| [DONE] [/x] |\n\n")
    stream.say(f"```py[bold]\x1b]52;c;ZXZpbA\n'''{HOSTILE} [DONE] [/x]'''\n```\n\n")
    stream.say(f"[link {HOSTILE}](http://evil.example/\x1b]52;c;ZXZpbA)\n\n> quote {HOSTILE}\n\nend of it")
    stream.finish()
    text = unwrapped(terminal.wait_for("end of it"))
    for place in ("head", "item", "cell", "link", "quote"):
        assert f"{place} ␛[2J" in text
    assert text.count("␛]52;c;ZXZpbA==␇") >= 5
    assert "[DONE] [/x]'''" in text
    check_harmless(terminal)


@pytest.mark.slow
def test_hostile_error_text_is_shown_and_does_nothing(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    raw_server.next_exchange().refuse(403, {"message": f"no {HOSTILE} [DONE] [/x] [bold]b[/bold]"})
    text = terminal.wait_for(Sentence("forbidden" + sentence("forbidden").rstrip(".")))
    assert "[DONE] [/x] [bold]b[/bold]" in text
    check_harmless(terminal)


@pytest.mark.slow
def test_a_hostile_tool_call_and_model_name_are_shown_and_do_nothing(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    stream = raw_server.next_stream()
    call = {"index": 0, "function": {"name": f"run{HOSTILE}", "arguments": '{"a": "[/x]\x1b]52;c;ZXZpbA\x07"}'}}
    choice = {"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"}
    chunk = {"model": f"other{HOSTILE}", "choices": [choice]}
    stream.send(b"data: %b\n\ndata: [DONE]\n\n" % json.dumps(chunk).encode())
    text = terminal.wait_for(note("tool-call"))
    assert f"⚙ run{SHOWN}" in text
    assert "[/x]␛]52;c;ZXZpbA␇" in text
    assert "model-mismatch" in text
    check_harmless(terminal)


@pytest.mark.slow
def test_html_and_half_markdown_stay_readable(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    stream = raw_server.next_stream()
    stream.say("<b>kept</b> <!-- kept too --> **open [x](\n\n```\nfence without an end")
    stream.connection.close()
    text = terminal.wait_for(note("premature-eof"))
    assert "<b>kept</b> <!-- kept too -->" in text
    assert "fence without an end" in text


@pytest.mark.slow
def test_what_came_before_and_after_a_notice_is_one_text(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    stream = raw_server.next_stream()
    stream.say("before")
    stream.send(b"data: {broken\n\n")
    stream.say(" and after")
    stream.finish()
    terminal.wait_for(note("malformed-chunk", n=1))
    terminal.wait_for("before and after")


@pytest.mark.slow
def test_reasoning_stands_apart_from_the_text(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    stream = raw_server.next_stream()
    stream.say("first I think", part="reasoning_content")
    terminal.wait_for("first I think")
    wait_for_status(terminal, "thinking")
    stream.say("then I speak")
    stream.finish()
    rows = terminal.wait_for("then I speak").splitlines()
    assert [row.strip(" │") for row in rows if "I " in row] == ["first I think", "then I speak"]


@pytest.mark.slow
def test_an_entity_that_spells_an_override_is_a_symbol(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    stream = raw_server.next_stream()
    stream.say("a &#x202E;b &#8294;c &lt;d &#27;[2J &#x9b;31m\n\nend of it")
    stream.finish()
    text = terminal.wait_for("end of it")
    assert "a ⯑b ⯑c <d" in text
    check_harmless(terminal)


@pytest.mark.slow
def test_an_address_is_in_sight_beside_the_text_of_its_link(desk: Desk, raw_server: RawServer) -> None:
    terminal = opened(desk, raw_server)
    stream = raw_server.next_stream()
    stream.say("[safe](http://evil.example/) ![pic](http://evil.example/p) <mailto:a@evil.example>\n\n")
    stream.say("[run](javascript:alert) [file](file:///etc/passwd) [ssh](ssh://evil.example)\n\n")
    stream.say("[the note]: http://evil.example/n\n\nend of it")
    stream.finish()
    text = terminal.wait_for("end of it")
    assert "safe (http://evil.example/)" in text
    assert "pic (http://evil.example/p)" in text
    assert "[the note]: http://evil.example/n" in text
    for target in ("javascript:alert", "file:///etc/passwd", "ssh://evil.example"):
        assert target in text
    assert "http://evil.example/" in link_targets(terminal)
    check_harmless(terminal)
