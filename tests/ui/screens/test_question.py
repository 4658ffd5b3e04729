import asyncio
from pathlib import Path

import pytest

from tests.ui.opened import Consent, make_app, make_opener, until
from tui.chat.database import Report
from tui.chat.workspace import Workspace
from tui.settings.provider import Provider
from tui.stream.discovery import FoundServer
from tui.stream.listing import ModelListing
from tui.ui.screens.question import Question
from tui.ui.widgets.prompt import Prompt


@pytest.mark.parametrize(("key", "used"), [("y", True), ("n", False), ("escape", False)])
async def test_another_persons_server_is_used_only_on_a_yes(tmp_path: Path, key: str, used: bool) -> None:
    found = FoundServer(Provider("ollama", "http://127.0.0.1:11434/v1"), ModelListing(("m",)), stranger="bob")
    answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def opener(report: Report, consent: Consent) -> Workspace:
        answer.set_result(await consent(found))
        return await make_opener(tmp_path)(report, consent)

    app = make_app(tmp_path, opener)
    async with app.run_test() as pilot:

        def asked() -> bool:
            shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
            return isinstance(app.screen, Question) and "bob" in shown and "127.0.0.1:11434" in shown

        await until(pilot, asked)
        await pilot.press(key)
        assert await answer is used
        assert not isinstance(app.screen, Question)
        await until(pilot, lambda: app.workspace is not None and app.screen.query_one(Prompt).begin_walk is not None)
    assert app.workspace is not None
    await app.workspace.close()
