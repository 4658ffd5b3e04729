"""Rows: they fit, they can be put together again, and each depends only on what stands behind its start."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.markdown.line import Span, Style
from tui.markdown.wrap import Row, break_code, break_rows, cut, cut_rows, extend_spans, measure_offsets

LATIN = st.text(st.sampled_from("ab -/.,("), max_size=60)
MIXED = st.lists(
    st.sampled_from(
        [*"ab 中文，。（）“-/", "é", "e\u0301", "🇩🇪", "👨\u200d👩\u200d👧", "❤️", "👍🏽", "\u200d", "\ufe0f", "각"]
    ),
    max_size=40,
).map("".join)
NEVER_FIRST = "，。、；：？！）》」』】…—”"
NEVER_LAST = "（《「『【“"


def rows_of(text: str, width: int) -> list[str]:
    return [text[row.start : row.end] for row in break_rows(text, width)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [""]),
        ("hello", ["hello"]),
        ("hello world this is", ["hello", "world this", "is"]),
        ("hello     world", ["hello", "world"]),
        ("  indented text", ["  indented", "text"]),
        ("trailing  ", ["trailing"]),
        ("one\ntwo", ["one", "two"]),
        ("aaaaaaaaaaaaaaa", ["aaaaaaaaaa", "aaaaa"]),
        ("aaaaaa/bbbbbbb-c", ["aaaaaa/", "bbbbbbb-c"]),
        ("a/bbbbbbbbbbbbbb", ["a/bbbbbbbb", "bbbbbb"]),
        ("well-known words", ["well-known", "words"]),
        ("一二三四五六", ["一二三四五", "六"]),
        ("一二三四五。六", ["一二三四", "五。六"]),
        ("一二三四（五六）", ["一二三四", "（五六）"]),
        ("中文abc中文", ["中文abc中", "文"]),
        ("中文words，后面", ["中文", "words，后", "面"]),
        ("🇩🇪🇩🇪🇩🇪🇩🇪🇩🇪🇩🇪", ["🇩🇪" * 5, "🇩🇪"]),
        ("e\u0301" * 12, ["e\u0301" * 10, "e\u0301" * 2]),
    ],
)
def test_where_rows_of_ten_cells_break(text: str, rows: list[str]) -> None:
    assert rows_of(text, 10) == rows


def test_the_join_is_what_stood_at_the_break() -> None:
    assert break_rows("ab  cdefgh ij\nk", 6) == [Row(0, 2, None), Row(4, 10, "  "), Row(11, 13, " "), Row(14, 15, None)]
    assert [row.join for row in break_rows("一二三四五六", 6)] == [None, ""]


@settings(derandomize=True, max_examples=150)
@given(st.one_of(LATIN, MIXED), st.integers(4, 20))
def test_rows_fit_and_give_the_text_back(text: str, width: int) -> None:
    rows = break_rows(text, width)
    assert all(cell_len(text[row.start : row.end]) <= width for row in rows)
    assert "".join((row.join or "") + text[row.start : row.end] for row in rows) == text.rstrip(" ")
    assert [row.join is None for row in rows] == [True] + [False] * (len(rows) - 1)


@settings(derandomize=True, max_examples=120)
@given(st.one_of(LATIN, MIXED), st.integers(4, 20))
def test_a_row_depends_on_nothing_before_it(text: str, width: int) -> None:
    rows = break_rows(text, width)
    for row in rows:
        again = break_rows(text[row.start :], width)
        assert [other.end + row.start for other in again] == [other.end for other in rows if other.start >= row.start]


@settings(derandomize=True, max_examples=100)
@given(LATIN, st.integers(4, 20))
def test_ascii_breaks_as_other_latin_text_does(text: str, width: int) -> None:
    other = text.replace("a", "\xe9").replace("b", "\xe9")
    assert break_rows(text.replace("b", "a"), width) == break_rows(other, width)


@settings(derandomize=True, max_examples=120)
@given(st.text(st.sampled_from("中文字" + NEVER_FIRST + NEVER_LAST + "a "), max_size=60), st.integers(16, 30))
def test_marks_stay_with_their_words(text: str, width: int) -> None:
    """Unless there are so many that no other place is left in the row."""
    rows = break_rows(text, width)
    for above, below in pairwise(rows):
        row = text[above.start : above.end]
        if below.join == "" and any(a in "中文字" and b in "中文字" for a, b in pairwise(row)):
            assert text[below.start] not in NEVER_FIRST
            assert row[-1] not in NEVER_LAST


@settings(derandomize=True, max_examples=120)
@given(st.one_of(LATIN, MIXED), st.integers(4, 20))
def test_rows_of_code_fit_and_keep_every_blank(text: str, width: int) -> None:
    rows = break_code(text, width)
    assert all(cell_len(text[row.start : row.end]) <= width for row in rows)
    assert "".join(text[row.start : row.end] for row in rows) == text
    assert len(rows) >= 1


def test_a_cluster_is_measured_as_one() -> None:
    assert measure_offsets("a👨\u200d👩b") == [0, 1, 3, 3, 3, 4]
    assert measure_offsets("🇩🇪") == [0, 2, 2]


@settings(derandomize=True, max_examples=100)
@given(st.lists(st.text("ab ", min_size=1, max_size=6), max_size=6), st.integers(2, 8))
def test_spans_are_cut_where_rows_are(texts: list[str], width: int) -> None:
    spans = [Span(text, Style(bold=n % 2 == 0)) for n, text in enumerate(texts)]
    text = "".join(texts)
    rows = break_rows(text, width)
    pieces = cut_rows(spans, rows)
    assert ["".join(span.text for span in piece) for piece in pieces] == [text[row.start : row.end] for row in rows]
    for row, piece in zip(rows, pieces, strict=True):
        assert piece == cut(spans, row.start, row.end)
        at = row.start
        for span in piece:
            assert span.text
            assert span in (cut(spans, at, at + len(span.text)))
            at += len(span.text)


def test_spans_of_one_style_become_one() -> None:
    spans = [Span("a", Style(bold=True))]
    extend_spans(spans, [Span("b", Style(bold=True)), Span("c")])
    assert spans == [Span("ab", Style(bold=True)), Span("c")]
