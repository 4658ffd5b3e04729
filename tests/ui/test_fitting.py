"""Too little room: a sentence instead of a mess, over every screen, and nothing that is typed is lost."""

from pathlib import Path

import pytest

from tests.ui.opened import make_app, make_opener, until
from tui.ui.app import WeirApp
from tui.ui.screens.chat import ChatScreen
from tui.ui.widgets.too_narrow import TooNarrow


def covered(app: WeirApp) -> bool:
    """Whether nothing but the sentence is seen."""
    return any(each.region == app.screen.region for each in app.screen.query(TooNarrow))


@pytest.mark.slow
async def test_a_terminal_that_is_too_narrow_gets_a_sentence(tmp_path: Path) -> None:
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test(size=(39, 20)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and not app.screen._opening and covered(app))
        await pilot.press(*"typed", "enter", "ctrl+n", "ctrl+l")
        await pilot.resize_terminal(60, 5)
        await pilot.press("enter", "f8")
        await until(pilot, lambda: covered(app))
        await pilot.resize_terminal(40, 20)
        await until(pilot, lambda: not app.screen.query(TooNarrow))
        assert app.unsent()[1] == "typed"
        assert isinstance(app.screen, ChatScreen)
        assert app.screen.prompt.text == "typed"
        await pilot.press("ctrl+l")
        await until(pilot, lambda: app.screen.is_modal)
        await pilot.resize_terminal(30, 20)
        await until(pilot, lambda: app.screen.is_modal and covered(app))
        await app.pop_screen()
        await until(pilot, lambda: not app.screen.is_modal and covered(app))
        assert app.workspace is not None
        await app.workspace.close()
