"""`weir replay`: plays a recorded stream through the whole client and prints what it makes of it, as `ask` does.

The recording is served on the loopback and asked for with the limits that held when it was made, so that a limit that
ran out runs out again. At the recorded pace by default; `fast` skips every wait, and the times and the verdict stay
what they were (`tui.stream.skipping_loop`). Nothing is kept: no conversation, no record in the journal.
"""

import asyncio
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui.ask import Question, ask
from tui.chat.catalogue import Model
from tui.chat.session import ChatSession
from tui.headless.stdout import say, write_error, write_json_line
from tui.headless.stop_signals import StopSignals
from tui.settings.provider import Provider, Timeouts
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.outcome import Outcome
from tui.stream.playback import Playback
from tui.stream.recording import Recording, RecordingError, read_recording
from tui.stream.skipping_loop import SkippingLoop
from tui.stream.trace import Clock
from tui.text.language import Language

UNREADABLE = 2
ROUTE = "replay"
"""The route in the record of what is played."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What is played, and how."""

    file: Path
    """`-` is stdin."""
    fast: bool = False
    as_json: bool = False
    timeouts: Timeouts = field(default_factory=Timeouts)
    """Of the command line; they hold over the recorded ones."""


def run_replay(wanted: Replay, mask: Masker, language: Language) -> int:
    """Play a file to its end and return the exit code, which is that of `ask`; 2 if it cannot be played."""
    try:
        recording = read_recording(_read(wanted.file))
    except (OSError, RecordingError) as error:
        reason = (error.strerror or type(error).__name__) if isinstance(error, OSError) else language.phrase(str(error))
        text = language.say("replay.unreadable", file=wanted.file, reason=reason)
        write_error(mask(text), as_json=wanted.as_json)
        return UNREADABLE
    with asyncio.Runner(loop_factory=SkippingLoop if wanted.fast else None) as runner:
        return runner.run(_play(recording, wanted, mask, language))


def _read(file: Path) -> bytes:
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


async def _play(recording: Recording, wanted: Replay, mask: Masker, language: Language) -> int:
    loop = asyncio.get_running_loop()

    def wall() -> datetime:
        """What was skipped has passed here too."""
        skipped = loop.skipped if isinstance(loop, SkippingLoop) else 0.0
        return datetime.now(UTC) + timedelta(seconds=skipped)

    async with Client({}, mask, retries=0) as client:
        session = ChatSession(client, None, None, clock=Clock(loop.time, wall))

        def taken() -> int:
            return sum(reply.trace.bytes for reply in session.running() if reply.trace is not None)

        def began() -> float:
            started = (reply.trace.started for reply in session.running() if reply.trace is not None)
            return next((at for at in started if at is not None), loop.time())

        async with Playback(recording, taken, began) as playback:
            timeouts = wanted.timeouts.over(_recorded_limits(recording))
            provider = Provider(ROUTE, playback.base_url, timeouts=timeouts, usage="off")
            stream = recording.about.get("stream") is not False
            question = Question(ROUTE, stream=stream, as_json=wanted.as_json, told=True)
            _tell(recording, wanted, mask, language)
            with StopSignals() as signals:
                return await ask(session, Model(provider, recording.model), question, language, signals)


def _tell(recording: Recording, wanted: Replay, mask: Masker, language: Language) -> None:
    """What is known of the recording: a line before the reply."""
    about = {name: recording.about.get(name) for name in ("time", "route", "model", "reason")}
    shown = {name: mask(value, 200) if isinstance(value, str) else None for name, value in about.items()}
    outcome = recording.outcome if recording.outcome in list(Outcome) else None
    if wanted.as_json:
        reads, dropped = len(recording.reads), recording.dropped
        facts = {"outcome": outcome, "end": recording.end.value, "reads": reads, "dropped": dropped}
        torn = {"torn": recording.is_torn}
        write_json_line({"type": "recording", "file": str(wanted.file), **shown, **facts, **torn})
        return
    if outcome is not None:
        name = "/".join(text for text in (shown["route"], shown["model"]) if text)
        known = " · ".join(text for text in (name, shown["time"], shown["reason"]) if text)
        say(language.say("replay.recorded", outcome=outcome, known=known))
    if recording.is_torn:
        say(language.say("replay.torn"))
    if recording.dropped:
        say(language.say("replay.dropped", bytes=recording.dropped))


def _recorded_limits(recording: Recording) -> Timeouts:
    limits = recording.limits
    names = ("first_byte", "idle", "stall", "linger", "deadline")
    return Timeouts(**{name: limits[name] for name in names if name in limits})
