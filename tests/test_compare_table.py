"""The table of a comparison: what is in its columns, and that they stand under one another."""

import re

import pytest
from rich.cells import cell_len

from tests.chat.sample import feed
from tests.chat.test_figures import Telling, tell_text
from tui.chat.conversation import Reply
from tui.compare.comparison import Entry
from tui.compare.json_line import make_row
from tui.compare.table import draw_rows, draw_summary
from tui.settings.model_facts import ModelFacts
from tui.stream.events import UsageReport
from tui.stream.outcome import Outcome
from tui.text.language import LanguageCode, load_language


def entry(label: str, outcome: Outcome = Outcome.COMPLETE, *, run: int = 1, waited: float = 0.0) -> Entry:
    """A reply of ten estimated tokens; it cost a tenth of a cent if somebody counts it."""
    telling = Telling()
    telling.wait(waited)
    tell_text(telling)
    telling.end(outcome)
    return Entry(label, run, telling.reply, ModelFacts(price_in=100.0, price_out=0.0))


def starts(line: str, text: str) -> int:
    """The cell in which a text begins."""
    return cell_len(line[: line.index(text)])


def cells(line: str) -> list[str]:
    """The texts of a row: between them are two blanks at least."""
    return re.split(" {2,}", line.strip())


def test_columns_stand_under_one_another_whatever_the_script() -> None:
    counted = entry("本地/通义千问-3")
    feed(counted.reply, UsageReport(10, 30))
    entries = [counted, entry("nest/heron 🪶"), Entry("b/c", 1, Reply("b", "c"))]
    lines = draw_rows(entries, load_language("en"), None, with_run=False)
    head, rule, *rows = lines
    assert {starts(rows[0], "complete"), starts(rows[1], "complete")} == {starts(head, "outcome")}
    assert cell_len(rows[0]) == cell_len(rows[1]) == cell_len(rows[2]) == cell_len(rule)
    assert rows[0].split()[1:] == ["complete", "2.00", "s", "4.00", "s", "30", "15.0", "$0.001"]
    assert rows[2].split() == ["b/c", "-", "-", "-", "-", "-", "-"]
    assert "reasoning" not in head


@pytest.mark.parametrize("code", ["en", "zh"])
def test_a_terminal_that_is_too_narrow_gets_a_stanza_for_each(code: LanguageCode) -> None:
    language = load_language(code)
    entries = [entry("nest/heron"), entry("鹭巢/苍鹭-对话-大")]
    wide = draw_rows(entries, language, None, with_run=True)
    needed = max(cell_len(line) for line in wide)
    assert draw_rows(entries, language, needed, with_run=True) == wide
    stacked = draw_rows(entries, language, needed - 1, with_run=True)
    assert [line for line in stacked if not line.startswith(" ")] == ["nest/heron", "鹭巢/苍鹭-对话-大"]
    assert len(stacked) == 2 * 8
    values = [(line, cells(line)[-1]) for line in stacked if line.startswith(" ")]
    assert len({cell_len(line.removesuffix(value)) for line, value in values}) == 1


def test_medians_stand_with_the_least_and_the_most_where_they_differ() -> None:
    entries = [
        entry("nest/heron", run=1),
        entry("nest/heron", run=2, waited=1),
        entry("nest/heron", run=3, waited=5),
        entry("nest/egret", Outcome.STALLED),
    ]
    _, _, _, heron, egret = draw_summary(entries, load_language("en"), None)
    assert cells(heron) == ["nest/heron", "3/3", "3.00 s (2.00–7.00)", "5.00 s (4.00–9.00)", "~10", "~5.0", "-"]
    assert cells(egret) == ["nest/egret", "0/1", "2.00 s", "-", "-", "~5.0", "-"]


def test_a_repeated_attempt_is_named() -> None:
    retried = entry("nest/heron")
    assert retried.reply.trace is not None
    retried.reply.trace.attempt = 2
    row = draw_rows([retried], load_language("en"), None, with_run=False)[2]
    assert "complete, attempt 2" in row


@pytest.mark.parametrize(
    ("tokens", "shown"), [(0, "$0.00"), (1, "<$0.0001"), (123, "$0.0012"), (25_000, "$0.25"), (1_234_567, "$12.35")]
)
def test_costs_show_two_digits_that_count(tokens: int, shown: str) -> None:
    telling = Telling()
    tell_text(telling)
    telling.count(tokens, 0)
    telling.end()
    paid = Entry("nest/heron", 1, telling.reply, ModelFacts(price_in=10.0, price_out=0.0))
    assert draw_rows([paid], load_language("en"), None, with_run=False)[2].split()[-1] == shown
    assert make_row(paid)["cost"] == pytest.approx(tokens / 100_000)
