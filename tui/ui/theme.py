"""Theme files -> Textual themes: colours are tried before a theme is registered, since a bad one would end the app."""

from collections.abc import Iterable

from textual.color import Color, ColorParseError
from textual.theme import Theme

from tui.settings.theme_file import COLOURS, ThemeFile


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
        if value is None:
            continue
        try:
            Color.parse(value)
        except ColorParseError:
            return f'{file.path}: {key} is "{value}", which is no colour; write it as "#6cb6d9".'
    try:
        Theme(**file.fields).to_color_system().generate()
    except (ColorParseError, ValueError) as error:
        return f"{file.path}: [variables] cannot be used ({error})."
    return None
