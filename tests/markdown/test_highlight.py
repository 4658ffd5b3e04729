"""Coloured code: no character is lost or made, whatever the lexer; states go on from line to line."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.markdown.highlight import CODE, Kind, Lexer, LineLexer, colour, find_lexer
from tui.markdown.line import Span

LANGUAGES = [
    "python",
    "js",
    "c",
    "json",
    "yaml",
    "html",
    "css",
    "sql",
    "diff",
    "bash",
    "rust",
    "php",
    "console",
    "ruby",
    "make",
]
LINE = st.lists(
    st.sampled_from(
        ["def ", '"', '"""', "'", "/*", "*/", "<b>", "{", "}", "(", "#", "//", "$x", "1.5", "\\", "中", " "]
    )
).map("".join)


def roles(spans: list[Span]) -> list[tuple[str, str]]:
    return [(span.text, span.style.role.removeprefix("code").removeprefix(".")) for span in spans]


def feed_all(language: str, lines: list[str]) -> list[list[Span]]:
    lexer = LineLexer(find_lexer(language))
    return [lexer.feed(line) for line in lines]


def test_a_line_is_coloured_as_it_comes() -> None:
    assert roles(feed_all("python", ["@dec", "def f(x): return None  # why"])[1]) == [
        ("def", "keyword"), (" ", ""), ("f", "function"), ("(x): ", ""), ("return", "keyword"), (" ", ""),
        ("None", "builtin"), ("  ", ""), ("# why", "comment"),
    ]  # fmt: skip


def test_the_state_goes_on_to_the_next_line() -> None:
    first, second, third = feed_all("python", ['x = """one', "two", 'three""" + 1'])
    assert roles(second) == [("two", "string")]
    assert roles(third)[0] == ('three"""', "string")
    assert roles(first)[-1] == ('"""one', "string")


def test_a_line_can_be_fed_again_from_the_state_before_it() -> None:
    lexer = LineLexer(find_lexer("python"))
    lexer.feed('x = """one')
    before = lexer.stack
    lexer.feed('end"""')
    lexer.stack = before
    assert roles(lexer.feed("still")) == [("still", "string")]


def test_a_diff_has_its_own_roles() -> None:
    assert [roles(line) for line in feed_all("diff", ["@@ -1 +1 @@", "-a", "+b"])] == [
        [("@@ -1 +1 @@", "heading")], [("-a", "removed")], [("+b", "added")],
    ]  # fmt: skip


def test_the_whole_is_seen_as_a_whole() -> None:
    lexer = find_lexer("c")
    assert lexer is not None
    assert [roles(line) for line in colour(lexer, ["/* a", "b */"])] == [[("/* a", "comment")], [("b */", "comment")]]


@pytest.mark.parametrize("info", ["", "nonsense", "text", "x" * 100, "{.python}", "\ud800"])
def test_unknown_languages_are_plain(info: str) -> None:
    assert find_lexer(info) is None
    assert LineLexer(None).feed("def x") == [Span("def x", CODE)]


def test_a_line_too_long_to_read_is_plain() -> None:
    line = "x = 1;" * 500
    assert feed_all("python", [line, "x = 1"])[0] == [Span(line, CODE)]


class Moved:
    """A lexer whose inner parts are not where they were."""

    name = "Moved"

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Kind, str]]:
        raise KeyError(text)


def test_a_lexer_that_is_not_as_expected_leaves_code_plain() -> None:
    moved: Lexer = Moved()
    assert LineLexer(moved).feed("a b") == [Span("a b", CODE)]
    assert colour(moved, ["a", "b"]) == [[Span("a", CODE)], [Span("b", CODE)]]


@pytest.mark.slow
@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=6), st.sampled_from(LANGUAGES))
def test_no_character_is_lost(lines: list[str], language: str) -> None:
    lexer = find_lexer(language)
    assert lexer is not None
    assert ["".join(span.text for span in spans) for spans in feed_all(language, lines)] == lines
    assert ["".join(span.text for span in spans) for spans in colour(lexer, lines)] == lines
