"""The README's table of thirteen streams: `weir ask --json` on each of them, from a real socket, gives that verdict."""

import re
from pathlib import Path

import pytest

from tests.command import KEY, MASKED, ROOT, Command, joined, read_lines
from tests.stream.peer import End, Peer, Script, answer
from tests.stream.wire import DONE, chunk, error, event, finish, http, opening, page, stream, text
from tui.stream.outcome import Outcome

SAID = "Alpha beta gamma "
WORDS = (text("Alpha"), text(" beta"), text(" gamma "))
BEFORE = opening() + b"".join(map(chunk, WORDS))
MESSAGE = {"object": "chat.completion", "choices": [{"message": {"content": SAID}, "finish_reason": "stop"}]}


STREAMS: dict[str, tuple[Script, str, int]] = {
    "a whole reply": (answer(stream(*WORDS, finish("stop"), DONE)), SAID, 0),
    "no `[DONE]`": (answer(stream(*WORDS, finish("stop"))), SAID, 0),
    "a clean end without either": (answer(stream(*WORDS)), SAID, 3),
    "cut inside the body": (answer(BEFORE, end=End.FIN), SAID, 3),
    "a TCP reset": (answer(BEFORE, end=End.RESET), SAID, 3),
    "an error object at HTTP 200": (answer(stream(*WORDS, event(error(f"Upstream failed for {KEY}")))), SAID, 3),
    "`finish_reason: length`": (answer(stream(*WORDS, finish("length"), DONE)), SAID, 5),
    "one damaged event": (
        answer(stream(WORDS[0], b'data: {"choices":[{"delta\n\n', *WORDS[1:], finish("stop"), DONE)),
        SAID,
        3,
    ),
    "keep-alive comments": (answer(stream(b": ping\n\n", *WORDS, b": ping\n\n", finish("stop"), DONE)), SAID, 0),
    "429 that echoes the key": (answer(http(429, error(f"Rate limit for {KEY}"))), "", 4),
    "an HTML page at HTTP 200": (answer(http(200, page("Sign in"), content_type="text/html")), "", 4),
    "JSON in spite of `stream=true`": (answer(http(200, MESSAGE)), SAID, 0),
    "silence in mid-stream": (answer(BEFORE, end=End.SILENCE), SAID, 3),
}


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


def readme_verdicts() -> dict[str, str]:
    """The first two columns of the table under its heading."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("### Thirteen streams")[2].partition("\n#")[0]
    return dict(re.findall(r"^\| (.+?) \| (.+?) \|", section, re.MULTILINE)[2:])


def test_the_table_has_these_streams() -> None:
    assert list(readme_verdicts()) == list(STREAMS)


@pytest.mark.parametrize("name", STREAMS)
async def test_the_verdict_is_the_readmes(name: str, weir: Command) -> None:
    script, said, code = STREAMS[name]
    asked = ("ask", "--json", "--api-key-env", "THE_KEY", "-m", "heron-1", "--idle-timeout", "0.5", "--retries", "0")
    out = b""
    async with (
        Peer(script) as peer,
        weir.start(*asked, "--base-url", peer.url, "Hello", environ={"THE_KEY": KEY}) as process,
    ):
        assert process.stdout is not None
        while line := await process.stdout.readline():
            out += line
            if joined(read_lines(out), "text") == SAID:
                peer.visits[0].gate.set()  # a reset before the text was read would take it back
        _, err = await process.communicate()
    end = read_lines(out)[-1]
    codes = [end["outcome"], *end["notices"]]
    written = out + err + b"".join(weir.files().values())
    assert (end["type"], end["text"], process.returncode) == ("end", said, code)
    assert readme_verdicts()[name] == ", ".join(f"`{each}`" for each in codes)
    assert Outcome(end["outcome"])
    assert KEY.encode() not in written
    assert MASKED.encode() in written
