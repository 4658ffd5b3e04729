"""Prompts from files: put in by `/name`, filled in by Tab, and not sent half filled without a word."""

from pathlib import Path

from tests.ui.opened import make_app, make_opener, make_paths, until
from tui.settings.parameters import Parameters
from tui.ui.screens.chat import ChatScreen


async def test_a_prompt_is_put_in_filled_and_sent(tmp_path: Path) -> None:
    folder = make_paths(tmp_path).prompts
    folder.mkdir(parents=True)
    (folder / "review.md").write_text("+++\nparameters = { seed = 7 }\n+++\nReview {{code}}\nin {{words}}.")
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.prompt.begin_walk is not None)
        chat = app.screen
        assert isinstance(chat, ChatScreen)
        await pilot.press(*"/etc", "tab")
        assert chat.prompt.text.startswith("/etc")
        chat.prompt.put("")
        chat.set_focus(chat.prompt)
        await pilot.press(*"/rev", "tab")
        await until(pilot, lambda: chat.prompt.selected_text == "{{code}}")
        assert chat._conversation.parameters == Parameters(seed=7)
        await pilot.press("x", "tab")
        assert chat.prompt.selected_text == "{{words}}"
        await pilot.press("enter")
        await until(pilot, lambda: chat.prompt.text == "Review x\nin {{words}}.")
        assert chat._conversation.turns == []
        chat.prompt.put("Review x\nin brief.")
        await pilot.press("enter")
        await until(pilot, lambda: bool(chat._conversation.turns))
        assert chat._conversation.turns[0].prompt == "Review x\nin brief."
    assert app.workspace is not None
    await app.workspace.close()
