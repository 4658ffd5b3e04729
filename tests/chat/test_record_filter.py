"""Which records a filter admits, as typed and as flags, and what is said of one that cannot be meant."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.chat.sample import make_sample_record
from tui.chat.record_filter import FilterError, RecordFilter, choose, make_filter, read_filter
from tui.stream.outcome import Outcome
from tui.stream.record import BUCKET_NAMES, Record, bucket

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def record(outcome: Outcome = Outcome.COMPLETE, **fields: Any) -> Record:
    known = {"time": "2026-11-22T11:00:00.000Z", "route": "nest", "model": "Heron-1", "id": "ab12", **fields}
    return dataclasses.replace(make_sample_record(outcome), **known)


def admits(text: str, one: Record) -> bool:
    return read_filter(text, NOW).admits(one)


@pytest.mark.parametrize(
    ("text", "admitted"),
    [("", True), ("heron nest", True), ("heron egret", False), ("ab12", True), ("upstream", True),
     ("model:HERON", True), ("model:nest/heron", True), ("model:nest", True), ("route:nes", True),
     ("route:heron", False), ("outcome:stalled", True), ("outcome:complete,sta", True), ("outcome:complete", False),
     ("outcome:broken", True), ("outcome:bro", True),
     ("type:chat.stream", True), ("type:probe", False), ("since:2h", True), ("since:30m", False), ("until:30m", True),
     ("until:2h", False), ("since:2026-11-21 until:2026-11-24", True), ("since:2026-11-22T11:00:00Z", True),
     ("until:2026-11-22T11:00:00Z", False), ("since:1w latency:>1s", True), ("latency:1-2s", True),
     ("latency:1-2", True), ("latency:2-5s", False), ("latency:1.2-1.3s", True), ("latency:<1.25", True),
     ("latency:<1s", False), ("latency:>2", False), ("outcome:", True), ("latency: model:", True),
     ("mood:calm", False)],
)  # fmt: skip
def test_what_is_typed(text: str, admitted: bool) -> None:
    one = record(
        Outcome.STALLED, first_text_ms=1240, duration_ms=9000, latency_bucket="1-2s", error={"message": "Upstream died"}
    )
    assert admits(text, one) is admitted


def test_broken_is_what_neither_the_server_nor_a_person_ended() -> None:
    broken = {outcome for outcome in Outcome if admits("outcome:broken", record(outcome))}
    ended = {outcome for outcome in Outcome if outcome.rule.finished}
    assert broken == set(Outcome) - ended - {Outcome.CANCELLED}


def test_the_latency_is_that_of_the_first_text_else_of_the_whole() -> None:
    assert admits("latency:>5s", record(first_text_ms=None, duration_ms=6000))
    assert not admits("latency:>5s", record(first_text_ms=100, duration_ms=6000))
    assert not admits("latency:<5s", record(first_text_ms=None, duration_ms=None, latency_bucket=None))


@pytest.mark.parametrize("name", BUCKET_NAMES)
def test_every_bucket_can_be_asked_for(name: str) -> None:
    assert admits(f"latency:{name}", record(latency_bucket=name))
    assert not admits(f"latency:{name}", record(latency_bucket=None))
    assert {bucket(seconds) for seconds in (0.1, 0.3, 0.7, 1, 3, 7, 15, 30, 50, 100, 999)} == set(BUCKET_NAMES)


@pytest.mark.parametrize(
    ("name", "value"),
    [("since", "soon"), ("since", "2026-13-01"), ("until", "5y"), ("outcome", "nope"), ("latency", "fast"),
     ("latency", "<1-2"), ("latency", "5"), ("type", "chatty")],
)  # fmt: skip
def test_what_cannot_be_meant_is_said(name: str, value: str) -> None:
    with pytest.raises(FilterError, match=f'^{name} is "{value}"; it can be ') as refused:
        make_filter({name: value}, NOW)
    assert (refused.value.name, refused.value.value) == (name, value)


def test_flags_add_up() -> None:
    wanted = make_filter({"model": "heron", "since": "1d", "route": None}, NOW)
    assert wanted == RecordFilter(model="heron", since=NOW - timedelta(days=1))
    kept, other = record(), record(model="egret")
    assert choose([kept, other, kept], wanted) == [kept, kept]
    assert make_filter({"since": "999999w"}, NOW).since == datetime.min.replace(tzinfo=UTC), "since ever"
