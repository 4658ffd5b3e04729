"""A model as a row of the picker: name, context, price, and how fast it was here; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from rich.cells import cell_len, set_cell_size

from tui.chat.catalogue import ModelEntry
from tui.settings.model_facts import ModelFacts
from tui.text.sanitise import sanitise_line

CONTEXT, PRICE, FIRST, SPEED = 6, 14, 8, 9
"""Cells of the columns, the space before each included."""
_NAME = 34
"""Cells that a name gets before columns are given up: the price first, then the context, then the speed."""

Columns = tuple[int, int, int, int]


Part = Literal["name", "muted", "mark"]
"""How a part of a row looks."""


class ListRow(Protocol):
    """What a list shows in one row."""

    @property
    def parts(self) -> Sequence[tuple[str, Part]]:
        """The texts side by side, fit to be shown, and how each looks."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, its parts side by side."""

    route: str
    name: str
    figures: str = ""

    @property
    def parts(self) -> Sequence[tuple[str, Part]]:
        """The name stands out."""
        return (self.route, "muted"), (self.name, "name"), (self.figures, "muted")


def choose_columns(width: int) -> Columns:
    """The widths of context, price, first text and speed in a row of so many cells; 0 for one that is left out."""
    for shown in ((CONTEXT, PRICE, FIRST, SPEED), (CONTEXT, 0, FIRST, SPEED), (0, 0, FIRST, SPEED), (0, 0, FIRST, 0)):
        if width - sum(shown) >= _NAME:
            return shown
    return (0, 0, 0, 0)


def make_row(entry: ModelEntry, columns: Columns, width: int, *, current: bool, marked: bool) -> Row:
    """The row in `width` cells; a name that is too long loses its middle, since models differ at the end."""
    sign = "✓" if marked else "●" if current else " "
    star = "★" if entry.favourite else " "
    route = f"{sign}{star}{sanitise_line(entry.model.provider.name)}/"
    texts = (
        describe_context(entry.facts.context),
        describe_price(entry.facts),
        describe_first(entry),
        describe_speed(entry),
    )
    figures = "".join(text.rjust(cells) for text, cells in zip(texts, columns, strict=True) if cells)
    figures = figures if figures.strip() else ""
    room = max(8, width - cell_len(route) - len(figures))
    return Row(route, set_cell_size(shorten(sanitise_line(entry.model.id), room), room), figures)


def shorten(text: str, width: int) -> str:
    """The text in at most so many cells, its middle left out where it is longer."""
    if cell_len(text) <= width:
        return text
    head = (width - 1) // 3
    tail = text
    while cell_len(tail) > width - 1 - head:
        tail = tail[1:]
    return f"{set_cell_size(text, head)}…{tail}"


def describe_context(tokens: int | None) -> str:
    """131072 as 131k: context sizes are told apart by their thousands."""
    if tokens is None:
        return ""
    if tokens >= 1_000_000:
        return f"{tokens / 1_000_000:.3g}M"
    return f"{tokens // 1000}k" if tokens >= 1000 else str(tokens)


def describe_price(facts: ModelFacts) -> str:
    """US dollars for a million tokens in and out; nothing where no price is known."""
    if facts.price_in is None or facts.price_out is None:
        return ""
    return f"${facts.price_in:.3g}/${facts.price_out:.3g}"


def describe_first(entry: ModelEntry) -> str:
    """Median seconds to the first visible text."""
    return "" if entry.measured is None else f"{entry.measured.first_text_ms / 1000:.2f}s"


def describe_speed(entry: ModelEntry) -> str:
    """Median tokens a second, `~` before one that rests on an estimate."""
    if entry.measured is None or (speed := entry.measured.tokens_per_s) is None:
        return ""
    thousands = f"{speed / 1000:.1f}k" if speed < 9950 else f"{speed / 1000:.0f}k"
    shown = f"{speed:.0f}" if speed < 999.5 else thousands
    return f"{'~' if entry.measured.estimated else ''}{shown}t/s"
