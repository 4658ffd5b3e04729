"""Document: what its blocks hold, and that markdown-it reads the same structure in the same text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.markdown.judge import judged, read_document, shown
from tests.markdown.nasty import HARD, REAL, documents
from tui.markdown.block import Block, Code, Definition, Empty, Heading, Html, Item, Paragraph, Quote, Rule, Table
from tui.markdown.tree import DEPTH


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_real_document_is_read_as_by_markdown_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert shown(read_document([text]), text) == judged(text)


@pytest.mark.slow
@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_a_hard_case_is_read_as_by_markdown_it(text: str) -> None:
    assert shown(read_document([text]), text) == judged(text)


HOLED = "|a" * 300 + "\n" + "|-" * 300 + "\n" + "|b|\n" * 300


def test_a_table_that_leaves_out_too_many_cells_ends_there() -> None:
    table, rest = read_document([HOLED]).blocks
    assert isinstance(table, Table)
    assert isinstance(rest, Paragraph)
    assert (len(table.rows), rest.text.count("\n") + 1) == (219, 81)


@pytest.mark.slow
def test_such_a_table_is_read_as_by_markdown_it() -> None:
    assert shown(read_document([HOLED]), HOLED) == judged(HOLED)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(documents())
def test_any_text_is_read_as_by_markdown_it(text: str) -> None:
    assert shown(read_document([text]), text) == judged(text)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.text())
def test_no_text_is_refused(text: str) -> None:
    document = read_document([text])
    assert document.settled == len(document.blocks)


def test_containers_nest_only_so_deep() -> None:
    """The one deviation: markdown-it goes on as deep as it is told, and then leaves content out."""
    text = "> " * (DEPTH + 3) + "a\n" + "- " * (DEPTH + 3) + "b\n"
    quoted, listed = read_document([text]).blocks
    assert isinstance(quoted, Paragraph)
    assert isinstance(listed, Paragraph)
    assert (len(quoted.frames), quoted.text) == (DEPTH, "> > > a")
    assert (len(listed.frames), listed.text) == (DEPTH, "- - - b")
    text = "> " * DEPTH + "a\n\n" + "- " * DEPTH + "b\n"
    assert shown(read_document([text]), text) == judged(text)


def blocks_of(text: str) -> list[Block]:
    return read_document([text]).blocks


def test_each_kind_of_block_holds_its_content() -> None:
    text = "a\nb\n\n# c\n```py x\nd\n```\n\n    e\n\n|f|\n|:-|\n|g|\n***\n<i>\n\n[h]: /h\n>\n"
    assert blocks_of(text) == [
        Paragraph((), 0, 4, False, 0, "a\nb"),
        Heading((), 5, 9, True, 0, 1, "c"),
        Code((), 9, 23, True, 0, "py x", ["d"]),
        Code((), 24, 30, True, 0, "", ["e"], fenced=False),
        Table((), 31, 44, True, 0, ("f",), ("left",), [("g",)]),
        Rule((), 44, 48, True, 0),
        Html((), 48, 52, True, 0, ["<i>"]),
        Definition((), 53, 61, True, 0, "[h]: /h"),
        Empty((Quote(1),), 61, 63, True, 1),
    ]


def test_items_carry_list_marker_number_and_box() -> None:
    blocks = blocks_of("3) [x] a\n\n   b\n3) c\n   - [ ] d\n")
    assert [block.frames for block in blocks] == [
        (Item(2, 1, "3)", 3, True),),
        (Item(2, 1, "3)", 3, True),),
        (Item(4, 1, "3)", 4),),
        (Item(4, 1, "3)", 4), Item(6, 5, "-", None, False)),
    ]
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("a\n# b\nc\n", [False, True, True]),
        ("- a\n- b\n", [False, False]),
        ("- a\n\n- b\n- c\n", [False, True, False]),
        ("- a\n  - b\n\n  - c\n\n  d\n- e\n", [False, False, True, True, False]),
        ("- a\n* b\n", [False, True]),
        ("> a\n>\n> b\n\n> c\n", [False, True, True]),
        ("> - a\n> - b\n>\n>   c\n", [False, False, True]),
        ("- a\n\n  |b|\n  |-|\n- c | d\n  --|--\n", [False, True, False]),
        ("a\n\n\n-\n  b\n\n\n- c\n", [False, True, True]),
        ("- a\n  > b\n  >\n  > - c\n", [False, False, True]),
    ],
)
def test_a_blank_row_stands_between_blocks_but_in_a_list_only_where_one_was_written(
    text: str, spaced: list[bool]
) -> None:
    assert [block.spaced for block in blocks_of(text)] == spaced


def test_definitions_are_known_from_where_they_stand() -> None:
    document = read_document(["a\n\n[B]: /b 'c&#x202e;'\n[ b ]: /d\nd\n\n> [e]: <f g>\n\nh\n"])
    assert document.definitions == {"B": ("/b", "c\u2bd1"), "E": ("f%20g", "")}
    assert [(type(block).__name__, block.known) for block in document.blocks] == [
        ("Paragraph", 0),
        ("Definition", 0),
        ("Definition", 1),
        ("Paragraph", 1),
        ("Definition", 1),
        ("Paragraph", 2),
    ]
