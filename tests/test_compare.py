"""`weir compare` as a process of its own: blocks and table, JSON Lines, repeats, and what is sent and kept."""

import asyncio
import json
import statistics
from collections.abc import AsyncGenerator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from tests.command import KEY, MASKED, Command, joined, lesson, saved_replies
from tests.stream.peer import End, Peer, answer
from tests.test_ask import EVIL, LINE_FIELDS, SAFE, acting_characters, fixed_answer
from tui.practice import Fault, PracticeServer
from tui.practice.script import WARNINGS
from tui.stream.record import Record

ROW = [
    "model",
    "run",
    "outcome",
    "first_text_ms",
    "duration_ms",
    "tokens_in",
    "tokens_out",
    "tokens_per_s",
    "estimated",
    "cost",
]


@pytest.fixture
async def practice() -> AsyncGenerator[PracticeServer, None]:
    async with PracticeServer(token_delay=0, keepalive_delay=0) as server:
        yield server


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


def among(practice: PracticeServer, *models: str) -> tuple[str, ...]:
    """The flags that compare these models of one server, without retries."""
    named = (part for model in models for part in ("-m", model))
    return ("--base-url", practice.base_url, "--retries", "0", *named)


def providers(weir: Command, more: str = "", **urls: str) -> tuple[str, str]:
    """The flag of a config with these providers, all with a key, asked for token counts and with a substitute."""
    settings = f'api_key_env = "SET"\nusage = true\nfallback = ["{next(iter(urls))}/table"]\n'
    tables = (f'[providers.{name}]\nbase_url = "{url}"\n{settings}' for name, url in urls.items())
    config = weir.home / "servers.toml"
    config.write_text("".join(tables) + more)
    return ("--config", str(config))


def of_model(lines: list[dict[str, Any]], model: str) -> list[dict[str, Any]]:
    return [line for line in lines if line.get("model", "").endswith(f"/{model}")]


async def test_a_pipe_gets_a_block_for_each_in_order_and_the_table(weir: Command, practice: PracticeServer) -> None:
    ran = await weir.run("compare", *among(practice, "table", "cut", "500", "markdown"), "Hello")
    assert ran.code == 3
    at = f"127.0.0.1:{practice.port}"
    blocks = (
        f"== {at}/table ==\n{lesson('table')}\n\n"
        f"== {at}/cut ==\n{WARNINGS[Fault.CUT]}\n\n"
        f"== {at}/500 ==\n\n"
        f"== {at}/markdown ==\n{lesson('markdown')}\n\n"
    )
    assert ran.text.startswith(blocks)
    head, rule, *rows = [line.split() for line in ran.text.removeprefix(blocks).splitlines()]
    assert head == ["model", "outcome", "first", "token", "duration", "tokens", "tok/s", "cost"]
    assert set("".join(rule)) == {"-"}
    assert [row[:2] for row in rows] == [
        [f"{at}/table", "complete"],
        [f"{at}/cut", "truncated-body"],
        [f"{at}/500", "server-error"],
        [f"{at}/markdown", "complete"],
    ]
    said = ran.complaint.splitlines()
    assert said[0] == f"weir: {at}/cut: truncated-body: The connection closed in the middle of the reply."
    assert any(line.startswith(f"weir: {at}/500: server-error: ") for line in said)
    assert all(line.startswith(("weir:   ", f"weir: {at}/")) for line in said)


async def test_json_lines_are_those_of_ask_with_model_and_run(weir: Command, practice: PracticeServer) -> None:
    models = ("tool", "refusal", "reasoning", "table", "404", "badjson")
    ran = await weir.run("compare", "--json", *among(practice, *models), "Hello")
    *lines, table = ran.lines
    assert (ran.code, ran.err) == (3, b"")
    for line in lines:
        wanted = [*LINE_FIELDS[line["type"]], *(["record"] if "record" in line and line["type"] == "notice" else [])]
        assert list(line) == ["type", "model", "run", *wanted]
        assert line["run"] == 1
    names = [f"127.0.0.1:{practice.port}/{model}" for model in models]
    assert {line["model"] for line in lines} == set(names)
    for name in names:
        own = of_model(lines, name.rpartition("/")[2])
        assert [line["type"] for line in own].index("end") == len(own) - 1
        assert own[-1]["text"] == joined(own, "text")
        assert list(own[-1]["record"]) == [field.name for field in fields(Record)]
    assert list(table) == ["type", "rows"]
    assert [list(row) for row in table["rows"]] == [ROW] * len(models)
    outcomes = ["tool-call", "refusal", "complete", "complete", "model-not-found", "malformed-chunk"]
    assert [(row["model"], row["outcome"]) for row in table["rows"]] == list(zip(names, outcomes, strict=True))
    failed = table["rows"][4]
    assert failed == dict.fromkeys(ROW) | {
        "model": names[4],
        "run": 1,
        "outcome": "model-not-found",
        "duration_ms": failed["duration_ms"],
        "estimated": False,
    }
    assert isinstance(failed["duration_ms"], int)


