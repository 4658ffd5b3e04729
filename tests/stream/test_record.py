"""The record: its published fields, figures that can be reckoned after, and nulls where nothing is known."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tui.stream.evidence import Evidence
from tui.stream.outcome import Outcome
from tui.stream.record import Circumstances, Record, RecordedError, bucket, make_record
from tui.stream.trace import Answer, Call, Clock, Endpoint, StreamTrace

FIELDS = """
v id time model model_reported route environment endpoint request_type attempt attempts status outcome phase
finish_reason done_seen notices http_version content_type content_encoding server request_id headers_ms first_byte_ms
first_text_ms duration_ms latency_bucket max_gap_ms last_byte_ago_ms bytes events keepalives bursts text_chars
reasoning_chars tokens_in tokens_out key proxy exception error retry_after_s owner support detail client
"""
EAST = timezone(timedelta(hours=8))


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 50.0

    def read(self) -> float:
        return self.now

    def clock(self) -> Clock:
        return Clock(self.read, lambda: datetime(2026, 4, 1, 20, 0, 0, 123456, tzinfo=EAST))


def streamed() -> tuple[StreamTrace, Hand]:
    """A trace of a reply that came in three reads and has ended."""
    hand = Hand()
    trace = StreamTrace(hand.clock())
    trace.begin(1, 3)
    trace.call = Call(
        "heron-1", "nest", "chat.stream", "test", Endpoint("https", "nest.test", 443, "/v1"), key="sk-…c2Dn"
    )
    for moment, mark in ((50.5, "sent"), (51.0, "headers")):
        hand.now = moment
        setattr(trace, mark, moment)
    trace.answer = Answer(200, "HTTP/1.1", "text/event-stream", None, None, "nginx", "req-1")
    trace.evidence = Evidence(events=3, text_chars=12, refusal_chars=3, reasoning_chars=4, keepalives=2)
    for moment in (52.0, 52.01, 54.0):
        hand.now = moment
        trace.mark_read(100)
        trace.mark_text()
    hand.now = 55.0
    trace.end()
    hand.now = 99.0
    trace.end()
    return trace, hand


def test_the_figures_of_a_reply() -> None:
    trace, _ = streamed()
    record = make_record(trace, Outcome.COMPLETE)
    assert (record.time, record.attempt, record.attempts) == ("2026-04-01T12:00:00.123Z", 1, 3)
    assert (record.headers_ms, record.first_byte_ms, record.first_text_ms) == (1000, 2000, 2000)
    assert (record.duration_ms, record.last_byte_ago_ms, record.max_gap_ms) == (5000, 1000, 1990)
    assert (record.bytes, record.bursts, record.events, record.keepalives) == (300, 2, 3, 2)
    assert (record.text_chars, record.reasoning_chars) == (15, 4)
    assert record.latency_bucket == "2-5s"
    assert record.endpoint == {"scheme": "https", "host": "nest.test", "port": 443, "path": "/v1"}
    assert (record.status, record.server, record.request_id, record.key) == (200, "nginx", "req-1", "sk-…c2Dn")


def test_a_running_reply_has_its_figures_of_now() -> None:
    hand = Hand()
    trace = StreamTrace(hand.clock())
    trace.begin(1, 1)
    hand.now = 53.0
    record = make_record(trace, Outcome.APP_EXIT)
    assert (record.duration_ms, record.latency_bucket) == (3000, "2-5s")


def test_the_json_has_the_published_fields_in_their_order() -> None:
    trace, _ = streamed()
    value = make_record(trace, Outcome.COMPLETE).as_json()
    assert list(value) == FIELDS.split()
    assert Record.from_json(json.loads(json.dumps(value))).as_json() == value
    assert list(value["client"]) == ["weir", "python", "platform"]


def test_what_is_not_known_is_null() -> None:
    record = make_record(StreamTrace(), Outcome.BAD_URL).as_json()
    known = {"v", "id", "time", "outcome", "phase", "request_type", "attempt", "attempts", "client"}
    filled = {name for name, value in record.items() if value not in (None, 0, False, "", [], {})}
    assert filled - known == set()
    assert record["error"] is record["endpoint"] is record["first_text_ms"] is record["tokens_in"] is None


def test_an_older_record_is_read_without_its_lost_fields() -> None:
    assert Record.from_json({"outcome": "stalled", "gone": 1}).as_json()["model"] is None


def test_the_detail_is_what_the_outcome_names_and_a_torn_event() -> None:
    known = {"host": "nest.test", "port": 443, "tail_bytes": 7, "body_head": "x"}
    refused = make_record(StreamTrace(), Outcome.CONNECT_REFUSED, Circumstances(detail=known))
    assert refused.detail == {"host": "nest.test", "port": 443, "os_error": None, "tail_bytes": 7}
    cut = make_record(StreamTrace(), Outcome.PREMATURE_EOF, Circumstances(detail={"tail_bytes": 0}))
    assert cut.detail == {}


def test_the_values_that_sentences_name() -> None:
    trace, _ = streamed()
    told = RecordedError("rate-limited", None, None, "Slow down")
    circumstances = Circumstances(error=told, retry_after_s=7.0, detail={"limit_s": 60.0})
    values = make_record(trace, Outcome.IDLE_TIMEOUT, circumstances).values()
    assert (values["host"], values["port"], values["seconds"], values["status"]) == ("nest.test", 443, 60, 200)
    assert (values["message"], values["class"], values["retry_after"]) == ("Slow down", "rate-limited", "7 s")
    assert values["text"] == 15
    assert make_record(trace, Outcome.PROXY_REFUSED, Circumstances(status=503)).values()["status"] == 200
    assert make_record(StreamTrace(), Outcome.PROXY_REFUSED, Circumstances(status=503)).values()["status"] == 503


@pytest.mark.parametrize(
    ("seconds", "name"),
    [
        (None, None),
        (0, "<0.25s"),
        (0.25, "0.25-0.5s"),
        (0.5, "0.5-1s"),
        (1, "1-2s"),
        (2, "2-5s"),
        (5, "5-10s"),
        (10, "10-20s"),
        (20, "20-40s"),
        (40, "40-60s"),
        (60, "60-120s"),
        (119.9, "60-120s"),
        (120, ">120s"),
    ],
)
def test_buckets(seconds: float | None, name: str | None) -> None:
    assert bucket(seconds) == name


def test_a_new_attempt_begins_with_fresh_marks() -> None:
    trace, hand = streamed()
    hand.now = 60.0
    trace.begin(2, 3)
    record = make_record(trace, Outcome.NO_RESPONSE)
    assert (record.attempt, record.status, record.bytes, record.text_chars, record.first_text_ms) == (
        2,
        None,
        0,
        0,
        None,
    )
    assert trace.first_started == 50.0
    assert record.time.endswith("Z")
    assert datetime.fromisoformat(record.time).tzinfo == UTC


def test_speed_counts_decode_time_only() -> None:
    trace, _ = streamed()
    assert trace.tokens() == (4, True)
    assert trace.speed() == 2.0
    trace.evidence.tokens_out, trace.evidence.tokens_reasoning = 30, 10
    assert trace.tokens() == (20, False)
    assert trace.speed() == 10.0
    trace.evidence.tokens_reasoning = None
    assert trace.tokens() == (4, True)
    assert StreamTrace().speed() is None
