"""What the journal's records say of a model's speed, and what they do not."""

import json
from typing import Any

import pytest

from tui.chat.measurement import MODELS, SAMPLES, Measured, Sample, add_lines, measure_record


def record(**fields: Any) -> dict[str, Any]:
    """A reply of 40 counted tokens: first text after 200 ms, the last byte after 1200, the end 100 later."""
    whole = {
        "route": "nest",
        "model": "heron-1",
        "request_type": "chat.stream",
        "first_text_ms": 200,
        "duration_ms": 1300,
        "last_byte_ago_ms": 100,
        "tokens_out": 40,
        "text_chars": 400,
        "reasoning_chars": 0,
        "events": 42,
    }
    return {**whole, **fields}


@pytest.mark.parametrize(
    ("fields", "sample"),
    [
        ({}, Sample(200, 40.0, estimated=False)),
        # Not counted: an event is a token, or four characters are where deltas are wide.
        ({"tokens_out": None}, Sample(200, 100.0, estimated=True)),
        ({"tokens_out": None, "text_chars": 100}, Sample(200, 40.0, estimated=True)),
        # Counted, but with the reasoning, whose events count no more.
        ({"reasoning_chars": 80}, Sample(200, 100.0, estimated=True)),
        # Counted, and the reasoning apart, which may be hidden.
        ({"reasoning_chars": 80, "detail": {"tokens_reasoning": 30}}, Sample(200, 10.0, estimated=False)),
        ({"detail": {"tokens_reasoning": 30}}, Sample(200, 10.0, estimated=False)),
        # A thought in the text is no visible text.
        ({"detail": {"thought_chars": 200, "tokens_reasoning": 0}}, Sample(200, 50.0, estimated=True)),
        # Too short to tell a speed.
        ({"duration_ms": 340}, Sample(200, None, estimated=False)),
        ({"last_byte_ago_ms": None, "duration_ms": 1200}, Sample(200, 40.0, estimated=False)),
        ({"tokens_out": 0, "text_chars": 0}, Sample(200, None, estimated=False)),
        ({"notices": ["buffering-suspected"]}, Sample(200, None, estimated=False)),
        ({"first_text_ms": None}, None),
        ({"request_type": "chat"}, None),
        ({"first_text_ms": True}, None),
    ],
)
def test_a_record(fields: dict[str, Any], sample: Sample | None) -> None:
    assert measure_record(record(**fields)) == sample


def test_medians_and_the_sign_of_an_estimate() -> None:
    measured = Measured((Sample(100, 10.0, False), Sample(300, None, True), Sample(900, 30.0, False)))
    assert (measured.first_text_ms, measured.tokens_per_s, measured.estimated) == (300, 20.0, False)
    assert measured.plus(Sample(300, 20.0, True)).estimated
    assert Measured((Sample(100, None, True),)).tokens_per_s is None


def test_only_the_last_replies_count() -> None:
    measured = Measured((Sample(0, None, False),))
    for number in range(1, SAMPLES + 5):
        measured = measured.plus(Sample(number, None, False))
    assert [sample.first_text_ms for sample in measured.samples] == list(range(5, SAMPLES + 5))


def test_lines_that_are_no_record_are_left_out() -> None:
    lines = ["{torn", "[1]", "null", json.dumps(record()), json.dumps(record(model="egret/2"))]
    found = add_lines({}, lines)
    assert list(found) == ["nest/heron-1", "nest/egret/2"]
    again = add_lines(found, [json.dumps(record())])
    assert [len(one.samples) for one in again.values()] == [1, 2]
    assert list(again) == ["nest/egret/2", "nest/heron-1"]


def test_models_that_were_not_used_for_long_go() -> None:
    found = add_lines({}, (json.dumps(record(model=str(number))) for number in range(MODELS + 3)))
    assert (len(found), next(iter(found))) == (MODELS, "nest/3")
