"""How fast each model was here in the past: medians over its last replies, read from the journal of records.

Only replies of which text came count. The speed is that of decode time alone, from the first visible text to the last
byte, and exact only where the server counted the tokens of the visible text, reasoning apart.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from tui.stream.outcome import NoticeCode

SAMPLES = 20
"""Replies of one model that are remembered."""
MODELS = 500
"""Models that are remembered, the last used ones."""
_WIDEST_DELTA = 4.0
"""Characters to a token, roughly."""
_IN_ONE_PIECE = (NoticeCode.NOT_STREAMED.value, NoticeCode.BUFFERING_SUSPECTED.value)
"""Notices after which the time between the pieces says nothing about how fast the model wrote."""
_SHORTEST_MS = 50
"""Decode time below which a speed says nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One reply."""

    first_text_ms: int
    tokens_per_s: float | None
    estimated: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """The last replies of one model, the latest last; never empty."""

    samples: tuple[Sample, ...]

    @property
    def first_text_ms(self) -> int:
        """The median time to the first visible text."""
        return round(_median([sample.first_text_ms for sample in self.samples]))

    @property
    def tokens_per_s(self) -> float | None:
        """The median speed; None where no reply was long enough to tell."""
        speeds = [sample.tokens_per_s for sample in self.samples if sample.tokens_per_s is not None]
        return _median(speeds) if speeds else None

    @property
    def estimated(self) -> bool:
        """Whether any of these speeds rests on estimated tokens."""
        return any(sample.estimated for sample in self.samples if sample.tokens_per_s is not None)

    def plus(self, sample: Sample) -> "Measured":
        """These and one more; the oldest goes when there are too many."""
        return Measured((*self.samples, sample)[-SAMPLES:])


def measure_record(record: Mapping[str, Any]) -> Sample | None:
    """What a record, as it stands in the journal, says of its model's speed; None if nothing."""
    first = record.get("first_text_ms")
    if not _is_number(first) or record.get("request_type") != "chat.stream":
        return None
    counted = _count_text(record)
    count = _estimate(record) if counted is None else counted
    duration, silence = record.get("duration_ms"), record.get("last_byte_ago_ms")
    speed = None
    notices = record.get("notices")
    in_one_piece = isinstance(notices, list) and any(code in notices for code in _IN_ONE_PIECE)
    if _is_number(duration) and count and not in_one_piece:
        decode = duration - (silence if _is_number(silence) else 0) - first
        speed = round(count / decode * 1000, 2) if decode >= _SHORTEST_MS else None
    return Sample(int(first), speed, estimated=counted is None)


def add_lines(measured: Mapping[str, Measured], lines: Iterable[str]) -> dict[str, Measured]:
    """The measurements after these lines of the journal; a line that is no record is left out."""
    result = dict(measured)
    for line in lines:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue  # torn by a crash or a full disk: what it would have said is one sample
        if not isinstance(record, dict) or (sample := measure_record(record)) is None:
            continue
        name = f"{record.get('route')}/{record.get('model')}"
        known = result.pop(name, None)  # the last used stands last
        result[name] = known.plus(sample) if known is not None else Measured((sample,))
    return dict(list(result.items())[-MODELS:])


def _count_text(record: Mapping[str, Any]) -> float | None:
    """Tokens of visible text as the server counted them; None where it did not, or not apart from reasoning."""
    tokens, apart = record.get("tokens_out"), _detail(record, "tokens_reasoning")
    if not _is_number(tokens) or (not apart and (record.get("reasoning_chars") or _detail(record, "thought_chars"))):
        return None
    return max(0, tokens - apart)


def _detail(record: Mapping[str, Any], name: str) -> float:
    """A number of the record's detail; 0 where there is none."""
    detail = record.get("detail")
    value = detail.get(name) if isinstance(detail, dict) else None
    return value if _is_number(value) else 0


def _estimate(record: Mapping[str, Any]) -> float:
    """Tokens of visible text: mostly one to an event, but for the first and the last, or a few characters each."""
    characters, events = record.get("text_chars"), record.get("events")
    thought = _detail(record, "thought_chars")
    wide = (characters - thought) / _WIDEST_DELTA if _is_number(characters) else 0.0
    return wide if thought or record.get("reasoning_chars") or not _is_number(events) else max(events - 2, wide)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _median(values: Sequence[float]) -> float:
    from statistics import median  # takes as long to import as this whole module, and no start waits for it

    return median(values)
