"""Endpoint: whereto the standard variables lead (OpenTelemetry, OTLP exporter configuration)."""

from collections.abc import Mapping
from typing import Literal

DEFAULT_ENDPOINT = "http://localhost:4318"
"""Where they lead while none is set."""


def find_endpoint(environ: Mapping[str, str], signal: Literal["TRACES", "METRICS"]) -> str:
    """Whereto one signal goes; its own variable stands over that of all."""
    names = (f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    return next((environ[name] for name in names if environ.get(name)), DEFAULT_ENDPOINT)
