"""`weir ask` as a process of its own: what stands on stdout and stderr, and what is sent."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path

import pytest

from tests.command import Command, at, finish, joined, lesson, saved_replies
from tui.practice import Fault, PracticeServer
from tui.practice.script import WARNINGS
from tui.stream.record import Record
from tui.text.language import load_language

TEXT_KINDS = ("text", "reasoning", "refusal")
LINE_FIELDS = {
    "text": ["text"],
    "reasoning": ["text"],
    "refusal": ["text"],
    "tool_call": ["index", "id", "name", "arguments"],
    "usage": ["tokens_in", "tokens_out", "tokens_reasoning"],
    "notice": ["code", "message"],
    "error": ["message"],
    "end": [
        "outcome",
        "message",
        "advice",
        "finish_reason",
        "text",
        "reasoning",
        "refusal",
        "tool_calls",
        "usage",
        "notices",
        "retryable",
        "retry_after_s",
        "record",
    ],
}


@pytest.fixture
async def practice() -> AsyncGenerator[PracticeServer, None]:
    async with PracticeServer(token_delay=0, keepalive_delay=0) as server:
        yield server


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


@asynccontextmanager
async def fixed_answer(*deltas: str) -> AsyncGenerator[str, None]:
    """The base URL of a server that answers every request with these pieces of text."""
    chunks = [{"choices": [{"index": 0, "delta": {"content": delta}}]} for delta in deltas]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body.encode())
        await writer.drain()
        writer.write_eof()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


async def test_the_reply_is_on_stdout_and_the_verdict_on_stderr(weir: Command, practice: PracticeServer) -> None:
    config = weir.home / "zh.toml"
    config.write_text('language = "zh"\n')
    whole, cut, chinese = await asyncio.gather(
        weir.run("ask", *at(practice, "markdown"), "Hello"),
        weir.run("ask", *at(practice, "cut"), "Hello"),
        weir.run("ask", "--config", str(config), *at(practice, "length"), "Hello"),
    )
    assert (whole.code, whole.text, whole.complaint) == (0, lesson("markdown") + "\n", "")
    assert (cut.code, cut.text) == (3, WARNINGS[Fault.CUT] + "\n")
    said = cut.complaint.splitlines()
    assert said[0] == "weir: truncated-body: The connection closed in the middle of the reply."
    assert said[1] == "weir:   Check proxy read timeouts and the upstream's state. Continue, or retry."
    assert f"127.0.0.1:{practice.port}/cut · chat.stream" in said[2]
    assert "status 200" in said[3]
    assert all(line.startswith("weir: ") for line in said)
    assert chinese.complaint.startswith("weir: length: ")
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese.complaint)


@pytest.mark.slow
async def test_a_refusal_is_text_and_a_tool_call_is_told(weir: Command, practice: PracticeServer) -> None:
    refusal, tool = await asyncio.gather(
        weir.run("ask", *at(practice, "refusal"), "Hello"), weir.run("ask", *at(practice, "tool"), "Hello")
    )
    assert (refusal.code, refusal.text) == (5, WARNINGS[Fault.REFUSAL] + "\n")
    assert (tool.code, tool.text) == (5, WARNINGS[Fault.TOOL] + "\n")
    assert 'weir: get_weather({"city": "Chengdu", "unit": "celsius"})\n' in tool.complaint


@pytest.fixture
def counting(weir: Command, practice: PracticeServer) -> tuple[str, ...]:
    """The flags of a provider that is asked for token counts."""
    config = weir.home / "counting.toml"
    config.write_text(f'[providers.counting]\nbase_url = "{practice.base_url}"\nusage = true\n')
    return ("--config", str(config), "--provider", "counting")


async def test_json_lines_have_their_fields_and_the_last_is_the_end(weir: Command, counting: tuple[str, ...]) -> None:
    ran = await asyncio.gather(
        *(weir.run("ask", "--json", *counting, "-m", name, "Hello") for name in ("tool", "refusal", "reasoning"))
    )
    assert [(one.end["outcome"], one.code) for one in ran] == [("tool-call", 5), ("refusal", 5), ("complete", 0)]
    seen = set()
    for one in ran:
        assert one.err == b""
        for line in one.lines:
            assert list(line) == ["type", *LINE_FIELDS[line["type"]]]
            seen.add(line["type"])
        assert [one.end[kind] for kind in TEXT_KINDS] == [joined(one.lines, kind) for kind in TEXT_KINDS]
        assert list(one.end["record"]) == [field.name for field in fields(Record)]
        assert one.end["record"]["outcome"] == one.end["outcome"]
    assert seen - {"notice"} == set(LINE_FIELDS) - {"notice", "error"}
    tool, refusal, reasoning = (one.end for one in ran)
    call = {"index": 0, "id": "call_practice", "name": "get_weather"}
    assert tool["tool_calls"] == [call | {"arguments": '{"city": "Chengdu", "unit": "celsius"}'}]
    assert tool["finish_reason"] == "tool_calls"
    pieces = [line["arguments"] for line in ran[0].lines if line["type"] == "tool_call"]
    assert pieces == ["", '{"city": ', '"Chengdu", "unit"', ': "celsius"}']
    assert (refusal["text"], refusal["refusal"]) == ("", WARNINGS[Fault.REFUSAL])
    assert reasoning["text"] == lesson("reasoning")
    assert len(reasoning["reasoning"]) > 100
    usage = [line for line in ran[2].lines if line["type"] == "usage"]
    assert usage == [{"type": "usage", **reasoning["usage"]}]
    assert reasoning["usage"]["tokens_out"] == reasoning["record"]["tokens_out"] > 100


@pytest.mark.slow
async def test_a_retry_is_a_notice_with_the_record_of_what_failed(weir: Command, practice: PracticeServer) -> None:
    flags = ("--base-url", practice.base_url, "-m", "500", "--retries", "1")
    ran = await weir.run("ask", "--json", *flags, "Hello")
    (notice,) = [line for line in ran.lines if line["type"] == "notice"]
    assert notice["code"] == "retrying"
    assert notice["message"].startswith("Attempt 2 of 2 in ")
    assert (notice["record"]["outcome"], notice["record"]["attempt"]) == ("server-error", 1)
    assert (ran.end["record"]["attempt"], ran.end["record"]["attempts"], ran.code) == (2, 2, 4)
    assert ran.end["retryable"] is True
    kept = weir.paths.records.read_text().splitlines()
    assert [json.loads(line)["attempt"] for line in kept] == [1, 2]


@pytest.mark.slow
async def test_the_request_is_the_plain_one(weir: Command, practice: PracticeServer) -> None:
    await asyncio.gather(
        weir.run("ask", *at(practice, "empty"), "Hello", "world"),
        weir.run("ask", *at(practice, "empty-2"), "-s", "Be short.", "Hello"),
    )
    sent = {body["model"]: body for body in (json.loads(request.body) for request in practice.requests)}
    plain, with_system = sent["empty"], sent["empty-2"]
    assert plain == {"model": "empty", "stream": True, "messages": [{"role": "user", "content": "Hello world"}]}
    assert with_system["messages"] == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Hello"},
    ]
    assert {request.key for request in practice.requests} == {""}


async def test_no_stream_asks_for_one_piece(weir: Command, practice: PracticeServer) -> None:
    ran = await weir.run("ask", "--no-stream", "--json", *at(practice, "markdown"), "Hello")
    assert json.loads(practice.requests[-1].body)["stream"] is False
    assert (ran.code, ran.end["text"]) == (0, lesson("markdown"))
    assert ran.end["record"]["request_type"] == "chat"
    assert ran.end["notices"] == []


@pytest.mark.slow
async def test_stdin_is_added_after_a_blank_line(weir: Command, practice: PracticeServer) -> None:
    piped = b"line one\r\n\nline two: \xff\n\n"
    await asyncio.gather(
        weir.run("ask", *at(practice, "empty"), "Sum up:", stdin=piped),
        weir.run("ask", *at(practice, "empty"), stdin=b"alone\n"),
    )
    asked = [json.loads(request.body)["messages"] for request in practice.requests]
    assert sorted(message["content"] for (message,) in asked) == ["Sum up:\n\nline one\r\n\nline two: \ufffd", "alone"]


@pytest.mark.slow
async def test_stdin_may_be_a_file_and_a_pipe_may_never_close(weir: Command, practice: PracticeServer) -> None:
    file = weir.home / "notes.txt"
    file.write_text("from a file")
    reading, writing = os.pipe()

    async def ask(*arguments: str, stdin: int) -> int:
        async with weir.start("ask", *arguments, stdin=stdin) as process:
            return (await finish(process)).code

    with file.open("rb") as notes:
        codes = await asyncio.gather(
            ask(*at(practice, "empty"), "Read:", stdin=notes.fileno()),
            ask("--no-stdin", *at(practice, "empty"), "Hello", stdin=reading),
        )
    os.close(reading)
    os.close(writing)
    assert [*codes] == [5, 5]
    asked = [json.loads(request.body)["messages"] for request in practice.requests]
    assert sorted(message["content"] for (message,) in asked) == ["Hello", "Read:\n\nfrom a file"]


async def test_bytes_that_are_no_text_in_an_argument_break_nothing(weir: Command, practice: PracticeServer) -> None:
    broken = os.fsdecode(b"caf\xe9")
    practice.fault = Fault.LENGTH
    ran = await weir.run("ask", "--json", "--save", *at(practice, broken), broken)
    assert (ran.code, ran.end["outcome"]) == (5, "length")
    assert len(saved_replies(weir)) == 1
    assert weir.paths.state_file.read_bytes().isascii()


EVIL = "red \x1b[31m, bell \x07, C1 \x9b2J, DEL \x7f, bidi \u202eevil\u2069, NUL \x00, CR\r."
SAFE = "red ␛[31m, bell ␇, C1 ␦2J, DEL ␡, bidi ⯑evil⯑, NUL ␀, CR␍."
ACTING = [*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]


def acting_characters(text: str) -> set[str]:
    return {character for character in text if ord(character) in ACTING}


@pytest.mark.slow
async def test_text_shows_what_would_act_on_a_terminal(weir: Command) -> None:
    async with fixed_answer(EVIL, " 中文\r", "\nend\ttab") as url:
        text, raw, lines = await asyncio.gather(
            weir.run("ask", "--base-url", url, "-m", "x", "Hello"),
            weir.run("ask", "--raw", "--base-url", url, "-m", "x", "Hello"),
            weir.run("ask", "--json", "--base-url", url, "-m", "x", "Hello"),
        )
    assert text.text == SAFE + " 中文\nend\ttab\n"
    assert acting_characters(text.text + text.complaint) == set()
    assert raw.text == EVIL + " 中文\r\nend\ttab"
    assert acting_characters(lines.text) == set()
    assert "中文" in lines.text
    assert lines.end["text"] == EVIL + " 中文\r\nend\ttab"
    assert [line["text"] for line in lines.lines if line["type"] == "text"] == [EVIL, " 中文\r", "\nend\ttab"]
    assert text.complaint == "weir: control-chars: Control characters are shown as symbols.\n"


@pytest.mark.slow
async def test_a_half_of_a_character_is_valid_utf_8_on_stdout(weir: Command) -> None:
    async with fixed_answer("\ud83d", "\ude42 whole; half: \ud83d.") as url:
        ran = await weir.run("ask", "--base-url", url, "-m", "x", "Hello")
    assert ran.text == "🙂 whole; half: \ufffd.\n"


@pytest.mark.parametrize(("name", "code"), [("notes.md", 0), pytest.param("gone.md", 2, marks=pytest.mark.slow)])
async def test_a_file_goes_with_the_prompt_or_nothing_is_asked(
    weir: Command, tmp_path: Path, name: str, code: int
) -> None:
    (tmp_path / "notes.md").write_text("one\n")
    asked = ("ask", "--practice", "-m", "markdown", "--curl", "--with-prompt", "--json", "Read it.")
    ran = await weir.run(*asked, "--attach", str(tmp_path / name))
    assert ran.code == code
    if code == 0:
        assert json.dumps("Read it.\n\nnotes.md:\n```\none\n```") in ran.text
    else:
        assert ran.lines == [{"type": "error", "message": load_language("en").say("attachment.gone", name=name)}]
