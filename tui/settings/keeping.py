"""Keeping: how many records are kept, and for how long; HistoryKeeping: for how long conversations are."""

from typing import NamedTuple


class Keeping(NamedTuple):
    """The limits of `records.jsonl` and its rotated part together; 0 is no limit."""

    max_mb: float = 16.0
    """Megabytes of 10**6 bytes."""
    keep_days: float = 90.0

    @property
    def part_bytes(self) -> float:
        """How large each of the two files may be; infinite without a limit."""
        return self.max_mb * 1e6 / 2 if self.max_mb else float("inf")


class HistoryKeeping(NamedTuple):
    """The limit of the conversations."""

    keep_days: float = 0.0
    """How long one is kept that nobody uses or has pinned; 0: for ever."""
