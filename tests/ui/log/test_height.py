from hypothesis import given
from hypothesis import strategies as st

from tui.ui.log.height import Heights

HEIGHTS = st.lists(st.integers(0, 9), max_size=40)
CHANGES = st.lists(st.tuples(st.integers(0, 39), st.integers(0, 9)), max_size=20)


@given(HEIGHTS, CHANGES, HEIGHTS)
def test_rows_are_what_adding_up_gives(first: list[int], changes: list[tuple[int, int]], more: list[int]) -> None:
    heights, plain = Heights(first), list(first)
    for entry, height in changes:
        if entry < len(plain):
            assert heights.change(entry, height) == height - plain[entry]
            plain[entry] = height
    kept = len(more) % (len(plain) + 1)
    heights.truncate(kept)
    del plain[kept:]
    for height in more:
        heights.append(height)
        plain.append(height)
    assert heights.total == sum(plain)
    assert [heights[entry] for entry in range(len(heights))] == plain
    ends = range(len(plain) + 1)
    assert [heights.first_row(entry) for entry in ends] == [sum(plain[:end]) for end in ends]
    rows = [(entry, row) for entry, height in enumerate(plain) for row in range(height)]
    assert [heights.find(row) for row in range(len(rows))] == rows


def test_a_row_beyond_the_end_is_the_last() -> None:
    assert Heights([2, 3]).find(99) == (1, 2)
    assert Heights([2, 3]).find(-1) == (0, 0)
    assert Heights().find(0) == (0, 0)
