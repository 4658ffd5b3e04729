"""ChoosingScreen: a screen that knows which model, or which several at once, the next prompt goes to."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui.chat.catalogue import Model
from tui.text.language import Language
from tui.ui.screens.doctor import DoctorScreen
from tui.ui.screens.reading import ReadingScreen
from tui.ui.widgets.model_picker import Chosen, make_picker

if TYPE_CHECKING:
    from tui.chat.workspace import Workspace


class ChoosingScreen(ReadingScreen):
    """Whoever inherits says what follows from another choice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "diagnose", "Doctor", id="doctor.open", show=False, tooltip="Find out why it breaks"),
    ]

    def __init__(self, language: Language) -> None:
        super().__init__(language)
        self._workspace: Workspace | None = None
        self._model: Model | None = None
        self._marked: tuple[Model, ...] = ()
        """Two or more: the next prompt goes to all of them."""
        self._marked_last: tuple[Model, ...] = ()
        self._put_off: Callable[[], object] | None = None
        """What was asked for before there was a workspace."""

    def model_chosen(self) -> None:
        """Another model is to be asked, or several are; whoever inherits adds what follows from that."""

    def put_off(self, act: Callable[[], object]) -> None:
        """Do this once the workspace is open; of several such wishes the last one holds."""
        self._put_off = act

    def catch_up(self) -> None:
        """The workspace is open: do what was asked for before, unless something else is in front by now."""
        act, self._put_off = self._put_off, None
        if act is not None and self.is_current:
            act()

    def action_pick_model(self) -> None:
        """Open the picker."""
        self._pick(self._take_choice, self._marked)

    def action_compare(self) -> None:
        """Open the picker with the models marked that were compared last; if several are to be asked, ask one again."""
        if self._marked:
            self._mark(())
            self.notify(self._language.say("compare_view.cleared"), timeout=3, markup=False)
        else:
            self._pick(self._take_choice, self._marked_last)

    def action_recent_model(self, step: int) -> None:
        """Go to the next or previous of the models used lately."""
        if (workspace := self._workspace) is None:
            self.put_off(partial(self.action_recent_model, step))
            return
        recent = [model for name in workspace.state.recent if (model := workspace.catalogue.find(name)) is not None]
        if all(model == self._model for model in recent):
            self.notify(self._language.say("dead_key.no_recent"), timeout=3, markup=False)
            return
        at = recent.index(self._model) if self._model in recent else -step
        self._choose(recent[(at + step) % len(recent)])

    def action_diagnose(self) -> None:
        """Find out where the way to the current model breaks."""
        if self._workspace is None:
            self.put_off(self.action_diagnose)
            return
        self.app.push_screen(DoctorScreen(self._workspace, self._model, self._language))

    def save_state(self) -> None:
        """Write what is remembered, off the loop; not in a worker, since leaving cancels those and waits for this."""
        if self._workspace is not None:
            asyncio.get_running_loop().run_in_executor(None, self._workspace.save_state)

    def _pick(self, then: Callable[[Chosen], object], marked: tuple[Model, ...] = ()) -> None:
        if (workspace := self._workspace) is None:
            self.put_off(partial(self._pick, then, marked))
            return

        def chosen(choice: Chosen | None) -> None:
            if choice is not None:
                then(choice)

        self.app.push_screen(make_picker(workspace, self._model, self._language, self.save_state, marked), chosen)

    def _take_choice(self, choice: Chosen) -> None:
        if choice.compare:
            self._mark(choice.models)
        else:
            self._choose(choice.models[0])

    def _mark(self, models: tuple[Model, ...]) -> None:
        self._marked = models
        self._marked_last = models or self._marked_last
        self.model_chosen()

    def forget_marks(self) -> None:
        """Several were compared and that is over: the next comparison begins with no model marked."""
        self._marked = self._marked_last = ()

    def _choose(self, model: Model) -> None:
        """Ask this model from here on, and it alone."""
        assert self._workspace is not None, "a model comes out of an open workspace"
        self._model, self._marked = model, ()
        self._workspace.pick_model(model)
        self.save_state()
        self.model_chosen()
