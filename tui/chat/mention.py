r"""Mention: `@path` in a prompt, which may name a file to attach.

A mention begins where no word, address or path goes on (`a@b` is none), and ends at white space; a path with a space or
a quote in it stands in double quotes, with `\` before a quote or a backslash. Whether it means a file is not told by
how it looks: a sentence may hold `@someone`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_START = r"(?<![A-Za-z0-9_.%+\-@/\\])@"
_QUOTED = r'"((?:[^"\\\n]|\\.)*)'
_MENTION = re.compile(rf'{_START}(?:{_QUOTED}"|([^\s"]+))')
_LAST = re.compile(rf'{_START}(?:{_QUOTED}|([^\s"]*))\Z')
_ESCAPED = re.compile(r"\\(.)")
_TO_ESCAPE = re.compile(r'["\\]')
_PLAIN = re.compile(r'[^\s"\\]+')
_CLOSING = ".,;:!?)]}>'`…，。；：！？、）】》」』”’"
"""What ends a sentence or a bracket around a path: it belongs to the path only if a file of that name is there."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A path as it was typed, and where: characters of the text from the `@` to behind its end."""

    start: int
    end: int
    path: str
    quoted: bool = False

    def readings(self) -> Iterator[str]:
        """The paths that it may mean, the likeliest first: less and less of the signs at its end belongs to it."""
        yield self.path
        path = self.path
        while not self.quoted and len(path) > 1 and path[-1] in _CLOSING:
            path = path[:-1]
            yield path


def find_mentions(text: str) -> list[Mention]:
    """All of a text, in their order."""
    return [_read(match) for match in _MENTION.finditer(text)]


def find_last_mention(line: str) -> Mention | None:
    """The one that is being typed at the end of a line; its path may be empty, its quote is not closed yet."""
    match = _LAST.search(line)
    return _read(match) if match else None


def write_mention(path: str, *, closed: bool = True) -> str:
    """A path as a mention; one that is not closed goes on behind it."""
    plain = _PLAIN.fullmatch(path) and not (closed and path[-1] in _CLOSING)
    if plain:
        return f"@{path}"
    escaped = _TO_ESCAPE.sub(r"\\\g<0>", path)
    return f'@"{escaped}"' if closed else f'@"{escaped}'


def _read(match: re.Match[str]) -> Mention:
    quoted, plain = match.groups()
    if quoted is None:
        return Mention(match.start(), match.end(), plain)
    return Mention(match.start(), match.end(), _ESCAPED.sub(r"\1", quoted), quoted=True)
