"""Collector: the way to an OpenTelemetry collector, by OTLP over HTTP. Needs the extra `otel`; all of it may block.

It goes to the endpoint that the config names, else where the standard variables lead; headers, time limits, intervals
and the sampler are those of the variables (OpenTelemetry, environment variable specification). A collector on this
machine is never asked through a proxy.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

from tui import __version__
from tui.settings.provider import host_of, is_loopback
from tui.telemetry.endpoint import find_endpoint
from tui.telemetry.measurement import DURATION, FIRST_CHUNK, SECONDS_BUCKETS, TOKEN_BUCKETS, TOKENS, Measurement

_LOGGER = "opentelemetry"


class _Listener(logging.Handler):
    """Takes the SDK's own complaints, which would otherwise be written over the screen."""

    def __init__(self, complain: Callable[[str], object]) -> None:
        super().__init__(logging.WARNING)
        self._complain = complain
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Remember it; what the SDK gives up on is told."""
        self.last = record.getMessage()
        if record.levelno >= logging.ERROR:
            self._complain(self.last)


@dataclass(frozen=True, slots=True)
class Ways:
    """Whereto spans and figures go; a test puts the SDK's in-memory ones here."""

    spans: SpanProcessor
    figures: MetricReader


class Collector:
    """Open until `close`. One thread uses it."""

    def __init__(self, ways: Ways, complain: Callable[[str], object]) -> None:
        """`complain` is told, from any thread, what could not be sent."""
        self._listener = _Listener(complain)
        logger = logging.getLogger(_LOGGER)
        logger.addHandler(self._listener)
        self._propagated, logger.propagate = logger.propagate, False
        resource = Resource.create({"service.name": "weir", "service.version": __version__})
        # At exit the program itself closes this, and no longer than it wants to.
        self._tracing = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._tracing.add_span_processor(ways.spans)
        self._metering = MeterProvider([ways.figures], resource=resource, shutdown_on_exit=False)
        self._tracer = self._tracing.get_tracer("weir", __version__)
        meter = self._metering.get_meter("weir", __version__)

        def histogram(name: str, unit: str, description: str, buckets: tuple[float, ...]) -> Any:
            return meter.create_histogram(name, unit, description, explicit_bucket_boundaries_advisory=list(buckets))

        self._duration = histogram(DURATION, "s", "GenAI operation duration.", SECONDS_BUCKETS)
        self._first_chunk = histogram(FIRST_CHUNK, "s", "Time to receive the first chunk.", SECONDS_BUCKETS)
        self._tokens = histogram(TOKENS, "{token}", "Number of input and output tokens used.", TOKEN_BUCKETS)

    @property
    def last_complaint(self) -> str:
        """What the SDK has said last; empty if all went well."""
        return self._listener.last

    def take(self, measured: Measurement) -> None:
        """Put one request into the SDK's queues, which are sent now and then."""
        span = self._tracer.start_span(
            measured.name, kind=SpanKind.CLIENT, attributes=dict(measured.span), start_time=measured.started
        )
        if measured.failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end(measured.ended)
        attributes = dict(measured.metric)
        if measured.duration is not None:
            self._duration.record(measured.duration, attributes)
        if measured.first_chunk is not None:
            self._first_chunk.record(measured.first_chunk, attributes)
        attributes.pop("error.type", None)
        for kind, count in measured.tokens.items():
            self._tokens.record(count, {**attributes, "gen_ai.token.type": kind})

    def close(self) -> None:
        """Send what is left, which takes as long as the collector does."""
        self._metering.shutdown()
        self._tracing.shutdown()
        logger = logging.getLogger(_LOGGER)
        logger.removeHandler(self._listener)
        logger.propagate = self._propagated


def find_ways(endpoint: str | None, environ: Mapping[str, str]) -> Ways:
    """By OTLP over HTTP to this endpoint, else to that of the environment."""
    spans = OTLPSpanExporter(
        endpoint=f"{endpoint.rstrip('/')}/v1/traces" if endpoint else None,
        session=_make_session(endpoint or find_endpoint(environ, "TRACES")),
    )
    figures = OTLPMetricExporter(
        endpoint=f"{endpoint.rstrip('/')}/v1/metrics" if endpoint else None,
        session=_make_session(endpoint or find_endpoint(environ, "METRICS")),
    )
    return Ways(BatchSpanProcessor(spans), PeriodicExportingMetricReader(figures))


def _make_session(url: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = not is_loopback(host_of(url))
    return session
