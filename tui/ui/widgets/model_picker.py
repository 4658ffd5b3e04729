"""ModelPicker: every model that can be asked, filtered as one types; its result is `Chosen`, or None."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from tui.chat.catalogue import Model, ModelCatalogue
from tui.chat.list_failure import fit_failures, tell_failures
from tui.chat.model_filter import ModelFilter
from tui.settings.provider import Provider
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import Frame
from tui.ui.widgets.list_filter import ListFilter
from tui.ui.widgets.model_list import ModelList
from tui.ui.widgets.model_row import Row, choose_columns, make_row

if TYPE_CHECKING:
    from tui.chat.workspace import Workspace

SHOWN = 100
"""Models of a list; whoever looks further types another letter."""
_FRAME = 4
"""Rows of the border, of the filter, and the one below it."""
MOST_MARKED = 6
"""Replies that fit side by side."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was picked: one model to go on with, or several for one prompt."""

    models: tuple[Model, ...]
    """Never empty; in the order in which they were marked."""
    compare: bool = False
    """Whether a comparison is meant; then there are two or more."""


def make_picker(
    workspace: "Workspace",
    current: Model | None,
    language: Language,
    save: Callable[[], object],
    marked: Sequence[Model] = (),
) -> "ModelPicker":
    """The picker over what a workspace knows; `save` is called when a favourite has changed."""

    def favour(model: Model) -> None:
        workspace.favour_model(model)
        save()

    fallback = workspace.routes.providers.get(workspace.routes.default or "")
    catalogue, refresh = workspace.catalogue, workspace.list_models
    return ModelPicker(catalogue, refresh, fallback, current, language, marked=marked, favour=favour)


