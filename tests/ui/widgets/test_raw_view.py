"""The page of a raw stream while more of it comes."""

import pytest
from textual.app import App, ComposeResult

from tests.stream.test_raw_row import begin
from tests.ui.opened import until
from tui.settings.secrets import Masker
from tui.stream.raw_row import RawPage
from tui.stream.raw_stream import RawStream
from tui.text.language import load_language
from tui.ui.widgets.raw_view import RawView


class RawApp(App[None]):
    """Nothing but the view."""

    def __init__(self, raw: RawStream) -> None:
        super().__init__()
        self.view = RawView(RawPage([raw], Masker()), load_language("en"))

    def compose(self) -> ComposeResult:
        yield self.view


@pytest.mark.parametrize("key", ["action_scroll_home", "action_scroll_up", "action_page_up"])
async def test_what_comes_in_the_same_moment_does_not_take_back_a_key(key: str) -> None:
    raw = begin()
    raw.take(101.0, b"data: a\n\n" * 50)
    app = RawApp(raw)
    async with app.run_test(size=(60, 10)) as pilot:
        view = app.view
        await until(pilot, lambda: 0 < view.max_scroll_y == view.scroll_y)
        raw.take(102.0, b"data: b\n\n" * 50)
        view.take_in()
        await until(pilot, lambda: view.scroll_y == view.max_scroll_y > 100)
        getattr(view, key)()
        raw.take(103.0, b"data: c\n\n" * 50)
        view.take_in()
        await until(pilot, lambda: view.max_scroll_y > 200)
        await pilot.pause()
        assert view.scroll_y < 200
        view.action_scroll_end()
        await until(pilot, lambda: view.scroll_y == view.max_scroll_y)
        raw.take(104.0, b"data: d\n\n" * 50)
        view.take_in()
        await until(pilot, lambda: view.scroll_y == view.max_scroll_y > 300)
