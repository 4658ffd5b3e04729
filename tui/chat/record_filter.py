"""Record filter: which records one wants to see, as flags or as words such as `outcome:stalled since:2h qwen`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tui.chat.journal import moment_of
from tui.stream.outcome import Outcome
from tui.stream.record import BUCKET_NAMES, Record

BROKEN = "broken"
"""Every outcome but those that a server ends a reply with, and a person's own stop."""
KINDS = ("chat.stream", "chat", "models", "probe")
NAMES: Final = ("since", "until", "model", "route", "outcome", "latency", "type")
"""What can stand before the colon of a word."""
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_AGO = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?(s|min|m|h|d|w)")
_SPAN = re.compile(r"([<>]?)(\d{1,6}(?:\.\d{1,3})?)(?:-(\d{1,6}(?:\.\d{1,3})?))?s?")
_NOT_BROKEN = (*(outcome.value for outcome in Outcome if outcome.rule.finished), Outcome.CANCELLED.value)


class FilterError(ValueError):
    """A filter that cannot be meant; `name` is which, `value` what was given."""

    def __init__(self, name: str, value: str, known: str) -> None:
        super().__init__(f'{name} is "{value}"; it can be {known}')
        self.name = name
        self.value = value
        self.known = known


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds to the first text, else of the whole: from `least` on, less than `most`; or a bucket by its name."""

    least: float = 0.0
    most: float = float("inf")
    bucket: str | None = None

    def admits(self, record: Record) -> bool:
        """Whether the record has such a latency; one that has none has no such."""
        if self.bucket is not None:
            return record.latency_bucket == self.bucket
        took = record.first_text_ms if record.first_text_ms is not None else record.duration_ms
        return took is not None and self.least <= took / 1000 < self.most


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """All that is given must hold; texts are compared without regard to case."""

    since: datetime | None = None
    until: datetime | None = None
    model: str | None = None
    """A part of the model's name, or of `route/model`."""
    route: str | None = None
    """A part of it."""
    outcomes: frozenset[str] | None = None
    latency: Latency | None = None
    kind: str | None = None
    """The request type."""
    words: tuple[str, ...] = ()
    """Each is in the id, the model, the route, the outcome or the error."""

    def admits(self, record: Record) -> bool:
        """Whether it is one of those."""
        return (
            (self.outcomes is None or record.outcome in self.outcomes)
            and (self.kind is None or record.request_type == self.kind)
            and (self.route is None or self.route in record.route.lower())
            and (self.model is None or self.model in f"{record.route}/{record.model}".lower())
            and (self.latency is None or self.latency.admits(record))
            and (not self.words or all(word in _searched(record) for word in self.words))
            and self._in_time(record)
        )

    def _in_time(self, record: Record) -> bool:
        if self.since is None and self.until is None:
            return True
        moment = moment_of({"time": record.time})
        return (
            moment is not None
            and (self.since is None or moment >= self.since)
            and (self.until is None or moment < self.until)
        )


def choose(records: Iterable[Record], wanted: RecordFilter) -> list[Record]:
    """Those that the filter admits, in their order."""
    return [record for record in records if wanted.admits(record)]


def make_filter(given: Mapping[str, str | None], now: datetime, words: Iterable[str] = ()) -> RecordFilter:
    """The filter of flags by their names (`NAMES`); raises FilterError."""
    made = RecordFilter(words=tuple(word.lower() for word in words))
    for name, value in given.items():
        if value is not None:
            made = replace(made, **_read(name, value, now))
    return made


def read_filter(text: str, now: datetime) -> RecordFilter:
    """The filter of what a person types: words, and `name:value`; a name without a value is not finished yet.

    Raises FilterError.
    """
    given: dict[str, str] = {}
    words = []
    for word in text.split():
        name, colon, value = word.partition(":")
        if not colon or name not in NAMES:
            words.append(word)
        elif value:
            given[name] = value
    return make_filter(given, now, words)


def _read(name: str, value: str, now: datetime) -> dict[str, Any]:
    match name:
        case "since" | "until":
            return {name: _read_moment(name, value, now)}
        case "model" | "route":
            return {name: value.lower()}
        case "outcome":
            return {"outcomes": frozenset().union(*map(_read_outcome, filter(None, value.split(","))))}
        case "latency":
            return {"latency": _read_latency(value)}
        case _:
            return {"kind": _read_kind(value)}


def _read_moment(name: str, value: str, now: datetime) -> datetime:
    if (ago := _AGO.fullmatch(value)) is not None:
        try:
            return now - timedelta(seconds=float(ago[1]) * _UNITS[ago[2]])
        except OverflowError:
            return datetime.min.replace(tzinfo=UTC)
    try:
        return datetime.fromisoformat(value).astimezone()  # without an offset it is the time of this machine
    except (ValueError, OverflowError):
        raise FilterError(name, value, "such as 90m, 2h, 3d, 1w or 2026-11-01, 2026-11-01T08:30") from None


def _read_outcome(value: str) -> frozenset[str]:
    """The outcomes that begin so, so that a word holds while it is typed."""
    found = frozenset(outcome.value for outcome in Outcome if outcome.value.startswith(value.lower()))
    if not found and BROKEN.startswith(value.lower()):
        return frozenset(outcome.value for outcome in Outcome) - frozenset(_NOT_BROKEN)
    if not found:
        known = f"a code such as complete or idle-timeout, or {BROKEN}; several with commas"
        raise FilterError("outcome", value, known)
    return found


def _read_latency(value: str) -> Latency:
    if (name := value if value.endswith("s") else f"{value}s") in BUCKET_NAMES:
        return Latency(bucket=name)
    span = _SPAN.fullmatch(value)
    if span is None or bool(span[1]) == bool(span[3]):
        raise FilterError("latency", value, f"<2s, >5s, 3-8s, or a bucket: {', '.join(BUCKET_NAMES)}")
    edge = float(span[2])
    if span[3]:
        return Latency(edge, float(span[3]))
    return Latency(most=edge) if span[1] == "<" else Latency(least=edge)


def _read_kind(value: str) -> str:
    if value not in KINDS:
        raise FilterError("type", value, ", ".join(KINDS))
    return value


def _searched(record: Record) -> str:
    error = (record.error or {}).get("message") or ""
    return f"{record.id} {record.route}/{record.model} {record.outcome} {error}".lower()
