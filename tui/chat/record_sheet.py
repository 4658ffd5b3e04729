"""Record sheet: a whole record to be read by eye, in groups; every field of it is there, and safe to show.

Names are those of the record itself, so that what one reads can be found in its JSON; an unknown value is a dash.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tui.chat.note import show_seconds
from tui.stream.record import Record
from tui.text.sanitise import sanitise_line
from tui.text.size import show_size

UNKNOWN = "-"
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "ending": ("time", "outcome", "phase", "finish_reason", "done_seen", "attempt", "notices", "id"),
    "error": ("error", "exception", "retry_after_s", "detail"),
    "route": (
        "model", "model_reported", "route", "environment", "endpoint", "request_type", "proxy", "key", "owner",
        "support",
    ),
    "answer": ("status", "http_version", "content_type", "content_encoding", "server", "request_id"),
    "times": (
        "headers_ms", "first_byte_ms", "first_text_ms", "duration_ms", "latency_bucket", "max_gap_ms",
        "last_byte_ago_ms",
    ),
    "amounts": (
        "bytes", "events", "keepalives", "bursts", "text_chars", "reasoning_chars", "tokens_in", "tokens_out",
    ),
    "client": ("client", "v"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetGroup:
    """Fields that belong together."""

    name: str
    """Of its heading: `records.group.NAME`."""
    rows: tuple[tuple[str, str], ...]
    """Field and value, each on one line."""


def make_sheet(record: Record) -> list[SheetGroup]:
    """The groups of a record, what one looks for first before the rest."""
    whole = record.as_json()
    return [
        SheetGroup(group, tuple((name, sanitise_line(text)) for field in names for name, text in _rows(field, whole)))
        for group, names in _GROUPS.items()
    ]


def widest_name(groups: Sequence[SheetGroup]) -> int:
    """Characters of the longest field, for a column that all groups share."""
    return max(len(name) for group in groups for name, _ in group.rows)


def write_sheet(record: Record, headings: Mapping[str, str]) -> list[str]:
    """The sheet as lines of plain text under these headings."""
    groups = make_sheet(record)
    column = widest_name(groups)
    lines: list[str] = []
    for group in groups:
        lines += ["", headings[group.name]] if lines else [headings[group.name]]
        lines += [f"  {name:{column}}  {text}" for name, text in group.rows]
    return lines


def _rows(field: str, whole: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    value = whole[field]
    match field, value:
        case "endpoint", Mapping():
            yield field, _address(value)
        case "attempt", _:
            yield field, f"{value} of {whole['attempts']}"
        case "client", Mapping():
            yield field, ", ".join(f"{name} {version}" for name, version in value.items())
        case ("error" | "detail"), Mapping() if value:
            yield from ((f"{field}.{name}", _show(name, item)) for name, item in value.items())
        case "exception", list():
            yield field, " < ".join(value)
        case "notices", []:
            yield field, "none"
        case _:
            yield field, _show(field, value)


def _show(name: str, value: Any) -> str:
    if value is None or value == {} or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and name.endswith("_ms"):
        return f"{value} ms" if value < 1000 else show_seconds(value)
    unit = name.rpartition("_")[2]
    if isinstance(value, int | float) and unit in ("ms", "s"):
        return f"{value:g} {unit}"
    if name == "bytes" and isinstance(value, int) and value >= 1000:
        return f"{value} ({show_size(value)})"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _address(endpoint: Mapping[str, Any]) -> str:
    """The URL; of an address that is no usable one, what stands in its place."""
    host, port, path = endpoint.get("host"), endpoint.get("port"), endpoint.get("path") or ""
    return f"{endpoint.get('scheme')}://{f'[{host}]' if ':' in str(host) else host}:{port}{path}" if host else str(path)
