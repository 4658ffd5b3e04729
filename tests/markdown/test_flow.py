"""Running text that grows: what settles never changes, and the lines are those of the whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.markdown.flow import Flow
from tui.markdown.inline import InlineParser
from tui.markdown.layout import Layout
from tui.markdown.margin import Margin
from tui.markdown.piece import PIECE, split
from tui.markdown.wrap import break_rows, cut_rows

PARSER = InlineParser()
KNOWN = {"A": {"href": "/r", "title": ""}}
WORDS = [
    "word ",
    "some text here ",
    "and so, ",
    "中文的",
    "句子。",
    "很长，",
    "hyphen-ated ",
    "👨\u200d👩\u200d👧",
    "  ",
]
MARKS = [
    "**",
    "*",
    "_",
    "`",
    "``",
    "$",
    "$$",
    "\\(",
    "\\)",
    "[a](b)",
    "[a]",
    "](",
    '](u "t',
    'x")',
    ")",
    "]",
    "[",
    "<",
    "<http:",
]
MORE = ["https://x.y/z_", "&amp;", "~~", "![", "\\", "\n", "  \n", "$5 "]
TEXT = st.lists(
    st.one_of(*[st.sampled_from(WORDS)] * 6, st.sampled_from([*MARKS, *MORE])), min_size=60, max_size=250
).map("".join)


def lines_of_whole(text: str, width: int) -> list[tuple[object, str | None]]:
    spans = PARSER.parse(text, references=KNOWN)
    rows = break_rows("".join(span.text for span in spans), width)
    return [(tuple(piece), row.join) for piece, row in zip(cut_rows(spans, rows), rows, strict=True)]


def grow(text: str, width: int, step: int) -> Flow:
    form = Flow(PARSER, Margin(), Layout(width), references=KNOWN)
    before: list[object] = []
    for end in range(0, len(text), step):
        changed = form.update(text[:end])
        assert form.lines[:changed] == before[:changed]
        before = list(form.lines)
    form.update(text)
    return form


@pytest.mark.slow
@settings(derandomize=True, max_examples=30, deadline=None)
@given(TEXT, st.sampled_from([8, 11, 40, 80]), st.sampled_from([97, 400]))
def test_lines_are_those_of_the_whole(text: str, width: int, step: int) -> None:
    made = [(line.spans, line.join) for line in grow(text * 4, width, step).lines]
    assert made == lines_of_whole(text * 4, width)


def test_plain_and_chinese_text_settles() -> None:
    for text in ("some *plain* text [with](x) `marks` for $5 or so, ", "一条流式回复其实是一个**迟迟**不结束的响应。"):
        form = grow(text * 200, 40, 300)
        assert [(line.spans, line.join) for line in form.lines] == lines_of_whole(text * 200, 40)
        last = form.update(text * 201)
        assert last > len(form.lines) * 0.7


@pytest.mark.slow
@pytest.mark.parametrize("text", ["[ some **text** ", "![a](", "*a ", "`a ``b ", "[`", "一个[词", "\\", "$a "])
def test_text_that_nothing_closes_is_read_in_pieces(text: str) -> None:
    text *= 3 * PIECE // len(text)
    form = grow(text, 40, 1_500)
    assert [(line.spans, line.join) for line in form.lines] == lines_of_whole(text, 40)
    assert form.update(text + "word") > len(form.lines) * 0.6


def test_a_paragraph_up_to_the_length_of_a_piece_is_one() -> None:
    words = "**" + "word " * ((PIECE - 4) // 5 - 1) + "end**"
    assert [span.style.bold for span in PARSER.parse(words)] == [True]
    assert len(list(split(words))) == 1


def test_a_longer_one_is_parted_at_the_end_of_a_sentence() -> None:
    sentence = "This *one* is a sentence, and not short. "
    assert [piece[-2:] for piece in list(split(sentence * 300))[:-1]] == [". ", ". "]


def test_text_may_become_other_text() -> None:
    form = grow("word " * 1000, 40, 300)
    form.update("other")
    assert [line.text for line in form.lines] == ["other"]
