"""The file of a recording: written and read it is the same, by hand it may be short, and a mistake is named."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stream.clock import moved_loop
from tests.stream.listener import ask, check_ending
from tests.stream.wire import finish, text
from tui.stream.client import Client
from tui.stream.outcome import Outcome
from tui.stream.playback import Playback
from tui.stream.raw_stream import RawEnd
from tui.stream.recording import Head, Recording, RecordingError, read_recording, write_recording


@settings(max_examples=40, deadline=None)
@given(
    reads=st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=40)), max_size=5),
    end=st.sampled_from(RawEnd),
    head=st.booleans(),
)
def test_what_is_written_is_read(reads: list[tuple[int, bytes]], end: RawEnd, head: bool) -> None:
    ordered = tuple((float(at), data) for at, data in sorted(reads))
    if not head and (ordered or end is RawEnd.CLOSED):
        head = True
    recording = Recording(ordered, Head() if head else None, end, 20.0, "complete", 7, {"model": "heron-1"})
    assert read_recording(write_recording(recording).encode()) == recording


def test_a_short_file_is_enough() -> None:
    recording = read_recording(b'{"weir": "stream"}\n{"text": "data: a\\n\\n"}\n\n{"t": 2, "base64": "5Lit"}\n')
    assert recording.reads == ((0.0, b"data: a\n\n"), (2.0, "中".encode()))
    assert (recording.head, recording.end, recording.model) == (Head(), RawEnd.CLOSED, "recorded")


def test_a_saved_body_is_a_recording() -> None:
    """As `curl -N` leaves it, JSON lines too."""
    recording = read_recording(b"data: a\n\ndata: b\r\n\r\n: ping")
    assert [data for _, data in recording.reads] == [b"data: a\n\n", b"data: b\r\n\r\n", b": ping"]
    assert len(read_recording(b'{"error": "overloaded"}\n').reads) == 1


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("[1]", "line 2: it is no JSON object"),
        ("{", "line 2: it is no JSON"),
        ('{"txt": ""}', "line 2: it has none of"),
        ('{"text": 1}', 'line 2: "text" and'),
        ('{"base64": "?"}', 'line 2: "base64"'),
        ('{"t": -1, "text": ""}', 'line 2: "t"'),
        ('{"status": 99}', 'line 2: "status"'),
        ('{"headers": [["a", "b\\r\\nc: d"]]}', 'line 2: "headers"'),
        ('{"end": "bang"}', 'line 2: "end" is one of "closed"'),
        ('{"end": "cut"}\n{"text": ""}', "line 3: nothing can follow"),
    ],
)
def test_a_mistake_is_named(line: str, what: str) -> None:
    with pytest.raises(RecordingError) as error:
        read_recording(b'{"weir": "stream"}\n' + line.encode())
    assert str(error.value).startswith(what)


@pytest.mark.parametrize("content", [b"", b"\n", b'{"weir": "stream", "v": 2}'])
def test_what_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(RecordingError):
        read_recording(content)


BODY = text("Alpha") + finish("stop")
PLAIN = (("Content-Type", "text/event-stream"),)


@pytest.mark.parametrize(
    ("recording", "outcome"),
    [
        (Recording(((0.0, BODY),)), Outcome.COMPLETE),
        (Recording(((0.0, BODY),), Head(headers=PLAIN)), Outcome.COMPLETE),
        (Recording(((0.0, text("Alpha")),), Head(headers=PLAIN), RawEnd.RESET), Outcome.CONNECTION_RESET),
        (
            Recording(((0.0, text("Alpha")),), Head(headers=(*PLAIN, ("Content-Length", "9"))), RawEnd.CUT),
            Outcome.TRUNCATED_BODY,
        ),
        (Recording(((0.0, text("Alpha")),), end=RawEnd.GARBLED), Outcome.PROTOCOL_ERROR),
        (Recording((), None, RawEnd.CUT), Outcome.NO_RESPONSE),
        (
            Recording(((0.0, gzip.compress(BODY)),), Head(headers=(*PLAIN, ("Content-Encoding", "gzip")))),
            Outcome.COMPLETE,
        ),
    ],
)
async def test_a_playback_ends_as_the_recording_did(recording: Recording, outcome: Outcome, client: Client) -> None:
    read = b"".join(data for _, data in recording.reads)
    async with Playback(recording, lambda: len(read), moved_loop().time) as playback:
        heard = await ask(client, playback.base_url)
    assert heard.outcome is outcome
    if outcome is Outcome.TRUNCATED_BODY:
        check_ending(heard, outcome, text="Alpha")
