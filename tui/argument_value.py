"""The values of the command line: each function reads one kind, and says in a sentence what is wrong with a text."""

import argparse
import re
from datetime import timedelta
from math import nan
from typing import Any

from tui.settings.key_source import is_variable_name


def toml_table(text: str) -> dict[str, Any]:
    """Fields in TOML."""
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise argparse.ArgumentTypeError(f"this is not TOML: {error}") from None


def fault_name(text: str) -> str:
    """One of the practice provider's faults."""
    from tui.practice.fault import Fault  # only here, since it brings the whole provider with it

    names = [fault.value for fault in Fault]
    if text not in names:
        raise argparse.ArgumentTypeError(f"invalid choice: {text!r} (choose from {', '.join(map(repr, names))})")
    return text


def path(text: str) -> Any:
    """A path; ~ is the home folder, and of an unknown ~name no error is made."""
    import os
    from pathlib import Path

    return Path(os.path.expanduser(text))


def variable_name(text: str) -> str:
    """The name of an environment variable."""
    if not is_variable_name(text):  # it may be the key itself, so it is not repeated
        raise argparse.ArgumentTypeError("this is not the name of an environment variable")
    return text


def seconds(text: str) -> float:
    """Seconds, decimals too; 0 for none."""
    try:
        value = float(text)
    except ValueError:
        value = nan  # no number at all is said in the same words as one out of range
    if not 0 <= value < 1e7:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return value


def span(text: str) -> timedelta:
    """A time such as 30m."""
    from tui.settings.permission import read_span  # with what only this command needs

    try:
        return read_span(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def age(text: str) -> timedelta:
    """A time such as 90d; without a unit days."""
    units = {"h": timedelta(hours=1), "d": timedelta(days=1), "": timedelta(days=1), "w": timedelta(weeks=1)}
    found = re.fullmatch("([0-9]{1,5})([hdw]?)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is no age; write 12h, 90d or 26w")
    return int(found[1]) * units[found[2]]


def count(text: str) -> int:
    """How often, 0 to 20."""
    return _whole_number(text, 20)


def repeats(text: str) -> int:
    """How often, 1 to 1000."""
    if (count := _whole_number(text, 1000)) == 0:
        raise argparse.ArgumentTypeError("0 times is not at all; leave --repeat out to ask once")
    return count


def limit(text: str) -> int:
    """How many at most; 0 for all."""
    return _whole_number(text, 99999)


def port(text: str) -> int:
    """A TCP port; 0 for any free one."""
    return _whole_number(text, 65535)


def _whole_number(text: str, most: int) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > most:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to {most}")
    return int(text)
