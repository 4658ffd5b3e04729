"""Theme files: `themes/*.toml`, shipped and the person's own, read as plain values; the screen makes colours of them.

A file has the fields of Textual's `Theme`: `name`, `dark`, `ansi`, `primary` and the other colours, and `[variables]`.
A bad file is skipped with a sentence that names file and key.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

COLOURS = (
    "primary",
    "secondary",
    "warning",
    "error",
    "success",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
    "boost",
)
_FLAGS = ("dark", "ansi")
_NUMBERS = ("luminosity_spread", "text_alpha")
_KNOWN = ("name", *COLOURS, *_FLAGS, *_NUMBERS, "variables")


class ThemeFileError(ValueError):
    """A theme file that cannot be used; the text is one sentence that names file and key."""


class ThemeFile(NamedTuple):
    """One readable theme file."""

    path: Path
    name: str
    fields: Mapping[str, Any]
    """Keyword arguments for a theme, `name` among them."""


def read_themes(folders: Iterable[Path]) -> tuple[list[ThemeFile], list[str]]:
    """Every theme of these folders, later ones replacing earlier ones of the same name, and the complaints. Blocks."""
    themes: dict[str, ThemeFile] = {}
    complaints = []
    for folder in folders:
        for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            try:
                theme = read_theme(path)
            except ThemeFileError as error:
                complaints.append(str(error))
            else:
                themes[theme.name] = theme
    return list(themes.values()), complaints


def read_theme(path: Path) -> ThemeFile:
    """Read and check one file; raises ThemeFileError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ThemeFileError(f"{path}: the file cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise ThemeFileError(f"{path}: the file is not UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise ThemeFileError(f"{path}: this is not valid TOML: {error}.") from None
    for key, value in table.items():
        if (complaint := _complaint(key, value)) is not None:
            raise ThemeFileError(f"{path}: {key} {complaint}.")
    for key in ("name", "primary"):
        if not table.get(key):
            raise ThemeFileError(f"{path}: {key} is missing.")
    return ThemeFile(path, table["name"], table)


def _complaint(key: str, value: Any) -> str | None:
    if key not in _KNOWN:
        near = difflib.get_close_matches(key, _KNOWN, n=1)
        return f"is not a known key; the nearest is {near[0]}" if near else "is not a known key"
    if key in _FLAGS:
        return None if isinstance(value, bool) else "must be true or false"
    if key in _NUMBERS:
        number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
        return None if number else "must be a number from 0 to 1"
    if key == "variables":
        texts = isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
        return None if texts else "must be a table of texts"
    return None if isinstance(value, str) else "must be a text in quotation marks"
