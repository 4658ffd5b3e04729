"""Document as it grows: in which pieces a text comes makes no difference, what is settled stays, cost is flat."""

import re
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.markdown.judge import read_document
from tests.markdown.nasty import HARD, REAL, documents
from tui.markdown.block import Block, Code, Paragraph, Table
from tui.markdown.document import Document

_BETWEEN = re.compile(r"[ \t>\n]*")


def steps(pieces: list[str]) -> Iterator[Document]:
    """The document behind each piece and at its end. What was settled once must stay as it was."""
    document, settled = Document(), list[Block]()
    for piece in [*pieces, None]:
        if piece is None:
            document.close()
        else:
            document.feed(piece)
        assert document.settled >= len(settled)
        assert document.blocks[: len(settled)] == settled
        settled += deepcopy(document.blocks[len(settled) : document.settled])
        yield document
    assert settled == document.blocks


def check_pieces(pieces: list[str]) -> None:
    """Behind each piece the document is what it would be had all come at once."""
    fed, growing = "", steps(pieces)
    for piece, document in zip(pieces, growing, strict=False):
        fed += piece
        whole = Document()
        whole.feed(fed)
        assert document.blocks == whole.blocks
        assert list(document.definitions.items()) == list(whole.definitions.items())
        assert document.settled == whole.settled
    *_, document = growing
    whole = read_document([fed])
    assert document.blocks == whole.blocks
    assert list(document.definitions.items()) == list(whole.definitions.items())


def check_spans(text: str) -> None:
    """The blocks and the blank lines between them are the whole text."""
    place = 0
    for block in read_document([text]).blocks:
        assert place <= block.start < block.end
        assert _BETWEEN.fullmatch(text, place, block.start)
        place = block.end
    assert _BETWEEN.fullmatch(text, place)


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_a_hard_case_may_come_by_character(text: str) -> None:
    check_pieces(list(text[:600]))
    check_spans(text)


@pytest.mark.slow
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_real_document_may_come_in_any_pieces(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    check_spans(text)
    whole = read_document([text]).blocks
    for size in (1, 7, 61):
        *_, document = steps([text[place : place + size] for place in range(0, len(text), size)])
        assert document.blocks == whole


@settings(derandomize=True, max_examples=60, deadline=None)
@given(documents(), st.lists(st.integers(0, 200), max_size=8))
def test_any_text_may_come_in_any_pieces(text: str, cuts: list[int]) -> None:
    places = sorted(min(cut, len(text)) for cut in cuts)
    check_pieces([text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)])
    check_spans(text)


@settings(derandomize=True, max_examples=50, deadline=None)
@given(documents())
def test_any_text_may_come_by_character(text: str) -> None:
    check_pieces(list(text))


def test_the_unfinished_line_is_seen_at_once() -> None:
    document = Document()
    document.feed("a\n\nb")
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["a", "b"]
    assert document.settled == 1
    document.feed("c")
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["a", "bc"]


def test_code_and_tables_are_the_same_block_as_they_grow() -> None:
    document = Document()
    document.feed("```\na\n")
    (code,) = document.blocks
    document.feed("b\n``")
    assert document.blocks[0] is code
    assert isinstance(code, Code)
    assert code.lines == ["a", "b", "``"]
    document.feed("`\n\n|a|\n|-|\n")
    assert code.lines == ["a", "b"]
    table = document.blocks[1]
    document.feed("|b|\n|c")
    assert document.blocks[1] is table
    assert isinstance(table, Table)
    assert table.rows == [("b",), ("c",)]


def test_a_line_that_may_be_a_header_is_not_settled() -> None:
    document = Document()
    document.feed("# a | b\n")
    assert document.settled == 0
    document.feed("c\n")
    assert [type(block).__name__ for block in document.blocks] == ["Heading", "Paragraph"]
    assert document.settled == 1


def calls_in(work: Callable[[], object]) -> int:
    """How often the parser calls a function, C functions included: its cost, whatever else the process does."""
    count = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call") and frame.f_globals.get("__name__", "").startswith("tui.markdown")

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def feeding(document: Document, text: str) -> Callable[[], None]:
    """Work: the text comes in pieces of four characters."""

    def feed() -> None:
        for place in range(0, len(text), 4):
            document.feed(text[place : place + 4])

    return feed


@pytest.mark.parametrize(
    ("start", "line"),
    [
        ("", "A line of prose that goes on and on.\n"),
        ("", "A paragraph of its own.\n\n"),
        ("```\n", "code = 1\n"),
        ("|a|b|\n|-|-|\n", "| a cell | another |\n"),
        ("", "- an item of a list\n"),
        ("- a\n  - b\n", "    - an item deep within\n"),
        ("> ", "> 中文的一行引用文字\n"),
        ("[", "a label that does not end\n"),
        ("[a]: /u\n'", "a title that does not end\n"),
        ("    ", "    code by indent\n"),
        ("<!-- ", "a comment\n\n"),
    ],
)
def test_a_piece_costs_the_same_however_long_the_text_is(start: str, line: str) -> None:
    short, long = Document(), Document()
    short.feed(start + line * 10)
    long.feed(start + line * 1_000)
    assert calls_in(feeding(long, line * 3)) == calls_in(feeding(short, line * 3))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        ">",
        "> ",
        "- ",
        "* ",
        "1. ",
        "[",
        "[\n",
        "[a]:\n",
        "[a]: /u\n'b\n===\n(c\n",
        "[a\n===\n",
        "- a\n",
        "a|b\n",
        "|",
        "<a ",
        "`",
    ],
)
def test_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    short, long = (calls_in(partial(read_document, [unit * size + "x"])) for size in (200, 2_000))
    assert long <= 10 * short + 100
