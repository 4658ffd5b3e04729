"""BareReader: what the lines of a body say that are no fields of an event stream: JSON lines, a list, a whole text."""

from collections.abc import Sequence
from typing import Any

from tui.stream.dialects.bare_text import BareText, blocks, is_between, is_end_mark, leading_objects, whole_values
from tui.stream.dialects.chunk import ChunkReader
from tui.stream.events import StreamEvent
from tui.stream.evidence import Evidence


class BareReader:
    """Takes each line as it comes where it can; keeps the others, up to a limit in bytes, until the end."""

    def __init__(self, evidence: Evidence, chunks: ChunkReader, limit: int) -> None:
        self._evidence = evidence
        self._chunks = chunks
        self._text = BareText(limit)

    def __bool__(self) -> bool:
        return bool(self._text)

    def hold(self, text: str) -> None:
        """Keep a line for the end."""
        self._text.add(text)

    def take(self, text: str, out: list[StreamEvent]) -> None:
        """A line that is no field: a JSON object by itself (NDJSON, a bare error) or a line of a longer text.

        An end mark that has lost its `data:` is one all the same, once something has come that it can end.
        """
        if self._evidence.events and is_end_mark(text.strip()):
            self._evidence.done = True
            return
        is_lines = self._evidence.bare_chunks  # then a line that is no JSON is a damaged chunk, and no part of a text
        if is_lines and (is_between(text) or (text.lstrip().startswith("]") and "{" not in text)):
            return  # of a list; what stands behind its end is no part of it
        objects, rest = leading_objects(text) if is_lines or not self._text.opens_json else ([], text)
        if objects and (not rest or is_lines or any("choices" in value for value in objects)):
            self._take_values(objects, out)
            if "{" in rest:
                self._evidence.count_damage(rest)
        elif is_lines:
            self._evidence.events += 1
            self._evidence.count_damage(text)
        else:
            self._text.add(text)

    def take_torn(self, text: str, out: list[StreamEvent]) -> None:
        """The last of the lines of JSON, which has no end: what of it is whole counts, and the rest was cut off."""
        objects, rest = leading_objects(text)
        self._take_values(objects, out)
        self._evidence.tail_bytes += len(rest.encode(errors="replace"))

    def end(self, out: list[StreamEvent], *, torn: bool) -> None:
        """What stood outside of any field: one JSON text, else lines and blocks of which some may be JSON.

        `torn`: no line end stood behind it, so that what is not whole at its end was cut off and is no damage.
        """
        bare = self._text.take()
        if (values := whole_values(bare.strip())) is not None:
            self._take_values(values, out)
            return
        objects, rest = leading_objects(bare)
        if any("choices" in value for value in objects):
            self._take_values(objects, out)
            bare = rest
        damaged = []
        for block in blocks(bare):
            if (values := whole_values(block)) is not None:
                self._take_values(values, out)
            elif "{" in block:
                damaged.append(block)  # an event whose field name was lost, or half of one
        if not self._evidence.events:
            return
        if torn and damaged and bare.rstrip().endswith(damaged[-1].rstrip()):
            self._evidence.tail_bytes += len(damaged.pop().encode(errors="replace"))
        for block in damaged:
            self._evidence.count_damage(block)

    def _take_values(self, values: Sequence[Any], out: list[StreamEvent]) -> None:
        for value in values:
            self._evidence.events += 1
            self._chunks.take(value, out, bare=True)
