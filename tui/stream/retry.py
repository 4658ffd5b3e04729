"""When a failed attempt is made again unasked, and how long that waits. Pure; randomness comes in.

Only before any output, only for outcomes whose rule allows it, and never after an unasked wait of over two minutes.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from tui.stream.outcome import Outcome
from tui.stream.provider_error import ProviderError

LONGEST_WAIT = 120.0
"""Seconds; a server that asks for more gets no unasked retry (openai-python draws its line there too)."""
_FIRST_BACKOFF, _LAST_BACKOFF = 0.5, 8.0
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def read_retry_after(headers: Mapping[str, str], error: ProviderError | None, now: datetime) -> float | None:
    """Seconds that the server asks to wait: its headers (RFC 9110, 10.2.3) before its body; None if it does not say."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0), ("llm_provider-retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if _SECONDS.fullmatch(value):
            return float(value) * unit
    if date := headers.get("retry-after"):
        try:
            return max(0.0, (parsedate_to_datetime(date) - now).total_seconds())
        except (ValueError, TypeError, OverflowError):
            pass  # neither seconds nor a date: the server gave no usable hint there
    return error.retry_after_s if error is not None else None


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
