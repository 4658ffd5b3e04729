"""`weir completion`: the script of a shell, and what it asks for at each Tab."""

import argparse
import os
from importlib.resources import files

from tui.completion.choice import Choice, find_choices
from tui.completion.line import Line, read_line, write_rest
from tui.completion.source import Source
from tui.headless.stdout import write_text
from tui.settings.paths import find_paths

FILES, WORDS = ":files", ":words"
"""The first line of an answer: names of files are wanted, or the words that follow."""


def run(options: argparse.Namespace) -> int:
    """Print the script, or answer it."""
    if options.line is None:
        script = files("tui.completion").joinpath(f"weir.{options.shell}").read_text(encoding="utf-8")
        write_text(script.rstrip("\n"))
        return 0
    line = read_line(options.line)
    offer = find_choices(line, Source(find_paths(), os.environ))
    written = [text for choice in offer.choices if (text := _write(options, line, choice)) is not None]
    write_text("\n".join([FILES if offer.files else WORDS, *written]))
    return 0


def _write(options: argparse.Namespace, line: Line, choice: Choice) -> str | None:
    """bash takes a word as it is to stand in the line; zsh and fish quote it themselves and show what it is for."""
    if options.shell == "bash":
        return write_rest(line, choice.value, options.replaced or "")
    return f"{choice.value}\t{choice.help}" if choice.help else choice.value
