"""Prompt files: `prompts/*.md` of the config folder, texts to be used again, each with TOML between two lines of `+++`.

Such a file has `name` (else that of the file), `kind` ("prompt" or "system"), `model`, `[parameters]` and `[variables]`
with their defaults; `{{variable}}` in the text is filled. A complaint names the file and the line.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tui.settings.parameters import ParameterError, Parameters, read_parameters

KINDS = ("prompt", "system")
_FENCE = "+++"
_KEYS = ("name", "kind", "model", "parameters", "variables")
_NAME = re.compile(r"\w[\w.-]*")
_COMMAND = re.compile(r"/([\w.-]+)(?:\s+|\Z)")
_MARK = re.compile(r"\{\{\s*(\w[\w-]*)\s*\}\}")
_LINE = re.compile(r"\(at line (\d+), column \d+\)")


class PromptFileError(ValueError):
    """A prompt file that cannot be used; the text is one sentence that names file and line."""


@dataclass(frozen=True, slots=True)
class PromptFile:
    """One readable file."""

    name: str
    text: str
    kind: str
    model: str | None
    parameters: Parameters
    defaults: Mapping[str, str]
    """Variables that have one."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Those of the text, in their order."""
        return tuple(dict.fromkeys(_MARK.findall(self.text)))

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with these values, else the defaults; a variable with neither stands as `{{name}}`."""
        known = {**self.defaults, **values}
        return _MARK.sub(lambda mark: known.get(mark[1], f"{{{{{mark[1]}}}}}"), self.text)

    def place_defaults(self) -> list[tuple[int, str]]:
        """The defaults that stand in `fill({})`, each behind how many characters."""
        return [
            (len(PromptFile.fill(replace(self, text=self.text[: mark.start()]), {})), default)
            for mark in _MARK.finditer(self.text)
            if (default := self.defaults.get(mark[1]))
        ]


def find_marks(text: str) -> list[str]:
    """The names of the marks in a text, in their order."""
    return _MARK.findall(text)


def find_command(text: str, prompts: Mapping[str, PromptFile]) -> tuple[PromptFile, str] | None:
    """The prompt that a text asks for with `/name` as its first word, and the rest of the text."""
    match = _COMMAND.match(text)
    if match is None or (prompt := prompts.get(match[1])) is None or prompt.kind != "prompt":
        return None
    return prompt, text[match.end() :]


def read_system(folder: Path, name: str) -> str:
    """The text of the system prompt of this name, with its defaults; raises PromptFileError. Blocks."""
    found, complaints = read_prompts(folder)
    prompt = found.get(name)
    if prompt is None or prompt.kind != "system":
        raise PromptFileError(" ".join((f"{folder}: there is no system prompt of the name {name}.", *complaints)))
    if missing := next((each for each in prompt.variables if each not in prompt.defaults), None):
        raise PromptFileError(f"{folder}: the system prompt {name} has no default for {missing}.")
    return prompt.fill({})


def read_prompts(folder: Path) -> tuple[dict[str, PromptFile], list[str]]:
    """Every readable file by its name, and the complaints; of two of one name the first holds. Blocks."""
    found: dict[str, PromptFile] = {}
    complaints = []
    for path in sorted(folder.glob("*.md")):
        try:
            prompt = read_prompt(path)
            if prompt.name in found:
                raise PromptFileError(f'{path}: line 1: another file has the name "{prompt.name}" already.')
        except PromptFileError as error:
            complaints.append(str(error))
        else:
            found[prompt.name] = prompt
    return found, complaints


def read_prompt(path: Path) -> PromptFile:
    """Read and check one file; raises PromptFileError."""
    try:
        lines = path.read_text(encoding="utf-8").replace("\r\n", "\n").split("\n")
    except OSError as error:
        raise PromptFileError(f"{path}: the file cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise PromptFileError(f"{path}: the file is not UTF-8 text.") from None
    head: list[str] = []
    if lines[0].rstrip() == _FENCE:
        end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
        if end is None:
            raise PromptFileError(f"{path}: line 1: the {_FENCE} that begins here is not closed by another one.")
        head, lines = lines[1:end], lines[end + 1 :]
    try:
        table = tomllib.loads("".join(f"{line}\n" for line in head))
    except tomllib.TOMLDecodeError as error:
        place = _LINE.search(str(error))
        line = int(place[1]) + 1 if place else len(head) + 1
        raise PromptFileError(f"{path}: line {line}: {_LINE.sub('', str(error)).strip()}.") from None
    text = "\n".join(lines).strip("\n")
    return _Reader(path, head).prompt(table, text)


class _Reader:
    """Checks one parsed file; `head` is for the lines of complaints."""

    def __init__(self, path: Path, head: list[str]) -> None:
        self._path = path
        self._head = head

    def prompt(self, table: Mapping[str, Any], text: str) -> PromptFile:
        unknown = next((key for key in table if key not in _KEYS), None)
        if unknown is not None:
            raise self._complaint(unknown, f"is not a known key; known: {', '.join(_KEYS)}")
        for key in ("name", "kind", "model"):
            if not isinstance(table.get(key, ""), str):
                raise self._complaint(key, "must be a text in quotation marks")
        name, kind = table.get("name", self._path.stem), table.get("kind", KINDS[0])
        if not _NAME.fullmatch(name):
            raise self._complaint("name", "must be one word of letters, digits, dots and dashes")
        if kind not in KINDS:
            raise self._complaint("kind", 'can be "prompt" or "system"')
        variables = table.get("variables", {})
        if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
            raise self._complaint("variables", 'must be a table of defaults such as { tone = "friendly" }')
        if not text.strip():
            raise PromptFileError(f"{self._path}: line {len(self._head) + 1}: there is no text behind it.")
        return PromptFile(name, text, kind, table.get("model"), self._parameters(table), variables)

    def _parameters(self, table: Mapping[str, Any]) -> Parameters:
        parameters = table.get("parameters", {})
        if not isinstance(parameters, dict):
            raise self._complaint("parameters", "must be a table such as { temperature = 0.2 }")
        try:
            return read_parameters(parameters)
        except ParameterError as error:
            raise self._complaint(error.name, error.what) from None

    def _complaint(self, key: str, what: str) -> PromptFileError:
        wanted = re.compile(rf"(?:^|[\s{{,.\[])[\"']?{re.escape(key)}[\"']?\s*(?:=|\])")
        line = next((at for at, line in enumerate(self._head, 2) if wanted.search(line)), 1)
        return PromptFileError(f"{self._path}: line {line}: {key} {what}.")
