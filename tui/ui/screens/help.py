"""HelpScreen: the keys of the screen below it, in groups by the place where they work, as the person has bound them."""

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from tui.text.language import Language
from tui.ui.act import MOST_KEYS, Act, group_acts
from tui.ui.key_hint import say_keys
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import ScrollingFrame

WIDE = 60
"""From so many cells on more than one key of an act is shown."""


class HelpScreen(Overlay[None]):
    """It scrolls where the keys are more than the rows; the key that opened it closes it."""

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        #help {
            width: 90%;
            max-width: 90;
            height: auto;
            max-height: 95%;
            scrollbar-size-vertical: 1;
        }
        Static { height: auto; }
        .help--place { color: $text-primary; text-style: bold; margin: 1 0 0 0; }
        .help--place.-first { margin: 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", id="help.close", tooltip="Go back to where you were"),
        Binding("down,j", "scroll(1)", "Down", id="help.down", tooltip="Scroll down"),
        Binding("up,k", "scroll(-1)", "Up", id="help.up", tooltip="Scroll up"),
        Binding("pagedown,space", "scroll_page(1)", "Page down", id="help.page_down", tooltip="A page down"),
        Binding("pageup", "scroll_page(-1)", "Page up", id="help.page_up", tooltip="A page up"),
    ]

    box = query_one("#help", ScrollingFrame)

    def __init__(self, acts: list[Act], palette: str, language: Language) -> None:
        """`acts` are those of the screen below; `palette` is the key that finds all of them by name."""
        super().__init__()
        self.acts = acts
        self._palette = palette
        self._language = language

    def compose(self) -> ComposeResult:
        """A heading and a table for each place."""
        say, groups = self._language.say, group_acts(self.acts)
        most = MOST_KEYS if self.app.size.width >= WIDE else 1
        keys = {act.ident: Text(act.shown_keys(most), "bold") for act in self.acts}
        width = max((text.cell_len for text in keys.values()), default=0)
        with ScrollingFrame(id="help", can_focus=False) as box:
            box.border_title = say("help.title")
            for number, (place, acts) in enumerate(groups.items()):
                head = Static(Content(say(f"place.{place}")), markup=False, classes="help--place")
                yield head.set_class(number == 0, "-first")
                yield Static(self._write(acts, keys, width), markup=False)

    def on_mount(self) -> None:
        """The keys of this list itself, as they are bound."""
        self.box.name_keys(say_keys(self, self._language, "help.keys", palette=self._palette))

    def action_scroll(self, rows: int) -> None:
        """Scroll by rows."""
        self.box.scroll_relative(y=rows, animate=False)

    def action_scroll_page(self, pages: int) -> None:
        """Scroll by what is in sight."""
        self.box.scroll_relative(y=pages * self.box.size.height, animate=False)

    def _write(self, acts: list[Act], keys: dict[str, Text], width: int) -> Table:
        """Keys to the left, all groups alike; what they do is wrapped beside them."""
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, width=width)
        table.add_column(overflow="fold")
        for act in acts:
            table.add_row(keys[act.ident], Text(act.name(self._language)))
        return table
