"""An app that hands what it paints to its driver as it is, where that can take it, and not as rendered sequences."""

import asyncio
from typing import Protocol, TypeVar

from rich.console import RenderableType
from textual.app import App
from textual.screen import Screen

Result = TypeVar("Result")


class Painter(Protocol):
    """A driver that paints cells, and sends only those that changed."""

    @property
    def behind(self) -> bool:
        """Whether the terminal is still taking an earlier screen: painting now would be for nothing."""

    def repaint(self) -> None:
        """Send everything again: somebody else has written to the terminal."""

    def stand_in(self, renderable: RenderableType) -> RenderableType:
        """What is drawn when Textual renders it, in place of an update."""


class CellApp(App[Result]):
    """On Textual's own driver, and before one is there, it is an app like any other."""

    painter: Painter | None = None
    """The driver, which puts itself here, if it is one."""
    lent: bool = False
    """Whether another program has the terminal for a while."""
    errand: asyncio.Task[None] | None = None
    """What runs that program and takes what comes of it, also when the screens are gone."""

    async def end_errand(self) -> None:
        """The app leaves: end what is under way, and wait for that."""
        if self.errand is not None and not self.errand.done():
            self.errand.cancel()
            await asyncio.wait([self.errand])

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if self.painter is not None and renderable is not None:
            renderable = self.painter.stand_in(renderable)
        super()._display(screen, renderable)

    def is_behind(self) -> bool:
        """Whether painting now would be for nothing."""
        return self.painter is not None and self.painter.behind

    def action_repaint(self) -> None:
        """Paint everything again."""
        if self.painter is not None:
            self.painter.repaint()
        self.refresh(repaint=True, layout=True)
