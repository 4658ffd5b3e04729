"""The note under an interrupted reply."""

import dataclasses
import json

import pytest

from tests.chat.sample import make_sample_record
from tui.chat.note import make_note, record_lines
from tui.stream.outcome import Outcome
from tui.stream.record import Record
from tui.text.language import Language, load_language

FULL = dataclasses.replace(
    make_sample_record(Outcome.RATE_LIMITED),
    time="2026-11-22T10:00:00.000Z",
    model="deepseek-chat",
    route="alltkn",
    environment="live",
    endpoint={"scheme": "https", "host": "api.alltkn.com", "port": 443, "path": "/api/v1/chat/completions"},
    attempt=3,
    attempts=3,
    status=429,
    first_text_ms=1234,
    duration_ms=61000,
    last_byte_ago_ms=5,
    events=12,
    bytes=34567,
    keepalives=2,
    key="sk-…3f9a",
    request_id="req-1",
    exception=["httpx.ReadError", "ConnectionResetError"],
    support="#llm-support",
    retry_after_s=2.0,
    error={"class": "rate-limited", "type": "requests", "code": "rate_limit_exceeded", "message": "Slow down."},
)
BARE = dataclasses.replace(
    make_sample_record(Outcome.CONNECT_REFUSED),
    time="2026-11-22T10:00:00.000Z",
    model="m",
    route="127.0.0.1:8080",
    endpoint={"scheme": "http", "host": "127.0.0.1", "port": 8080, "path": "/v1"},
    duration_ms=None,
)


@pytest.fixture
def english() -> Language:
    return load_language("en")


def test_nobody_is_told_to_go_on_with_nothing(english: Language) -> None:
    cut = make_sample_record(Outcome.TRUNCATED_BODY)
    notes = (make_note(Outcome.TRUNCATED_BODY, dataclasses.replace(cut, text_chars=count), english) for count in (0, 9))
    assert [note.advice[0].rpartition("state. ")[2] for note in notes] == ["Retry.", "Continue, or retry."]


def test_a_note_has_code_sentence_advice_and_record(english: Language) -> None:
    note = make_note(Outcome.RATE_LIMITED, FULL, english)
    assert note.code == "rate-limited"
    assert note.sentence == "Rate limit reached; the server asks to wait 2 s."
    assert note.advice == ["Wait, then retry; send fewer requests side by side."]
    assert note.record == [
        "2026-11-22T10:00:00.000Z · alltkn/deepseek-chat · api.alltkn.com:443 · live · chat.stream · attempt 3 of 3",
        "status 429 · first text 1.23 s · 61.00 s in all · 12 events, 34.6 kB · last byte 0.01 s ago · 2 keep-alives",
        "key sk-…3f9a · request req-1 · cause ConnectionResetError · ask #llm-support · error: Slow down.",
    ]


def test_what_is_not_known_is_not_shown(english: Language) -> None:
    assert record_lines(BARE, english) == [
        "2026-11-22T10:00:00.000Z · 127.0.0.1:8080/m · chat.stream",
        "no answer · ? in all · 0 events, 0 B",
    ]
    assert make_note(Outcome.CONNECT_REFUSED, BARE, english).sentence.startswith("Connection refused by 127.0.0.1:8080")


def test_without_a_key_its_source_is_named_and_without_a_host_what_was_given(english: Language) -> None:
    record = dataclasses.replace(
        BARE,
        endpoint={"scheme": None, "host": None, "port": None, "path": "no url"},
        detail={"key_source": "environment variable NOT_SET"},
    )
    first, _, third = record_lines(record, english)
    assert " · no url · " in first
    assert third == "key from environment variable NOT_SET"


@pytest.mark.parametrize(("count", "shown"), [(999, "999 B"), (1000, "1.0 kB"), (1_500_000, "1.5 MB")])
def test_sizes_are_in_fitting_units(count: int, shown: str, english: Language) -> None:
    assert f"0 events, {shown}" in record_lines(dataclasses.replace(BARE, bytes=count), english)[1]


def test_a_note_is_the_same_for_a_record_read_back(english: Language) -> None:
    again = Record.from_json(json.loads(json.dumps(FULL.as_json())))
    assert make_note(Outcome.RATE_LIMITED, again, english) == make_note(Outcome.RATE_LIMITED, FULL, english)


@pytest.mark.parametrize("code", ["en", "zh"])
def test_no_foreign_text_acts_on_a_terminal_nor_adds_a_line(code: str) -> None:
    evil = "evil \x1b[2J\x9b\u202e\r\n\ttext"
    record = dataclasses.replace(
        FULL,
        model=evil,
        route=evil,
        support=evil,
        request_id=evil,
        error={**(FULL.error or {}), "message": evil},
        detail={"limit_s": 3.0},
    )
    language = load_language("zh" if code == "zh" else "en")
    for outcome in Outcome:
        note = make_note(outcome, record, language)
        for line in (note.code, note.sentence, *note.advice, *note.record):
            assert line.isprintable()
        assert "evil ␛[2J␦⯑␍␊␉text" in note.record[0]


def test_the_figures_have_the_unit_of_the_language() -> None:
    assert "first text 1.23 s · 61.00 s in all" in record_lines(FULL, load_language("en"))[1]
    assert "首字 1.23 秒 · 总时长 61.00 秒" in record_lines(FULL, load_language("zh"))[1]
