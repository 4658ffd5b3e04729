"""Which driver the app runs on: ours, or Textual's own where that was asked for or ours does not fit."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from textual.driver import Driver

STOCK: Final = "stock"
"""The word for Textual's own driver."""
_USED: Final = {
    "textual._compositor": ("ChopsUpdate", "Compositor", "CompositorUpdate", "LayoutUpdate"),
    "textual.drivers.linux_driver": ("LinuxDriver", "XTermParser"),
    "textual.screen": ("Compositor",),
    "textual.messages": ("TerminalSupportsSynchronizedOutput",),
    "rich.cells": ("split_graphemes",),
}
_OVERRIDDEN: Final = (
    "_disable_mouse_support", "_enable_mouse_support", "_get_terminal_size", "_run_input_thread", "close",
    "process_message", "run_input_thread", "start_application_mode", "stop_application_mode", "write",
)  # fmt: skip


class DriverChoice(NamedTuple):
    """A driver class for the app; None is Textual's own."""

    driver: "type[Driver] | None"
    missing: str | None = None
    """The name in Textual that is not there, if that is why; for a notice."""


def choose_driver(wanted: str, on_lost: Callable[[], object] | None = None) -> DriverChoice:
    """Our driver unless `wanted` is "stock", this is Windows, or Textual has moved what the driver builds on.

    `on_lost` is called once, from the loop, when the tty is gone; without it the app is closed then.
    """
    if wanted == STOCK or sys.platform == "win32":
        return DriverChoice(None)
    missing = find_missing()
    if missing is not None:
        return DriverChoice(None, missing)
    from tui.ui.terminal.driver import GridDriver

    if on_lost is None:
        return DriverChoice(GridDriver)
    tell = on_lost

    class TellingDriver(GridDriver):
        """Tells whoever runs the app."""

        def on_lost(self) -> None:
            tell()

    return DriverChoice(TellingDriver)


def find_missing() -> str | None:
    """The first name of Textual or Rich that the driver builds on and that is not there any more."""
    from importlib import import_module

    for module, names in _USED.items():
        try:
            found = import_module(module)
        except ImportError:
            return module
        for name in names:
            if not hasattr(found, name):
                return f"{module}.{name}"
    if not hasattr(import_module("textual.app").App, "_display"):
        return "App._display"
    driver = import_module("textual.drivers.linux_driver").LinuxDriver
    return next((f"LinuxDriver.{name}" for name in _OVERRIDDEN if not hasattr(driver, name)), None) or _find_form()


def _find_form() -> str | None:
    """The name of what hands updates over in another form than the driver reads."""
    from rich.console import Console
    from rich.control import Control
    from rich.segment import Segment
    from rich.style import Style
    from textual._compositor import LayoutUpdate
    from textual.geometry import Region
    from textual.strip import Strip

    from tui.ui.terminal.compositor import AreaCompositor, StripUpdate
    from tui.ui.terminal.frame import find_strips, read_pen
    from tui.ui.terminal.paste import PasteSafeParser

    if not hasattr(PasteSafeParser(), "_timeout_time"):
        return "Parser._timeout_time"
    if Control.move_to(3, 4).segment.text != "\x1b[5;4H":
        return "Control.move_to"
    if read_pen(Style(bold=True, link="x"), Console(color_system="truecolor"))[::3] != ("1", "x"):
        return "Strip.render"
    strip = Strip([Segment("xyz")])
    try:
        updates = StripUpdate([(0, 0, strip)]), LayoutUpdate([[strip]], Region(1, 2, 3, 1))
        found = [(x, y, part.text) for update in updates for x, y, part in find_strips(update)]
        # That it is asked for what has changed, and that nothing has, takes most of what it builds on.
        if AreaCompositor().render_partial_update() is not None or not hasattr(AreaCompositor(), "visible_widgets"):
            return "Compositor"
    except (AttributeError, TypeError, ValueError):
        found = []  # whatever it is now, it has no such parts
    return None if found == [(0, 0, "xyz"), (1, 2, "xyz")] else "CompositorUpdate"
