"""The command line: what is refused and in which words, bugs of our own, and `weir practice`."""

import asyncio
import json
import os
import signal
import stat
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.command import KEY, Command, finish
from tui import __version__
from tui.cli import main
from tui.practice import MODELS
from tui.settings.paths import Paths, find_paths


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    return find_paths()


URL = "http://127.0.0.1:9/v1"
REFUSED = [
    (["--nonsense"], "unrecognized arguments: --nonsense. See `weir --help`."),
    (["nonsense"], "argument COMMAND: invalid choice: 'nonsense'"),
    (["ask", "--prac", "Hi"], "unrecognized arguments: --prac. See `weir --help`."),
    (["ask", "-m"], "argument -m/--model: expected one argument. See `weir ask --help`."),
    (["ask", "--no-stdin"], "there is no prompt; write it behind `weir ask` or pipe it in"),
    (["ask", "--no-stdin", " \n"], "there is no prompt; write it behind `weir ask` or pipe it in"),
    (["ask", "--deadline", "soon", "Hi"], "argument --deadline: soon is no number of seconds."),
    (["ask", "--deadline", "-1", "Hi"], "argument --deadline: -1 is no number of seconds."),
    (["ask", "--idle-timeout", "nan", "Hi"], "argument --idle-timeout: nan is no number of seconds."),
    (["ask", "--linger", "inf", "Hi"], "argument --linger: inf is no number of seconds."),
    (["ask", "--retries", "21", "Hi"], "argument --retries: 21 is not a whole number from 0 to 20."),
    (["ask", "--retries", "2.5", "Hi"], "argument --retries: 2.5 is not a whole number from 0 to 20."),
    (["ask", "--api-key-env", "sk-1", "Hi"], "argument --api-key-env: this is not the name of an environment"),
    (["ask", "--dialect", "morse", "Hi"], "argument --dialect: invalid choice: 'morse'"),
    (["ask", "--no-stdin", "--dialect", "openai", "Hi"], "--dialect belongs to --base-url"),
    (["ask", "--no-stdin", "--practice", "--base-url", URL, "Hi"], "--practice is a server of its own"),
    (["ask", "--no-stdin", "--provider", "none", "Hi"], 'There is no provider "none" in the config'),
    (["ask", "--no-stdin", "--config", "/no/such/file", "Hi"], "/no/such/file: there is no such file."),
    (["practice", "--port", "65536"], "argument --port: 65536 is not a whole number from 0 to 65535."),
    (["practice", "--port", "x"], "argument --port: x is not a whole number from 0 to 65535."),
    (["--colors", "many"], "argument --colors: invalid choice: 'many'"),
    (["practice", "--fault", "flood"], "argument --fault: invalid choice: 'flood'"),
    ([], "the app needs a terminal; use `weir ask` in a pipe or a script"),
    (["--plain", "--provider", "none"], 'There is no provider "none" in the config'),
    (["-m", "x\x1b[2J", "--bad\u202e"], "unrecognized arguments: --bad. See `weir --help`."),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED)
def test_what_cannot_be_meant_is_one_sentence(
    paths: Paths, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"weir: {said}")
    assert err.count("\n") == 1
    assert list(paths.state.parent.parent.iterdir()) == [], "nothing is written for it"


@pytest.mark.parametrize(("arguments", "said"), [row for row in REFUSED if row[0][:1] == ["ask"]])
def test_with_json_the_sentence_is_a_line_on_stdout(
    paths: Paths, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["ask", "--json", *arguments[1:]]) == 2
    out, err = capsys.readouterr()
    assert err == ""
    line = json.loads(out)
    assert (list(line), line["type"]) == (["type", "message"], "error")
    assert line["message"].startswith(said)


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, words in (
        (["--version"], [f"weir {__version__}"]),
        (["--help"], ["ask", "practice", "--base-url", "--first-byte-timeout", "--plain", "--colors"]),
        (["ask", "--help"], ["PROMPT", "--json", "--no-stream", "--raw", "--save"]),
        (["practice", "--help"], ["--port", "--fault"]),
    ):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        out, err = capsys.readouterr()
        assert (left.value.code, err) == (0, "")
        assert [word for word in words if word not in out] == []


