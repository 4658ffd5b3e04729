"""The client against llmock, a mock of OpenAI's API with faults, and with a verdict of its own on its clients.

https://pypi.org/project/llmock/ comes with the extra `real`. It shares no code with the practice provider.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.command import Command
from tests.real.hearing import ask
from tests.real.mock_server import MockServer
from tests.stream.listener import REQUEST, check_ending
from tui.settings.provider import Timeouts
from tui.stream.outcome import NoticeCode, Outcome

pytestmark = pytest.mark.real

SAID = "Among the reeds, a heron."
GPT = replace(REQUEST, model="gpt-4o")
CUT = {"type": "stream_fault", "after_chunks": 3}
"""The first chunk has no text: what comes before the fault is two words."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockServer]:
    program = Path(sys.executable).with_name("llmock")
    assert program.exists(), "these tests need llmock, which comes with the extra `real`"
    with MockServer(tmp_path_factory.mktemp("llmock"), [str(program), "serve", "--port", "0"]) as server:
        yield server


@pytest.fixture
def llmock(running: MockServer) -> MockServer:
    """Without anything that it remembers of another test."""
    running.control("POST", "/_llmock/reset")
    return running


def script(server: MockServer, *behaviours: dict[str, Any]) -> None:
    """What the server does with the next request; it says the same whatever else it does."""
    said = {"type": "reply", "text": SAID}
    server.control("POST", "/_llmock/scenario", {"behaviors": [*behaviours, said]})


async def test_complete(llmock: MockServer) -> None:
    script(llmock)
    heard = await ask(llmock.base_url, GPT, usage="on")
    check_ending(heard, Outcome.COMPLETE, finished=True, text=SAID)
    assert (heard.codes, heard.record.done_seen) == ([], True)
    assert (heard.record.tokens_out or 0) > 0
    assert llmock.control("GET", "/_llmock/verdict")["passed"]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({**CUT, "kind": "truncate"}, Outcome.PREMATURE_EOF),
        ({**CUT, "kind": "disconnect"}, Outcome.TRUNCATED_BODY),
        ({**CUT, "kind": "stall", "stall_seconds": 15}, Outcome.IDLE_TIMEOUT),
    ],
    ids=lambda value: value.value if isinstance(value, Outcome) else "",
)
async def test_a_broken_stream(fault: dict[str, Any], outcome: Outcome, llmock: MockServer) -> None:
    script(llmock, fault)
    heard = await ask(llmock.base_url, GPT, retries=2, timeouts=Timeouts(first_byte=10, idle=1))
    assert (heard.outcome, heard.text, heard.codes) == (outcome, "Among the ", [])


async def test_malformed_chunk(llmock: MockServer) -> None:
    script(llmock, {**CUT, "kind": "malformed"})
    heard = await ask(llmock.base_url, GPT)
    assert heard.outcome is Outcome.MALFORMED_CHUNK
    assert heard.record.detail["malformed_count"] == 1
    assert heard.text.startswith("Among the ")
    assert heard.text.endswith("heron.")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (401, Outcome.INVALID_KEY),
        (404, Outcome.NOT_FOUND),
        (429, Outcome.RATE_LIMITED),
        (500, Outcome.SERVER_ERROR),
        (502, Outcome.BAD_GATEWAY),
        (503, Outcome.UNAVAILABLE),
        (504, Outcome.GATEWAY_TIMEOUT),
    ],
)
async def test_a_refusal(status: int, outcome: Outcome, llmock: MockServer) -> None:
    script(llmock, {"type": "fail", "status": status})
    heard = await ask(llmock.base_url, GPT)
    assert (heard.outcome, heard.text, heard.record.status) == (outcome, "", status)
    assert heard.record.error is not None


async def test_a_rate_limit_is_waited_for_where_one_sees_it(llmock: MockServer) -> None:
    """The server measures the wait: it says so if a client does not keep to it."""
    script(llmock, {"type": "fail", "status": 429, "retry_after": 0.2, "times": 2})
    heard = await ask(llmock.base_url, GPT, retries=2)
    assert (heard.outcome, heard.text, heard.codes) == (Outcome.COMPLETE, SAID, [NoticeCode.RETRYING] * 2)
    assert [notice.values["seconds"] for notice in heard.notices] == [0.2, 0.2]
    assert [notice.record.outcome for notice in heard.notices if notice.record] == ["rate-limited"] * 2
    judged = llmock.control("GET", "/_llmock/verdict")
    assert (judged["passed"], judged["attempts"], judged["errors"]) == (True, 3, 0)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ({"text": "Among", "finish_reason": "length"}, Outcome.LENGTH),
        ({"text": "Among", "finish_reason": "content_filter"}, Outcome.CONTENT_FILTER),
        ({"tool_calls": [{"name": "find_nest", "arguments": {"month": 4}}]}, Outcome.TOOL_CALL),
    ],
)
async def test_other_ends(reply: dict[str, Any], outcome: Outcome, llmock: MockServer) -> None:
    script(llmock, {"type": "reply", **reply})
    heard = await ask(llmock.base_url, GPT)
    assert (heard.outcome, heard.text) == (outcome, reply.get("text", ""))


async def test_weir_ask(llmock: MockServer, tmp_path: Path) -> None:
    script(llmock, {**CUT, "kind": "truncate"})
    ran = await Command(tmp_path).run("ask", "--json", "--base-url", llmock.base_url, "-m", "gpt-4o", "Where?")
    assert (ran.code, ran.end["outcome"], ran.end["text"]) == (3, "premature-eof", "Among the ")
    assert json.loads((tmp_path / "state/weir/records.jsonl").read_text()) == ran.end["record"]
