"""`weir doctor` as a person runs it: its lines, its JSON, its exit codes, and what it never prints."""

import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.command import KEY, MASKED, Command, Ran, finish
from tests.stream.clock import until
from tui.practice import Fault, PracticeServer

STEPS = ["configuration", "key", "dns", "tcp", "tls", "models", "plain request", "stream", "timing", "cancel"]
FIELDS = ["n", "name", "result", "ms", "evidence", "outcome"]


@pytest.fixture
def weir(tmp_path: Path) -> Command:
    return Command(tmp_path)


def configure(weir: Command, text: str) -> None:
    weir.paths.config.mkdir(parents=True)
    weir.paths.config_file.write_text(text, encoding="utf-8")


def read(ran: Ran) -> dict[str, Any]:
    """The one object on stdout."""
    assert ran.out.endswith(b"\n")
    assert ran.out.count(b"\n") == 1
    report: dict[str, Any] = json.loads(ran.out)
    return report


def step(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(step for step in report["steps"] if step["name"] == name)


@pytest.mark.slow
async def test_a_good_route(weir: Command) -> None:
    ran = await weir.run("doctor", "--practice", "-m", "chinese")
    lines = ran.text.splitlines()
    assert (ran.code, ran.complaint) == (0, "")
    assert [line[:2].strip() for line in lines[:13]] == [*map(str, range(1, 11)), "", "", ""]
    assert [line[3:18].strip() for line in lines[:10]] == STEPS
    assert lines[13:] == [
        "",
        "The stream works: nothing was found that breaks it or holds it back.",
        "Next: Nothing; the records of these requests are in records.jsonl.",
        lines[-1],
    ]
    assert lines[-1].startswith("Spent: about ")


@pytest.mark.slow
async def test_the_json_of_a_good_route_and_its_records(weir: Command) -> None:
    async with PracticeServer(token_delay=0) as practice:
        ran = await weir.run("doctor", "--base-url", practice.base_url, "-m", "chinese", "--json")
    report = read(ran)
    assert [list(step) for step in report["steps"]] == [FIELDS] * 13
    assert [step["name"] for step in report["steps"]] == [*STEPS, "proxy", "headers", "terminal"]
    assert [step["n"] for step in report["steps"]] == [*range(1, 11), 0, 0, 0]
    assert (report["outcome"], report["exit"], ran.code) == ("complete", 0, 0)
    assert report["tokens"]["requests"] == 3
    assert report["tokens"]["total"] > 0
    assert report["verdict"]
    assert report["next"]
    records = [json.loads(line) for line in weir.paths.records.read_text().splitlines()]
    assert [record["request_type"] for record in records] == ["probe"] * 3
    assert [record["outcome"] for record in records] == ["complete", "complete", "cancelled"]
    assert weir.paths.records.stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "outcome", "exit_code"),
    [(Fault.CUT, "truncated-body", 17), (Fault.JSON, "not-streamed", 18), (Fault.HTTP_401, "invalid-key", 17)],
)
async def test_a_fault_is_named(weir: Command, fault: Fault, outcome: str, exit_code: int) -> None:
    async with PracticeServer(fault=fault, token_delay=0) as practice:
        flags = ("--base-url", practice.base_url, "--api-key-env", "HERON_API_KEY", "-m", "markdown")
        ran = await weir.run("doctor", *flags, "--json", environ={"HERON_API_KEY": KEY})
    report = read(ran)
    assert (report["outcome"], report["exit"], ran.code) == (outcome, exit_code, exit_code)
    assert MASKED in step(report, "key")["evidence"]
    written = ran.out + ran.err + b"".join(weir.files().values())
    assert KEY.encode() not in written


@pytest.mark.slow
async def test_a_failure_in_words(weir: Command) -> None:
    async with PracticeServer(fault=Fault.JSON, token_delay=0) as practice:
        ran = await weir.run("doctor", "--base-url", practice.base_url, "-m", "markdown")
        chinese = await weir.run(
            "doctor", "--base-url", practice.base_url, "-m", "markdown", environ={"LANG": "zh_CN.UTF-8"}
        )
    assert "Step 8, stream: The server ignored stream=true and sent the reply at once." in ran.text
    assert "Next: Ask the provider whether this model streams" in ran.text
    assert "第 8 步，流式请求" in chinese.text
    assert (ran.code, chinese.code) == (18, 18)


