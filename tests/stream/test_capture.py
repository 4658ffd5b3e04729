"""What a capture writes: the stream as it came, no key in any form, and only while the permission holds."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.stream.clock import MovedLoop, until
from tests.stream.listener import KEY, KEY_NAME, MODEL, PROMPT, Listener, route
from tests.stream.peer import Peer, Script, Visit, answer
from tests.stream.wire import DONE, END, chunk, event, finish, opening, stream, text
from tui.settings.paths import Paths
from tui.settings.permission import Permission, list_captures, write_permission
from tui.stream.capture import Capture
from tui.stream.client import Client
from tui.stream.live_capture import PAUSE_SECONDS
from tui.stream.raw_stream import RawStream
from tui.stream.recording import Recording, read_recording


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "state")


def permit(paths: Paths, **options: bool) -> Permission:
    now = datetime.now(UTC)
    permission = Permission(now - timedelta(minutes=1), now + timedelta(minutes=5), f"ticket 812 {KEY}", **options)
    write_permission(paths.capture_file, permission)
    return permission


async def listen(client: Client, script: Script) -> RawStream:
    async with Peer(script) as peer:
        listener = Listener(client, route(peer.url))
        await listener.heard()
    return listener.trace.raw[0]


def keep(client: Client, paths: Paths, raw: RawStream) -> tuple[Recording, bytes]:
    path = Capture(paths, client.mask, pytest.fail).keep(raw)
    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    content = path.read_bytes()
    return read_recording(content), content


async def test_the_bytes_are_those_that_came(client: Client, paths: Paths) -> None:
    permit(paths)
    events = (text("你好"), b": ping\r\n\r\n", finish("stop"), DONE)
    raw = await listen(client, answer(stream(*events)))
    recording, content = keep(client, paths, raw)
    assert b"".join(data for _, data in recording.reads) == b"".join(events)
    assert (recording.outcome, recording.model) == ("complete", MODEL)
    assert recording.about["request"]["headers"]["Authorization"] == "Bearer $HERON_API_KEY"
    assert KEY.encode() not in content
    assert PROMPT.encode() not in content


def split_key() -> bytes:
    """In two chunks, none of which holds more than a start or an end of it."""
    echo = event({"error": {"message": f"bad key {KEY}"}})
    half = echo.index(KEY.encode()) + 6
    return opening() + chunk(echo[:half]) + chunk(echo[half:]) + END


def packed_key() -> bytes:
    packed = gzip.compress(event({"error": {"message": f"bad key {KEY}"}}))
    return opening("Content-Encoding: gzip") + chunk(packed) + END


def header_key() -> bytes:
    return opening(f"X-Echo: {KEY}", f"Set-Cookie: session={KEY}") + chunk(text("Alpha")) + END


@pytest.mark.parametrize("make", [split_key, packed_key, header_key])
async def test_no_key_is_written(make: Callable[[], bytes], client: Client, paths: Paths) -> None:
    permit(paths, with_prompts=True)
    recording, content = keep(client, paths, await listen(client, answer(make())))
    shown = content + b"".join(data for _, data in recording.reads)
    assert KEY.encode() not in shown
    assert KEY[9:].encode() not in shown
    assert PROMPT.encode() in content
    if make is not header_key:
        assert recording.outcome == "in-band-error"
        assert b"bad key sk-" in shown


async def test_nothing_is_written_without_leave(client: Client, paths: Paths) -> None:
    raw = await listen(client, answer(stream(text("Alpha"), DONE)))
    capture = Capture(paths, client.mask, pytest.fail)
    assert capture.keep(raw) is None
    for begin, end in ((1, 2), (-2, -1)):
        hour = timedelta(hours=1)
        write_permission(
            paths.capture_file, Permission(raw.wall_started + begin * hour, raw.wall_started + end * hour, "x")
        )
        assert capture.keep(raw) is None
    assert list_captures(paths.captures) == []


async def test_what_comes_after_the_end_is_left_out(client: Client, paths: Paths) -> None:
    raw = await listen(client, answer(stream(text("Alpha"), DONE)))
    started = raw.started
    raw.reads.extend([(started + 10, b"data: early\n\n"), (started + 40, b"data: late\n\n")])
    raw.ended = started + 50
    end = raw.wall_started + timedelta(seconds=30)
    write_permission(paths.capture_file, Permission(raw.wall_started - timedelta(seconds=1), end, "x"))
    recording, content = keep(client, paths, raw)
    assert b"early" in content
    assert b"late" not in content
    assert (recording.end.value, recording.outcome, recording.ended) == ("left", None, 30.0)


async def test_a_full_disk_is_told_once(client: Client, paths: Paths) -> None:
    permit(paths)
    paths.captures.write_text("a file where the folder should be")
    raw = await listen(client, answer(stream(text("Alpha"), DONE)))
    told: list[str] = []
    capture = Capture(paths, client.mask, told.append)
    assert (capture.keep(raw), capture.keep(raw), len(told)) == (None, None, 1)


async def test_a_stream_is_written_while_it_comes_and_without_half_a_key(
    client: Client, paths: Paths, clock: MovedLoop
) -> None:
    permit(paths)
    capture = Capture(paths, client.mask, pytest.fail)
    said = text(f"the key {KEY} is said")
    half = said.index(KEY.encode()) + len(KEY) // 2

    async def play(visit: Visit) -> None:
        visit.send(opening() + chunk(text("Alpha")) + chunk(said[:half]))
        await visit.gate.wait()
        visit.send(chunk(said[half:]) + chunk(finish("stop") + DONE) + END)

    following = Client({KEY_NAME: KEY}, client.mask, follow_raw=capture.follow, keep_raw=capture.keep_later)
    async with Peer(play) as peer, following:
        listener = Listener(following, route(peer.url))
        await listener.wait_bytes(len(text("Alpha")) + half)
        clock.advance(PAUSE_SECONDS)
        await until(lambda: list_captures(paths.captures))
        (file,) = list_captures(paths.captures)
        recording = read_recording(file.read_bytes())
        assert [data for _, data in recording.reads] == [text("Alpha")]
        assert recording.is_torn
        peer.visits[0].gate.set()
        await listener.heard()
    await until(lambda: not read_recording(file.read_bytes()).is_torn)
    content = file.read_bytes()
    assert KEY.encode() not in content
    assert read_recording(content).outcome == "complete"
    assert list_captures(paths.captures) == [file]
