"""When a failed attempt is made again unasked, and how long that waits. Pure; randomness comes in.

Only before any output, only for outcomes whose rule allows it, and never after an unasked wait of over two minutes.
What the server says of waiting is read in `retry_hint.py`.
"""

from collections.abc import Callable

from tui.stream.outcome import Outcome

LONGEST_WAIT = 120.0
"""Seconds; a server that asks for more gets no unasked retry (openai-python draws its line there too)."""
CAUTIOUS_WAIT = 30.0
"""Seconds, where the server asks for a wait in words that cannot be read."""
_FIRST_BACKOFF, _LAST_BACKOFF = 0.5, 8.0


def plan_retry(
    outcome: Outcome,
    *,
    attempt: int,
    attempts: int,
    retry_after: float | None,
    hinted: bool,
    forbidden: bool,
    random: Callable[[], float],
) -> float | None:
    """Seconds until the next attempt, or None for no further one. `attempt` counts from 1; `random` is in [0, 1).

    `hinted`: the server asked for a wait, whether or not it could be read.
    """
    if forbidden or attempt >= attempts or outcome.rule.retry not in ("auto", "after"):
        return None
    if retry_after is None and hinted:
        retry_after = CAUTIOUS_WAIT
    if retry_after is not None:
        return retry_after if retry_after <= LONGEST_WAIT else None
    backoff = min(_LAST_BACKOFF, _FIRST_BACKOFF * 2.0 ** min(attempt - 1, 10))
    return backoff * (0.5 + 0.5 * random())