class PickerFilter(ListFilter):
    """The words that a model's name must hold; it has the keys of the picker, so that each comes in its turn."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "screen.mark", "Mark", id="picker.mark", tooltip="Mark for a comparison"),
        Binding("ctrl+d", "screen.favour", "Favourite", id="picker.favourite", tooltip="A favourite, or no longer"),
        Binding("ctrl+t", "screen.compare", "Compare", id="picker.compare", tooltip="Ask all that are marked"),
    ]


class ModelPicker(Overlay[Chosen | None]):
    """A list with a filter. Up and Down move in the list while one types."""

    DEFAULT_CSS = """
    ModelPicker {
        align: center middle;
        #picker {
            width: 90%;
            max-width: 120;
            height: auto;
            max-height: 90%;
        }
        ModelList { background: $surface; }
        #picker-state { color: $text-muted; height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="picker.close"),
    ]

    def __init__(
        self,
        catalogue: ModelCatalogue,
        refresh: Callable[[Callable[[], object]], Awaitable[None]],
        fallback: Provider | None,
        current: Model | None,
        language: Language,
        *,
        marked: Sequence[Model] = (),
        favour: Callable[[Model], object] = lambda model: None,
    ) -> None:
        """`refresh` asks the providers and calls what it is given whenever the catalogue knows more.

        `marked` are marked from the beginning; `favour` is told of a model that became a favourite, or one no longer.
        """
        super().__init__()
        # Held here: what a provider or the filter tells may come when the picker is being closed and has no children.
        self.filter_input = PickerFilter(language.say("picker.filter"))
        self.rows = ModelList(self._row)
        self._state_line = Static("", markup=False, id="picker-state")
        self._catalogue = catalogue
        self._refresh_models = refresh
        self._fallback = fallback
        self._current = current
        self._language = language
        self._favour = favour
        self._marked = {model.name: model for model in marked}
        self._models = ModelFilter(catalogue.models())
        self._shown: list[Model] = []
        self._first: tuple[Model, ...] = ()
        """What stands above the others while nothing is typed: what was marked when that list was drawn first."""
        self._found = 0
        self._filtered: str | None = None
        self._literal: int | None = None
        self._moved = False
        """Whether the highlight is where the person put it."""
        self._state_lines = 0
        self._asking = True

    def compose(self) -> ComposeResult:
        """The filter, the list, and what is known of the providers."""
        with Frame(id="picker") as box:
            box.border_title = self._language.say("picker.title")
            yield self.filter_input
            yield self.rows
            yield self._state_line

    def on_mount(self) -> None:
        """Show what is known and ask the providers for more."""
        self._fill()
        self.run_worker(self._ask(), exit_on_error=True)

    def on_resize(self) -> None:
        """Another height, another number of lines."""
        self._tell_state()

    async def _ask(self) -> None:
        await self._refresh_models(self._take_news)
        self._asking = False
        if self.is_there:
            self._tell_state()

    def _take_news(self) -> None:
        """The catalogue knows more, perhaps when the picker is closed already."""
        if self.is_there:
            self._models = ModelFilter(self._catalogue.models())
            self._fill(keep_place=True)

    def action_move(self, rows: int) -> None:
        """Move in the list while the filter keeps the focus."""
        self._moved = True
        self._follow_typing()
        self.rows.highlight(self.rows.highlighted + rows)

    def action_mark(self) -> None:
        """Mark the highlighted model, or no longer, and go to the next."""
        self._follow_typing()
        model = self._highlighted()
        if model is None:
            return
        if self._marked.pop(model.name, None) is None:
            if len(self._marked) >= MOST_MARKED:
                self.notify(self._language.say("picker.most", count=MOST_MARKED), markup=False)
                return
            self._marked[model.name] = model
        self._fill(keep_place=True)
        self.action_move(1)

    def action_favour(self) -> None:
        """Make the highlighted model a favourite, or one no longer."""
        self._follow_typing()
        if (model := self._highlighted()) is not None:
            self._favour(model)
            self._fill(keep_place=True)

    def action_compare(self) -> None:
        """Choose all that are marked; with one mark the highlighted model is the other."""
        self._follow_typing()
        models = dict(self._marked)
        if len(models) == 1 and (model := self._highlighted()) is not None:
            models[model.name] = model
        if len(models) < 2:
            self.notify(say_keys(self, self._language, "picker.mark_two"), markup=False)
        else:
            self.dismiss(Chosen(tuple(models.values()), compare=True))

    @on(Input.Changed)
    def filter_changed(self) -> None:
        """Another word, another list."""
        self._follow_typing()

    def _follow_typing(self) -> None:
        """Draw the list of what was typed; the filter tells of it a message later than it takes it in."""
        if self.filter_input.value != self._filtered:
            self._fill()

    @on(Input.Submitted)
    def choose_highlighted(self) -> None:
        """Enter takes what is marked, if that are several, else the highlighted model of what was typed.

        Its list may not be drawn yet.
        """
        self._follow_typing()
        if len(self._marked) > 1:
            self.dismiss(Chosen(tuple(self._marked.values()), compare=True))
        elif (model := self._highlighted()) is not None:
            self.dismiss(Chosen((model,)))

    @on(ModelList.Clicked)
    def choose(self, event: ModelList.Clicked) -> None:
        """A click takes a model."""
        self.dismiss(Chosen((self._shown[event.place],)))

    def _highlighted(self) -> Model | None:
        place = self.rows.highlighted
        return self._shown[place] if 0 <= place < len(self._shown) else None

    def _fill(self, *, keep_place: bool = False) -> None:
        """Draw the list; with `keep_place` the highlight stays on its model, wherever that stands now.

        Until somebody types or moves, it is on the model that is asked at present.
        """
        before = self._highlighted() if keep_place else None
        typed = self._filtered = self.filter_input.value
        self._shown, self._found = self._models.filter(typed, SHOWN)
        self._literal = None
        if (literal := self._take_literally(typed.strip())) is not None and literal not in self._shown:
            self._literal = len(self._shown)
            self._shown.append(literal)
        if not keep_place:
            self._first = tuple(self._marked.values())
        if not typed:
            self._shown = [*self._first, *(model for model in self._shown if model not in self._first)]
        if not typed and not self._moved and self._current in self._shown:
            before = self._current
        self.rows.show(len(self._shown), self._shown.index(before) if before in self._shown else 0)
        self._tell_state()

    def _take_literally(self, words: str) -> Model | None:
        """What was typed as a model that its provider may serve and not list; None where a listed one is meant."""
        if (named := self._catalogue.find(words)) is not None:
            return named
        if not words or self._fallback is None or any(model.id == words for model in self._shown):
            return None
        return Model(self._fallback, words)

    def _tell_state(self) -> None:
        """Also what Enter takes. However low the screen, the list leaves room for what is said of the providers."""
        keys = say_keys(self, self._language, "picker.marked_keys" if len(self._marked) > 1 else "picker.keys")
        self.query_one("#picker", Frame).name_keys(keys)
        lines = self._state()
        self._state_line.update(Content("\n".join(lines)), layout=len(lines) != self._state_lines)
        self._state_lines = len(lines)
        self.rows.styles.max_height = max(3, min(20, self.size.height * 9 // 10 - _FRAME - len(lines)))

    def _row(self, place: int, width: int) -> Row:
        model = self._shown[place]
        marked = model.name in self._marked
        if place == self._literal:
            literal = self._language.say("picker.literal", model=model.id, provider=model.provider.name)
            return Row("✓ " if marked else "  ", sanitise_line(literal))
        entry = self._catalogue.describe(model)
        return make_row(entry, choose_columns(width), width, current=model == self._current, marked=marked)

    def _state(self) -> list[str]:
        say = self._language.say
        lines = [say("picker.asking") if self._asking else say("picker.count", count=self._found)]
        if self._marked:
            lines[0] += say("picker.marked", count=len(self._marked))
        failures = tell_failures(self._catalogue, self._language)
        lines += fit_failures(failures, max(2, self.size.height // 4), max(1, self._state_line.size.width))
        for name, account in self._catalogue.accounts.items():
            lines.append(sanitise_line(say("picker.account", name=name, account=account)))
        return lines
