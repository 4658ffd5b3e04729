"""When an attempt is made again unasked, and what the server says about waiting."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stream.clock import MovedLoop, turns, until
from tests.stream.listener import Listener, route
from tests.stream.peer import Peer, answer
from tests.stream.wire import DONE, finish, http, stream, text
from tui.stream.client import Client
from tui.stream.outcome import Outcome
from tui.stream.provider_error import ErrorClass, ProviderError, find_error
from tui.stream.retry import CAUTIOUS_WAIT, LONGEST_WAIT, plan_retry
from tui.stream.retry_hint import has_hint, read_retry_after

NOW = datetime(2026, 4, 1, 12, 0, 0, tzinfo=UTC)
AUTOMATIC = {
    "connect-timeout",
    "connect-reset",
    "send-failed",
    "no-response",
    "request-timeout",
    "conflict",
    "rate-limited",
    "server-error",
    "bad-gateway",
    "unavailable",
    "gateway-timeout",
    "overloaded",
    "empty-body",
}


def plan(
    outcome: Outcome = Outcome.UNAVAILABLE,
    *,
    attempt: int = 1,
    attempts: int = 9,
    retry_after: float | None = None,
    hinted: bool = False,
    forbidden: bool = False,
    chance: float = 0.0,
) -> float | None:
    return plan_retry(
        outcome,
        attempt=attempt,
        attempts=attempts,
        retry_after=retry_after,
        hinted=hinted,
        forbidden=forbidden,
        random=lambda: chance,
    )


def test_only_these_are_tried_again_unasked() -> None:
    assert {outcome.value for outcome in Outcome if plan(outcome) is not None} == AUTOMATIC


def test_the_backoff_doubles_up_to_eight_seconds() -> None:
    longest = [plan(attempt=attempt, chance=1.0) for attempt in range(1, 8)]
    assert longest == [0.5, 1, 2, 4, 8, 8, 8]
    assert plan(attempt=5000, attempts=9999, chance=1.0) == 8
    assert [plan(attempt=attempt) for attempt in range(1, 8)] == [wait / 2 for wait in longest if wait]


def test_a_wait_that_the_server_asks_for_goes_before_the_backoff() -> None:
    assert plan(retry_after=0) == 0
    assert plan(retry_after=LONGEST_WAIT) == 120
    assert plan(retry_after=LONGEST_WAIT + 0.1) is None
    assert plan(retry_after=7.0, hinted=True) == 7.0


def test_a_wait_that_cannot_be_read_is_a_long_one() -> None:
    assert plan(hinted=True) == CAUTIOUS_WAIT
    assert all(has_hint({"retry-after": text}) for text in ("soon", "-5", "7"))
    assert not any(has_hint({"retry-after": text}) for text in (" ", ""))


def test_attempts_and_the_servers_word_are_the_end() -> None:
    assert plan(attempt=2, attempts=3) is not None
    assert plan(attempt=3, attempts=3) is None
    assert plan(forbidden=True) is None


@pytest.mark.parametrize(
    ("headers", "in_body", "seconds"),
    [
        ({}, None, None),
        ({"retry-after": "7"}, None, 7.0),
        ({"retry-after": " 1.5 "}, 9.0, 1.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, None, 0.25),
        ({"llm_provider-retry-after": "3"}, None, 3.0),
        ({"retry-after": "Wed, 01 Apr 2026 12:00:30 GMT"}, None, 30.0),
        ({"retry-after": "Wed, 01 Apr 2026 11:00:00 GMT"}, None, 0.0),
        ({"retry-after": "Wed, 01 Apr 2026 12:00:30"}, 9.0, 30.0),
        ({"retry-after": "soon"}, None, None),
        ({"retry-after": "soon"}, 9.0, 9.0),
        ({"retry-after": "-5"}, None, None),
        ({"retry-after": "nan"}, None, None),
        ({"retry-after": "1e9"}, None, 1e9),
        ({"retry-after": "1e6"}, None, 1e6),
        ({"retry-after": "1e99"}, None, 1e9),
        ({"retry-after": "300 s"}, 9.0, 300.0),
        ({"retry-after": "300;x"}, None, 300.0),
        ({"retry-after": "5m"}, None, 300.0),
        ({"retry-after": "2 minutes"}, None, 120.0),
        ({"retry-after": "2026-04-01T12:01:00Z"}, None, 60.0),
        ({"retry-after-ms": "250ms"}, None, 0.25),
        ({"retry-after-ms": "250;x"}, None, 0.25),
        ({"retry-after": "\u0663"}, None, None),
        ({"retry-after": "9" * 5000}, None, 1e9),
        ({"retry-after": "60, 7"}, None, 60.0),
        ({"retry-after": "+60"}, None, 60.0),
        ({"retry-after": "Wed Apr  1 12:00:30 2026"}, None, 30.0),
        ({"anthropic-ratelimit-requests-remaining": "0",
          "anthropic-ratelimit-requests-reset": "2026-04-01T12:01:00Z"}, None, 60.0),
        ({"retry-after": "Wed, 01 Apr 2026 12:00:30 +99999999999999999999"}, None, None),
        ({"retry-after": "Wed, 99999999999999999999 Apr 2026 12:00:30 GMT"}, 9.0, 9.0),
        ({}, 34.5, 34.5),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m30s"}, 9.0, 90.0),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20ms"}, None, 0.02),
        ({"x-ratelimit-remaining-requests": "4", "x-ratelimit-reset-requests": "1m30s"}, 9.0, 9.0),
        ({"x-ratelimit-reset": "1775044807"}, None, 7.0),
        ({"x-ratelimit-reset": "1775044807500"}, None, 7.5),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "12"}, None, 12.0),
        ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "6s"}, None, 6.0),
        ({"retry-after": "3", "x-ratelimit-reset": "60"}, None, 3.0),
        ({"x-ratelimit-reset": "soon"}, 9.0, 9.0),
        ({"retry-after": "00:01:30"}, None, None),
        ({"retry-after": "0:02"}, None, None),
        ({"retry-after": "2026-11-22 20:00:00"}, None, None),
        ({"retry-after": "2026-04-01T12:01:00"}, None, None),
        ({"retry-after": "2027/01/01"}, None, None),
        ({"retry-after": "1 Jan 2027"}, None, None),
        ({"retry-after": "30-60"}, None, None),
        ({"retry-after": "1.500,00"}, None, None),
        ({"retry-after": "1h30"}, None, None),
        ({"retry-after": "1775044830"}, None, 30.0),
        ({"retry-after": "1775044830000"}, None, 30.0),
        ({"retry-after": "Wed, 01 Apr 2026 09:00:30 GMT", "date": "Wed, 01 Apr 2026 09:00:00 GMT"}, None, 30.0),
        ({"ratelimit": "limit=10, remaining=0, reset=90"}, None, 90.0),
        ({"ratelimit": "limit=10, remaining=3, reset=90"}, None, None),
        ({"ratelimit": '"default";r=0;t=90'}, None, 90.0),
        ({"ratelimit": '"minute";r=0;t=9, "day";r=5;t=9000'}, None, 9.0),
        ({"x-ratelimit-reset-after": "1.5"}, None, 1.5),
        ({"x-rate-limit-reset": "1775044830"}, None, 30.0),
        ({"x-ms-retry-after-ms": "1500"}, None, 1.5),
    ],
)
def test_retry_after(headers: dict[str, str], in_body: float | None, seconds: float | None) -> None:
    error = ProviderError(ErrorClass.RATE_LIMITED, "slow down", retry_after_s=in_body) if in_body else None
    assert read_retry_after(headers, error, NOW) == seconds


@pytest.mark.parametrize(
    ("message", "in_body", "seconds"),
    [
        ("Please try again in 6m0s. Visit the docs.", None, 360.0),
        ("Please try again in 20s.", 20.0, 20.0),
        ("Please try again in 1h2m", None, 3720.0),
        ("Please try again in 350ms.", None, 0.35),
        ("Please try again in 1m 30s.", 60.0, 90.0),
        ("Please wait 1 minute and 5 seconds", None, 65.0),
        ("retry after 2 hours", None, 7200.0),
        ("try again in 2 days", None, 172800.0),
        ("请在 90 秒后重试", None, 90.0),
        ("wait 90 more seconds", None, 90.0),
        ("The limit resets in 90 seconds", None, 90.0),
        ("try again in 3 steps", None, None),
        ("try again in 5 more weeks", None, None),
        ("Limit 30000, used 29000. Retry later.", None, None),
    ],
)
def test_a_wait_in_words(message: str, in_body: float | None, seconds: float | None) -> None:
    error = ProviderError(ErrorClass.RATE_LIMITED, message, retry_after_s=in_body)
    assert read_retry_after({}, error, NOW) == seconds


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"error": {"message": "no", "retry_after": 90}}, 90.0),
        ({"message": "no", "retry_after": "90"}, 90.0),
        ({"error": {"message": "no"}, "retry_after_ms": 1500}, 1.5),
        ({"error": {"message": "no", "retry_after": 1775044830}}, None),
        ({"error": {"message": "no", "retry_after": True}}, None),
    ],
)
def test_a_wait_in_a_field_of_the_body(fields: dict[str, Any], seconds: float | None) -> None:
    assert read_retry_after({}, find_error(fields, 429), NOW) == seconds


def test_a_reset_is_a_wait_only_where_the_answer_is_about_a_limit() -> None:
    reset = {"x-ratelimit-reset-tokens": "6m0s"}
    assert read_retry_after(reset, None, NOW) == 360.0
    assert read_retry_after(reset, None, NOW, limited=False) is None
    assert read_retry_after({**reset, "x-ratelimit-remaining-tokens": "0"}, None, NOW, limited=False) == 360.0


async def test_a_failure_with_a_distant_reset_is_repeated(patient: Client, clock: MovedLoop) -> None:
    failed = http(500, "", "x-ratelimit-reset-tokens: 6m0s")
    async with Peer(answer(failed), answer(stream(text("Hi"), finish("stop"), DONE))) as peer:
        listener = Listener(patient, route(peer.url))
        await until(lambda: listener.trace.retry_at)
        await turns()
        clock.advance(1)
        heard = await listener.heard()
    assert (heard.outcome, heard.text) == (Outcome.COMPLETE, "Hi")
