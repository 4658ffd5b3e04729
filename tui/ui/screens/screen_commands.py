"""ScreenCommands: what the palette offers on the screen in view; loaded when the palette first opens."""

from collections.abc import Iterator

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui.ui.screens.comparing import ComparingScreen


class ScreenCommands(Provider):
    """The commands of the chat."""

    async def discover(self) -> Hits:
        """All of them."""
        for command in self._commands():
            yield DiscoveryHit(command.title, command.callback, help=command.help)

    async def search(self, query: str) -> Hits:
        """Those whose title is like what was typed."""
        matcher = self.matcher(query)
        for command in self._commands():
            if (score := matcher.match(command.title)) > 0:
                yield Hit(score, matcher.highlight(command.title), command.callback, help=command.help)

    def _commands(self) -> Iterator[SystemCommand]:
        if isinstance(self.screen, ComparingScreen):
            yield from self.screen.commands()
