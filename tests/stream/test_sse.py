"""LineDecoder and SSEDecoder against WHATWG HTML, 9.2.5 and 9.2.6, at every place where a read may end."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stream.pieces import cut_bytes, cuts
from tui.stream.sse import LINE_LIMIT, LineDecoder, ServerSentEvent, SSEDecoder


def lines_of(decoder: LineDecoder, pieces: Iterable[bytes]) -> list[bytes]:
    """The lines of all reads, comments as a lone colon: how much of one is kept is the decoder's business."""
    lines = [line for piece in pieces for line in decoder.feed(piece)]
    return [b":" if line.startswith(b":") else line for line in lines]


def said(data: str, event: str = "", id: str = "", retry: int | None = None) -> ServerSentEvent:
    return ServerSentEvent(event, data, id, retry)


STREAMS: dict[str, tuple[bytes, list[ServerSentEvent]]] = {
    "nothing": (b"", []),
    "lines that end in LF": (b"data: one\n\ndata: two\n\n", [said("one"), said("two")]),
    "lines that end in CR LF": (b"data: one\r\n\r\ndata: two\r\n\r\n", [said("one"), said("two")]),
    "lines that end in CR": (b"data: one\r\rdata: two\r\r", [said("one"), said("two")]),
    "all ends mixed": (b"data: a\rdata: b\r\ndata: c\n\r\ndata: d\n\r", [said("a\nb\nc"), said("d")]),
    "CR CR LF ends two lines": (b"data: one\r\r\ndata: two\n\n", [said("one"), said("two")]),
    "LF CR ends two lines": (b"data: one\n\rdata: two\n\n", [said("one"), said("two")]),
    "a BOM at the start": (b"\xef\xbb\xbfdata: one\n\n", [said("one")]),
    "a second BOM is text": (b"\xef\xbb\xbf\xef\xbb\xbfdata: lost\n\ndata: one\n\n", [said("one")]),
    "a BOM later is text": (b"data: \xef\xbb\xbfone\n\n", [said("\ufeffone")]),
    "comments": (b": hello\ndata: one\n:\n:data: no\ndata: two\n\n", [said("one\ntwo")]),
    "one space after the colon is left out": (
        b"data:one\ndata: two\ndata:  three\ndata:\tfour\n\n",
        [said("one\ntwo\n three\n\tfour")],
    ),
    "a field without a colon is empty": (b"data\n\ndata\ndata\n\n", [said(""), said("\n")]),
    "a field with nothing in it": (b"data:\n\n", [said("")]),
    "no data, no event": (b"event: ping\n\nid: 1\n\n\n\ndata: one\n\n", [said("one", id="1")]),
    "an event's name holds for one event": (b"event: tick\ndata: 1\n\ndata: 2\n\n", [said("1", "tick"), said("2")]),
    "the last name counts": (b"event: tick\nevent: tock\ndata: 1\n\n", [said("1", "tock")]),
    "an id stays": (b"id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", [said("a", id="7"), said("b", id="7"), said("c")]),
    "an id with NUL is ignored": (b"id: 7\nid: 8\x00\ndata: a\n\n", [said("a", id="7")]),
    "retry of digits only": (
        b"retry: 3000\ndata: a\n\nretry: 3s\nretry: \xd9\xa3\nretry: " + b"9" * 20 + b"\ndata: b\n\n",
        [said("a", retry=3000), said("b")],
    ),
    "names are case-sensitive and not trimmed": (b"Data: a\n data: b\ndata : c\nDATA: d\ndata: e\n\n", [said("e")]),
    "unknown fields": (b"foo: bar\ndata: a\nfoo\n\n", [said("a")]),
    "colons in a value": (b"data: a:b: c\n\n", [said("a:b: c")]),
    "what ends no line": (
        "data: a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg\x1dh\x1ei\n\n".encode(),
        [said("a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg\x1dh\x1ei")],
    ),
    "characters of every width": ("data: é 中 🦩 \U0010ffff\n\n".encode(), [said("é 中 🦩 \U0010ffff")]),
    "NUL in data": (b"data: a\x00b\n\n", [said("a\x00b")]),
    "a torn last event": (b"data: one\n\ndata: two\n", [said("one")]),
    "a torn last line": (b"data: one\n\ndata: tw", [said("one")]),
}


