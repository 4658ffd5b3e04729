"""Pages: how each kind of block looks, and that the lines depend neither on the chunking nor on the way there."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.command import ROOT
from tui.markdown.document import Document
from tui.markdown.line import Line
from tui.markdown.page import Layout, Page

PIECES = [
    "- ",
    "* ",
    "1. ",
    "> ",
    "    ",
    "\t",
    "```",
    "```python\n",
    "~~~",
    "|a|b|",
    "|-|-|",
    "\n",
    "\n\n",
    "===",
    "---",
    "# ",
    "<b>",
    "[x]: /y\n",
    "[x]",
    "[a](b)",
    "**",
    "*",
    "_",
    "`",
    "$",
    "\\(",
    "text ",
    "中文，",
    "。",
    "https://x.y/z_",
    "&amp;",
    "- [x] ",
    "!",
    "](",
    "<",
    "~~",
    "long-hyphened-word ",
    "  \n",
    "\\",
    "👨\u200d👩\u200d👧",
    "🇩🇪",
    "def f(x):\n",
    '"""',
    "x" * 30,
    " ",
    "[",
    "]",
]
TEXT = st.lists(st.sampled_from(PIECES), max_size=50).map("".join)
LAYOUT = st.builds(Layout, st.sampled_from([8, 9, 12, 20, 40, 80, 200]), st.booleans(), st.booleans())
TEXTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("tui/practice/lessons/*.md"), *ROOT.glob("tests/markdown/documents/*.md")]
)


def lay_out(text: str, layout: Layout) -> list[Line]:
    """The lines of a text that came as a whole."""
    document = Document()
    document.feed(text)
    document.close()
    page = Page(document, layout)
    page.update()
    return page.lines


def grow(pieces: list[str], layout: Layout) -> list[Line]:
    """The lines of a text that came in pieces; each update tells truly from where on lines are new."""
    document = Document()
    page = Page(document, layout)
    before: list[Line] = []
    for piece in [*pieces, None]:
        if piece is None:
            document.close()
        else:
            document.feed(piece)
        changed = page.update()
        assert page.lines[:changed] == before[:changed]
        before = list(page.lines)
    return page.lines


def split(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def seen(text: str, width: int = 40, ascii: bool = False) -> list[str]:
    return [line.text for line in lay_out(text, Layout(width, ascii=ascii))]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a\nb\n\nc", ["a b", "", "c"]),
        ("# a\n\n### b", ["# a", "", "### b"]),
        ("a\n\n---\n\nb", ["a", "", "─" * 14, "", "b"]),
        ("- a\n- b\n  - c\n    - d", ["• a", "• b", "  ◦ c", "    ▪ d"]),
        ("- a\n\n  b\n- c", ["• a", "", "  b", "• c"]),
        ("- - a", ["• ◦ a"]),
        ("9. a\n9. b", ["9. a", "10. b"]),
        ("- [ ] a\n- [x] b\n1. [x] c", ["☐ a", "☑ b", "", "1. ☑ c"]),
        ("- one two three", ["• one two", "  three"]),
        ("> a\n>\n> b\n\nc", ["▌ a", "▌ ", "▌ b", "", "c"]),
        ("> - one two three", ["▌ • one two", "▌   three"]),
        ("```py\na\n\tb\n```", ["  py", "  a", "      b"]),
        ("```\nabcdefghijklm\n```", ["  abcdefghijkl", "  m"]),
        ("```\n```", ["  "]),
        ("-", ["• "]),
        ("<div>\n*x*\n</div>", ["<div>", "*x*", "</div>"]),
        ("[x]: /y", ["[x]: /y"]),
        ("[x]: /y\n\n[x]", ["[x]: /y", "", "x (/y)"]),
        ("[x]\n\n[x]: /y", ["[x]", "", "[x]: /y"]),
        ("> > > > > a b", ["▌ ▌ ▌ a b"]),
    ],
)
def test_how_blocks_look(text: str, lines: list[str]) -> None:
    assert seen(text, 14) == lines


