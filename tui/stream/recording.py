"""Recording: one answer as it came over the wire, as a file that a person can read, write and play again.

JSON Lines, UTF-8. The first line says what the file is; every field but `weir` may be left out, and so may any line:

    {"weir": "stream", "v": 1, "time": "2026-11-22T19:00:00.000Z", "reason": "ticket 812", "route": "lab",
     "model": "qwen3", "stream": true, "attempt": 1, "attempts": 3, "limits": {"idle": 60.0},
     "request": {"method": "POST", "url": "https://…", "headers": {"Authorization": "Bearer $LAB_API_KEY"}}}
    {"t": 0.21, "status": 200, "headers": [["Content-Type", "text/event-stream"], ["Transfer-Encoding", "chunked"]]}
    {"t": 0.25, "text": "data: {\\"choices\\": [{\\"delta\\": {\\"content\\": \\"Hello\\"}}]}\\n\\n"}
    {"t": 0.31, "base64": "5Lit"}
    {"t": 1.9, "end": "cut", "outcome": "truncated-body"}

`t` is in seconds from the start of the attempt; without it a line follows the one before at once. A read that is no
UTF-8 by itself stands in `base64`. `{"dropped": 4096}` tells of bytes that are missing there. `end` is one of `closed`
(as the framing promises), `cut`, `reset`, `garbled` (no HTTP any more) and `left` (the client went while the server was
silent or still sending); a file that lacks it ends `closed`, one that lacks the head was answered 200 with a chunked
event stream, or not at all if it has no body either and an end other than `closed`.

`"whole": false` in the first line: whoever recorded it was killed while the stream ran, so its end is not known.

Any other file is taken for the body of such an answer by itself, as `curl -N` saves it: an event every 20 ms.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.stream.raw_stream import RawEnd

VERSION = 1
EVENT_SECONDS = 0.02
"""Between the events of a body that has no times."""
STREAM_HEADERS = (("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked"))
_EVENT = re.compile(rb".*?(?:\r\n\r\n|\n\n|\r\r|\Z)", re.DOTALL)
_MOST_SECONDS = 1e6


class RecordingError(ValueError):
    """The file cannot be played; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and headers of the answer."""

    at: float = 0.0
    status: int = 200
    headers: tuple[tuple[str, str], ...] = STREAM_HEADERS

    def header(self, name: str) -> str | None:
        """The first value of a header, by its lower-case name."""
        return next((value for each, value in self.headers if each.lower() == name), None)


@dataclass(frozen=True, slots=True)
class Recording:
    """What came, and when; times in seconds from the start of the attempt."""

    reads: tuple[tuple[float, bytes], ...]
    head: Head | None = field(default_factory=Head)
    """None: nothing was answered."""
    end: RawEnd = RawEnd.CLOSED
    ended: float = 0.0
    outcome: str | None = None
    """What the client made of it when it was recorded."""
    dropped: int = 0
    """Bytes of the beginning that are missing."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """The first line."""

    @property
    def model(self) -> str:
        """Who was asked, as far as it is known."""
        model = self.about.get("model")
        return model if isinstance(model, str) and model else "recorded"

    @property
    def is_torn(self) -> bool:
        """Whether whoever recorded it was killed meanwhile."""
        return self.about.get("whole") is False

    @property
    def limits(self) -> Mapping[str, float]:
        """The limits in force when it was recorded, in seconds, by their names in the config."""
        limits = self.about.get("limits")
        pairs = limits.items() if isinstance(limits, dict) else ()
        return {name: float(value) for name, value in pairs if _is_seconds(value)}


def write_recording(recording: Recording, *, ended: bool = True) -> str:
    """The file's text; without the end of a stream that still runs."""
    lines: list[dict[str, Any]] = [{"weir": "stream", "v": VERSION, **recording.about}]
    if (head := recording.head) is not None:
        lines.append({"t": _round(head.at), "status": head.status, "headers": [list(pair) for pair in head.headers]})
    if recording.dropped:
        lines.append({"dropped": recording.dropped})
    end = {"t": _round(recording.ended), "end": recording.end.value, "outcome": recording.outcome}
    return _write_lines(lines) + write_reads(recording) + (_write_lines([end]) if ended else "")


def write_reads(recording: Recording) -> str:
    """The lines of what came."""
    return _write_lines({"t": _round(at), **_write_data(data)} for at, data in recording.reads)


