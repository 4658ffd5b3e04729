"""Heights: how many rows each entry of the log takes, and which entry a row falls into, both in logarithmic time.

A Fenwick tree (Fenwick, "A new data structure for cumulative frequency tables", 1994): `_sums[i]` holds the rows of the
entries from `i - (i & -i)` up to `i`, so a change and a look-up touch at most log2(n) of them.
"""

from collections.abc import Iterable


class Heights:
    """Rows of entries that stand above one another, all counted from 0."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._heights = list(heights)
        self._sums = [0, *self._heights]
        for at in range(1, len(self._sums)):
            parent = at + (at & -at)
            if parent < len(self._sums):
                self._sums[parent] += self._sums[at]
        self.total = sum(self._heights)
        """All rows."""

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, entry: int) -> int:
        return self._heights[entry]

    def append(self, height: int) -> None:
        """Put an entry below all others."""
        at = len(self._sums)
        below = at - (at & -at)
        self._sums.append(height + self.first_row(at - 1) - self.first_row(below))
        self._heights.append(height)
        self.total += height

    def truncate(self, count: int) -> None:
        """Keep only the first entries."""
        self.total = self.first_row(count)
        del self._heights[count:], self._sums[count + 1 :]

    def change(self, entry: int, height: int) -> int:
        """Give an entry another height; returns by how many rows it grew."""
        grown = height - self._heights[entry]
        if grown:
            self._heights[entry] = height
            self.total += grown
            at = entry + 1
            while at < len(self._sums):
                self._sums[at] += grown
                at += at & -at
        return grown

    def first_row(self, entry: int) -> int:
        """The row at which an entry begins; for the count of entries, the row behind the last."""
        row = 0
        while entry > 0:
            row += self._sums[entry]
            entry -= entry & -entry
        return row

    def find(self, row: int) -> tuple[int, int]:
        """The entry that a row falls into, and the row within it; a row beyond the end is the last one's last."""
        row = max(0, min(row, self.total - 1))
        entry, step = 0, 1 << len(self._sums).bit_length()
        while step:
            beyond = entry + step
            if beyond < len(self._sums) and self._sums[beyond] <= row:
                entry, row = beyond, row - self._sums[beyond]
            step >>= 1
        return entry, row
