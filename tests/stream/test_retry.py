"""When an attempt is made again unasked, and what the server says about waiting."""

from datetime import UTC, datetime

import pytest

from tui.stream.outcome import Outcome
from tui.stream.provider_error import ErrorClass, ProviderError
from tui.stream.retry import LONGEST_WAIT, plan_retry, read_retry_after

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
    forbidden: bool = False,
    chance: float = 0.0,
) -> float | None:
    return plan_retry(
        outcome,
        attempt=attempt,
        attempts=attempts,
        retry_after=retry_after,
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
        ({"retry-after": "1e9"}, None, None),
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
    ],
)
def test_retry_after(headers: dict[str, str], in_body: float | None, seconds: float | None) -> None:
    error = ProviderError(ErrorClass.RATE_LIMITED, "slow down", retry_after_s=in_body) if in_body else None
    assert read_retry_after(headers, error, NOW) == seconds
