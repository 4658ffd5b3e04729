"""ConnectingScreen: a screen from which a provider is connected and used at once."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from tui.chat.catalogue import Model
from tui.text.sanitise import sanitise_line
from tui.ui.screens.exporting import ExportingScreen
from tui.ui.screens.provider_form import Connected, ProviderForm


class ConnectingScreen(ExportingScreen):
    """Whoever inherits shows where the words go from then on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "connect", "Connect", id="chat.connect", tooltip="Connect a provider and try it"),
    ]

    def action_connect(self) -> None:
        """Open the form; the provider that it wrote is asked from then on."""
        if (workspace := self._workspace) is None:
            self.put_off(self.action_connect)
            return

        def written(result: Connected | None) -> None:
            if result is None:
                return
            provider, say = workspace.connect(result.config, result.name), self._language.say
            self.connected()
            self.notify(sanitise_line(say("connect.done", name=result.name, path=result.path)), markup=False)
            if result.backup is not None:
                self.notify(sanitise_line(say("providers.backup", path=result.backup)), markup=False)
            if result.model is not None:
                self._choose(Model(provider, result.model))
            else:
                self.action_pick_model()

        self.app.push_screen(ProviderForm(workspace, self._language), written)

    def connected(self) -> None:
        """There is another provider; whoever inherits adds what follows from that."""

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("connect.title"), say("connect.title_help"), self.action_connect)
        yield from super().commands()
