"""Reference: a link reference definition, read line by line (CommonMark 4.7, as markdown-it reads it).

Its lines may end anywhere between label, destination and title. Where a line ends behind the destination, the
definition is complete; a title may follow on the next line, and if what looked like one is none, it still stands.
"""

import re
from dataclasses import dataclass, replace
from enum import Enum

from markdown_it.common.normalize_url import normalizeLink, validateLink
from markdown_it.common.utils import normalizeReference, unescapeAll
from markdown_it.helpers import parseLinkDestination

from tui.text.sanitise import sanitise

_LABEL = re.compile(r"[^\\\[\]]*(?:\\.?[^\\\[\]]*)*", re.DOTALL)
_TITLES = {
    '"': re.compile(r'[^"\\]*(?:\\.?[^"\\]*)*', re.DOTALL),
    "'": re.compile(r"[^'\\]*(?:\\.?[^'\\]*)*", re.DOTALL),
    ")": re.compile(r"[^()\\]*(?:\\.?[^()\\]*)*", re.DOTALL),
}
_TITLE_ENDS = {'"': '"', "'": "'", "(": ")"}


class Stage(Enum):
    """What comes next."""

    LABEL = "label"
    DESTINATION = "destination"
    AFTER = "after"
    """A title, or nothing more."""
    TITLE = "title"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known of a definition after some lines."""

    stage: Stage = Stage.LABEL
    lines: int = 0
    """How many were read."""
    complete: int = 0
    """With how many lines the definition stands, whatever follows; 0: it does not."""
    label: str = ""
    address: str = ""
    title: str = ""
    end: str = ""
    """What ends the title."""

    @property
    def key(self) -> str:
        """The label in the form in which labels are compared."""
        return normalizeReference(self.label)

    def read(self, line: str) -> "Reference":
        """The state behind this line, which is free of indent and ends with its newline, if it has one."""
        here = replace(self, lines=self.lines + 1)
        match self.stage:
            case Stage.LABEL:
                return here._read_label(line, 0 if self.lines else 1)
            case Stage.DESTINATION:
                return here._read_destination(line, 0)
            case Stage.AFTER:
                return here._open_title(line, 0)
            case Stage.TITLE:
                return here._read_title(line, 0)
            case _:
                return here._fail()

    def _read_label(self, line: str, place: int) -> "Reference":
        found = _LABEL.match(line, place)
        end = found.end() if found else place
        here = replace(self, label=self.label + line[place:end])
        if end == len(line):
            return here
        if line[end : end + 2] != "]:" or not here.key:
            return here._fail()
        return replace(here, stage=Stage.DESTINATION)._read_destination(line, end + 2)

    def _read_destination(self, line: str, place: int) -> "Reference":
        place = _skip(line, place)
        if line[place:] in ("", "\n"):
            return self
        found = parseLinkDestination(line, place, len(line))
        address = normalizeLink(found.str) if found.ok else ""
        if not found.ok or not validateLink(address):
            return self._fail()
        here = replace(self, address=address)
        if found.pos >= len(line):
            return here._finish()
        place = _skip(line, found.pos)
        if line[place:] in ("", "\n"):
            return replace(here, stage=Stage.AFTER, complete=self.lines)
        return here._open_title(line, place) if place > found.pos else here._fail()

    def _open_title(self, line: str, place: int) -> "Reference":
        end = _TITLE_ENDS.get(line[place], "")
        return replace(self, stage=Stage.TITLE, end=end)._read_title(line, place + 1) if end else self._fail()

    def _read_title(self, line: str, place: int) -> "Reference":
        found = _TITLES[self.end].match(line, place)
        end = found.end() if found else place
        here = replace(self, title=self.title + unescapeAll(line[place:end]))
        if end >= len(line):
            return here
        if line[end] != self.end:
            return self._fail()
        if line[_skip(line, end + 1) :] in ("", "\n"):
            return here._finish()
        # An empty title with text behind it spoils the definition, also from a line of its own; so does markdown-it.
        return here._fail() if here.title else replace(here, complete=0)._fail()

    def _finish(self) -> "Reference":
        # Entities in a title may spell characters that act on a terminal.
        return replace(self, stage=Stage.DONE, complete=self.lines, title=sanitise(self.title))

    def _fail(self) -> "Reference":
        return replace(self, stage=Stage.FAILED)

    @property
    def definition(self) -> tuple[str, str]:
        """Address and title. A title that never ended is none."""
        return self.address, self.title if self.stage is Stage.DONE else ""


def _skip(line: str, place: int) -> int:
    while place < len(line) and line[place] in " \t":
        place += 1
    return place
