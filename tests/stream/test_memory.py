"""What a decoder keeps of a stream that never ends: bounded, whatever it is made of.

The measure is the size of everything that can be reached from the decoder, so it depends neither on time nor on what
else the process does.
"""

import gc
import json
import sys
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stream.wire import delta, event, finish, text
from tui.stream.dialects.openai import OpenAIStreamDecoder
from tui.stream.sse import LINE_LIMIT

BESIDES = 128 * 1024
"""Bytes for all that no limit of a line governs: 64 KiB of a web page, names of tool calls, counts, the objects."""
SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType)


def bound(limit: int) -> int:
    """What a decoder may keep: a line, an event's data and three of bare text; twice, since buffers grow in steps."""
    return 10 * limit + BESIDES


def kept_bytes(root: object) -> int:
    """The size of all objects that can be reached from this one, classes and functions aside."""
    seen = {id(root)}
    pending, total = [root], 0
    while pending:
        held = pending.pop()
        total += sys.getsizeof(held)
        for below in gc.get_referents(held):
            if id(below) not in seen and not isinstance(below, SHARED):
                seen.add(id(below))
                pending.append(below)
    return total


def call(index: int) -> bytes:
    """A tool-call delta of the smallest kind."""
    return event(delta(tool_calls=[{"index": index, "function": {"name": f"n{index}", "arguments": "{"}}]))


USAGE = event({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}})
FILTERED = {"choices": [{"index": 0, "content_filter_results": {"c%d": {"filtered": True}}}]}
ENDLESS: dict[str, Callable[[int], bytes]] = {
    "no newline": lambda number: b"ab",
    "no newline in data": lambda number: b"data: {" if not number else b"ab",
    "one event": lambda number: b"data: ab\n",
    "one event of empty lines": lambda number: b"data:\n",
    "empty events": lambda number: b"data:\n\n",
    "one tool call": lambda number: call(0),
    "tool calls": call,
    "usage": lambda number: USAGE,
    "keep-alives": lambda number: b": keep-alive\n\n",
    "one comment": lambda number: b": " if not number else b"ab",
    "text": lambda number: text("ab"),
    "text after the finish": lambda number: text("ab") + finish("stop"),
    "damage": lambda number: b"data: {ab\n\n",
    "prose": lambda number: b"ab\n",
    "pretty JSON": lambda number: b"[\n" if not number else b" 12,\n",
    "JSON lines": lambda number: text("ab")[6:],
    "states of things": lambda number: event({"detail": f"queue position {number}"}),
    "filters": lambda number: json.dumps(FILTERED).replace("%d", str(number)).encode() + b"\n",
    "names and ids": lambda number: b"event: e%d\nid: %d\nretry: %d\n" % (number, number, number),
    "blanks": lambda number: b" ",
    "a page": lambda number: b"<html>" if not number else b"ab",
    "a comment before a page": lambda number: b"<!-- " if not number else b"ab",
}


def feed_endlessly(decoder: OpenAIStreamDecoder, make: Callable[[int], bytes], count: int, at_once: int) -> int:
    """Feed so many pieces, some at once in each read; returns the most that was ever kept."""
    most = 0
    for start in range(0, count, at_once):
        decoder.feed(b"".join(make(number) for number in range(start, min(start + at_once, count))))
        if start % (64 * at_once) == 0:
            most = max(most, kept_bytes(decoder))
        if decoder.evidence.oversize_line is not None:
            break
    return max(most, kept_bytes(decoder))


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [1, 1000])
@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_stream_is_held_in_bounded_memory(name: str, at_once: int) -> None:
    """Under a limit that is small enough to be reached soon, by a stream many times as long."""
    limit = 16384
    assert feed_endlessly(OpenAIStreamDecoder(limit), ENDLESS[name], 20_000, at_once) < bound(limit)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["no newline", "one event", "empty events", "one tool call", "tool calls", "usage", "keep-alives", "prose"]
)
def test_a_million_pieces_are_held_in_the_memory_that_is_promised(name: str) -> None:
    assert feed_endlessly(OpenAIStreamDecoder(), ENDLESS[name], 1_000_000, 1000) < bound(LINE_LIMIT)


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.lists(st.sampled_from(list(ENDLESS)), min_size=1, max_size=4),
    st.lists(st.binary(max_size=6), max_size=3),
    st.integers(1, 300),
)
def test_any_mixture_is_held_in_bounded_memory(names: list[str], noise: list[bytes], at_once: int) -> None:
    makes = [ENDLESS[name] for name in names]
    between = b"".join(noise)

    def make(number: int) -> bytes:
        return makes[number % len(makes)](number // len(makes)) + between

    assert feed_endlessly(OpenAIStreamDecoder(512), make, 2000, at_once) < bound(512)


def test_the_measure_sees_what_is_kept() -> None:
    decoder = OpenAIStreamDecoder()
    before = kept_bytes(decoder)
    decoder.feed(b"data: " + b"x" * 100_000)
    decoder.feed(b"\ndata: " + b"y" * 50_000)
    assert kept_bytes(decoder) - before > 150_000
