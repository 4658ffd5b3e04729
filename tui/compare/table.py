"""Table: the figures of a comparison in columns, or a stanza for each row where the terminal is too narrow for them.

Widths are those of a terminal: a CJK character takes two cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.chat.figures import Figures, Spread, describe_cost, summarise
from tui.compare.comparison import Entry
from tui.text.language import Language
from tui.text.sanitise import sanitise_line

_GAP = "  "
_UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column; its title and cells are safe to show."""

    title: str
    cells: Sequence[str]
    is_number: bool = True

    @property
    def width(self) -> int:
        return max(cell_len(text) for text in (self.title, *self.cells))

    def pad(self, text: str) -> str:
        space = " " * (self.width - cell_len(text))
        return space + text if self.is_number else text + space


def draw_rows(entries: Sequence[Entry], language: Language, width: int | None, *, with_run: bool) -> list[str]:
    """A row for each reply; `width` is that of the terminal, None for a pipe."""

    def title(name: str) -> str:
        return language.say(f"compare.{name}")

    figures = [entry.figures for entry in entries]
    columns = [
        _Column(title("model"), [sanitise_line(entry.label) for entry in entries], is_number=False),
        _Column(title("run"), [str(entry.run) for entry in entries]),
        _Column(title("outcome"), [_outcome(one, language) for one in figures], is_number=False),
        _Column(title("first"), [_seconds(one.first_text_ms) for one in figures]),
        _Column(title("duration"), [_seconds(one.duration_ms) for one in figures]),
        _Column(title("tokens"), [str(one.text or _UNKNOWN) for one in figures]),
        _Column(title("reasoning"), [str(one.reasoning or _UNKNOWN) for one in figures]),
        _Column(title("speed"), [_speed(one) for one in figures]),
        _Column(title("cost"), [_cost(one.cost) for one in figures]),
    ]
    if not any(one.reasoning for one in figures):
        columns.pop(6)
    if not with_run:
        columns.pop(1)
    return _draw(columns, width)


def draw_summary(entries: Sequence[Entry], language: Language, width: int | None) -> list[str]:
    """A row for each model: medians over its runs, and the least and most in brackets."""
    groups = by_model(entries)
    summaries = [summarise(figures) for _, figures in groups]

    def title(name: str) -> str:
        return language.say(f"compare.{name}")

    columns = [
        _Column(title("model"), [sanitise_line(label) for label, _ in groups], is_number=False),
        _Column(title("complete"), [f"{one.complete}/{one.runs}" for one in summaries]),
        _Column(title("first"), [_spread(one.first_text_ms, 0.001, 2, " s") for one in summaries]),
        _Column(title("duration"), [_spread(one.duration_ms, 0.001, 2, " s") for one in summaries]),
        _Column(
            title("all_tokens"), [_about(one.tokens_estimated, _spread(one.tokens_out, 1, 0)) for one in summaries]
        ),
        _Column(title("speed"), [_about(one.speed_estimated, _spread(one.tokens_per_s, 1, 1)) for one in summaries]),
        _Column(title("cost"), [_cost(one.cost) for one in summaries]),
    ]
    return [language.say("compare.medians"), *_draw(columns, width)]


def by_model(entries: Sequence[Entry]) -> list[tuple[str, list[Figures]]]:
    """The figures of each model, in the order of its first run."""
    groups: dict[str, list[Figures]] = {}
    for entry in entries:
        groups.setdefault(entry.label, []).append(entry.figures)
    return list(groups.items())


def _draw(columns: Sequence[_Column], width: int | None) -> list[str]:
    needed = sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)
    if width is not None and needed > width:
        return _stack(columns)
    rows = zip(*((column.title, "-" * column.width, *column.cells) for column in columns), strict=True)
    return [_GAP.join(column.pad(text) for column, text in zip(columns, row, strict=True)).rstrip() for row in rows]


def _stack(columns: Sequence[_Column]) -> list[str]:
    """A stanza for each row: the first column as its heading, the others below it, one a line."""
    first, *others = columns
    widest = max(cell_len(column.title) for column in others)
    lines = []
    for number, heading in enumerate(first.cells):
        lines.append(heading)
        for column in others:
            space = " " * (widest - cell_len(column.title))
            lines.append(f"{_GAP}{column.title}{space}{_GAP}{column.cells[number]}")
    return lines


def _outcome(figures: Figures, language: Language) -> str:
    name = figures.outcome.value if figures.outcome else _UNKNOWN
    return name + (language.say("compare.attempt", count=figures.attempt) if figures.attempt > 1 else "")


def _seconds(milliseconds: int | None) -> str:
    return _UNKNOWN if milliseconds is None else f"{milliseconds / 1000:.2f} s"


def _speed(figures: Figures) -> str:
    if figures.tokens_per_s is None:
        return _UNKNOWN
    return _about(figures.speed_estimated, f"{figures.tokens_per_s:.1f}")


def _spread(spread: Spread | None, scale: float, digits: int, unit: str = "") -> str:
    """The median, with the least and the most where they differ from it in what is shown."""
    if spread is None:
        return _UNKNOWN
    middle, least, most = (f"{value * scale:.{digits}f}" for value in (spread.median, spread.least, spread.most))
    return middle + unit + (f" ({least}–{most})" if least != most else "")


def _about(estimated: bool, text: str) -> str:
    return f"~{text}" if estimated and text != _UNKNOWN else text


def _cost(dollars: float | None) -> str:
    return _UNKNOWN if dollars is None else describe_cost(dollars)