def _write_lines(lines: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def read_recording(content: bytes) -> Recording:
    """What a file says; raises RecordingError with the line that is wrong."""
    first = content.lstrip().partition(b"\n")[0]
    if not re.match(rb'\{\s*"weir"\s*:', first):
        if not content.strip():
            raise RecordingError("it is empty")
        return _read_body(content)
    reader = _Reader()
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            try:
                reader.take(_parse(line))
            except RecordingError as error:
                raise RecordingError(f"line {number}: {error}") from None
    return reader.recording()


def _read_body(content: bytes) -> Recording:
    events = [event for event in _EVENT.findall(content) if event]
    reads = tuple(((place + 1) * EVENT_SECONDS, event) for place, event in enumerate(events))
    return Recording(reads, ended=(len(reads) + 1) * EVENT_SECONDS)


class _Reader:
    """Takes the lines in order."""

    def __init__(self) -> None:
        self._about: dict[str, Any] | None = None
        self._head: Head | None = None
        self._reads: list[tuple[float, bytes]] = []
        self._end: RawEnd | None = None
        self._outcome: str | None = None
        self._dropped = 0
        self._now = 0.0

    def take(self, line: dict[str, Any]) -> None:
        if self._about is None:
            if line.get("v", VERSION) != VERSION:
                raise RecordingError(f"version {line['v']!r} is not known; this weir reads version {VERSION}")
            self._about = {name: value for name, value in line.items() if name not in ("weir", "v")}
            return
        if self._end is not None:
            raise RecordingError("nothing can follow the end")
        self._now = max(self._now, _read_time(line, self._now))
        if "status" in line or "headers" in line:
            self._take_head(line)
        elif "text" in line or "base64" in line:
            self._reads.append((self._now, _read_data(line)))
        elif isinstance(line.get("dropped"), int):
            self._dropped += line["dropped"]
        elif "end" in line:
            self._end = _read_end(line["end"])
            self._outcome = line["outcome"] if isinstance(line.get("outcome"), str) else None
        else:
            raise RecordingError('it has none of "status", "text", "base64", "dropped" and "end"')

    def recording(self) -> Recording:
        end = self._end or RawEnd.CLOSED
        head = self._head
        if head is None and (self._reads or end is RawEnd.CLOSED):
            head = Head()
        return Recording(tuple(self._reads), head, end, self._now, self._outcome, self._dropped, self._about or {})

    def _take_head(self, line: dict[str, Any]) -> None:
        if self._head is not None or self._reads:
            raise RecordingError("the head stands once, before the body")
        status, headers = line.get("status", 200), line.get("headers", [list(pair) for pair in STREAM_HEADERS])
        if not isinstance(status, int) or not 200 <= status <= 999:
            raise RecordingError('"status" is a number from 200 to 999')
        pairs = list(headers.items()) if isinstance(headers, dict) else headers
        if not isinstance(pairs, list) or not all(_is_header(pair) for pair in pairs):
            raise RecordingError('"headers" is a list of pairs of texts, each without a line break')
        self._head = Head(self._now, status, tuple((name, value) for name, value in pairs))


def _parse(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"it is no JSON ({str(error).partition(':')[0]})") from None
    if not isinstance(value, dict):
        raise RecordingError("it is no JSON object")
    return value


def _read_time(line: Mapping[str, Any], default: float) -> float:
    value = line.get("t", default)
    if not _is_seconds(value):
        raise RecordingError('"t" is a number of seconds')
    return float(value)


def _read_data(line: Mapping[str, Any]) -> bytes:
    text, encoded = line.get("text"), line.get("base64")
    if isinstance(text, str):
        return text.encode(errors="surrogatepass")
    if not isinstance(encoded, str):
        raise RecordingError('"text" and "base64" hold a text')
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise RecordingError('"base64" is no base64') from None


def _read_end(value: Any) -> RawEnd:
    try:
        return RawEnd(value)
    except ValueError:
        known = ", ".join(f'"{end}"' for end in RawEnd)
        raise RecordingError(f'"end" is one of {known}') from None


def _write_data(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _is_seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _MOST_SECONDS


def _is_header(pair: object) -> bool:
    if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(isinstance(part, str) for part in pair):
        return False
    name, value = pair
    return re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) is not None and not re.search(r"[\r\n\0]", value)


def _round(seconds: float) -> float:
    return round(max(0.0, seconds), 6)
