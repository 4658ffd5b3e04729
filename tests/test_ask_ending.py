"""The exit code of `weir ask`, however it ends: by the server, a signal, a closed pipe, a wrong command line."""

import asyncio
import json
import os
import shlex
import signal
import sqlite3
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from tests.chat.sample import wait_for
from tests.command import KEY, Command, at, finish, joined, read_lines, saved_replies
from tui.practice import PracticeServer


@pytest.fixture
async def practice() -> AsyncGenerator[PracticeServer, None]:
    async with PracticeServer(token_delay=0, keepalive_delay=0) as server:
        yield server


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


CODES = {
    "badjson": ("malformed-chunk", 3),
    "html": ("html-page", 4),
    "length": ("length", 5),
    "filter": ("content-filter", 5),
    "empty": ("empty-reply", 5),
}


@pytest.mark.slow
async def test_the_exit_code_tells_how_the_reply_ended(weir: Command, practice: PracticeServer) -> None:
    ran = await asyncio.gather(*(weir.run("ask", "--json", *at(practice, name), "Hello") for name in CODES))
    assert {name: (one.end["outcome"], one.code) for name, one in zip(CODES, ran, strict=True)} == CODES


async def test_what_stops_a_request_before_the_network_is_told_like_any_ending(weir: Command) -> None:
    cases = {
        "bad-api-key-text": ("--base-url", "http://127.0.0.1:9/v1", "--api-key-env", "SPACED"),
        "insecure-url": ("--base-url", "http://192.0.2.1/v1", "--api-key-env", "SET"),
    }
    environ = {"SET": KEY, "SPACED": "two words"}
    ran = await asyncio.gather(
        *(weir.run("ask", "--json", *flags, "-m", "x", "Hello", environ=environ) for flags in cases.values())
    )
    assert [(one.end["outcome"], one.code) for one in ran] == [(name, 2) for name in cases]


@pytest.mark.slow
async def test_every_limit_of_the_command_line_is_kept(weir: Command, practice: PracticeServer) -> None:
    cases = {
        "first-byte-timeout": ("mute", "--first-byte-timeout", 0.05),
        "idle-timeout": ("stall", "--idle-timeout", 0.06),
        "stalled": ("keepalive", "--stall-timeout", 0.07),
        "deadline": ("endless", "--deadline", 0.08),
    }
    ran = await asyncio.gather(
        *(weir.run("ask", "--json", *at(practice, name), flag, str(s), "Hi") for name, flag, s in cases.values())
    )
    ended = [(one.end["outcome"], one.end["record"]["detail"]["limit_s"]) for one in ran]
    assert ended == [(outcome, seconds) for outcome, (_, _, seconds) in cases.items()]


@pytest.mark.slow
async def test_a_signal_ends_the_reply_and_keeps_its_text(weir: Command, practice: PracticeServer) -> None:
    async def stop(number: signal.Signals, outcome: str, code: int) -> None:
        own = Command(weir.home / outcome)
        async with own.start("ask", "--json", "--save", *at(practice, "endless"), "Hello") as process:
            assert process.stdout is not None
            first = await process.stdout.readline()
            process.send_signal(number)
            ran = await finish(process)
        lines = read_lines(first + ran.out)
        end = lines[-1]
        assert (lines[0]["type"], end["type"], end["outcome"]) == ("text", "end", outcome)
        assert (ran.code, ran.err) == (code, b"")
        assert end["text"] == joined(lines, "text")
        assert "Sentence 1: this practice".startswith(end["text"][:25])
        await practice.wait_closed_by_client()
        (record,) = own.paths.records.read_text().splitlines()
        assert json.loads(record) == end["record"]
        assert saved_replies(own) == [("endless", outcome, end["text"])]

    await asyncio.gather(stop(signal.SIGINT, "cancelled", 130), stop(signal.SIGTERM, "app-exit", 143))


@asynccontextmanager
async def silent_server() -> AsyncGenerator[tuple[str, asyncio.Event], None]:
    """The base URL of a server that never answers, and what is set when it was asked."""
    asked = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", asked


async def test_a_signal_before_any_answer_has_its_end_too(weir: Command) -> None:
    async with silent_server() as (url, asked):
        async with weir.start("ask", "--json", "--base-url", url, "-m", "x", "Hello") as process:
            await asked.wait()
            process.send_signal(signal.SIGINT)
            ran = await finish(process)
    assert [line["type"] for line in ran.lines] == ["end"]
    assert (ran.end["outcome"], ran.end["text"], ran.end["record"]["status"], ran.code) == ("cancelled", "", None, 130)


