"""FilterList: a list that is filtered by what is typed; its result is the value of the row that was chosen, or None.

What belongs to the words is found in a thread. Enter means the list of what is typed, also when that is not there yet.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from rich.cells import cell_len, set_cell_size
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from tui.chat.excerpt import make_excerpt
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import Frame
from tui.ui.widgets.list_filter import ListFilter
from tui.ui.widgets.model_list import ModelList
from tui.ui.widgets.model_row import Part

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Row(Generic[Value]):
    """A row; both texts may be foreign."""

    text: str
    note: str
    """What stands at the right."""
    value: Value


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """What belongs to some words."""

    rows: Sequence[Row[Value]]
    told: str = ""
    """What is wrong, if something is."""


Find = Callable[[Sequence[str], Callable[[], bool]], Found[Value]]
"""Finds what belongs to words, in a thread; it may give up once the second tells that nobody waits any more."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    parts: Sequence[tuple[str, Part]]


class FilterList(Overlay[Value | None]):
    """`name` is the section of the language that has `title`, `filter`, `empty` and `keys`."""

    DEFAULT_CSS = """
    FilterList {
        align: center middle;
        #filter-list {
            width: 90%;
            max-width: 120;
            height: 80%;
        }
        ModelList { background: $surface; height: 1fr; scrollbar-gutter: stable; }
        Static { height: auto; color: $text-muted; }
        #filter-list-told { color: $text-warning; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="list.close", tooltip="Choose nothing"),
    ]

    def __init__(self, name: str, find: "Find[Value]", language: Language) -> None:
        super().__init__()
        self._name = name
        self._find = find
        self._language = language
        # Held here: what is found may come when the screen is being closed and has no children.
        self.filter_input = ListFilter(language.say(f"{name}.filter"))
        self.rows = ModelList(self._draw)
        self._found: Found[Value] = Found(())
        self._drawn_for: str | None = None
        self._search = 0
        """The number of the latest search; an earlier one gives up."""
        self._chosen = False
        self._moves = 0
        """Rows to go in the list of what is typed, once it is there."""

    def compose(self) -> ComposeResult:
        """The filter, the list, what is wrong, the keys."""
        with Frame(id="filter-list") as box:
            box.border_title = self._language.say(f"{self._name}.title")
            yield self.filter_input
            yield self.rows
            yield Static("", markup=False, id="filter-list-told")

    def on_mount(self) -> None:
        """Show all."""
        self.query_one(Frame).name_keys(say_keys(self, self._language, f"{self._name}.keys"))
        self.filter_input.focus()
        self._look()

    def on_unmount(self) -> None:
        """Whatever is still looked for is wanted no more."""
        self._search += 1

    def action_move(self, rows: int) -> None:
        """Move in the list while the filter keeps the focus."""
        if self._drawn_for == self.filter_input.value:
            self.rows.highlight(self.rows.highlighted + rows)
        else:
            self._moves += rows

    @on(Input.Changed)
    def _look(self) -> None:
        """Other words, another list."""
        self._search += 1
        self.run_worker(self._look_for(self.filter_input.value, self._search), group="look", exclusive=True)

    @on(Input.Submitted)
    def choose(self, event: Input.Submitted) -> None:
        """Choose what is highlighted, now or when the list is there."""
        event.stop()
        self._chosen = True
        self._conclude()

    @on(ModelList.Clicked)
    def choose_clicked(self, event: ModelList.Clicked) -> None:
        """A click chooses."""
        self.dismiss(self._found.rows[event.place].value)

    def _conclude(self) -> None:
        if not self._chosen or self._drawn_for != self.filter_input.value:
            return
        self._chosen = False
        if self._found.rows:
            self.conclude(self._found.rows[self.rows.highlighted].value)

    async def _look_for(self, typed: str, number: int) -> None:
        found = await asyncio.to_thread(self._find, typed.split(), lambda: number == self._search)
        if not self.is_there or number != self._search:
            return
        self._found, self._drawn_for = found, typed
        self.rows.show(len(found.rows), 0)
        self.rows.highlight(self._moves)
        self._moves = 0
        told = found.told or ("" if found.rows else self._language.say(f"{self._name}.empty"))
        self.query_one("#filter-list-told", Static).update(Content(sanitise_line(told)))
        self._conclude()

    def _draw(self, place: int, width: int) -> _Drawn:
        row, terms = self._found.rows[place], (self._drawn_for or "").split()
        note = f" {sanitise_line(row.note)} " if row.note else ""
        room = max(8, width - cell_len(note) - 1)
        parts: list[tuple[str, Part]] = [(" ", "muted")]
        for text, marked in make_excerpt(row.text, terms, room).pieces():
            fitting = text if cell_len(text) <= room else set_cell_size(text, room)
            room -= cell_len(fitting)
            parts.append((fitting, "mark" if marked else "name"))
        return _Drawn((*parts, (" " * room + note, "muted")))
