"""Measurement: what a record says in the words of OpenTelemetry's conventions for generative AI. Pure.

Names and values: open-telemetry/semantic-conventions-genai, docs/gen-ai/gen-ai-spans.md and gen-ai-metrics.md (status:
development). A record holds neither prompt nor reply, so nothing here can; names of ours begin with `weir.`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tui.stream.outcome import Outcome
from tui.stream.record import Record

Attributes = Mapping[str, str | bool | int | float | tuple[str, ...]]

DURATION: Final = "gen_ai.client.operation.duration"
FIRST_CHUNK: Final = "gen_ai.client.operation.time_to_first_chunk"
TOKENS: Final = "gen_ai.client.token.usage"
SECONDS_BUCKETS: Final = tuple(0.01 * 2**step for step in range(14))
"""0.01 s to 81.92 s, for both of the times."""
TOKEN_BUCKETS: Final = tuple(4**step for step in range(14))
"""1 to 67,108,864."""

_SHARED = (
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.response.model",
    "server.address",
    "server.port",
)
"""The attributes that the metrics have as well."""
_KNOWN_HOSTS: Final[Mapping[str, str]] = {
    "api.openai.com": "openai",
    "openai.azure.com": "azure.ai.openai",
    "api.anthropic.com": "anthropic",
    "api.cohere.com": "cohere",
    "api.deepseek.com": "deepseek",
    "generativelanguage.googleapis.com": "gcp.gemini",
    "aiplatform.googleapis.com": "gcp.vertex_ai",
    "api.groq.com": "groq",
    "api.mistral.ai": "mistral_ai",
    "api.moonshot.ai": "moonshot_ai",
    "api.moonshot.cn": "moonshot_ai",
    "api.perplexity.ai": "perplexity",
    "api.x.ai": "x_ai",
}
"""The well-known values of `gen_ai.provider.name`; any other provider goes by the name of its route."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One request: a span and the values of the histograms."""

    name: str
    """Of the span."""
    started: int
    """Nanoseconds since 1970, as `ended`."""
    ended: int
    span: Attributes
    metric: Attributes
    failed: bool
    duration: float | None
    """Seconds; None of a request that never began."""
    first_chunk: float | None
    """Seconds; of a stream alone. Keep-alives are no chunks: where there were some, it is the first text."""
    tokens: Mapping[str, int]
    """By `gen_ai.token.type`, as the server counted them; empty where it did not."""


def measure(record: Record) -> Measurement:
    """What there is to export about one attempt."""
    started = round(datetime.fromisoformat(record.time).timestamp() * 1000) * 1_000_000
    failed = not Outcome(record.outcome).rule.finished
    streamed = record.request_type == "chat.stream"
    first = record.first_text_ms if record.keepalives else record.first_byte_ms
    first_chunk = first / 1000 if first is not None and streamed else None
    counted = {"input": record.tokens_in, "output": record.tokens_out}
    span = _known(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": _provider(record),
            "gen_ai.request.model": record.model,
            "gen_ai.request.stream": streamed,
            "gen_ai.response.model": record.model_reported,
            "gen_ai.response.finish_reasons": (record.finish_reason,) if record.finish_reason else None,
            "gen_ai.response.time_to_first_chunk": first_chunk,
            "gen_ai.usage.input_tokens": record.tokens_in,
            "gen_ai.usage.output_tokens": record.tokens_out,
            "server.address": _place(record, "host"),
            "server.port": _place(record, "port"),
            "http.response.status_code": record.status,
            "error.type": record.outcome if failed else None,
            "weir.record.id": record.id,
            "weir.route": record.route,
            "weir.outcome": record.outcome,
            "weir.environment": record.environment,
            "weir.attempt": record.attempt,
        }
    )
    shared = {name: span[name] for name in _SHARED if name in span}
    return Measurement(
        f"chat {record.model}".rstrip(),
        started,
        started + (record.duration_ms or 0) * 1_000_000,
        span,
        {**shared, "error.type": record.outcome} if failed else shared,
        failed,
        None if record.duration_ms is None else record.duration_ms / 1000,
        first_chunk,
        {kind: count for kind, count in counted.items() if count is not None},
    )


def _known(attributes: Mapping[str, object]) -> Attributes:
    """What is not known is left out, never made up."""
    return {name: value for name, value in attributes.items() if isinstance(value, str | bool | int | float | tuple)}


def _place(record: Record, part: str) -> object:
    return (record.endpoint or {}).get(part)


def _provider(record: Record) -> str:
    host = str(_place(record, "host") or "")
    known = (name for end, name in _KNOWN_HOSTS.items() if host == end or host.endswith(f".{end}"))
    return next(known, record.route)
