"""How `weir compare` ends: by a signal, a reader that goes away, a wrong command line."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.command import Command, finish, read_lines
from tests.test_compare import among
from tests.test_house import imported_by
from tui.chat.database import Report
from tui.chat.workspace import Workspace
from tui.compare.comparison import Comparison
from tui.compare.run import CompareOpening, run_compare
from tui.practice import PracticeServer
from tui.settings.secrets import Masker
from tui.stream.trace import Call, StreamTrace
from tui.text.language import load_language

pytestmark = pytest.mark.slow


@pytest.fixture
async def practice() -> AsyncGenerator[PracticeServer, None]:
    async with PracticeServer(token_delay=0, keepalive_delay=0) as server:
        yield server


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "outcome", "code"), [(signal.SIGINT, "cancelled", 130), (signal.SIGTERM, "app-exit", 143)]
)
async def test_a_signal_stops_all_that_run_and_leaves_the_table(
    weir: Command, practice: PracticeServer, number: signal.Signals, outcome: str, code: int
) -> None:
    """One is complete, one has failed, one has fallen silent, one goes on for ever; a second run never begins."""
    flags = among(practice, "table", "401", "stall", "endless")
    async with weir.start("compare", "--json", "--repeat", "2", *flags, "Hello") as process:
        assert process.stdout is not None
        seen: list[bytes] = []
        wanted = {("end", "table"), ("end", "401"), ("text", "stall"), ("text", "endless")}
        while wanted:
            seen.append(await process.stdout.readline())
            (line,) = read_lines(seen[-1])
            wanted.discard((line["type"], line["model"].rpartition("/")[2]))
        process.send_signal(number)
        ran = await finish(process)
    lines = read_lines(b"".join(seen) + ran.out)
    ends = {line["model"].rpartition("/")[2]: line for line in lines if line["type"] == "end"}
    assert {name: end["outcome"] for name, end in ends.items()} == {
        "table": "complete",
        "401": "invalid-key",
        "stall": outcome,
        "endless": outcome,
    }
    assert lines[-1]["type"] == "table"
    assert [(row["run"], row["outcome"]) for row in lines[-1]["rows"]] == [
        (1, "complete"),
        (1, "invalid-key"),
        (1, outcome),
        (1, outcome),
    ]
    assert (ran.code, ran.err) == (code, b"")
    assert all(row["tokens_out"] for row in lines[-1]["rows"][2:])
    assert len(weir.paths.records.read_text().splitlines()) == 4


@pytest.mark.slow
async def test_a_signal_in_text_mode_leaves_the_texts_the_notes_and_the_table(
    weir: Command, practice: PracticeServer
) -> None:
    async with weir.start("compare", "--repeat", "3", *among(practice, "stall", "keepalive"), "Hello") as process:
        assert process.stdout is not None
        first = await process.stdout.readuntil(b"/stall ==\n")
        begun = await process.stdout.readexactly(10)
        process.send_signal(signal.SIGINT)
        ran = await finish(process)
    text = (first + begun + ran.out).decode()
    assert ran.code == 130
    assert text.startswith("=== run 1 of 3: Hello ===\n\n== 127.0.0.1:")
    assert text.count("cancelled") == 2
    assert ran.complaint.count("cancelled: You stopped this reply.") == 2
    assert ran.complaint.endswith("weir: stopped; runs that were not begun: 2.\n")


async def test_a_signal_before_anything_is_asked_has_its_ends_too(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    async def never_open(report: Report) -> Workspace:
        os.kill(os.getpid(), signal.SIGINT)
        return await asyncio.get_running_loop().create_future()

    def begin_trace(name: str) -> StreamTrace:
        trace = StreamTrace()
        trace.begin(0, 1)
        trace.call = Call(name, "nest", "chat.stream")
        return trace

    opening = CompareOpening({}, load_language("en"), Masker(), never_open, begin_trace)
    assert await run_compare(opening, Comparison(("one", "two"), ("Hello",), as_json=True)) == 130
    out, err = capsysbinary.readouterr()
    *ends, table = read_lines(out)
    assert err == b""
    assert [(end["type"], end["model"], end["outcome"]) for end in ends] == [
        ("end", "one", "cancelled"),
        ("end", "two", "cancelled"),
    ]
    assert [(row["model"], row["outcome"]) for row in table["rows"]] == [("one", "cancelled"), ("two", "cancelled")]


@pytest.mark.slow
async def test_a_reader_that_goes_away_stops_all_quietly(weir: Command, practice: PracticeServer) -> None:
    reading, writing = os.pipe()
    flags = among(practice, "endless", "stall")
    async with weir.start("compare", "--repeat", "9", *flags, "Hello", stdout=writing) as process:
        os.close(writing)
        assert (await asyncio.to_thread(os.read, reading, 3)) == b"==="
        os.close(reading)
        ran = await finish(process)
    assert (ran.code, ran.err) == (141, b"")
    assert weir.paths.records.read_text().count('"outcome": "cancelled"') == 2


async def test_nothing_is_asked_if_stdout_was_never_open(weir: Command, practice: PracticeServer) -> None:
    flags = ("compare", *among(practice, "table", "cut"), "Hello")
    async with weir.start(*flags, shell='exec "$@" >&-') as process:
        ran = await finish(process)
    assert (ran.code, ran.err, list(practice.requests)) == (141, b"", [])


REFUSED = [
    (("Hi",), "compare takes 2 to 6 models, each with its own -m; there are 0."),
    (("-m", "a", "Hi"), "compare takes 2 to 6 models, each with its own -m; there are 1."),
    ((*(part for name in "abcdefg" for part in ("-m", name)), "Hi"), "compare takes 2 to 6 models"),
    (("-m", "a", "-m", "a", "Hi"), "practice/a is named more than once; --repeat N asks every model N times."),
    (("-m", "a", "-m", "b"), "there is no prompt; write it behind `weir compare` or pipe it in"),
    (("-m", "a", "-m", "b", "--repeat", "0", "Hi"), "argument --repeat: 0 times is not at all"),
    (("-m", "a", "-m", "b", "--repeat", "many", "Hi"), "argument --repeat: many is not a whole number"),
    (("-m", "a", "-m", "b", "--prompts", "/nowhere", "Hi"), "--prompts FILE and PROMPT both say what to ask"),
    (("-m", "a", "-m", "b", "--prompts", "/nowhere"), "--prompts: /nowhere cannot be read (No such file"),
    (("-m", "a", "-m", "b", "--prompts", os.devnull), "--prompts: there is no prompt in /dev/null."),
]


@pytest.mark.parametrize(("flags", "message"), REFUSED)
async def test_a_wrong_command_line_is_one_sentence_and_exit_2(
    weir: Command, flags: tuple[str, ...], message: str
) -> None:
    ran = await weir.run("compare", "--practice", "--json", *flags)
    assert (ran.code, ran.err) == (2, b"")
    (line,) = ran.lines
    assert line["type"] == "error"
    assert line["message"].startswith(message)
    assert weir.files() == {}


async def test_a_model_before_the_command_is_the_first(weir: Command, practice: PracticeServer) -> None:
    flags = ("--base-url", practice.base_url, "-m", "table", "compare", "-m", "chinese", "--json", "Hi")
    ran = await weir.run(*flags)
    assert [row["model"].rpartition("/")[2] for row in ran.lines[-1]["rows"]] == ["table", "chinese"]


async def test_a_comparison_imports_no_screen(weir: Command, practice: PracticeServer) -> None:
    imported = await imported_by(weir.home, "compare", *among(practice, "table", "cut"), "Hello")
    assert {"httpx", "tui.compare.run", "tui.compare.table"} <= imported
    assert imported & {"textual", "tui.ui", "tui.markdown", "tui.ask"} == set()
