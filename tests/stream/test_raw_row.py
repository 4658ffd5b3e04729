"""The rows of a raw stream: every line with the time at which it was whole, silences between, and never a key."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stream.listener import KEY
from tui.settings.key_source import KeySource
from tui.settings.secrets import Masker, Secret
from tui.stream.outcome import Outcome
from tui.stream.raw_row import RawPage, RowKind
from tui.stream.raw_stream import RawEnd, RawHead, RawShelf, RawStream, SentRequest

BODY = b"\xef\xbb\xbfdata: a\r\n\r\n: ping\rdata: \xe4\xbd\xa0\n\ndata: [DONE]\n\nevent: x"
REQUEST = SentRequest("POST", f"https://llm.example/v1?key={KEY}", {}, b"{}", "nest", KeySource("file", "~/.key"))


BEFORE = (RowKind.ATTEMPT, RowKind.REQUEST, RowKind.HEAD)


def begin(shelf: RawShelf | None = None, encoding: str = "identity") -> RawStream:
    raw = RawStream(REQUEST, 1, 1, datetime.now(UTC), 100.0, shelf or RawShelf())
    raw.shelf.put(raw)
    raw.head = RawHead(
        100.5,
        200,
        "HTTP/1.1",
        (("Content-Type", "text/event-stream"), ("Content-Encoding", encoding), ("Set-Cookie", f"id={KEY}")),
    )
    return raw


def kinds(page: RawPage) -> Iterator[tuple[RowKind, str]]:
    return ((row.kind, row.text) for row in page.rows if row.kind not in BEFORE)


LINES = [
    (RowKind.DATA, "data: a"),
    (RowKind.BLANK, ""),
    (RowKind.KEEPALIVE, ": ping"),
    (RowKind.DATA, "data: 你"),
    (RowKind.BLANK, ""),
    (RowKind.DONE, "data: [DONE]"),
    (RowKind.BLANK, ""),
    (RowKind.TORN, "event: x"),
    (RowKind.END, "cut truncated-body"),
]


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, len(BODY)), max_size=6), packed=st.booleans())
def test_the_lines_are_the_same_wherever_it_was_cut(cuts: list[int], packed: bool) -> None:
    body = gzip.compress(BODY[3:]) if packed else BODY[3:]
    raw, page = begin(encoding="gzip" if packed else "identity"), RawPage(streams := [], Masker())
    streams.append(raw)
    places = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    for first, last in pairwise(places):
        raw.take(100.6, body[first:last])
        page.refresh()
    raw.close(RawEnd.CUT, 100.7)
    raw.outcome = Outcome.TRUNCATED_BODY
    assert not page.refresh()
    assert list(kinds(page)) == LINES


def test_a_row_has_the_time_at_which_its_line_was_whole() -> None:
    raw = begin()
    page = RawPage([raw], Masker())
    raw.take(101.0, b"data: ")
    page.refresh()
    assert page.unfinished == 6
    raw.take(103.5, b"a\n")
    raw.close(RawEnd.LEFT, 110.0)
    page.refresh()
    rows = [(row.kind, row.at, row.text) for row in page.rows if row.kind not in BEFORE]
    assert rows == [
        (RowKind.GAP, None, "2.5"),
        (RowKind.DATA, 3.5, "data: a"),
        (RowKind.GAP, None, "6.5"),
        (RowKind.END, 10.0, "left"),
    ]


@pytest.mark.parametrize("width", [5, 7, 40])
def test_no_key_is_shown(width: int) -> None:
    """Also one that comes in pieces, an event each, as a model spells it."""
    raw = begin()
    for start in range(0, len(KEY), width):
        raw.take(101.0, b'data: {"text": "%b"}\n\n' % KEY[start : start + width].encode())
    page = RawPage([raw], Masker([Secret(KEY)]))
    page.refresh()
    shown = [page.text(number) for number in range(len(page.rows))]
    assert KEY not in "".join(shown)
    assert "id=" not in "".join(shown)
    assert "Authorization: Bearer $NEST_API_KEY" in shown
    assert not [text for text in shown if KEY[9:17] in text]
    pieces = [KEY[start : start + width] for start in range(width * 2, len(KEY) - width, width)]
    assert not [piece for piece in pieces if f'"{piece}"' in "".join(shown)]


def test_what_had_to_make_room_is_told() -> None:
    raw = begin(RawShelf(limit=2_000))
    page = RawPage([raw], Masker())
    for _ in range(10):
        raw.take(101.0, b"data: " + b"x" * 400 + b"\n\n")
    page.refresh()
    assert (RowKind.DROPPED, str(raw.dropped_bytes)) in list(kinds(page))
    raw.take(101.0, b"data: last\n\n")
    page.refresh()
    assert list(kinds(page))[-2] == (RowKind.DATA, "data: last")


def test_a_long_row_is_cut_on_the_screen_alone() -> None:
    raw = begin()
    raw.take(101.0, b"data: " + b"x" * 5_000 + b"\n")
    page = RawPage([raw], Masker())
    page.refresh()
    last = len(page.rows) - 1
    assert (len(page.text(last)) < 2_100, len(page.whole_text(last))) == (True, 5_006)