def test_plain_ascii() -> None:
    assert seen("- a\n  - b\n- [x] c\n\n> d\n\n---", 8, ascii=True)[-1] == "-" * 8
    assert seen("- a\n  - b\n- [x] c\n\n> d", ascii=True) == ["- a", "  * b", "[x] c", "", "> d"]


def test_the_gutter_counts_what_is_no_text() -> None:
    lines = lay_out("> - ## head\n>   text\n\n```py\nx\n```\n\n---", Layout(20))
    assert [(line.text[: line.gutter], line.text[line.gutter :]) for line in lines] == [
        ("▌ • ## ", "head"),
        ("▌   ", "text"),
        ("", ""),
        ("  py", ""),
        ("  ", "x"),
        ("", ""),
        ("─" * 20, ""),
    ]


def test_long_code_can_be_left_long() -> None:
    text = "```\n" + "x" * 50 + "\n```"
    assert [line.text for line in lay_out(text, Layout(20, wrap_code=False))] == ["  " + "x" * 50]
    assert [line.join for line in lay_out(text, Layout(20))] == [None, "", ""]


def test_lines_and_blocks_find_each_other() -> None:
    document = Document()
    document.feed("# a\n\nlong enough to wrap\n\n- b\n- c\n")
    document.close()
    page = Page(document, Layout(12))
    assert page.update() == 0
    assert [line.text for line in page.lines] == ["# a", "", "long enough", "to wrap", "", "• b", "• c"]
    assert [page.block_at(line) for line in range(7)] == [0, 1, 1, 1, 2, 2, 3]
    assert [page.first_line(block) for block in range(4)] == [0, 2, 5, 6]
    assert page.update() == 7


def test_a_growing_fence_changes_only_its_last_line() -> None:
    document = Document()
    page = Page(document, Layout(40))
    document.feed("before\n\n```python\n" + "x = 1\n" * 500)
    page.update()
    document.feed("y = 2\n")
    assert page.update() >= len(page.lines) - 2


def test_a_block_comment_is_coloured_when_its_fence_closes() -> None:
    lines = lay_out("```c\n/* a\nb */\n```", Layout(40))
    assert [line.spans[-1].style.role for line in lines] == ["code.info", "code.comment", "code.comment"]


def test_a_fence_too_long_to_be_read_again_keeps_its_colours() -> None:
    text = "```c\n/* a\nb */\n" + "int x;\n" * 4000 + "```\n"
    lines = lay_out(text, Layout(40))
    assert lines[2].spans[-1].style.role != "code.comment"
    assert grow(split(text, 7001), Layout(40)) == lines


@settings(derandomize=True, max_examples=100, deadline=None)
@given(TEXT, LAYOUT, st.integers(2, 20))
def test_lines_do_not_depend_on_the_chunking(text: str, layout: Layout, size: int) -> None:
    whole = lay_out(text, layout)
    assert grow(split(text, size), layout) == whole
    assert grow(list(text), layout) == whole


@settings(derandomize=True, max_examples=100, deadline=None)
@given(TEXT, LAYOUT)
def test_no_line_is_wider_than_the_page(text: str, layout: Layout) -> None:
    for line in lay_out(text, replace(layout, wrap_code=True)):
        assert line.gutter <= cell_len(line.text) <= layout.width
        assert not (set(line.text) & set("\n\t\r\x1b"))


@pytest.mark.slow
@pytest.mark.parametrize("path", TEXTS, ids=[path.name for path in TEXTS])
@pytest.mark.parametrize("width", [30, 100])
def test_real_documents_come_out_the_same_in_any_chunking(path: Path, width: int) -> None:
    text, layout = path.read_text(encoding="utf-8"), Layout(width)
    whole = lay_out(text, layout)
    assert grow(split(text, 4), layout) == whole
    chance = random.Random(path.name)
    pieces, at = [], 0
    while at < len(text):
        pieces.append(text[at : at + chance.randrange(1, 300)])
        at += len(pieces[-1])
    assert grow(pieces, layout) == whole
