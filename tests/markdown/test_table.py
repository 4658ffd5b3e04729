"""Tables: how columns fit, how cells wrap and align, and what a row costs while more come."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.markdown.block import Table
from tui.markdown.inline import InlineParser
from tui.markdown.layout import Layout
from tui.markdown.margin import Margin
from tui.markdown.table import Grid, fit

PARSER = InlineParser()


def make_table(*rows: tuple[str, ...], align: tuple[str, ...] = ()) -> Table:
    header, *body = rows
    return Table((), 0, 0, header=header, align=align or ("",) * len(header), rows=body)


def make_grid(width: int, ascii: bool = False) -> Grid:
    return Grid(PARSER, Margin(), Layout(width, ascii=ascii), None)


def lay_out(table: Table, width: int, ascii: bool = False) -> list[str]:
    grid = make_grid(width, ascii)
    grid.finish(table)
    return [line.text for line in grid.lines]


@pytest.mark.parametrize(
    ("needed", "room", "widths"),
    [
        ([3, 4], 10, [3, 4]),
        ([0, 4], 10, [1, 4]),
        ([3, 40], 23, [3, 20]),
        ([30, 30, 5], 26, [11, 10, 5]),
        ([100, 100], 12, [6, 6]),
        ([100, 100], 11, None),
        ([3, 3, 3, 3], 11, None),
        ([3], -5, None),
    ],
)
def test_columns_share_the_room(needed: list[int], room: int, widths: list[int] | None) -> None:
    assert fit(needed, room) == widths


@settings(derandomize=True, max_examples=120)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.integers(-10, 120))
def test_columns_never_need_more_than_there_is(needed: list[int], room: int) -> None:
    widths = fit(needed, room)
    if widths is not None:
        assert sum(widths) <= room
        assert all(width >= min(max(need, 1), 6) for need, width in zip(needed, widths, strict=True))
        assert sum(widths) == min(room, sum(max(need, 1) for need in needed))


def test_cells_are_aligned() -> None:
    table = make_table(("a", "b", "c"), ("1", "2", "3"), ("long", "wide", "more"), align=("", "center", "right"))
    assert lay_out(table, 40) == [
        "a    │  b   │    c",
        "─────┼──────┼─────",
        "1    │  2   │    3",
        "long │ wide │ more",
    ]
    assert lay_out(table, 40, ascii=True)[:2] == ["a    |  b   |    c", "-----+------+-----"]


def test_cells_wrap_in_their_column() -> None:
    assert lay_out(make_table(("key", "what it is"), ("a", "one two three"), ("中文", "b")), 15) == [
        "key  │ what it",
        "     │ is",
        "─────┼─────────",
        "a    │ one two",
        "     │ three",
        "中文 │ b",
    ]


def test_a_narrow_page_gets_one_line_for_each_cell() -> None:
    table = make_table(("name", "value"), ("first", "one two"), ("second", ""))
    assert lay_out(table, 12) == ["name: first", "value: one", "two", "─" * 12, "name: second", "value:"]
    assert lay_out(make_table(("a name", "b name")), 12) == ["a name:", "b name:"]


def test_widths_stay_once_some_rows_have_come() -> None:
    rows = [(str(n), "x") for n in range(6)]
    grid = make_grid(40)
    grid.update(make_table(("n", "v"), *rows))
    before = list(grid.lines)
    wider = make_table(("n", "v"), *rows, ("6", "a longer one"))
    changed = grid.update(wider)
    assert changed == len(before) - 1
    assert grid.lines[: len(before)] == before
    assert len(grid.lines) > len(before) + 1
    assert grid.finish(wider) == 1  # the rule below the header is longer
    assert [line.text for line in grid.lines][-1] == "6 │ a longer one"


def test_a_table_that_fits_is_not_laid_out_again() -> None:
    table = make_table(("name", "value"), *[(str(n), "x") for n in range(50)])
    grid = make_grid(40)
    grid.update(table)
    assert grid.finish(table) == len(grid.lines) - 1


@settings(derandomize=True, max_examples=75)
@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(
            st.tuples(*[st.text(st.sampled_from("ab `*中|\\$"), max_size=30)] * n), min_size=1, max_size=8
        )
    ),
    st.integers(8, 60),
)
def test_no_line_is_too_wide(rows: list[tuple[str, ...]], width: int) -> None:
    table = make_table(*rows)
    grid = make_grid(width)
    for count in range(len(table.rows) + 1):
        grid.update(make_table(*rows[: count + 1]))
    grid.finish(table)
    assert all(cell_len(line.text) <= width for line in grid.lines)
    assert [line.text for line in grid.lines] == lay_out(table, width)


def test_the_widths_of_a_very_long_table_are_final_before_its_end() -> None:
    rows = [(f"row {number}", "x" * (number % 7), "end") for number in range(1_200)]
    whole = lay_out(make_table(("a", "b", "c"), *rows), 60)
    grid, table = make_grid(60), make_table(("a", "b", "c"))
    laid_out = 0
    for number, row in enumerate(rows):
        table.rows.append(row)
        if grid.update(table) < len(grid.lines) - 2:
            laid_out = number
    assert laid_out == 400
    before = list(grid.lines)
    assert grid.finish(table) >= len(grid.lines) - 1
    assert grid.lines == before
    assert [line.text for line in grid.lines] == whole
    assert len(whole) == 1_202
