"""Note: what stands under a reply that was interrupted, in words; the screen and the headless commands share it."""

from dataclasses import dataclass

from tui.settings.key_source import KEYLESS
from tui.stream.outcome import Outcome
from tui.stream.record import Record
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.text.size import show_size


@dataclass(frozen=True, slots=True)
class Note:
    """Code and sentence, next steps, and the masked record in two or three lines; every text is safe to show."""

    code: str
    sentence: str
    advice: list[str]
    record: list[str]


def make_note(outcome: Outcome, record: Record | None, language: Language) -> Note:
    """The note of a reply that ended so; without a record, which a database of others may lack, it has no figures."""
    values = record.values() if record else {}
    return Note(
        outcome.value,
        sanitise_line(language.outcome(outcome, values)),
        [sanitise_line(text) for text in language.advice(outcome, values)],
        [sanitise_line(line) for line in record_lines(record)] if record else [],
    )


def record_lines(record: Record) -> list[str]:
    """The record in two or three lines: when and whom; how it went; key, error and whom to ask."""
    endpoint = record.endpoint or {}
    where = f"{endpoint['host']}:{endpoint['port']}" if endpoint.get("host") else endpoint.get("path")
    attempts = f"attempt {record.attempt} of {record.attempts}" if record.attempt > 1 else None
    place = where if where != record.route else None
    first = [record.time, f"{record.route}/{record.model}", place, record.environment, record.request_type, attempts]
    second = [
        f"status {record.status}" if record.status is not None else "no answer",
        f"first text {show_seconds(record.first_text_ms)}" if record.first_text_ms is not None else None,
        f"{show_seconds(record.duration_ms)} in all",
        f"{record.events} events, {show_size(record.bytes)}",
        f"last byte {show_seconds(record.last_byte_ago_ms)} ago" if record.last_byte_ago_ms is not None else None,
        f"{record.keepalives} keep-alives" if record.keepalives else None,
    ]
    error = (record.error or {}).get("message")
    cause = record.exception[-1] if record.exception else None
    source = (record.detail or {}).get("key_source")
    third = [
        _tell_key(record.key, source),
        f"request {record.request_id}" if record.request_id else None,
        f"cause {cause}" if cause else None,
        f"ask {record.support}" if record.support else None,
        f"error: {error}" if error else None,
    ]
    lines = (" · ".join(part for part in parts if part) for parts in (first, second, third))
    return [line for line in lines if line]


def _tell_key(key: str | None, source: object) -> str | None:
    """The masked key and where it came from, as far as either is known."""
    origin = f" from {source}" if source and source != KEYLESS else ""
    return f"key {key or ''}".rstrip() + origin if key or origin else None


def show_seconds(milliseconds: int | None) -> str:
    """1240 as 1.24 s."""
    return "?" if milliseconds is None else f"{milliseconds / 1000:.2f} s"
