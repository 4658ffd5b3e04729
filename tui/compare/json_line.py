"""JsonPrinter: the comparison as JSON Lines: those of `ask`, each with `model` and `run`, then the table."""

from collections.abc import Sequence
from typing import Any

from tui.chat.figures import Spread, Summary, summarise
from tui.compare.comparison import Comparison, Entry, Run
from tui.compare.table import by_model
from tui.headless.event_line import make_line
from tui.headless.stdout import write_json_line
from tui.stream.events import StreamEvent
from tui.text.language import Language


class JsonPrinter:
    """Prints a comparison. Every method may raise OSError: then nobody reads any more."""

    def __init__(self, comparison: Comparison, language: Language) -> None:
        self._comparison = comparison
        self._language = language

    def begin(self, run: Run, entries: Sequence[Entry]) -> None:
        """A run begins; its lines tell of it."""

    def take(self, entry: Entry, event: StreamEvent) -> None:
        """Print the event's line."""
        line = make_line(event, entry.reply, self._language, saved=self._comparison.saved)
        write_json_line({"type": line["type"], "model": entry.label, "run": entry.run, **line})

    def end(self, entries: Sequence[Entry]) -> None:
        """Print the table's line; of more than one run also the medians."""
        line: dict[str, Any] = {"type": "table", "rows": [make_row(entry) for entry in entries]}
        if self._comparison.size > 1:
            line["summary"] = [_summary(label, summarise(figures)) for label, figures in by_model(entries)]
        write_json_line(line)


def make_row(entry: Entry) -> dict[str, Any]:
    """One reply in the table. `tokens_out` is all that the model wrote, `tokens_per_s` the visible text's speed."""
    figures = entry.figures
    return {
        "model": entry.label,
        "run": entry.run,
        "outcome": figures.outcome.value if figures.outcome else None,
        "first_text_ms": figures.first_text_ms,
        "duration_ms": figures.duration_ms,
        "tokens_in": figures.tokens_in,
        "tokens_out": figures.tokens_out.tokens if figures.tokens_out else None,
        "tokens_per_s": _rounded(figures.tokens_per_s, 2),
        "estimated": figures.tokens_estimated or figures.speed_estimated,
        "cost": _rounded(figures.cost, 8),
    }


def _summary(label: str, summary: Summary) -> dict[str, Any]:
    return {
        "model": label,
        "runs": summary.runs,
        "complete": summary.complete,
        "first_text_ms": _spread(summary.first_text_ms),
        "duration_ms": _spread(summary.duration_ms),
        "tokens_out": _spread(summary.tokens_out),
        "tokens_per_s": _spread(summary.tokens_per_s),
        "estimated": summary.tokens_estimated or summary.speed_estimated,
        "cost": _rounded(summary.cost, 8),
    }


def _spread(spread: Spread | None) -> dict[str, float] | None:
    if spread is None:
        return None
    return {"median": round(spread.median, 2), "min": round(spread.least, 2), "max": round(spread.most, 2)}


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
