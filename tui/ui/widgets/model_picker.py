"""ModelPicker: every model that can be asked, filtered as one types; its result is the choice, or None."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.chat.catalogue import Model, ModelCatalogue, filter_models
from tui.settings.provider import Provider
from tui.text.language import Language
from tui.text.sanitise import sanitise, sanitise_line

SHOWN = 100
"""Options that are built; filling the list with thousands would hold the screen."""


class ModelFilter(Input):
    """The words that a model's name must hold."""

    def __init__(self, hint: str) -> None:
        super().__init__(placeholder=hint)
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        """A control character in a paste must not reach the terminal."""
        event.prevent_default()
        event.stop()
        super()._on_paste(events.Paste(sanitise(event.text)))


class ModelPicker(ModalScreen[Model | None]):
    """A list with a filter. Up and Down move in the list while one types."""

    DEFAULT_CSS = """
    ModelPicker {
        align: center middle;
        #picker {
            width: 80%;
            max-width: 90;
            height: auto;
            max-height: 90%;
            background: $surface;
            border: round $border;
            border-title-color: $text-primary;
            padding: 0 1;
        }
        Input, Input:focus { border: none; height: 1; padding: 0; background: $surface; margin: 0 0 1 0; }
        OptionList, OptionList:focus { height: auto; border: none; background: $surface; padding: 0; }
        OptionList > .option-list--option-highlighted {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
        #picker-state { color: $text-muted; height: auto; max-height: 5; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="picker.close"),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]

    filter_input = query_one(ModelFilter)
    options = query_one(OptionList)

    def __init__(
        self,
        catalogue: ModelCatalogue,
        refresh: Callable[[], Awaitable[None]],
        fallback: Provider | None,
        current: Model | None,
        language: Language,
    ) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._refresh_models = refresh
        self._fallback = fallback
        self._current = current
        self._language = language
        self._shown: list[Model] = []
        self._filtered: str | None = None
        self._asking = True

    def compose(self) -> ComposeResult:
        """The filter, the list, and what is known of the providers."""
        with Vertical(id="picker") as box:
            box.border_title = self._language.say("picker.title")
            yield ModelFilter(self._language.say("picker.filter"))
            yield OptionList(markup=False)
            yield Static("", markup=False, id="picker-state")

    def on_mount(self) -> None:
        """Show what is known and ask the providers for more."""
        self._fill()
        self.run_worker(self._ask(), exit_on_error=True)

    def on_resize(self, event: events.Resize) -> None:
        """However low the screen, the list leaves room for what is said of the providers below it."""
        self.options.styles.max_height = max(3, min(20, event.size.height - 12))

    async def _ask(self) -> None:
        await self._refresh_models()
        self._asking = False
        self._fill()

    def action_move(self, rows: int) -> None:
        """Move in the list while the filter keeps the focus."""
        if self._shown:
            current = self.options.highlighted
            wanted = 0 if current is None else current + rows
            self.options.highlighted = max(0, min(len(self._shown) - 1, wanted))

    @on(Input.Changed)
    def filter_changed(self) -> None:
        """Another word, another list."""
        self._fill()

    @on(Input.Submitted)
    def choose_highlighted(self) -> None:
        """Enter in the filter takes the highlighted model of what was typed, though its list may not be drawn yet."""
        if self.filter_input.value != self._filtered:
            self._fill()
        if self._shown and self.options.highlighted is not None:
            self.dismiss(self._shown[self.options.highlighted])

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """A click takes a model."""
        self.dismiss(self._shown[event.option_index])

    def _fill(self) -> None:
        typed = self._filtered = self.filter_input.value
        found = filter_models(self._catalogue.models(), typed)
        self._shown = found[:SHOWN]
        options = [Option(self._label(model)) for model in self._shown]
        if typed.strip() and self._fallback is not None and not any(model.id == typed.strip() for model in found):
            # A provider may serve a model that it does not list: what was typed can be asked for as it is.
            self._shown.append(Model(self._fallback, typed.strip()))
            literal = self._language.say("picker.literal", model=typed.strip(), provider=self._fallback.name)
            options.append(Option(Content(f"  {sanitise_line(literal)}")))
        self.options.clear_options()
        self.options.add_options(options)
        if options:
            self.options.highlighted = 0
        self.query_one("#picker-state", Static).update(Content("\n".join(self._state(len(found)))))

    def _label(self, model: Model) -> Content:
        mark = "● " if model == self._current else "  "
        return Content.assemble(
            mark, (f"{sanitise_line(model.provider.name)}/", "dim"), sanitise_line(model.id)
        )

    def _state(self, found: int) -> list[str]:
        say = self._language.say
        lines = [say("picker.asking") if self._asking else say("picker.count", count=found)]
        for name, listing in self._catalogue.failures():
            if listing.failure is not None:
                reason = self._language.outcome(listing.failure, listing.values or {})
                lines.append(sanitise_line(f"{name}: {reason}"))
        return lines