@pytest.mark.parametrize(("stream", "expected"), STREAMS.values(), ids=STREAMS)
def test_events_are_the_same_wherever_a_read_ends(stream: bytes, expected: list[ServerSentEvent]) -> None:
    for pieces in cuts(stream):
        decoder = SSEDecoder()
        assert [event for piece in pieces for event in decoder.feed(piece)] == expected
        assert not decoder.invalid_utf8


def test_invalid_utf8_is_replaced_and_remembered() -> None:
    for bad, shown in ((b"\xff", "\ufffd"), (b"\xe4\xb8", "\ufffd"), (b"\xed\xa0\xbd", "\ufffd" * 3)):
        for pieces in cuts(b"data: a" + bad + b"\n\n"):
            decoder = SSEDecoder()
            assert [event for piece in pieces for event in decoder.feed(piece)] == [said("a" + shown)]
            assert decoder.invalid_utf8


def test_half_a_bom_is_text() -> None:
    for pieces in cuts(b"\xef\xbbdata: lost\n\ndata: one\n\n"):
        decoder = SSEDecoder()
        assert [event for piece in pieces for event in decoder.feed(piece)] == [said("one")]


def test_a_replacement_character_of_the_servers_own_is_none_of_ours() -> None:
    decoder = SSEDecoder()
    assert decoder.feed("data: \ufffd\n\n".encode()) == [said("\ufffd")]
    assert not decoder.invalid_utf8


@pytest.mark.parametrize(
    ("stream", "tail"),
    [
        (b"data: one\n\ndata: two\ndata: thr", "two\nthr"),
        (b"data: one\n\ndata: two\n", "two"),
        (b"data: one\n\n", ""),
        (b"data: one\n\nid: 4", ""),
        (b"data: one\n\n: a comm", ""),
        (b"data", ""),
    ],
)
def test_a_torn_event_is_the_tail(stream: bytes, tail: str) -> None:
    decoder = SSEDecoder()
    decoder.feed(stream)
    assert decoder.tail == tail


def test_a_line_ends_at_its_cr_without_waiting_for_the_next_read() -> None:
    lines = LineDecoder()
    assert lines.feed(b"one\r") == [b"one"]
    assert lines.feed(b"\ntwo\r") == [b"two"]
    assert lines.feed(b"three\r\n") == [b"three"]
    assert lines.feed(b"\n") == [b""]


def test_the_tail_is_the_unfinished_line() -> None:
    for last in (b"", b"t", b"tw", b"two"):
        for pieces in cuts(b"one\n" + last):
            lines = LineDecoder()
            for piece in pieces:
                lines.feed(piece)
            assert lines.tail == last
    start = LineDecoder()
    start.feed(b"\xef\xbb")
    assert start.tail == b"\xef\xbb"


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n", b""])
def test_a_line_over_the_limit_stops_the_reading(end: bytes) -> None:
    for pieces in cuts(b"good\n12345678\n123456789" + end + b"more\n"):
        lines = LineDecoder(limit=8)
        assert [line for piece in pieces for line in lines.feed(piece)] == [b"good", b"12345678"]
        assert lines.oversize is not None
        assert lines.oversize >= 9
        assert lines.feed(b"never\n") == []


def test_a_comment_has_no_limit_and_takes_no_room() -> None:
    for pieces in cuts(b":123456789abc\n" * 2 + b"ok\n"):
        lines = LineDecoder(limit=8)
        assert lines_of(lines, pieces) == [b":", b":", b"ok"]
        assert lines.tail == b""


def test_the_limit_lets_a_line_of_its_own_length_pass() -> None:
    lines = LineDecoder()
    assert lines.feed(b"x" * LINE_LIMIT + b"\n") == [b"x" * LINE_LIMIT]
    assert lines.oversize is None


LINE_PIECES = st.sampled_from([b"a", b"\r", b"\n", b":", b"data", b" ", b"\xef\xbb\xbf", b"\xe4", b"\xb8"])


@settings(deadline=None)
@given(cut_bytes(st.lists(LINE_PIECES).map(b"".join)))
def test_lines_depend_on_the_bytes_alone(pieces: list[bytes]) -> None:
    whole, cut = LineDecoder(), LineDecoder()
    data = b"".join(pieces)
    expected = lines_of(whole, [data])
    assert lines_of(cut, pieces) == expected
    assert cut.tail == whole.tail
    normal = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    assert [b":" if line.startswith(b":") else line for line in normal.split(b"\n")[:-1]] == expected
