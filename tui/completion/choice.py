"""What can stand at the caret of a command line: commands, options and their values, as the grammar has them."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.argument_value import fault_name, path, variable_name
from tui.arguments import Parser, make_parser
from tui.completion.line import Line
from tui.completion.source import Source

EFFORTS = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Choice:
    """One word that can stand there."""

    value: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What can stand there: these words, or the name of a file."""

    choices: tuple[Choice, ...] = ()
    files: bool = False


@dataclass(slots=True)
class _Place:
    """How far the grammar is read."""

    parser: argparse.ArgumentParser
    options: dict[str, str]
    """What was given so far, by the name of what it sets."""
    pending: argparse.Action | None = None
    """The option whose value comes next."""
    positionals: int = 0
    only_words: bool = False
    """Behind `--` nothing is an option."""


def find_choices(line: Line, source: Source) -> Offer:
    """What can stand at the caret; the first word is the program itself."""
    place = _Place(make_parser(), {})
    for word in line.before[1:]:
        _take(place, word)
    source = Source(source.paths, source.environ, _config_of(place, source))
    flag, equals, _ = line.word.partition("=")
    if place.pending is not None:
        return _values(place.pending, place, source)
    if not place.only_words and line.word.startswith("-"):
        option = _options(place.parser).get(flag)
        if not equals or option is None:
            return Offer(tuple(_flags(place)))
        offer = _values(option, place, source)
        return Offer(tuple(Choice(f"{flag}={choice.value}", choice.help) for choice in offer.choices), offer.files)
    if (commands := _commands(place.parser)) is not None:
        if place.positionals:
            return Offer()  # a word that is no command stands where one should
        helps = {each.dest: each.help or "" for each in commands._choices_actions}
        return Offer(tuple(Choice(name, helps.get(name, "")) for name in commands.choices))
    words = [action for action in place.parser._actions if not action.option_strings]
    here = words[min(place.positionals, len(words) - 1)] if words else None
    return _values(here, place, source) if here is not None else Offer()


def _take(place: _Place, word: str) -> None:
    if place.pending is not None:
        place.options[place.pending.dest] = word
        place.pending = None
    elif not place.only_words and word == "--":
        place.only_words = True
    elif not place.only_words and word.startswith("-") and word != "-":
        flag, equals, value = word.partition("=")
        option = _options(place.parser).get(flag)
        if option is None or option.nargs == 0:
            place.options[option.dest if option is not None else flag] = ""
        elif equals:
            place.options[option.dest] = value
        else:
            place.pending = option
    elif (commands := _commands(place.parser)) is not None and word in commands.choices:
        place.parser, place.positionals = commands.choices[word], 0
    else:
        place.positionals += 1


def _options(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    return {flag: action for action in parser._actions for flag in action.option_strings}


def _commands(parser: argparse.ArgumentParser) -> "argparse._SubParsersAction[Parser] | None":
    return next((action for action in parser._actions if isinstance(action, argparse._SubParsersAction)), None)


def _flags(place: _Place) -> Iterator[Choice]:
    """The options that may still be given, the long name of each."""
    for action in place.parser._actions:
        taken = action.dest in place.options and not isinstance(action, argparse._AppendAction)
        if action.option_strings and action.help is not argparse.SUPPRESS and not taken:
            yield Choice(action.option_strings[-1], (action.help or "").replace("%%", "%"))


def _values(action: argparse.Action, place: _Place, source: Source) -> Offer:
    """What an option or a word of a command takes."""
    if action.choices is not None:
        return _offer([str(choice) for choice in action.choices])
    if action.type is path or action.metavar == "FILE":
        return Offer(files=True)
    finders: dict[Any, Callable[[], Sequence[str]]] = {
        "model": lambda: _models(place, source),
        "models": lambda: _models(place, source),
        "only_model": lambda: _models(place, source),
        "provider": source.providers,
        "only_route": source.providers,
        "name": source.presets if place.parser.prog.endswith(" add") else source.providers,
        "only_outcome": _outcomes,
        "effort": lambda: EFFORTS,
        "template": source.templates,
        "id": lambda: ["last"],
        fault_name: source.faults,
        variable_name: source.variables,
    }
    find = finders.get(action.type) or finders.get(action.dest)
    return _offer(find()) if find is not None else Offer()


def _models(place: _Place, source: Source) -> list[str]:
    if "practice" in place.options:
        return source.practice_models()
    return source.models(place.options.get("provider"))


def _outcomes() -> list[str]:
    from tui.stream.outcome import Outcome

    return ["broken", *(outcome.value for outcome in Outcome)]


def _offer(values: Sequence[str]) -> Offer:
    return Offer(tuple(Choice(value) for value in values))


def _config_of(place: _Place, source: Source) -> Path | None:
    named = place.options.get("config")
    return Path(named).expanduser() if named else source.config_file
