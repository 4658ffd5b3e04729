"""When a failed attempt is made again unasked, and how long that waits. Pure; randomness comes in.

Only before any output, only for outcomes whose rule allows it, and never after an unasked wait of over two minutes.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tui.stream.outcome import Outcome
from tui.stream.provider_error import ProviderError

LONGEST_WAIT = 120.0
"""Seconds; a server that asks for more gets no unasked retry (openai-python draws its line there too)."""
_FIRST_BACKOFF, _LAST_BACKOFF = 0.5, 8.0
_EPOCH_SECONDS, _EPOCH_MILLISECONDS = 1e9, 1e12
"""From here on a number is a moment and no duration."""
_DURATION = re.compile(r"(?:([0-9]{1,4})h)?(?:([0-9]{1,4})m)?(?:([0-9]{1,6}(?:\.[0-9]{1,9})?)s)?(?:([0-9]{1,6})ms)?")
"""Go's durations, such as 6m0s or 20ms."""
_RESETS = (
    *((f"x-ratelimit-remaining{kind}", f"x-ratelimit-reset{kind}") for kind in ("-requests", "-tokens", "")),
    ("ratelimit-remaining", "ratelimit-reset"),
    ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
)
"""Headers that tell what is left of a limit, and when it is whole again."""
_DIGITS = re.compile(r"[0-9]{10,}")
_FOREVER = 1e9
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def read_retry_after(headers: Mapping[str, str], error: ProviderError | None, now: datetime) -> float | None:
    """Seconds that the server asks to wait: its headers (RFC 9110, 10.2.3) before its body; None if it does not say.

    Of several values the longest counts; a number too long to read is longer than any wait.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0), ("llm_provider-retry-after", 1.0)):
        values = [value.strip().lstrip("+") for value in headers.get(name, "").split(",")]
        if values and all(_SECONDS.fullmatch(value) or _DIGITS.fullmatch(value) for value in values):
            return max(float(value) if _SECONDS.fullmatch(value) else _FOREVER for value in values) * unit
    if (date := _read_date(headers.get("retry-after", ""), now)) is not None:
        return date
    if (reset := _read_reset(headers, now)) is not None:
        return reset
    return error.retry_after_s if error is not None else None


def _read_date(text: str, now: datetime) -> float | None:
    """Seconds until an HTTP date in any of the three forms of RFC 9110, 5.6.7; without a zone it is UTC."""
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None  # no date: the server gave no usable hint there


def _read_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until a spent limit is whole again, the longest of several.

    OpenAI sends `x-ratelimit-reset-requests: 6m0s` and the like beside `-remaining-`; others a plain
    `x-ratelimit-reset` or `ratelimit-reset` in seconds, or as a moment in seconds or milliseconds since 1970.
    """
    waits = []
    for remaining, reset in _RESETS:
        if headers.get(remaining, "0").strip() == "0":
            wait = _read_moment(headers.get(reset, "").strip(), now)
            waits += [] if wait is None else [wait]
    return max(waits, default=None)


def _read_moment(text: str, now: datetime) -> float | None:
    if _SECONDS.fullmatch(text):
        return float(text) if float(text) < _EPOCH_SECONDS else None
    if text.isascii() and text.isdigit() and len(text) < 16:
        moment = int(text) / (1000 if int(text) >= _EPOCH_MILLISECONDS else 1)
        return max(0.0, moment - now.timestamp())
    try:
        return max(0.0, (datetime.fromisoformat(text) - now).total_seconds())
    except (ValueError, TypeError):
        pass  # no ISO moment: Anthropic sends one, others a duration
    if text and (match := _DURATION.fullmatch(text)):
        return sum(float(part or 0) * unit for part, unit in zip(match.groups(), (3600, 60, 1, 0.001), strict=True))
    return None


def plan_retry(
    outcome: Outcome,
    *,
    attempt: int,
    attempts: int,
    retry_after: float | None,
    forbidden: bool,
    random: Callable[[], float],
) -> float | None:
    """Seconds until the next attempt, or None for no further one. `attempt` counts from 1; `random` is in [0, 1)."""
    if forbidden or attempt >= attempts or outcome.rule.retry not in ("auto", "after"):
        return None
    if retry_after is not None:
        return retry_after if retry_after <= LONGEST_WAIT else None
    backoff = min(_LAST_BACKOFF, _FIRST_BACKOFF * 2.0 ** min(attempt - 1, 10))
    return backoff * (0.5 + 0.5 * random())
