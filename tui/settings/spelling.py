"""Spelling: a text with its escapes resolved, so that a key is found however it was written.

Resolved are percent-encoding (RFC 3986), the escapes of JSON (RFC 8259), JavaScript, Python and C, and the character
references of HTML, each also when escaped again, and one kind inside another.
"""

import html.entities
import re
from collections.abc import Sequence
from dataclasses import dataclass

_GAP = re.compile(r"[\s|│┃║¦]")
_SLASHES = r"\\{1,32}"
_AMP = r"&(?:amp;){0,8}"
_ESCAPED = re.compile(
    rf"(?P<gap>(?:{_GAP.pattern}|{_SLASHES}(?:[nrt]|(?:x1b|u001b|u\{{1b\}}|033)\[[0-9;]{{0,16}}m))+)"
    rf"|%(?:25){{0,8}}(?P<percent>[0-9a-f]{{2}})|{_SLASHES}(?-i:U)(?P<long>[0-9a-f]{{8}})"
    rf"|{_SLASHES}u(?P<unicode>[0-9a-f]{{4}})|{_SLASHES}x(?P<hex>[0-9a-f]{{2}})"
    rf"|{_SLASHES}[ux]\{{0{{0,32}}(?P<braced>[0-9a-f]{{1,6}})\}}|{_SLASHES}(?P<octal>[0-3][0-7]{{2}})"
    rf"|{_SLASHES}(?P<plain>[\"'/])|(?P<backslash>\\{{1,64}})"
    rf"|{_AMP}\#0{{0,32}}(?P<decimal>\d{{1,7}});?|{_AMP}\#x0{{0,32}}(?P<entity>[0-9a-f]{{1,6}});?"
    rf"|{_AMP}(?P<name>[a-z]{{2,8}});",
    re.IGNORECASE,
)
_SOLID = re.compile(r"[a-z0-9]+")
_CODE = re.compile(r"0x([0-9a-f]{2})|[0-9]{1,3}", re.IGNORECASE)
_CODES = re.compile(
    r"(?<![0-9A-Za-z.])(?:(?:0x[0-9a-f]{2}|[0-9]{1,3})(?:[\s,;]{1,8}|(?![0-9A-Za-z.]))){8,}", re.IGNORECASE
)
_LAST_CHARACTER = 0x10FFFF
_DEEPEST = 4
"""Kinds of escape inside each other that are resolved, such as a JSON escape in a percent-encoded query."""


@dataclass(frozen=True, slots=True)
class View:
    """A text to search in, and for each of its characters where it starts and ends in the text that is masked."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def plain_view(text: str) -> View:
    """The text as it stands."""
    return View(text, range(len(text)), range(1, len(text) + 1))


def unescape(text: str) -> View:
    """The text with escapes resolved, and without white space and table bars."""
    view = _resolve_once(text)
    for _ in range(_DEEPEST - 1):
        if not _ESCAPED.search(view.text):
            break
        inner = _resolve_once(view.text)
        starts = [view.starts[start] for start in inner.starts]
        view = View(inner.text, starts, [view.ends[end - 1] for end in inner.ends])
    return view


def squeeze(view: View) -> View:
    """A view in lower case without all that is no ASCII letter or digit: whatever somebody put between a key's own."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for run in _SOLID.finditer(view.text):
        characters.append(run.group())
        starts += view.starts[run.start() : run.end()]
        ends += view.ends[run.start() : run.end()]
    return View("".join(characters), starts, ends)


def read_codes(text: str) -> View:
    """The characters that lists of numbers in a text stand for, as when a server writes its bytes as JSON."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for row in _CODES.finditer(text):
        for number in _CODE.finditer(text, row.start(), row.end()):
            code = int(number[1], 16) if number[1] else int(number[0])
            characters.append(chr(code) if code < 256 else "\0")
            starts.append(number.start())
            ends.append(number.end())
        characters.append("\0")  # two lists are two texts
        starts.append(row.end())
        ends.append(row.end())
    return View("".join(characters), starts, ends)


def _resolve_once(text: str) -> View:
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for token in _ESCAPED.finditer(text):
        start, end = token.span()
        characters.append(text[done:start])
        starts += range(done, start)
        ends += range(done + 1, start + 1)
        done = end
        if token.lastgroup != "gap":
            resolved = _GAP.sub("", _resolve(token))
            characters.append(resolved)
            starts += [start] * len(resolved)
            ends += [end] * len(resolved)
    characters.append(text[done:])
    starts += range(done, len(text))
    ends += range(done + 1, len(text) + 1)
    return View("".join(characters), starts, ends)


def _resolve(token: re.Match[str]) -> str:
    kind = token.lastgroup or ""
    value = token[kind]
    match kind:
        case "plain":
            return value
        case "backslash":
            return "\\"
        case "name":
            return html.entities.html5.get(f"{value};") or html.entities.html5.get(f"{value.lower()};", token.group())
    code = int(value, {"decimal": 10, "octal": 8}.get(kind, 16))
    return chr(code) if code <= _LAST_CHARACTER else "\ufffd"