async def test_neither_prompt_nor_reply_is_written(weir: Command) -> None:
    async with PracticeServer(token_delay=0) as practice:
        ran = await weir.run("doctor", "--base-url", practice.base_url, "-m", "chinese")
        asked = [json.loads(request.body)["messages"][0]["content"] for request in practice.requests if request.body]
    written = (ran.out + ran.err + b"".join(weir.files().values())).decode()
    assert len(asked) == 3
    assert not [prompt for prompt in asked if prompt in written]
    assert "鹭" not in written


@pytest.mark.slow
async def test_a_closed_port(weir: Command) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        ran = await weir.run("doctor", "--base-url", f"http://127.0.0.1:{held.getsockname()[1]}/v1", "-m", "x")
    assert ran.code == 14
    assert "connect-refused" in ran.text
    assert "No tokens were counted." in ran.text


@pytest.mark.slow
async def test_a_broken_config_is_the_first_finding(weir: Command) -> None:
    configure(weir, 'modell = "x"\n')
    ran = await weir.run("doctor", "--json")
    report = read(ran)
    assert (ran.code, report["exit"], report["outcome"]) == (11, 11, None)
    assert "modell" in report["verdict"]
    assert [step["name"] for step in report["steps"]] == ["configuration"]


async def test_a_key_that_is_not_set(weir: Command) -> None:
    configure(weir, '[providers.nest]\nbase_url = "http://127.0.0.1:9/v1"\napi_key_env = "HERON_API_KEY"\n')
    ran = await weir.run("doctor", "-m", "nest/heron-1", "--json")
    report = read(ran)
    assert (ran.code, report["outcome"]) == (12, "no-api-key")
    assert step(report, "key")["evidence"] == "environment variable HERON_API_KEY"
    assert step(report, "models")["result"] == "skipped"


@pytest.mark.slow
async def test_every_provider_as_a_table(weir: Command) -> None:
    async with PracticeServer(token_delay=0) as good, PracticeServer(fault=Fault.HTTP_402) as bad:
        configure(
            weir,
            f'model = "good/chinese"\n[providers.good]\nbase_url = "{good.base_url}"\n'
            f'[providers.bad]\nbase_url = "{bad.base_url}"\n',
        )
        ran = await weir.run("doctor", "--all")
        as_json = await weir.run("doctor", "--all", "--json")
    head, *rows = ran.text.splitlines()
    assert head.split() == ["provider", "model", "exit", "tokens", "verdict"]
    assert [row.split()[:3] for row in rows] == [["good", "chinese", "0"], ["bad", "markdown", "17"]]
    assert "no balance" in rows[1]
    both = read(as_json)
    assert [(one["provider"], one["outcome"]) for one in both["providers"]] == [
        ("good", "complete"), ("bad", "payment-required"),
    ]  # fmt: skip
    assert ran.code == as_json.code == both["exit"] == 17


@pytest.mark.slow
@pytest.mark.parametrize("flags", [("-m", "x"), ("--practice",), ("--base-url", "http://127.0.0.1:9/v1")])
async def test_all_is_not_one(weir: Command, flags: tuple[str, ...]) -> None:
    ran = await weir.run("doctor", "--all", *flags)
    assert (ran.code, "--all" in ran.complaint) == (2, True)


@pytest.mark.slow
async def test_proxies_of_the_environment_are_told_of(weir: Command) -> None:
    async with PracticeServer(token_delay=0) as practice:
        ran = await weir.run(
            "doctor", "--base-url", practice.base_url, "-m", "chinese", "--json",
            environ={"HTTP_PROXY": "http://heron:reeds@127.0.0.1:9"},
        )  # fmt: skip
    proxy = step(read(ran), "proxy")
    assert (ran.code, proxy["result"]) == (0, "ok")
    assert proxy["evidence"] == "HTTP_PROXY=http://[masked]@127.0.0.1:9 · loopback never takes one"


@pytest.mark.slow
async def test_ctrl_c_ends_it(weir: Command) -> None:
    async with PracticeServer(fault=Fault.MUTE) as practice:
        async with weir.start("doctor", "--base-url", practice.base_url, "-m", "chinese") as process:
            await until(lambda: len(practice.requests) == 2)
            process.send_signal(signal.SIGINT)
            ran = await finish(process)
    assert (ran.code, ran.complaint) == (130, "")
    assert len(ran.text.splitlines()) == 6


async def test_a_state_folder_that_cannot_be_written_is_said_once(weir: Command) -> None:
    weir.paths.state.parent.mkdir(parents=True)
    weir.paths.state.write_text("in the way")
    async with PracticeServer(token_delay=0) as practice:
        ran = await weir.run("doctor", "--base-url", practice.base_url, "-m", "chinese")
    assert ran.code == 0
    assert ran.complaint.count(os.fspath(weir.paths.records)) == 1