@pytest.mark.parametrize(
    ("number", "outcome", "code"), [(signal.SIGINT, "cancelled", 130), (signal.SIGTERM, "app-exit", 143)]
)
async def test_a_signal_before_the_request_has_its_end_too(
    weir: Command, number: signal.Signals, outcome: str, code: int
) -> None:
    """While the models are listed, since none was named."""
    async with silent_server() as (url, asked):
        async with weir.start("ask", "--json", "--save", "--base-url", url, "Hello") as process:
            await asked.wait()
            process.send_signal(number)
            ran = await finish(process)
    assert [line["type"] for line in ran.lines] == ["end"]
    assert (ran.end["outcome"], ran.end["text"], ran.code, ran.err) == (outcome, "", code, b"")
    record = ran.end["record"]
    assert (record["outcome"], record["model"], record["attempt"], record["status"]) == (outcome, "", 0, None)
    assert f"http://127.0.0.1:{record['endpoint']['port']}/v1" == url
    assert record["duration_ms"] is not None
    assert record["detail"].get("signal") == ("SIGTERM" if outcome == "app-exit" else None)
    assert not weir.paths.records.exists()


async def test_a_signal_before_the_request_leaves_a_note_in_text_mode(weir: Command) -> None:
    async with silent_server() as (url, asked):
        async with weir.start("ask", "--base-url", url, "Hello") as process:
            await asked.wait()
            process.send_signal(signal.SIGINT)
            ran = await finish(process)
    assert (ran.code, ran.out) == (130, b"")
    assert ran.complaint.startswith("weir: cancelled: You stopped this reply.\n")


async def test_a_key_command_that_hangs_does_not_outlive_the_signal(weir: Command) -> None:
    """Its child holds a connection for as long as it lives."""
    called = asyncio.Event()
    ended = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        await reader.read()
        ended.set()
        writer.close()

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        address = server.sockets[0].getsockname()
        code = f"import socket; socket.create_connection({address}).recv(1)"
        command = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} & wait"
        config = weir.home / "hanging.toml"
        config.write_text(
            f'[providers.p]\nbase_url = "http://127.0.0.1:9/v1"\napi_key_command = {json.dumps(command)}\n'
        )
        async with weir.start("ask", "--json", "--config", str(config), "-m", "x", "Hello") as process:
            await called.wait()
            process.send_signal(signal.SIGINT)
            # The command has ten seconds, and the loop's own end waits for its threads.
            async with asyncio.timeout(6):
                ran = await finish(process)
                await ended.wait()
    assert (ran.code, ran.end["outcome"]) == (130, "cancelled")


async def test_a_signal_in_text_mode_leaves_the_text_and_a_note(weir: Command, practice: PracticeServer) -> None:
    async with weir.start("ask", *at(practice, "endless"), "Hello") as process:
        assert process.stdout is not None
        first = await process.stdout.readexactly(10)
        process.send_signal(signal.SIGINT)
        ran = await finish(process)
    assert (first + ran.out).startswith(b"Sentence 1: this")
    assert ran.out.endswith(b"\n")
    assert ran.code == 130
    assert ran.complaint.startswith("weir: cancelled: You stopped this reply.\n")


