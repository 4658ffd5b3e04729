"""A line is read as a shell reads it, and what is written into it means what it should and nothing else."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.completion.line import read_line, write_rest


@pytest.mark.parametrize(
    ("text", "before", "word", "quote"),
    [
        ("", (), "", ""),
        ("weir ", ("weir",), "", ""),
        ("weir  ask   -m", ("weir", "ask"), "-m", ""),
        ("weir 'a b' c", ("weir", "a b"), "c", ""),
        ("weir 'a b", ("weir",), "a b", "'"),
        ('weir "a \\" b', ("weir",), 'a " b', '"'),
        ('weir "a\\b', ("weir",), "a\\b", '"'),
        ("weir a\\ b", ("weir",), "a b", ""),
        ("weir $(rm)", ("weir",), "$(rm)", ""),
        ("weir '' ", ("weir", ""), "", ""),
        ("weir a\\", ("weir",), "a\\", ""),
    ],
)
def test_the_words_of_a_line(text: str, before: tuple[str, ...], word: str, quote: str) -> None:
    line = read_line(text)
    assert (line.before, line.word, line.quote) == (before, word, quote)


@pytest.mark.parametrize(
    ("text", "value", "replaced", "rest"),
    [
        ("weir mod", "models", "mod", "models"),
        ("weir -m qwen3:8", "qwen3:8b", "8", "8b"),
        ("weir -m qwen3:", "qwen3:8b", "", "8b"),
        ("weir --model=q", "--model=qwen 3", "q", "qwen\\ 3"),
        ("weir -m '$", "$(rm)", "$", "$(rm)"),
        ('weir -m "$', "$(rm)", "$", "\\$(rm)"),
        ("weir -m ", "$(rm)", "", "\\$\\(rm\\)"),
        ("weir -m 模", "模型", "模", "模型"),
        ("weir ab", "models", "ab", None),
    ],
)
def test_what_bash_is_to_write(text: str, value: str, replaced: str, rest: str | None) -> None:
    assert write_rest(read_line(text), value, replaced) == rest


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="!"), min_size=1)


@given(NAMES, st.sampled_from(["", "'", '"']))
def test_whatever_is_written_is_read_as_the_same_word(value: str, quote: str) -> None:
    rest = write_rest(read_line(f"weir {quote}"), value, "")
    assert read_line(f"weir {quote}{rest}{quote} ").before == ("weir", value)


def test_bash_itself_reads_the_same_word() -> None:
    values = "$(touch x)", "`x`", "a;b|c&d", "it's", '"q"', "back\\slash", "~", "*", "!x", "{a,b}", "a b", "#x", "模型"
    words = " ".join(f"{write_rest(read_line('weir '), value, '')}" for value in values)
    told = subprocess.run(["bash", "-c", f"printf '%s\\n' {words}"], capture_output=True, text=True, check=True)
    assert tuple(told.stdout.splitlines()) == values
