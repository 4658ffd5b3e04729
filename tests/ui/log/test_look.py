"""What roles look like in the themes that are shipped."""

import pytest
from textual.app import App, ComposeResult

from tests.ui.log.replies import ENGLISH
from tui.settings.paths import shipped_themes
from tui.settings.theme_file import read_themes
from tui.ui.log.look import Look
from tui.ui.log.message_log import MessageLog
from tui.ui.theme import make_themes

THEMES, _ = make_themes(read_themes([shipped_themes()])[0])


class LogApp(App[None]):
    """Nothing but the log."""

    def compose(self) -> ComposeResult:
        yield MessageLog(ENGLISH)


@pytest.mark.parametrize("name", [theme.name for theme in THEMES])
async def test_code_in_a_sentence_is_told_apart_from_it(name: str) -> None:
    app = LogApp()
    for theme in THEMES:
        app.register_theme(theme)
    app.theme = name
    async with app.run_test():
        look = Look(app.query_one(MessageLog).get_component_rich_style)
        text, code = look.role("text").color, look.role("code.inline").color
        assert text is not None
        assert code is not None
        differences = [abs(a - b) for a, b in zip(text.get_truecolor(), code.get_truecolor(), strict=True)]
        assert max(differences) > 60
