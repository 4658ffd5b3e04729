"""A conversation, or a hit in one, as a row of the list of chats; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len, set_cell_size

from tui.chat.excerpt import make_excerpt
from tui.chat.search import Hit
from tui.chat.summary import ConversationSummary
from tui.text.age import describe_age
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.widgets.model_row import Part, shorten

MODEL, COUNT, OUTCOME, AGE = 26, 7, 21, 9
"""Cells of the columns, the space before each included."""
LEAST_OUTCOME, _WIDE = 14, 80
"""Cells of the outcome, which may lose its middle, in a row of fewer cells than these."""
_TITLE = 28
"""Cells that a title gets before columns are given up: the model first, then the count, then the outcome."""
_SIGNS = 3
_SPEAKER = 18
"""Cells of who said what was found, a fifth of the row at most."""
_INDENT = "   "


@dataclass(frozen=True, slots=True)
class ChatRow:
    """One row."""

    parts: Sequence[tuple[str, Part]]


def choose_columns(width: int) -> tuple[int, int, int, int]:
    """The widths of model, count, outcome and age in a row of so many cells; 0 for one that is left out."""
    outcome = OUTCOME if width >= _WIDE else LEAST_OUTCOME
    for columns in ((MODEL, COUNT, outcome, AGE), (0, COUNT, outcome, AGE), (0, 0, outcome, AGE), (0, 0, 0, AGE)):
        if width - _SIGNS - sum(columns) >= _TITLE:
            return columns
    return (0, 0, 0, 0)


def make_head(width: int, language: Language) -> str:
    """What the columns are."""
    names = [language.say(f"chats.column_{name}") for name in ("model", "count", "outcome", "age")]
    title = language.say("chats.column_title")
    return "".join(text for text, _ in _join("", title, names, width).parts)


def make_chat_row(
    summary: ConversationSummary, width: int, now: datetime, language: Language, *, current: bool
) -> ChatRow:
    """A conversation in `width` cells."""
    signs = f"{'★' if summary.pinned else ' '}{'●' if current else ' '} "
    outcome = language.say("chats.running") if summary.running else summary.outcome or ""
    age = describe_age((now - summary.updated).total_seconds(), language)
    model = shorten(sanitise_line(summary.full_model or ""), MODEL - 2)
    title = sanitise_line(summary.title) or language.say("chats.untitled")
    return _join(signs, title, [model, str(summary.turns), sanitise_line(outcome), age], width)


def make_hit_row(hit: Hit, terms: Sequence[str], width: int, now: datetime, language: Language) -> ChatRow:
    """Who said it, when, and the words around those that were looked for, in `width` cells."""
    speaker = f"{_INDENT}{shorten(hit.speaker(language), min(_SPEAKER, width // 5))}: "
    told = describe_age((now - hit.created).total_seconds(), language)
    age = _right(told, AGE) if choose_columns(width)[0] else ""
    room = max(8, width - cell_len(speaker) - cell_len(age))
    parts: list[tuple[str, Part]] = [(speaker, "muted")]
    for text, marked in make_excerpt(hit.text, terms, room).pieces():
        fitting = text if cell_len(text) <= room else set_cell_size(text, room)
        room -= cell_len(fitting)
        parts.append((fitting, "mark" if marked else "name"))
        if room <= 0:
            break
    return ChatRow((*parts, (" " * room + age, "muted")))


def _join(signs: str, title: str, texts: Sequence[str], width: int) -> ChatRow:
    """Signs, title and columns; what the columns leave is the title's."""
    columns = choose_columns(width)
    room = max(1, width - _SIGNS - sum(columns))
    model, *others = (
        set_cell_size(f"  {text}", cells) if place == 0 else _right(text, cells)
        for place, (text, cells) in enumerate(zip(texts, columns, strict=True))
    )
    shown = "".join(text for text, cells in zip((model, *others), columns, strict=True) if cells)
    fitting = title if cell_len(title) <= room else set_cell_size(title, room - 1) + "…"
    return ChatRow(((signs.ljust(_SIGNS), "muted"), (set_cell_size(fitting, room), "name"), (shown, "muted")))


def _right(text: str, cells: int) -> str:
    """A text at the right end of so many cells, with a blank before it."""
    shown = shorten(text, max(1, cells - 1))
    return " " * (cells - cell_len(shown)) + shown
