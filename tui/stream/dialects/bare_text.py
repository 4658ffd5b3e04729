"""BareText: the lines of a body that are no fields of an event stream, and the JSON that may be in them."""

import json
from bisect import bisect
from collections.abc import Iterator
from typing import Any

from tui.stream.sse import LINE_COST

JSON = json.JSONDecoder(strict=False)
_BETWEEN = " \t\r\n,[]\0"


class BareText:
    """Collects lines up to a limit in bytes; what comes beyond it is dropped, since no JSON is whole without it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lines: list[str] = []
        self._size = 0

    def __bool__(self) -> bool:
        return bool(self._lines)

    @property
    def opens_json(self) -> bool:
        """Whether what was collected may be the beginning of a JSON text, more of it than the bracket of a list."""
        return bool(self._lines) and self._lines[0].lstrip().startswith(("{", "[")) and not self.opens_list

    @property
    def opens_list(self) -> bool:
        """Whether nothing was collected but what stands before the first element of a list."""
        return all(is_between(line) for line in self._lines)

    def add(self, line: str) -> None:
        """Keep a line."""
        if self._size < self._limit:
            self._lines.append(line)
            self._size += len(line) + LINE_COST

    def take(self) -> str:
        """All that was collected, which is then forgotten."""
        lines, self._lines = self._lines, []
        return "\n".join(lines)


def is_end_mark(text: str) -> bool:
    """Whether this is `[DONE]`, quoted or not."""
    return text.strip('"') == "[DONE]"


def is_object(line: str) -> bool:
    """Whether a line is a whole JSON object by itself."""
    return line.startswith("{") and bool(whole_values(line))


def is_between(line: str) -> bool:
    """Whether a line holds nothing but what stands around and between the elements of a list."""
    return not line.strip(_BETWEEN)


def leading_objects(text: str) -> tuple[list[dict[str, Any]], str]:
    """The whole JSON objects at the start of a text, elements of a list among them, and what follows the last one."""
    objects: list[dict[str, Any]] = []
    position = _skip(text, 0)
    try:
        while text.startswith("{", position):
            value, end = JSON.raw_decode(text, position)
            objects.append(value)
            position = _skip(text, end)
    except (ValueError, RecursionError):
        return objects, text[position:]  # damaged, torn or nested beyond reason: the caller counts it
    return objects, text[position:]


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _BETWEEN:
        position += 1
    return position


def whole_values(text: str) -> list[Any] | None:
    """The JSON values of which a text consists, glued or separated by commas; None if any of it is not JSON."""
    values: list[Any] = []
    position, length = 0, len(text)
    try:
        while position < length:
            value, position = JSON.raw_decode(text, position)
            values.append(value)
            while position < length and text[position] in " \t\r\n,":
                position += 1
    except (ValueError, RecursionError):
        return None  # damaged, torn or nested beyond reason: the caller counts it
    return values


def blocks(text: str) -> Iterator[str]:
    """The lines that begin a JSON text, each with the lines that belong to it, and every other line by itself."""
    lines = text.split("\n")
    ends: dict[str, list[int]] = {"}": [], "]": []}
    for at, line in enumerate(lines):
        if (mark := line.rstrip(", ")) in ends:
            ends[mark].append(at)
    start = 0
    while start < len(lines):
        opening = lines[start].strip()
        closing = ends[{"{": "}", "[": "]"}[opening]] if opening in ("{", "[") else []
        place = bisect(closing, start)
        end = closing[place] if place < len(closing) else start
        yield lines[start].strip() if end == start else "\n".join(lines[start : end + 1])
        start = end + 1
