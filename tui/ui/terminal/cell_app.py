"""An app that hands what it paints to its driver as it is, where that can take it, and not as rendered sequences."""

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
