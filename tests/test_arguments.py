"""The grammar of the command line, where it is built in parts."""

import argparse

import pytest

from tui.arguments import COMMANDS, UsageError, make_parser, parse
from tui.text.language import load_language

ENGLISH = load_language("en")


def test_the_words_that_begin_a_command_are_its_commands() -> None:
    found = [action for action in make_parser()._actions if isinstance(action, argparse._SubParsersAction)]
    assert [set(action.choices) for action in found] == [set(COMMANDS)]


@pytest.mark.parametrize(
    "words", [[], ["--plain"], ["-m", "raw", "--continue"], ["-m", "doctor"], ["--extra", "top_k = 40"]]
)
def test_the_apps_options_mean_the_same_without_the_commands(words: list[str]) -> None:
    assert parse(words, lambda: ENGLISH) == make_parser().parse_args(words)


def test_a_word_that_is_no_command_is_answered_with_the_commands() -> None:
    with pytest.raises(UsageError, match=r"invalid choice: 'aks'.*compare"):
        parse(["aks"], lambda: ENGLISH)
