"""ComparisonsScreen: what the comparisons of a conversation come to, a row for each model."""

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from tui.chat.tally import Score, write_markdown, write_table
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.log.message_log import MessageLog
from tui.ui.overlay import Overlay
from tui.ui.widgets.column_head import shorten
from tui.ui.widgets.frame import ScrollingFrame

_GAP = "  "
_LEAST_NAME = 8


class ComparisonsScreen(Overlay[None]):
    """Names are cut at their starts where the screen is narrow; the copy has them whole."""

    DEFAULT_CSS = """
    ComparisonsScreen {
        align: center middle;
        #comparisons {
            width: 90%;
            max-width: 100;
            height: auto;
            max-height: 90%;
        }
        Static { height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", id="comparisons.close", tooltip="Go back to the conversation"),
        Binding("y", "copy", "Copy", id="comparisons.copy", tooltip="Copy the table as markdown"),
    ]

    table = query_one("#comparisons-table", Static)

    def __init__(self, scores: list[Score], language: Language) -> None:
        super().__init__()
        self._scores = scores
        self._language = language

    def compose(self) -> ComposeResult:
        """The table, or that there is none."""
        with ScrollingFrame(id="comparisons") as box:
            box.border_title = self._language.say("compare_view.summary")
            yield Static("", markup=False, id="comparisons-table")

    def on_mount(self) -> None:
        """Name the keys."""
        keys = say_keys(self, self._language, "comparisons.keys")
        self.query_one("#comparisons", ScrollingFrame).name_keys(keys)

    def on_resize(self) -> None:
        """Another width, other names."""
        self.call_after_refresh(self._show)

    def action_copy(self) -> None:
        """Copy the table as markdown; the names are whole in it."""
        if self._scores:
            self.post_message(MessageLog.Copied(write_markdown(self._scores, self._language)))

    def _show(self) -> None:
        if self._scores:
            rows = write_table(self._scores, self._language)
            self.table.update(Content("\n".join(_align(rows, self.table.size.width))))
        else:
            self.table.update(Content(self._language.say("compare_view.none")))


def _align(rows: list[list[str]], width: int) -> list[str]:
    """The rows as lines of so many cells: names at the left, figures at the right of their columns."""
    figures = [max(cell_len(row[place]) for row in rows) for place in range(1, len(rows[0]))]
    names = [sanitise_line(row[0]) for row in rows]
    room = width - sum(figures) - len(_GAP) * len(figures)
    room = max(_LEAST_NAME, min(room, max(map(cell_len, names))))
    lines = []
    for name, row in zip(names, rows, strict=True):
        kept = shorten(name, room)
        cells = [" " * (size - cell_len(text)) + text for text, size in zip(row[1:], figures, strict=True)]
        lines.append(_GAP.join([kept + " " * (room - cell_len(kept)), *cells]))
    return lines
