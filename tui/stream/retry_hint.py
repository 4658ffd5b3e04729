"""How long a server asks to wait: in its headers, in headers that a router hides in its error, or in words. Pure."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tui.stream.provider_error import ProviderError

_WAITS = (
    ("retry-after-ms", 0.001),
    ("x-ms-retry-after-ms", 0.001),
    ("retry-after", 1.0),
    ("llm_provider-retry-after", 1.0),
)
"""Headers that name a wait, the first one that can be read counts; with the seconds that a plain number counts."""
_RESETS = (
    *((f"x-ratelimit-remaining{kind}", f"x-ratelimit-reset{kind}") for kind in ("-requests", "-tokens", "")),
    ("x-ratelimit-remaining", "x-ratelimit-reset-after"),
    ("x-rate-limit-remaining", "x-rate-limit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
    ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
)
"""Headers that tell what is left of a limit, and when it is whole again."""
_EPOCH_SECONDS, _EPOCH_MILLISECONDS = 1e9, 1e12
"""From here on a number is a moment and no duration."""
_EPOCH_DIGITS = 14
"""A longer number is no moment that anybody means."""
_FOREVER = 1e9
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_DIGITS = re.compile(r"[0-9]{10,}")
_COMMA = re.compile(r"\s*,\s+")
"""Between the values of a header that was sent twice; without a blank it may be one of a number's own."""
_POWER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?[eE]\+?[0-9]{1,2}")
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "天": 86400.0, "小": 3600.0, "分": 60.0, "秒": 1.0}
_UNIT = (
    r"(ms|milliseconds?|d(?:ays?)?|h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?"
    r"|毫秒|秒钟?|分钟?|小时|天)(?![a-z])"
)
_PART = re.compile(
    rf"([0-9]{{1,9}}(?:\.[0-9]{{1,9}})?)\s*(?:more\s+)?{_UNIT}(?:\s*,?\s*(?:and\s+)?(?=[0-9]))?", re.IGNORECASE
)
"""One part of a duration: of Go's `6m0s` and of `1 minute and 30 seconds` alike."""
_WORDS = re.compile(
    r"(?:try again|retry|wait|resets?)(?: in| after| for)?:? (?=[0-9])|(?:请在|请于|等待|稍等)\s*(?=[0-9])",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?=.*[A-Za-z]{3})(?=.*[0-9]:[0-9]{2})")
_STRUCTURED = re.compile(r'"[^"]*"((?:\s*;\s*[a-z]+\s*=\s*[^;,\s]+)+)')
_FIELD = re.compile(r"(?:^|[;,\s])(remaining|reset|r|t)\s*=\s*([0-9]{1,9})(?![0-9.])")
_LONGEST_NAME = 64
_MOST_HEADERS = 32


def read_retry_after(
    headers: Mapping[str, str], error: ProviderError | None, now: datetime, *, limited: bool = True
) -> float | None:
    """Seconds that the server asks to wait: its headers (RFC 9110, 10.2.3) before its body; None if it does not say.

    Of several values the longest counts; a number too long to read is longer than any wait. What can be read in more
    than one way is not read: a clock's `0:02`, a range, a date without its time. Moments are those of the server's
    clock, where it gives its `Date`. `limited`: the answer is about a limit, so that a reset counts although nothing is
    said of what remains.
    """
    now = _read_date(headers.get("date", "")) or now
    for name, unit in _WAITS:
        if (wait := _read_wait(headers.get(name, "").strip(), unit, now)) is not None:
            return wait
    if (reset := _read_reset(headers, now, limited=limited)) is not None:
        return reset
    return None if error is None else _read_error(error)


def has_hint(headers: Mapping[str, str]) -> bool:
    """Whether a header asks for a wait, readable or not."""
    return any(headers.get(name, "").strip() for name, _ in _WAITS)


def find_error_headers(value: Any) -> Mapping[str, str]:
    """The upstream's headers that a router puts into its error (OpenRouter: `error.metadata.headers`), lower-case."""
    for name in ("error", "metadata", "headers"):
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        return {}
    pairs = [(name.lower(), str(item)) for name, item in value.items() if isinstance(item, str | int | float)]
    return dict([pair for pair in pairs if len(pair[0]) <= _LONGEST_NAME][:_MOST_HEADERS])


def read_error_headers(body: bytes) -> Mapping[str, str]:
    """The same out of the body of a refused request."""
    try:
        return find_error_headers(json.loads(body))
    except (ValueError, RecursionError):
        return {}  # no JSON, so no router's error