@pytest.mark.parametrize("as_json", [False, True])
def test_a_bug_of_ours_is_one_masked_sentence_and_exit_1(
    paths: Paths, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    """A path with a NUL cannot come from a shell, so nothing guards against it; here it stands for any bug."""
    flags = ["--json"] if as_json else []
    assert main(["ask", *flags, "--config", f"{KEY}\0", "Hello"]) == 1
    out, err = capsys.readouterr()
    said = json.loads(out)["message"] if as_json else err.removeprefix("weir: ").removesuffix("\n")
    assert said == (
        f"a bug ended weir (ValueError: embedded null byte). The masked details are in {paths.crash_log};"
        " please report them."
    )
    assert (err if as_json else out) == ""
    log = paths.crash_log.read_text()
    assert "ValueError: embedded null byte" in log
    assert "tui/settings/config.py:" in log
    assert KEY not in log
    assert stat.S_IMODE(paths.crash_log.stat().st_mode) == 0o600


@pytest.mark.slow
async def test_the_practice_server_says_where_it_is_and_serves_until_stopped(tmp_path: Path) -> None:
    async with Command(tmp_path).start("practice", "--fault", "length") as process:
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().removesuffix("\n")
        port = int(url.removeprefix("http://127.0.0.1:").removesuffix("/v1"))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /v1/models HTTP/1.1\r\nHost: practice\r\nConnection: close\r\n\r\n")
        body = (await reader.read()).partition(b"\r\n\r\n")[2]
        writer.close()
        await writer.wait_closed()
        asked, taken = await asyncio.gather(
            Command(tmp_path).run("ask", "--json", "--base-url", url, "-m", "any", "Hello"),
            Command(tmp_path).run("practice", "--port", str(port)),
        )
        process.send_signal(signal.SIGINT)
        ran = await finish(process)
    assert [model["id"] for model in json.loads(body)["data"]] == list(MODELS)
    assert asked.end["outcome"] == "length"
    assert (taken.code, taken.out) == (2, b"")
    assert taken.complaint.startswith(f"weir: port {port} cannot be used: ")
    assert taken.complaint.endswith("; choose another with --port\n")
    assert (ran.code, ran.out, ran.err) == (130, b"", b"")


async def test_a_reader_that_went_away_gets_no_traceback(tmp_path: Path) -> None:
    """`weir practice | true` and `weir ask --json --nonsense | true`."""
    codes = []
    for arguments in (("practice",), ("ask", "--json", "--nonsense")):
        reading, writing = os.pipe()
        os.close(reading)
        async with Command(tmp_path).start(*arguments, stdout=writing) as process:
            os.close(writing)
            codes.append(await finish(process))
    assert [(ran.code, ran.err) for ran in codes] == [(141, b"")] * 2


async def test_python_m_tui_is_weir(tmp_path: Path) -> None:
    async with Command(tmp_path).start("--version", stdout=PIPE) as process:
        ran = await finish(process)
    assert (ran.code, ran.text, ran.err) == (0, f"weir {__version__}\n", b"")


@pytest.mark.parametrize("arguments", [("--version",), ("providers", "list")])
async def test_a_stdout_that_takes_no_more_is_said_and_no_bug(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    weir = Command(tmp_path)
    with (weir.home / "out.txt").open("wb") as out:
        async with weir.start(*arguments, stdout=out.fileno(), shell='ulimit -f 0; exec "$@"') as process:
            ran = await finish(process)
    assert (ran.code, ran.complaint) == (141, "weir: stdout: File too large\n")
    assert not weir.paths.crash_log.exists()
