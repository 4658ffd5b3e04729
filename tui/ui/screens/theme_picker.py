"""ThemePicker: the themes in a list; the one that is highlighted is what the whole screen looks like."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import Frame
from tui.ui.widgets.list_filter import ListFilter
from tui.ui.widgets.model_list import ModelList
from tui.ui.widgets.model_row import Part


@dataclass(frozen=True, slots=True)
class _Row:
    parts: Sequence[tuple[str, Part]]


class ThemePicker(Overlay[str | None]):
    """Its result is a name, or None if all is to be as before."""

    DEFAULT_CSS = """
    ThemePicker {
        align: right middle;
        background: transparent;
        #themes {
            width: 36;
            max-width: 100%;
            height: auto;
            max-height: 90%;
        }
        ModelList { background: $surface; max-height: 16; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="themes.close", tooltip="Back to the theme from before"),
    ]

    def __init__(self, names: Sequence[str], current: str, wear: Callable[[str], object], language: Language) -> None:
        """`wear` shows the screen in a theme."""
        super().__init__()
        self._names = names
        self._current = current
        self._wear = wear
        self._language = language
        self._filter = ListFilter(language.say("theme.filter"))
        self._rows = ModelList(self._row)
        self._shown = list(names)
        self._filtered = ""

    def compose(self) -> ComposeResult:
        """The filter above the list, the keys below."""
        with Frame(id="themes") as box:
            box.border_title = self._language.say("theme.title")
            yield self._filter
            yield self._rows

    def on_mount(self) -> None:
        """The theme in use is highlighted; the keys are named."""
        self.query_one(Frame).name_keys(say_keys(self, self._language, "theme.keys", choose="Enter"))
        self._rows.show(len(self._shown), self._shown.index(self._current) if self._current in self._shown else 0)

    def action_move(self, rows: int) -> None:
        """Go to another theme, and see it."""
        self._follow_typing()
        self._rows.highlight(self._rows.highlighted + rows)
        self._show_highlighted()

    @on(Input.Changed)
    def filter_changed(self) -> None:
        """Other letters, another list; its first theme is seen."""
        self._follow_typing()

    @on(Input.Submitted)
    def choose_highlighted(self, event: Input.Submitted) -> None:
        """Enter keeps the theme that is seen."""
        event.stop()
        self._follow_typing()
        if self._shown:
            self.dismiss(self._shown[self._rows.highlighted])

    @on(ModelList.Clicked)
    def look_at(self, event: ModelList.Clicked) -> None:
        """A click shows a theme, as the arrow keys do."""
        self._rows.highlight(event.place)
        self._show_highlighted()

    def _follow_typing(self) -> None:
        """Enter may come before the list was told of the letters before it."""
        typed = self._filter.value
        if typed == self._filtered:
            return
        self._filtered = typed
        self._shown = [name for name in self._names if typed.casefold().strip() in name.casefold()]
        place = self._shown.index(self._current) if self._current in self._shown and not typed else 0
        self._rows.show(len(self._shown), place)
        self._show_highlighted()

    def _show_highlighted(self) -> None:
        if self._shown:
            self._wear(self._shown[self._rows.highlighted])

    def _row(self, place: int, width: int) -> _Row:
        name = self._shown[place]
        mark = "● " if name == self._current else "  "
        return _Row([(mark, "mark"), (sanitise_line(name), "name")])
