"""Which driver is chosen, and that ours is given up for Textual's when something it builds on is gone."""

import sys

import pytest
from rich.control import Control
from textual import _compositor, messages
from textual._compositor import ChopsUpdate, Compositor
from textual.app import App
from textual.drivers import linux_driver

from tui.ui.terminal.driver import GridDriver
from tui.ui.terminal.driver_choice import choose_driver, find_missing


def test_ours_is_chosen_unless_stock_is_asked_for() -> None:
    assert find_missing() is None
    assert choose_driver("auto").driver is GridDriver
    assert choose_driver("stock").driver is None
    assert choose_driver("stock").missing is None


def test_someone_can_be_told_of_a_lost_terminal() -> None:
    driver = choose_driver("auto", lambda: None).driver
    assert driver is not None
    assert issubclass(driver, GridDriver)
    assert driver is not GridDriver


@pytest.mark.parametrize(
    ("holder", "name", "missing"),
    [
        (messages, "TerminalSupportsSynchronizedOutput", "textual.messages.TerminalSupportsSynchronizedOutput"),
        (_compositor, "ChopsUpdate", "textual._compositor.ChopsUpdate"),
        (App, "_display", "App._display"),
        (linux_driver, "XTermParser", "textual.drivers.linux_driver.XTermParser"),
        (linux_driver.LinuxDriver, "_enable_mouse_support", "LinuxDriver._enable_mouse_support"),
        (linux_driver.LinuxDriver, "run_input_thread", "LinuxDriver.run_input_thread"),
    ],
)
def test_what_is_gone_is_named(monkeypatch: pytest.MonkeyPatch, holder: object, name: str, missing: str) -> None:
    monkeypatch.delattr(holder, name)
    choice = choose_driver("auto")
    assert choice.driver is None
    assert choice.missing == missing


def test_moves_in_another_form_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Control, "move_to", lambda x, y: Control.home())
    assert choose_driver("auto").missing == "Control.move_to"


def test_updates_in_another_form_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChopsUpdate, "__init__", lambda self, spans: None)
    assert choose_driver("auto").missing == "CompositorUpdate"


def test_a_compositor_that_works_otherwise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Compositor, "__init__", lambda self: None)
    assert choose_driver("auto").missing == "CompositorUpdate"
    monkeypatch.undo()
    monkeypatch.delattr(Compositor, "visible_widgets")
    assert choose_driver("auto").missing == "Compositor"


def test_windows_keeps_textuals_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert choose_driver("auto").driver is None
