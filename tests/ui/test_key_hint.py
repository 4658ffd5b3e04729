"""What an overlay says of its keys is what they are bound to."""

import pytest
from textual.app import App

from tui.text.language import load_language
from tui.ui.key_hint import say_keys
from tui.ui.screens.comparisons import ComparisonsScreen
from tui.ui.shown_key import show_key

ENGLISH = load_language("en")


async def test_the_hint_of_an_overlay_names_the_keys_of_the_person() -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        app.set_keymap({"comparisons.copy": "f7"})
        await app.push_screen(ComparisonsScreen([], ENGLISH))
        await pilot.pause()
        assert say_keys(app.screen, ENGLISH, "comparisons.keys") == "F7 copies as markdown · Esc closes"
        assert str(app.screen.query_one("#comparisons").border_subtitle) == "F7 copies as markdown · Esc closes"


@pytest.mark.parametrize(
    ("key", "shown"), [("shift+f7", "shift+F7"), ("f", "f"), ("U", "U"), ("ctrl+o", "ctrl+o"), ("left", "←")]
)
def test_a_key_as_it_is_shown(key: str, shown: str) -> None:
    assert show_key(key) == shown
