"""Record summary: what many records say together: how often each outcome came, and how long the first text took."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tui.stream.record import Record

_LEVELS = "▁▂▃▄▅▆▇█"
_ASCII_LEVELS = "_.:-=+*#"
NONE = {False: "·", True: "x"}
"""What stands where no text came; the key says whether it is drawn in ASCII."""


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """Of records in the order of time."""

    total: int
    outcomes: tuple[tuple[str, int], ...]
    """The most frequent first."""
    first_text: tuple[int | None, ...]
    """Milliseconds; None where no text came."""

    @property
    def measured(self) -> list[int]:
        """The times of those with a text, the shortest first."""
        return sorted(time for time in self.first_text if time is not None)

    @property
    def median(self) -> int | None:
        """Of the times that there are."""
        times = self.measured
        return _median(times) if times else None


def summarise(records: Sequence[Record]) -> RecordSummary:
    """The summary of records that are in the order of time. Of a list of models no text is expected."""
    counts = Counter(record.outcome for record in records)
    outcomes = tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    times = tuple(record.first_text_ms for record in records if record.request_type != "models")
    return RecordSummary(len(records), outcomes, times)


def draw_sparkline(times: Sequence[int | None], width: int, *, ascii: bool = False) -> str:
    """One column for each time, from 0 to the longest; of more than fit a column is the median of neighbours."""
    if not times or width < 1:
        return ""
    groups = min(width, len(times))
    edges = [len(times) * number // groups for number in range(groups + 1)]
    columns: list[int | None] = []
    for start, end in pairwise(edges):
        known = sorted(time for time in times[start:end] if time is not None)
        columns.append(_median(known) if known else None)
    most = max((column for column in columns if column is not None), default=0)
    levels = _ASCII_LEVELS if ascii else _LEVELS
    return "".join(NONE[ascii] if column is None else levels[_level(column, most)] for column in columns)


def _level(time: int, most: int) -> int:
    return min(len(_LEVELS) - 1, time * len(_LEVELS) // most) if most else 0


def _median(times: Sequence[int]) -> int:
    """Of sorted times; of an even number the mean of both in the middle, rounded."""
    middle = len(times) // 2
    return times[middle] if len(times) % 2 else round((times[middle - 1] + times[middle]) / 2)