@pytest.mark.slow
async def test_a_kill_leaves_the_text_up_to_the_last_checkpoint(weir: Command, practice: PracticeServer) -> None:
    def checkpointed() -> bool:
        if not weir.paths.database.exists():
            return False
        with closing(sqlite3.connect(weir.paths.database)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
            return ("piece",) in tables and connection.execute("SELECT count(*) FROM piece").fetchone()[0] > 0

    async with weir.start("ask", "--save", *at(practice, "endless"), "Hello") as process:
        assert process.stdout is not None
        reading = asyncio.create_task(process.stdout.read())
        await asyncio.to_thread(wait_for, checkpointed)
        process.kill()
        printed = (await reading).decode()
        await process.wait()
    ((model, outcome, text),) = saved_replies(weir)
    assert (model, outcome) == ("endless", "app-exit")
    assert text != ""
    assert printed.startswith(text)


async def test_a_reader_that_goes_away_ends_the_reply_quietly(weir: Command, practice: PracticeServer) -> None:
    reading, writing = os.pipe()
    async with weir.start("ask", *at(practice, "endless"), "Hello", stdout=writing) as process:
        os.close(writing)
        assert (await asyncio.to_thread(os.read, reading, 8)).startswith(b"S")
        os.close(reading)
        ran = await finish(process)
    assert (ran.code, ran.err) == (141, b"")
    await practice.wait_closed_by_client()
    (record,) = weir.paths.records.read_text().splitlines()
    assert json.loads(record)["outcome"] == "cancelled"


async def test_the_note_too_may_find_nobody_who_reads(weir: Command, practice: PracticeServer) -> None:
    """Both outputs are one pipe, and it is closed."""
    reading, writing = os.pipe()
    os.close(reading)
    flags = ("ask", *at(practice, "401"), "Hello")
    async with weir.start(*flags, stdout=writing, shell='exec "$@" 2>&1') as process:
        os.close(writing)
        assert (await finish(process)).code == 141


async def test_a_full_disk_under_stdout_ends_the_reply_and_is_said(weir: Command, practice: PracticeServer) -> None:
    file = weir.home / "out.txt"
    flags = ("ask", *at(practice, "endless"), "Hello")
    with file.open("wb") as out:
        async with weir.start(*flags, stdout=out.fileno(), shell='ulimit -f 1; exec "$@"') as process:
            ran = await finish(process)
    assert ran.code == 141
    assert "weir: stdout: File too large\n" in ran.complaint
    assert "Traceback" not in ran.complaint
    assert file.read_bytes().startswith(b"Sentence 1: this practice model")


@pytest.mark.slow
async def test_closed_descriptors_are_no_bug(weir: Command, practice: PracticeServer) -> None:
    async def ask(closed: str) -> tuple[int, int, bytes]:
        async with weir.start("ask", "--json", *at(practice, "cut"), "Hello", shell=f'exec "$@" {closed}') as process:
            ran = await finish(process)
        return ran.code, ran.out.count(b'"type": "end"'), ran.err

    assert await ask("<&- 2>&-") == (3, 1, b"")
    recorded = weir.paths.records.read_bytes()
    for closed in (">&-", ">&- 2>&-", "<&- >&-"):
        assert await ask(closed) == (141, 0, b"")
    assert weir.paths.records.read_bytes() == recorded  # nothing is asked on behalf of nobody


async def test_a_closed_stdout_is_said_by_the_exit_code_in_text_mode_too(
    weir: Command, practice: PracticeServer
) -> None:
    async with weir.start("ask", *at(practice, "markdown"), "Hello", shell='exec "$@" >&-') as process:
        ran = await finish(process)
    assert (ran.code, ran.err) == (141, b"")


async def test_a_wrong_command_line_is_one_line_and_exit_2(weir: Command) -> None:
    ran = await weir.run("ask", "--nonsense", "Hello", "--json")
    message = "unrecognized arguments: --nonsense. See `weir --help`."
    assert (ran.code, ran.err, ran.lines) == (2, b"", [{"type": "error", "message": message}])


async def test_a_broken_config_is_one_line_and_exit_2(weir: Command) -> None:
    config = weir.home / "broken.toml"
    config.write_text('model = "a/b"\ntheme = = "x"\n')
    ran = await weir.run("ask", "--config", str(config), "--practice", "--json", "Hello")
    assert (ran.code, ran.err) == (2, b"")
    message = f"{config}: this is not valid TOML: Invalid value (at line 2, column 9)."
    assert ran.lines == [{"type": "error", "message": message}]


async def test_a_key_in_the_wrong_place_is_not_repeated(weir: Command) -> None:
    ran = await asyncio.gather(
        weir.run("ask", f"--api-key={KEY}", "Hello"),
        weir.run("ask", "--base-url", "http://127.0.0.1:1/v1", "--api-key-env", KEY, "-m", "x", "--json", "Hello"),
    )
    assert [one.code for one in ran] == [2, 2]
    assert ran[0].complaint.startswith("weir: unrecognized arguments: --api-key=")
    assert all(KEY.encode() not in one.out + one.err for one in ran)
    (line,) = ran[1].lines
    assert line["type"] == "error"
    assert line["message"].startswith("argument --api-key-env: this is not the name of an environment variable")
    assert all(KEY.encode() not in content for content in weir.files().values())


@pytest.mark.slow
@pytest.mark.parametrize(("flags", "told"), [((), False), (("--save",), True)])
async def test_that_text_was_saved_is_only_said_where_it_was(
    weir: Command, practice: PracticeServer, flags: tuple[str, ...], told: bool
) -> None:
    async with weir.start("ask", "--json", *flags, *at(practice, "endless"), "Hello") as process:
        assert process.stdout is not None
        await process.stdout.readline()
        process.terminate()
        ran = await finish(process)
    assert (ran.end["outcome"], bool(ran.end["advice"])) == ("app-exit", told)
