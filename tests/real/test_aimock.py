"""The client against aimock, a mock server in Node: another HTTP stack, and text cut without regard to its characters.

https://www.npmjs.com/package/@copilotkit/aimock; the variable `WEIR_TEST_AIMOCK` names its program `llmock`. `.ci/run`
installs it where there is a Node that can run it, and leaves this file out where there is none.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.real.hearing import ask
from tests.real.mock_server import MockServer
from tests.stream.listener import REQUEST
from tui.settings.provider import Timeouts
from tui.stream.outcome import NoticeCode, Outcome

pytestmark = pytest.mark.real

SAID = "Among the reeds 🪶, 苍鹭: a heron 🙂."
REFUSAL = {"error": {"message": "Overloaded", "type": "overloaded_error"}, "status": 529}
SLOWLY = {"latency": 100}
FIXTURES: dict[str, dict[str, object]] = {
    "whole": {},
    "truncated": {**SLOWLY, "truncateAfterChunks": 3},
    "disconnected": {**SLOWLY, "disconnectAfterMs": 350},
    "stalled": {"streamingProfile": {"ttft": 10, "tps": 0.05}},
    "dropped": {"chaos": {"dropRate": 1}},
    "garbled": {"chaos": {"malformedRate": 1}},
    "hung up": {"chaos": {"disconnectRate": 1}},
    "limited": {"chaos": {"rateLimitRate": 1}},
    "refused": {"response": REFUSAL},
}


@pytest.fixture(scope="module")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockServer]:
    program = os.environ.get("WEIR_TEST_AIMOCK")
    assert program, "WEIR_TEST_AIMOCK is to name the program `llmock` of npm's @copilotkit/aimock"
    folder = tmp_path_factory.mktemp("aimock")
    fixtures = [{"match": {"model": name}, "response": {"content": SAID}, **more} for name, more in FIXTURES.items()]
    (folder / "fixtures.json").write_text(json.dumps({"fixtures": fixtures}))
    with MockServer(folder, [program, "-p", "0", "-c", "1", "-f", str(folder / "fixtures.json")]) as server:
        yield server


CASES = {
    "whole": (Outcome.COMPLETE, 200),
    "truncated": (Outcome.TRUNCATED_BODY, 200),
    "disconnected": (Outcome.TRUNCATED_BODY, 200),
    "stalled": (Outcome.IDLE_TIMEOUT, 200),
    "dropped": (Outcome.SERVER_ERROR, 500),
    "garbled": (Outcome.UNEXPECTED_BODY, 200),
    "hung up": (Outcome.NO_RESPONSE, None),
    "limited": (Outcome.RATE_LIMITED, 429),
    "refused": (Outcome.OVERLOADED, 529),
}


@pytest.mark.parametrize("name", CASES)
async def test_verdict(name: str, aimock: MockServer) -> None:
    heard = await ask(aimock.base_url, replace(REQUEST, model=name), timeouts=Timeouts(first_byte=10, idle=1))
    assert (heard.outcome, heard.record.status) == CASES[name]
    assert NoticeCode.UNPAIRED_SURROGATE not in heard.codes
    if name == "whole":
        assert heard.text == SAID  # cut in the middle of each of its emoji, and joined
    elif heard.outcome is Outcome.TRUNCATED_BODY:
        assert heard.text
        assert SAID.startswith(heard.text)
    else:
        assert heard.text == ""  # the one that stalls does so behind a chunk that names the role alone


async def test_a_rate_limit_is_waited_for_where_one_sees_it(aimock: MockServer) -> None:
    heard = await ask(aimock.base_url, replace(REQUEST, model="limited"), retries=1)
    assert (heard.outcome, heard.codes) == (Outcome.RATE_LIMITED, [NoticeCode.RETRYING])
    assert heard.notices[0].values == {"attempt": 2, "attempts": 2, "seconds": 1, "reason": "rate-limited"}
