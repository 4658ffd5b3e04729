"""Localised help: what argparse explains, in another language than the English of the code."""

import argparse
import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from tui.text.cell_wrap import cells, wrap_cells
from tui.text.language import Language


def localise(parser: argparse.ArgumentParser, language: Language) -> None:
    """Let a parser, and those of its commands, explain themselves in this language."""
    if language.code == "en":
        return
    say = language.phrase
    parser.formatter_class = partial(_Formatter, opening=say("usage: "))
    parser.description = parser.description and say(parser.description)
    parser.epilog = parser.epilog and say(parser.epilog)
    for group in parser._action_groups:
        group.title = group.title and say(group.title)
    for action in parser._actions:
        # What several parsers share is said by the first; a phrase is none for another.
        action.help = say(action.help) if action.help and action.help is not argparse.SUPPRESS else action.help
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                choice.help = choice.help and say(choice.help)
            for command in action.choices.values():
                localise(command, language)


class _Formatter(argparse.HelpFormatter):
    """Wraps by cells, and ends headings as Chinese does."""

    def __init__(self, *args: Any, opening: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._opening = opening

    def _format_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: str | None
    ) -> str:
        opening = prefix or self._opening
        wider = " " * (cells(opening) - len(opening))  # the lines behind stand below what follows the opening
        first, *others = super()._format_usage(usage, actions, groups, opening).split("\n")
        return "\n".join([first, *(wider + line if line else "" for line in others)])

    def format_help(self) -> str:
        return re.sub(r"(?m)^(?=[^ -~])(.+):$", r"\1：", super().format_help())

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap_cells(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in wrap_cells(text, width - len(indent)))