def _read_wait(text: str, unit: float, now: datetime) -> float | None:
    """A header's value: numbers, a date, a duration with units, or an ISO moment; parameters behind it are left out."""
    if (date := _read_date(text)) is not None:
        return max(0.0, (date - now).total_seconds())
    text = text.partition(";")[0].strip()
    values = _COMMA.split(text)
    waits = [_read_number(value.removeprefix("+"), unit, now) for value in values]
    known = [wait for wait in waits if wait is not None]
    if len(known) == len(waits) and (len(values) == 1 or all(value.isdigit() for value in values)):
        return max(known)
    return _read_duration(text, whole=True) if (moment := _read_iso(text, now)) is None else moment


def _read_number(text: str, unit: float, now: datetime) -> float | None:
    if _SECONDS.fullmatch(text):
        return float(text) * unit
    if _POWER.fullmatch(text):
        return min(float(text) * unit, _FOREVER)
    if not (text.isascii() and _DIGITS.fullmatch(text)):
        return None
    return _FOREVER if len(text) >= _EPOCH_DIGITS else _since_epoch(int(text), now)


def _since_epoch(moment: float, now: datetime) -> float:
    return max(0.0, moment / (1000 if moment >= _EPOCH_MILLISECONDS else 1) - now.timestamp())


def _read_date(text: str) -> datetime | None:
    """An HTTP date in any of the three forms of RFC 9110, 5.6.7; without a zone it is UTC."""
    if not _DATE.match(text):
        return None
    try:
        moment = parsedate_to_datetime(text)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC)
        moment.timestamp()
    except (ValueError, TypeError, OverflowError):
        return None  # no date: the server gave no usable hint there
    return moment


def _read_reset(headers: Mapping[str, str], now: datetime, *, limited: bool) -> float | None:
    """Seconds until a spent limit is whole again, the longest of several.

    OpenAI sends `x-ratelimit-reset-requests: 6m0s` and the like beside `-remaining-`; others a plain
    `x-ratelimit-reset` or `ratelimit-reset` in seconds, or as a moment in seconds or milliseconds since 1970.
    """
    waits = [_read_moment(headers.get(reset, "").strip(), now) for remaining, reset in _RESETS
             if headers.get(remaining, "0" if limited else "").strip() == "0"]  # fmt: skip
    waits += _read_policies(headers.get("ratelimit", ""), limited=limited)
    return max((wait for wait in waits if wait is not None), default=None)


def _read_policies(text: str, *, limited: bool) -> list[float | None]:
    """The IETF's `RateLimit` header: `limit=10, remaining=0, reset=90` of its drafts, `"default";r=0;t=90` of today."""
    waits: list[float | None] = []
    for policy in _STRUCTURED.findall(text.lower()) or [text.lower()]:
        fields = dict(_FIELD.findall(policy))
        left, time = fields.get("r", fields.get("remaining")), fields.get("t", fields.get("reset"))
        spent = limited if left is None else int(left) == 0
        waits += [float(time)] if spent and time is not None else []
    return waits


def _read_moment(text: str, now: datetime) -> float | None:
    if _SECONDS.fullmatch(text):
        return float(text) if float(text) < _EPOCH_SECONDS else None
    if text.isascii() and text.isdigit() and len(text) < 16:
        return _since_epoch(int(text), now)
    if (wait := _read_iso(text, now)) is not None:
        return wait
    return _read_duration(text, whole=True)


def _read_iso(text: str, now: datetime) -> float | None:
    """Anthropic's moments, such as 2026-04-01T12:01:00Z."""
    if "-" not in text:
        return None  # the standard library would take a bare number for a date
    try:
        return max(0.0, (datetime.fromisoformat(text) - now).total_seconds())
    except (ValueError, TypeError):
        return None  # not one: the caller looks for a duration


def _read_duration(text: str, *, whole: bool = False) -> float | None:
    """A duration with units at the start of a text, or as the whole of it; None if there is none."""
    position, total, found = 0, 0.0, False
    while match := _PART.match(text, position):
        unit = match[2].lower()
        total += float(match[1]) * (0.001 if unit.startswith(("ms", "mil", "毫")) else _UNITS[unit[0]])
        position, found = match.end(), True
    if whole and text[position:].strip(". "):
        return None
    return round(total, 9) if found else None


def _read_error(error: ProviderError) -> float | None:
    """The longest wait that an error's fields or its message name."""
    waits = [] if error.retry_after_s is None else [error.retry_after_s]
    for match in _WORDS.finditer(error.message):
        if (wait := _read_duration(error.message[match.end() : match.end() + 80])) is not None:
            waits.append(wait)
    return max(waits, default=None)
