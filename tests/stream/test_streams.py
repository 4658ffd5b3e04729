"""Every recording in tests/streams, through the whole client at its recorded pace in skipped time: its own verdict."""

import asyncio
import json
from pathlib import Path

import pytest

from tui.settings.provider import Provider, Timeouts
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.events import Finished, Interrupted, StreamEvent
from tui.stream.playback import Playback
from tui.stream.recording import Recording, read_recording, write_recording
from tui.stream.request import ChatMessage, ChatRequest, Role
from tui.stream.skipping_loop import SkippingLoop
from tui.stream.trace import Clock, StreamTrace

STREAMS = sorted((Path(__file__).parents[1] / "streams").glob("*.jsonl"))
LATE_MS = 20_000
"""By how much a busy machine may lag behind a recording; the silences in them are minutes."""


async def play(recording: Recording) -> list[StreamEvent]:
    """What the client makes of it."""
    trace = StreamTrace(Clock(asyncio.get_running_loop().time))
    timeouts = Timeouts(**recording.limits)
    request = ChatRequest(recording.model, (ChatMessage(Role.USER, "Where does the heron nest?"),))
    async with Client({}, Masker(), retries=0) as client:
        async with Playback(recording, lambda: trace.bytes, lambda: trace.started or 0.0) as playback:
            stream = client.stream(request, Provider("replay", playback.base_url, timeouts=timeouts), trace)
            return [event async for event in stream]


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.stem)
def test_a_recording_comes_to_its_verdict(path: Path) -> None:
    recording = read_recording(path.read_bytes())
    last = json.loads(path.read_text(encoding="utf-8").splitlines()[-1])
    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        ending = runner.run(play(recording))[-1]
    assert isinstance(ending, Finished | Interrupted)
    record = ending.record
    assert ending.outcome.value == recording.outcome
    assert record.notices == last.get("notices", record.notices)
    assert record.duration_ms is not None
    assert -50 <= record.duration_ms - recording.ended * 1000 <= LATE_MS
    assert read_recording(write_recording(recording).encode()) == recording