@pytest.mark.slow
async def test_tokens_are_counted_where_the_server_counts_and_else_estimated(
    weir: Command, practice: PracticeServer
) -> None:
    flags = (*providers(weir, counted=practice.base_url), "-m", "counted/table", "-m", "counted/reasoning")
    counted, bare = await asyncio.gather(
        weir.run("compare", "--json", *flags, "Hello", environ={"SET": KEY}),
        weir.run("compare", "--json", *among(practice, "eof", "cut"), "Hello"),
    )
    assert counted.code == 0
    ends = [of_model(counted.lines, name)[-1] for name in ("table", "reasoning")]
    for row, end in zip(counted.lines[-1]["rows"], ends, strict=True):
        assert (row["tokens_in"], row["tokens_out"]) == (end["usage"]["tokens_in"], end["usage"]["tokens_out"])
        assert (row["first_text_ms"], row["duration_ms"]) == (
            end["record"]["first_text_ms"],
            end["record"]["duration_ms"],
        )
    for row in bare.lines[-1]["rows"]:
        assert row["tokens_in"] is None
        assert row["tokens_out"] > 5
        assert row["estimated"] is True
        assert row["cost"] is None


@pytest.mark.slow
async def test_a_cost_is_told_where_the_price_is_known(weir: Command, practice: PracticeServer) -> None:
    config = providers(weir, '[models."nest/table"]\nprice_in = 2.0\nprice_out = 10.0\n', nest=practice.base_url)
    flags = (*config, "-m", "nest/table", "-m", "nest/eof", "--repeat", "2", "Hello")
    lines, text = await asyncio.gather(
        weir.run("compare", "--json", *flags, environ={"SET": KEY}), weir.run("compare", *flags, environ={"SET": KEY})
    )
    table = lines.lines[-1]
    paid = table["rows"][0]
    assert paid["cost"] == pytest.approx((paid["tokens_in"] * 2 + paid["tokens_out"] * 10) / 1e6)
    assert [row["cost"] for row in table["rows"]] == [paid["cost"], None, paid["cost"], None]
    assert [one["cost"] for one in table["summary"]] == [pytest.approx(2 * paid["cost"]), None]
    assert f"${paid['cost']:.2g}\n" in text.text


@pytest.mark.slow
async def test_repeats_have_medians_and_a_spread(weir: Command, practice: PracticeServer) -> None:
    lines, text = await asyncio.gather(
        weir.run("compare", "--json", "--repeat", "3", *among(practice, "table", "eof"), "Hello"),
        weir.run("compare", "--repeat", "3", *among(practice, "table", "eof"), "Hello"),
    )
    table = lines.lines[-1]
    good = [row for row in table["rows"] if row["model"].endswith("/table")]
    assert [row["run"] for row in table["rows"]] == [1, 1, 2, 2, 3, 3]
    durations = [row["duration_ms"] for row in good]
    complete, cut = table["summary"]
    assert (complete["runs"], complete["complete"], complete["cost"]) == (3, 3, None)
    assert complete["duration_ms"] == {
        "median": statistics.median(durations),
        "min": min(durations),
        "max": max(durations),
    }
    assert complete["tokens_out"]["median"] == good[0]["tokens_out"]
    assert (cut["runs"], cut["complete"], cut["duration_ms"]) == (3, 0, None)
    assert (lines.code, text.code) == (3, 3)
    assert "=== run 2 of 3: Hello ===\n" in text.text
    assert text.text.count(lesson("table")) == 3
    *_, title, head, _, first, second = text.text.splitlines()
    assert title.startswith("Medians")
    assert head.split()[:2] == ["model", "complete"]
    assert (first.split()[1], second.split()[1]) == ("3/3", "0/3")


