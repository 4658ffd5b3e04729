"""Theme files -> Textual themes: colours are tried before a theme is registered, since a bad one would end the app."""

import re
from collections.abc import Iterable

from textual.color import Color, ColorParseError
from textual.theme import Theme

from tui.settings.theme_file import COLOURS, ThemeFile

_STYLES = frozenset({"bold", "dim", "italic", "none", "not", "reverse", "strike", "underline"})


def make_themes(files: Iterable[ThemeFile]) -> tuple[list[Theme], list[str]]:
    """The usable themes, and a sentence for each that is not: it names the file and the key."""
    themes, complaints = [], []
    for file in files:
        complaint = _bad_colour(file)
        if complaint is None:
            themes.append(Theme(**file.fields))
        else:
            complaints.append(complaint)
    return themes, complaints


def _bad_colour(file: ThemeFile) -> str | None:
    for key in COLOURS:
        value = file.fields.get(key)
        if value is not None and not _is_colour(value):
            return f'{file.path}: {key} is "{value}", which is no colour; write it as "#6cb6d9".'
    for name, value in file.fields.get("variables", {}).items():
        if name.endswith("-style"):
            if not set(value.split()) <= _STYLES:
                return f'{file.path}: variables.{name} is "{value}"; it can hold {", ".join(sorted(_STYLES))}.'
        elif not _is_shade(value):
            return f'{file.path}: variables.{name} is "{value}", which is no colour; write it as "#6cb6d9 50%".'
    return None


def _is_shade(value: str) -> bool:
    """Whether a value is a colour as Textual's CSS takes it, with an opacity behind it or none."""
    colour, *opacity = value.split()[:2] or [""]
    if len(value.split()) > 2 or (opacity and not re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?%", opacity[0])):
        return False
    return colour in ("auto", "transparent", "initial") or _is_colour(colour)


def _is_colour(value: str) -> bool:
    try:
        Color.parse(value)
    except ColorParseError:
        return False
    return True
