"""What many records say together, and one of them whole."""

import dataclasses
import json
from typing import Any

import pytest

from tests.chat.sample import make_sample_record
from tui.chat.record_row import make_row
from tui.chat.record_sheet import make_sheet, write_sheet
from tui.chat.record_summary import draw_sparkline, summarise
from tui.stream.outcome import Outcome
from tui.stream.record import Record
from tui.text.language import load_language


def record(outcome: Outcome = Outcome.COMPLETE, **fields: Any) -> Record:
    return dataclasses.replace(make_sample_record(outcome), **fields)


def test_outcomes_are_counted_and_times_are_told_where_there_are_any() -> None:
    none = summarise([])
    assert (none.total, none.outcomes, none.measured, none.median) == (0, (), [], None)
    records = [record(first_text_ms=time) for time in (900, 100, None, 300)]
    some = summarise([*records, record(Outcome.STALLED), record(request_type="models")])
    assert some.outcomes == (("complete", 5), ("stalled", 1))
    assert some.first_text == (900, 100, None, 300, None), "of a list of models no text is expected"
    assert (some.measured, some.median) == ([100, 300, 900], 300)
    assert summarise(records[:2]).median == 500


@pytest.mark.parametrize(
    ("times", "width", "drawn"),
    [
        ((), 10, ""),
        ((5,), 0, ""),
        ((0, 0), 10, "▁▁"),
        ((None, None), 10, "··"),
        ((800, 0, None, 400, 799, 100), 10, "█▁·▅█▂"),
        ((100, 100, 800, 800), 2, "▂█"),
        ((100, None, None, None, 800, 800), 3, "▂·█"),
        (tuple(range(1000)), 8, "▁▂▃▄▅▆▇█"),
    ],
)
def test_a_column_for_each_time_or_the_median_of_neighbours(
    times: tuple[int | None, ...], width: int, drawn: str
) -> None:
    assert draw_sparkline(times, width) == drawn
    plain = draw_sparkline(times, width, ascii=True)
    assert len(plain) == len(drawn)
    assert plain.isascii()


def test_a_sheet_has_every_field_once_in_safe_text() -> None:
    bad = "a\nb\x1b[2J\u202e"
    error = {"class": "server", "type": bad, "code": None, "message": bad}
    one = record(
        Outcome.IN_BAND_ERROR, model=bad, server=bad, error=error, notices=["retrying"], first_text_ms=1240,
        exception=["ReadError", "ConnectionResetError"], detail={"limit_s": 2.5, "when": bad}, bytes=12_345,
        endpoint={"scheme": "https", "host": "::1", "port": 8443, "path": "/v1/chat"},
    )  # fmt: skip
    groups = make_sheet(one)
    shown = dict(row for group in groups for row in group.rows)
    named = {name.partition(".")[0] for name in shown}
    assert named | {"attempts"} == set(json.loads(json.dumps(one.as_json())))
    assert shown["endpoint"] == "https://[::1]:8443/v1/chat"
    assert (shown["attempt"], shown["notices"]) == ("1 of 3", "retrying")
    assert (shown["first_text_ms"], shown["detail.limit_s"], shown["bytes"]) == ("1.24 s", "2.5 s", "12345 (12.3 kB)")
    assert shown["exception"] == "ReadError < ConnectionResetError"
    assert (shown["error.code"], shown["key"], shown["done_seen"]) == ("-", "-", "no")
    headings = load_language("en").table("records.group")
    lines = write_sheet(one, headings)
    assert all(line.isprintable() for line in lines)
    assert {group.name for group in groups} == set(headings)
    assert all(getattr(make_row(one), name).isprintable() for name in ("model", "outcome", "time", "id"))
