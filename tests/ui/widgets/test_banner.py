"""The banner says what fits, and nothing is cut."""

from pathlib import Path

import pytest

from tests.ui.opened import make_app, make_opener, until
from tui.ui.screens.chat import ChatScreen
from tui.ui.widgets.banner import Banner

WHOLE = "Practice: this machine replies · F4 connects a provider · ctrl+l has every fault"


@pytest.mark.parametrize("width", [40, 60, 100])
async def test_parts_that_do_not_fit_are_left_out_whole(width: int, tmp_path: Path) -> None:
    parts = {40: 1, 60: 2, 100: 3}[width]
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test(size=(width, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and not app.screen._opening)
        said = " · ".join(WHOLE.split(" · ")[:parts])
        await until(pilot, lambda: str(app.screen.query_one(Banner).content) == said)
        assert app.workspace is not None
        await app.workspace.close()