@pytest.mark.slow
async def test_prompts_come_from_a_file_and_every_run_is_a_conversation_of_its_own(
    weir: Command, practice: PracticeServer
) -> None:
    file = weir.home / "prompts.txt"
    file.write_text("\ufeffone heron\r\n\n  两只白鹭 \nthree", encoding="utf-8")
    weir.paths.prompts.mkdir(parents=True)
    (weir.paths.prompts / "as.md").write_text('+++\nkind = "system"\n+++\nBe {{how}}.')
    flags = ("--prompts", str(file), "--repeat", "2", "-s", "@as", "--set", "how=short")
    ran = await weir.run("compare", "--json", *flags, *among(practice, "table", "chinese"), stdin=b"not this")
    assert ran.code == 0
    assert [row["run"] for row in ran.lines[-1]["rows"]] == [run for run in range(1, 7) for _ in range(2)]
    asked = [json.loads(request.body)["messages"] for request in practice.requests]
    assert [messages[0] for messages in asked] == [{"role": "system", "content": "Be short."}] * 12
    assert [len(messages) for messages in asked] == [2] * 12
    prompts = [messages[1]["content"] for messages in asked]
    assert prompts == [text for text in ("one heron", "两只白鹭", "three") for _ in range(4)]


async def test_the_models_may_be_at_different_servers_and_none_is_replaced(
    weir: Command, practice: PracticeServer
) -> None:
    async with fixed_answer("from the other") as other:
        config = providers(weir, first=practice.base_url, second=other, gone="http://127.0.0.1:9/v1")
        names = ("-m", "first/table", "-m", "second/x", "-m", "gone/y", "-m", "markdown")
        ran = await weir.run("compare", "--json", *config, *names, "Hello", environ={"SET": KEY})
    rows = [(row["model"], row["outcome"]) for row in ran.lines[-1]["rows"]]
    assert rows == [
        ("first/table", "complete"),
        ("second/x", "complete"),
        ("gone/y", "connect-refused"),
        ("first/markdown", "complete"),
    ]
    assert of_model(ran.lines, "x")[-1]["text"] == "from the other"


async def test_a_practice_model_may_stand_beside_others(weir: Command) -> None:
    async with fixed_answer("from a server") as url:
        config = providers(weir, real=url)
        ran = await weir.run(
            "compare",
            "--json",
            *config,
            "-m",
            "plain",
            "-m",
            "practice/429",
            "--retries",
            "0",
            "Hi",
            environ={"SET": KEY},
        )
    rows = [(row["model"], row["outcome"]) for row in ran.lines[-1]["rows"]]
    assert rows == [("real/plain", "complete"), ("practice/429", "rate-limited")]


@pytest.mark.slow
async def test_foreign_text_is_made_safe(weir: Command) -> None:
    async with fixed_answer(EVIL, " 中文\r", "\nend") as url:
        flags = ("--base-url", url, "-m", "red\x1b[31m", "-m", "bidi\u202e")
        text, lines = await asyncio.gather(
            weir.run("compare", *flags, "Hello"), weir.run("compare", "--json", *flags, "Hello")
        )
    assert text.text.count(SAFE + " 中文\nend\n") == 2
    assert acting_characters(text.text + text.complaint + lines.text) == set()
    assert [line["text"] for line in lines.lines if line["type"] == "end"] == [EVIL + " 中文\r\nend"] * 2


async def test_a_key_that_a_server_echoes_is_masked_everywhere(weir: Command) -> None:
    body = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}"}}).encode()
    head = b"HTTP/1.1 401 No\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with Peer(answer(head + body, end=End.KEEP)) as peer:
        flags = ("--base-url", peer.url, "--api-key-env", "SET", "-m", "one", "-m", f"two-{KEY}", "Hello")
        text = await weir.run("compare", *flags, environ={"SET": KEY})
        lines = await weir.run("compare", "--json", *flags, environ={"SET": KEY})
        assert {visit.header("Authorization") for visit in peer.visits} == {f"Bearer {KEY}"}
    assert (text.code, lines.code) == (3, 3)
    assert MASKED in text.complaint
    assert MASKED in lines.text
    written = b"".join((text.out, text.err, lines.out, lines.err, *weir.files().values()))
    assert KEY.encode() not in written


@pytest.mark.slow
async def test_records_are_kept_and_conversations_only_if_wanted(weir: Command, practice: PracticeServer) -> None:
    await weir.run("compare", *among(practice, "table", "cut"), "Hello")
    assert not weir.paths.database.exists()
    kept = [json.loads(line) for line in weir.paths.records.read_text().splitlines()]
    assert sorted((one["model"], one["outcome"]) for one in kept) == [("cut", "truncated-body"), ("table", "complete")]
    await weir.run("compare", "--save", *among(practice, "table", "cut"), "Hello")
    assert saved_replies(weir) == [
        ("table", "complete", lesson("table")),
        ("cut", "truncated-body", WARNINGS[Fault.CUT]),
    ]
