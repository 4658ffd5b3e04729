"""What is exported of a record: the conventions' names, the outcome as `error.type`, nothing made up, no content."""

from dataclasses import replace

import pytest

from tui.stream.outcome import Outcome
from tui.stream.record import Record, make_record
from tui.stream.trace import Call, Endpoint, StreamTrace
from tui.telemetry.endpoint import DEFAULT_ENDPOINT, find_endpoint
from tui.telemetry.measurement import SECONDS_BUCKETS, TOKEN_BUCKETS, measure


def record_of(outcome: Outcome, host: str = "nest.test", **fields: object) -> Record:
    trace = StreamTrace()
    trace.call = Call("heron-1", "nest", "chat.stream", "live", Endpoint("https", host, 443, "/v1/chat/completions"))
    made = make_record(trace, outcome)
    known = {"time": "2026-11-22T18:00:00.250Z", "duration_ms": 1500, "first_byte_ms": 200, "first_text_ms": 400}
    return replace(made, **{**known, **fields})


def test_a_complete_reply() -> None:
    counted = {"tokens_in": 12, "tokens_out": 40, "finish_reason": "stop", "model_reported": "heron-1-0924"}
    measured = measure(record_of(Outcome.COMPLETE, **counted))
    assert (measured.name, measured.failed, measured.duration) == ("chat heron-1", False, 1.5)
    assert (measured.ended - measured.started, measured.started % 10**9) == (1_500_000_000, 250_000_000)
    assert (measured.first_chunk, measured.tokens) == (0.2, {"input": 12, "output": 40})
    assert measured.span["gen_ai.response.finish_reasons"] == ("stop",)
    assert measured.metric == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "nest",
        "gen_ai.request.model": "heron-1",
        "gen_ai.response.model": "heron-1-0924",
        "server.address": "nest.test",
        "server.port": 443,
    }


@pytest.mark.parametrize("outcome", Outcome)
def test_an_interruption_is_an_error_by_its_code(outcome: Outcome) -> None:
    measured = measure(record_of(outcome))
    wanted = None if outcome.rule.finished else outcome.value
    assert (measured.span.get("error.type"), measured.metric.get("error.type")) == (wanted, wanted)
    assert (measured.failed, measured.span["weir.outcome"]) == (wanted is not None, outcome.value)


def test_nothing_is_made_up() -> None:
    measured = measure(make_record(StreamTrace(), Outcome.NO_API_KEY))
    assert (measured.duration, measured.first_chunk, measured.tokens) == (None, None, {})
    assert measured.started == measured.ended
    unknown = ("server.", "gen_ai.usage", "gen_ai.response", "http")
    assert not {name for name in measured.span if name.startswith(unknown)}


def test_a_keepalive_is_no_chunk_and_a_plain_request_has_none() -> None:
    assert measure(record_of(Outcome.COMPLETE, keepalives=3)).first_chunk == 0.4
    assert measure(record_of(Outcome.COMPLETE, request_type="chat")).first_chunk is None


@pytest.mark.parametrize(
    ("host", "name"),
    [("api.openai.com", "openai"), ("lab.openai.azure.com", "azure.ai.openai"), ("notapi.x.ai.test", "nest")],
)
def test_a_known_provider_goes_by_its_known_name(host: str, name: str) -> None:
    assert measure(record_of(Outcome.COMPLETE, host)).span["gen_ai.provider.name"] == name


def test_no_words_of_anybody_are_in_it() -> None:
    words = {"error": {"class": "x", "type": None, "code": None, "message": "reeds"}, "owner": "reeds", "key": "reeds"}
    assert "reeds" not in str(measure(record_of(Outcome.BAD_REQUEST, **words, detail={"html_title": "reeds"})))


def test_the_buckets_are_those_of_the_conventions() -> None:
    assert (SECONDS_BUCKETS[0], SECONDS_BUCKETS[-1], len(SECONDS_BUCKETS)) == (0.01, 81.92, 14)
    assert (TOKEN_BUCKETS[0], TOKEN_BUCKETS[-1], len(TOKEN_BUCKETS)) == (1, 67108864, 14)


def test_the_variables_lead_somewhere() -> None:
    both = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://b"}
    assert (find_endpoint(both, "TRACES"), find_endpoint(both, "METRICS")) == ("http://b", "http://a")
    assert find_endpoint({}, "TRACES") == DEFAULT_ENDPOINT
