"""TuningScreen: a screen on which the parameters of the conversation are seen and changed."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from tui.settings.parameters import Parameters
from tui.text.sanitise import sanitise_line
from tui.ui.screens.parameters import ParametersScreen
from tui.ui.screens.recalling import RecallingScreen


class TuningScreen(RecallingScreen):
    """Whoever inherits shows what is set."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "tune", "Parameters", id="chat.parameters", tooltip="System prompt, temperature and the like"),
    ]

    def action_tune(self) -> None:
        """Open the parameters of this conversation; what is kept holds from the next prompt on."""
        if (workspace := self._workspace) is None:
            self.put_off(self.action_tune)
            return
        conversation = self._conversation
        configured = self._model.parameters if self._model is not None and not self._marked else Parameters()

        def kept(parameters: Parameters | None) -> None:
            if parameters is None or parameters == conversation.parameters:
                return
            workspace.session.set_parameters(conversation, parameters)
            shown = sanitise_line(parameters.shown())
            say = self._language.say
            text = say("tuning.kept", shown=shown) if shown else say("tuning.none")
            self.notify(text, timeout=4, markup=False)
            self.parameters_changed()

        prompts = workspace.paths.prompts
        self.app.push_screen(ParametersScreen(conversation.parameters, configured, self._language, prompts), kept)

    def parameters_changed(self) -> None:
        """Others hold for what is asked next; whoever inherits adds what follows from that."""

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("tuning.title"), say("tuning.help"), self.action_tune)
        yield from super().commands()
