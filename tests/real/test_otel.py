"""OpenTelemetry with its own SDK: the in-memory exporters, and OTLP/HTTP to a collector endpoint on loopback."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.command import KEY, Command, Ran
from tests.real.collector import CollectorEndpoint
from tui.practice import Fault, PracticeServer
from tui.stream.outcome import Outcome
from tui.stream.record import make_record
from tui.stream.trace import Call, Endpoint, StreamTrace
from tui.telemetry.measurement import DURATION, FIRST_CHUNK, SECONDS_BUCKETS, TOKENS, measure

pytestmark = pytest.mark.real

PROMPT = "Where do the reeds grow?"


async def ask(
    home: Path,
    endpoint: str | None,
    fault: Fault | None = None,
    environ: Mapping[str, str] | None = None,
    flush: int = 60,
) -> Ran:
    """`weir ask` with a collector, for which it waits this long; without an endpoint the variables say where it is."""
    weir = Command(home)
    weir.paths.config.mkdir(parents=True, exist_ok=True)
    where = f'endpoint = "{endpoint}"' if endpoint else "enabled = true"
    weir.paths.config_file.write_text(f"[otel]\n{where}\nflush = {flush}\n", encoding="utf-8")
    async with PracticeServer(fault=fault, token_delay=0) as practice:
        flags = ("--base-url", practice.base_url, "--api-key-env", "HERON_API_KEY", "-m", "chinese", "--retries", "1")
        return await weir.run("ask", *flags, PROMPT, environ={"HERON_API_KEY": KEY, **(environ or {})})


def test_the_sdk_has_what_was_measured() -> None:
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from tui.telemetry.collector import Collector, Ways

    trace = StreamTrace()
    trace.call = Call("heron-1", "nest", "chat.stream", None, Endpoint("https", "nest.test", 443, "/v1"))
    known = {"duration_ms": 1500, "first_byte_ms": 200, "tokens_in": 12, "tokens_out": 40}
    record = replace(make_record(trace, Outcome.IDLE_TIMEOUT), **known)
    spans, figures = InMemorySpanExporter(), InMemoryMetricReader()
    collector = Collector(Ways(SimpleSpanProcessor(spans), figures), lambda reason: pytest.fail(reason))
    collector.take(measure(record))
    (span,) = spans.get_finished_spans()
    assert (span.name, span.kind.name, span.status.status_code.name) == ("chat heron-1", "CLIENT", "ERROR")
    assert span.attributes["error.type"] == "idle-timeout"
    assert span.end_time - span.start_time == 1_500_000_000
    metrics = [
        metric
        for resource in figures.get_metrics_data().resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    ]
    seen = {metric.name: (metric.unit, metric.data.data_points) for metric in metrics}
    assert {name: (unit, [point.sum for point in points]) for name, (unit, points) in seen.items()} == {
        DURATION: ("s", [1.5]),
        FIRST_CHUNK: ("s", [0.2]),
        TOKENS: ("{token}", [12, 40]),
    }
    assert tuple(seen[DURATION][1][0].explicit_bounds) == SECONDS_BUCKETS
    collector.close()


async def test_a_reply_reaches_the_collector_without_its_words(tmp_path: Path) -> None:
    # A proxy of the environment is not taken to a collector on this machine.
    with CollectorEndpoint() as collector:
        ran = await ask(tmp_path, collector.url, environ={"HTTP_PROXY": "http://127.0.0.1:9"})
    assert (ran.code, ran.complaint) == (0, "")
    ((span, attributes),) = collector.spans()
    assert span.name == "chat chinese"
    assert (attributes["gen_ai.request.model"], attributes["weir.outcome"]) == ("chinese", "complete")
    assert "error.type" not in attributes
    points = {metric.name: (point, attributes) for metric, point, attributes in collector.points()}
    assert {DURATION, FIRST_CHUNK} <= points.keys()
    assert points[DURATION][0].count == 1
    assert list(points[DURATION][0].explicit_bounds) == list(SECONDS_BUCKETS)
    written = collector.sent.decode(errors="replace")
    assert PROMPT not in written
    assert KEY not in written
    assert not [line for line in ran.text.splitlines() if line and line in written]


async def test_the_standard_variables_lead_to_it(tmp_path: Path) -> None:
    with CollectorEndpoint() as collector:
        told = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_RESOURCE_ATTRIBUTES": "team=reeds"}
        ran = await ask(tmp_path, None, environ=told)
    assert (ran.code, ran.complaint) == (0, "")
    assert len(list(collector.spans())) == 1
    assert b"reeds" in collector.sent


async def test_each_attempt_is_a_span_with_its_outcome(tmp_path: Path) -> None:
    with CollectorEndpoint() as collector:
        ran = await ask(tmp_path, collector.url, Fault.HTTP_503)
    assert ran.code == 4
    spans = [attributes for _, attributes in collector.spans()]
    assert [one["error.type"] for one in spans] == ["unavailable"] * 2
    assert sorted(one["weir.attempt"] for one in spans) == [1, 2]
    points = [(point.count, one["error.type"]) for metric, point, one in collector.points() if metric.name == DURATION]
    assert points == [(2, "unavailable")]


async def test_a_collector_that_never_answers_holds_nobody_up(tmp_path: Path) -> None:
    with CollectorEndpoint(status=None) as collector:
        ran = await ask(tmp_path, collector.url, flush=1)
    assert (ran.code, len(ran.text) > 20) == (0, True)
    assert "may not have reached the collector" in ran.complaint


@pytest.mark.parametrize("status", [404, 401])
async def test_a_collector_that_refuses_is_named_once(tmp_path: Path, status: int) -> None:
    with CollectorEndpoint(status) as collector:
        ran = await ask(tmp_path, collector.url)
    assert ran.code == 0
    (line,) = ran.complaint.splitlines()
    assert f"{collector.url} does not take the figures of requests" in line
    assert str(status) in line
