"""Note: what stands under a reply that was interrupted, in words; the screen and the headless commands share it."""

from dataclasses import dataclass
from functools import partial

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
        [sanitise_line(line) for line in record_lines(record, language)] if record else [],
    )


def record_lines(record: Record, language: Language) -> list[str]:
    """The record in two or three lines: when and whom; how it went; key, error and whom to ask."""
    say = partial(_say_value, language)
    endpoint = record.endpoint or {}
    where = f"{endpoint['host']}:{endpoint['port']}" if endpoint.get("host") else endpoint.get("path")
    place = where if where != record.route else None
    attempts = say("attempt", value=record.attempt, count=record.attempts) if record.attempt > 1 else None
    first = [record.time, f"{record.route}/{record.model}", place, record.environment, record.request_type, attempts]
    second = [
        say("status", value=record.status) or language.say("note.no_answer"),
        say("first_text", value=_shown(record.first_text_ms, language)),
        say("in_all", value=tell_seconds(record.duration_ms, language)),
        say("amounts", value=record.events, size=show_size(record.bytes)),
        say("last_byte", value=_shown(record.last_byte_ago_ms, language)),
        say("keepalives", value=record.keepalives or None),
    ]
    third = [
        _tell_key(record, language),
        say("request", value=record.request_id),
        say("cause", value=record.exception[-1] if record.exception else None),
        say("ask", value=record.support),
        say("error", value=(record.error or {}).get("message") or None),
    ]
    lines = (" · ".join(part for part in parts if part) for parts in (first, second, third))
    return [line for line in lines if line]


def _say_value(language: Language, name: str, *, value: object, **values: object) -> str | None:
    """A sentence of the note about this value; None where it is not known."""
    return None if value is None else language.say(f"note.{name}", value=value, **values)


def _tell_key(record: Record, language: Language) -> str | None:
    """The masked key and where it came from, as far as either is known."""
    source = (record.detail or {}).get("key_source")
    if source in (None, KEYLESS):
        return _say_value(language, "key", value=record.key)
    place = language.phrase(str(source))
    return language.say("note.key_from" if record.key else "note.no_key_from", value=record.key, source=place)


def _shown(milliseconds: int | None, language: Language) -> str | None:
    return None if milliseconds is None else tell_seconds(milliseconds, language)


def tell_seconds(milliseconds: int | None, language: Language) -> str:
    """1240 as 1.24 s, the unit in the language."""
    return "?" if milliseconds is None else language.say("note.seconds", value=f"{milliseconds / 1000:.2f}")


def show_seconds(milliseconds: int | None) -> str:
    """1240 as 1.24 s, for tables and sheets, which have the units of the record."""
    return "?" if milliseconds is None else f"{milliseconds / 1000:.2f} s"
