"""The sentences of one language: those of the screen and of the verdicts are in `en.toml` and `zh.toml`.

Places that know no language, the command line and the config, write English; `phrase` says it in this one. A record is
English by design: it is made to be handed on.

A sentence is looked up by its code and filled with values. It may have variants: `with.NAME` is taken when that value
is there, `without.NAME` when it is missing, `one.NAME` when it is 1, so that no sentence ever shows a hole.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tui.text.phrasebook import Phrasebook

LanguageCode = Literal["en", "zh"]
Values = Mapping[str, object]

_HEADER = re.compile(r"^\[([a-z0-9._-]+)\]$", re.MULTILINE)


class Catalogue:
    """The tables of a TOML file, each parsed when it is first asked for: the first paint needs few of many.

    Every table has its header on a line of its own, and stands in the file once.
    """

    def __init__(self, text: str) -> None:
        _, *pieces = _HEADER.split(text)
        self._texts = dict(zip(pieces[::2], pieces[1::2], strict=True))
        self._tables: dict[str, Mapping[str, Any]] = {}
        self._phrasebook: Phrasebook | None = None

    @property
    def names(self) -> Collection[str]:
        """Those of all tables, dotted."""
        return self._texts.keys()

    def table(self, name: str) -> Mapping[str, Any]:
        """One table; unknown ones raise KeyError."""
        if (found := self._tables.get(name)) is None:
            found = self._tables[name] = tomllib.loads(self._texts[name])
        return found

    @property
    def phrasebook(self) -> Phrasebook:
        """Of all tables `phrase.PLACE`; English has none."""
        if self._phrasebook is None:
            tables = (self.table(name) for name in self.names if name.startswith("phrase."))
            self._phrasebook = Phrasebook({shape: phrase for table in tables for shape, phrase in table.items()})
        return self._phrasebook


@dataclass(frozen=True, slots=True)
class Language:
    """One catalogue of sentences, read once by `load_language`."""

    code: LanguageCode
    catalogue: Catalogue
    """The tables `outcome.CODE`, `notice.CODE` and `ui.PLACE`."""

    def outcome(self, code: str, values: Values) -> str:
        """The sentence that says how a reply ended."""
        return _fill(self.catalogue.table(f"outcome.{code}"), values)

    def advice(self, code: str, values: Values) -> list[str]:
        """The next steps after this outcome, the most likely first; each names the act, not a key.

        Without a `partial` in the values, the number of characters that came, none says to go on with them.
        """
        entry = self.catalogue.table(f"outcome.{code}")
        steps = entry["advice"] if values.get("partial") else entry.get("advice_without_partial", entry["advice"])
        for name, variant in entry.get("advice_with", {}).items():
            if values.get(name):
                steps = variant
        return [text.format_map(_Given(values)) for text in steps]

    def notice(self, code: str, values: Values) -> str:
        """The sentence of a notice."""
        return _fill(self.catalogue.table(f"notice.{code}"), values)

    def say(self, name: str, /, **values: object) -> str:
        """A sentence of the program itself by its dotted name, such as `status.silent`; unknown ones raise KeyError."""
        place, _, key = name.rpartition(".")
        sentence = self.catalogue.table(f"ui.{place}")[key]
        return str(sentence).format_map(_Given(values))

    def phrase(self, text: str) -> str:
        """A sentence that was written in English where no language is known, in this one as far as it is known."""
        return self.catalogue.phrasebook.say(text)

    def table(self, place: str) -> Mapping[str, str]:
        """The program's own sentences of one place, such as `records.group`, by their names."""
        return self.catalogue.table(f"ui.{place}")


class _Given(dict[str, object]):
    """Values for a sentence: a missing one reads `?` instead of raising, since a sentence with a gap beats none."""

    def __init__(self, values: Values) -> None:
        super().__init__({name: value for name, value in values.items() if value is not None})

    def __missing__(self, name: str) -> str:
        return "?"


def _fill(entry: Mapping[str, Any], values: Values) -> str:
    template = entry["sentence"]
    for name, variant in entry.get("with", {}).items():
        if values.get(name):
            template = variant
    for name, variant in entry.get("without", {}).items():
        if not values.get(name):
            template = variant
    for name, variant in entry.get("one", {}).items():
        if values.get(name) == 1:
            template = variant
    return str(template.format_map(_Given(values)))


def load_language(code: LanguageCode) -> Language:
    """Read the catalogue of one language from the package."""
    text = Path(__file__).with_name(f"{code}.toml").read_text(encoding="utf-8")
    return Language(code, Catalogue(text))


def choose_language(wanted: str, environ: Mapping[str, str]) -> LanguageCode:
    """`wanted` as configured (`auto`, `en`, `zh`); `auto` follows LC_ALL, LC_MESSAGES and LANG, in POSIX's order."""
    if wanted == "zh":
        return "zh"
    if wanted == "en":
        return "en"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
