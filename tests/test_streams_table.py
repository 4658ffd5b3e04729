"""The README's table of thirteen streams: what weir makes of each in tests/streams, asked for and replayed."""

import json
import re
from pathlib import Path

import pytest

from tests.command import KEY, MASKED, ROOT, Command, joined, read_lines
from tui.stream.outcome import Outcome
from tui.stream.playback import Playback
from tui.stream.recording import read_recording

pytestmark = pytest.mark.slow

SAID = "Alpha beta gamma "
STREAMS: dict[str, tuple[str, str, int]] = {
    "a whole reply": ("whole", SAID, 0),
    "no `[DONE]`": ("missing-done", SAID, 0),
    "a clean end without either": ("clean-end", SAID, 3),
    "cut inside the body": ("cut", SAID, 3),
    "a TCP reset": ("reset", SAID, 3),
    "an error object at HTTP 200": ("in-band-error", SAID, 3),
    "`finish_reason: length`": ("length", SAID, 5),
    "one damaged event": ("damaged-event", SAID, 3),
    "keep-alive comments": ("keepalives", SAID, 0),
    "429 that echoes the key": ("429-with-key", "", 4),
    "an HTML page at HTTP 200": ("html-page", "", 4),
    "JSON in spite of `stream=true`": ("json", SAID, 0),
    "silence in mid-stream": ("silence", SAID, 3),
}


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


def recorded(name: str) -> bytes:
    """A recording, the key in it put in where it stands for one."""
    content = (ROOT / "tests" / "streams" / f"{name}.jsonl").read_bytes()
    return content.replace(b"THE_KEY", KEY.encode())


def readme_verdicts() -> dict[str, str]:
    """The first two columns of the table under its heading."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("### Thirteen streams")[2].partition("\n#")[0]
    return dict(re.findall(r"^\| (.+?) \| (.+?) \|", section, re.MULTILINE)[2:])


def test_the_table_has_these_streams() -> None:
    files = {path.stem for path in (ROOT / "tests" / "streams").glob("*.jsonl")}
    assert list(readme_verdicts()) == list(STREAMS)
    assert {name for name, _, _ in STREAMS.values()} <= files


@pytest.mark.parametrize("name", STREAMS)
async def test_the_verdict_is_the_readmes(name: str, weir: Command) -> None:
    stream, said, code = STREAMS[name]
    asked = ("ask", "--json", "--api-key-env", "THE_KEY", "-m", "heron-1", "--idle-timeout", "0.5", "--retries", "0")
    out = b""

    def taken() -> int:
        """Bytes that are read for sure; a reset before the text was would take it back."""
        return 1_000_000 if out and joined(read_lines(out), "text") == SAID else 0

    async with (
        Playback(read_recording(recorded(stream)), taken) as playback,
        weir.start(*asked, "--base-url", playback.base_url, "Hello", environ={"THE_KEY": KEY}) as process,
    ):
        assert process.stdout is not None
        while line := await process.stdout.readline():
            out += line
        _, err = await process.communicate()
    end = read_lines(out)[-1]
    codes = [end["outcome"], *end["notices"]]
    written = out + err + b"".join(weir.files().values())
    assert (end["type"], end["text"], process.returncode) == ("end", said, code)
    assert readme_verdicts()[name] == ", ".join(f"`{each}`" for each in codes)
    assert Outcome(end["outcome"])
    assert KEY.encode() not in written
    assert MASKED.encode() in written


@pytest.mark.slow
async def test_a_replay_comes_to_the_recorded_verdict(weir: Command) -> None:
    """At once, and yet with the minute of silence that was recorded."""
    file = weir.home / "stream.jsonl"
    file.write_bytes(recorded("silence"))
    ran = await weir.run("replay", "--fast", "--json", str(file))
    recording, end = ran.lines[0], ran.end
    last = json.loads(file.read_text().splitlines()[-1])
    assert (recording["type"], recording["outcome"]) == ("recording", last["outcome"])
    assert (end["outcome"], end["record"]["route"]) == (last["outcome"], "replay")
    assert last["t"] * 1000 - 50 <= end["record"]["duration_ms"] <= last["t"] * 1000 + 20_000
    assert KEY.encode() not in ran.out + ran.err
    assert not weir.paths.records.exists()
