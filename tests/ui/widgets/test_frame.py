"""The keys of an overlay on its edge: as many as fit, none of them cut."""

from pathlib import Path

import pytest

from tests.ui.opened import make_app, make_opener, until
from tui.ui.screens.chat import ChatScreen
from tui.ui.widgets.frame import Frame, ScrollingFrame


@pytest.mark.slow
async def test_a_narrower_edge_names_fewer_keys_and_cuts_none(tmp_path: Path) -> None:
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and not app.screen._opening)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: bool(app.screen.query(Frame)))
        edge = app.screen.query_one(Frame)
        whole = "Enter takes · Tab marks · ctrl+t asks the marked · ctrl+d favourite"
        await until(pilot, lambda: str(edge.border_subtitle) == whole)
        await pilot.resize_terminal(60, 24)
        await until(pilot, lambda: str(edge.border_subtitle) == "Enter takes · Tab marks · ctrl+d favourite")
        drawn = "".join(strip.text for strip in app.screen._compositor.render_strips(app.size))
        assert "ctrl+d favourite ─" in drawn
        await pilot.press("escape", "f1")
        await until(pilot, lambda: bool(app.screen.query(ScrollingFrame)))
        keys = app.screen.query_one(ScrollingFrame)
        await until(pilot, lambda: keys.max_scroll_y > 0 and keys.show_vertical_scrollbar)
        await pilot.press("pagedown")
        await until(pilot, lambda: keys.scroll_y > 0)
        assert app.workspace is not None
        await app.workspace.close()
