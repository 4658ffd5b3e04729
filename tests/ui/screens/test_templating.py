"""Prompts from files: put in by `/name`, filled in by Tab, and not sent half filled without a word."""

from pathlib import Path

import pytest

from tests.ui.desk import say
from tests.ui.opened import make_app, make_opener, make_paths, until
from tests.ui.screens.test_trying import opened
from tui.settings.parameters import Parameters
from tui.ui.screens.chat import ChatScreen
from tui.ui.screens.filter_list import FilterList


@pytest.mark.slow
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


@pytest.mark.slow
async def test_a_name_that_is_sent_is_put_in_and_its_defaults_are_stepped_through(tmp_path: Path) -> None:
    folder = make_paths(tmp_path).prompts
    folder.mkdir(parents=True)
    (folder / "fix.md").write_text(
        '+++\nvariables = { tone = "calm", end = "soon" }\n+++\nBe {{tone}}:\nfix {{bug}} {{end}}.'
    )
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.prompt.begin_walk is not None)
        chat = app.screen
        assert isinstance(chat, ChatScreen)
        chat.prompt.put("fix {{bug}}, as I wrote before weir was started again")
        await pilot.press("enter")
        await until(pilot, lambda: chat.prompt.selected_text == "{{bug}}")
        assert chat._conversation.turns == []
        chat.prompt.put("/fix this as well")
        await pilot.press("enter")
        await until(pilot, lambda: chat.prompt.text == "Be calm:\nfix {{bug}} soon.\n\nthis as well")
        await until(pilot, lambda: chat.prompt.selected_text == "calm")
        await pilot.press(*"kind", "tab")
        assert chat.prompt.selected_text == "{{bug}}"
        await pilot.press("x", "tab")
        assert chat.prompt.selected_text == "soon"
        await pilot.press("enter")
        await until(pilot, lambda: bool(chat._conversation.turns))
        assert chat._conversation.turns[0].prompt == "Be kind:\nfix x soon.\n\nthis as well"
        await until(pilot, lambda: chat.streaming and chat.stop_reply())
        await until(pilot, lambda: not chat.streaming)
        await pilot.press(*"/fixed", "enter")
        await until(pilot, lambda: len(chat._conversation.turns) == 2)
        assert chat._conversation.turns[1].prompt == "/fixed", "it is the name of no file"
        await until(pilot, lambda: chat.streaming and chat.stop_reply())
        await until(pilot, lambda: not chat.streaming)
        (folder / "fixed.md").write_text("+++\nnothing = 1\n+++\nText")
        await pilot.press(*"/fixed", "enter")
        await until(pilot, lambda: any("line 2: nothing is not" in note.message for note in app._notifications))
        assert chat.prompt.text == "/fixed", "what cannot be used is told, and nothing is sent"
    assert app.workspace is not None
    await app.workspace.close()


async def test_a_system_prompt_is_named_and_taken_off_and_at_most_three_notices_stand(tmp_path: Path) -> None:
    folder = make_paths(tmp_path).prompts
    folder.mkdir(parents=True)
    (folder / "terse.md").write_text('+++\nkind = "system"\nparameters = { seed = 7 }\n+++\nBe brief.')
    async with opened(tmp_path) as (app, chat, pilot):

        def told(sentence: str) -> bool:
            return sentence in [notice.message for notice in app._notifications]

        for key in ("enter", "escape", "ctrl+o"):
            await pilot.press(key)
        chat.choose_system()
        await until(pilot, lambda: isinstance(app.screen, FilterList))
        await pilot.press("enter")
        named = say("system_prompt.named", title="terse")
        await until(pilot, lambda: told(say("tuning.kept", shown=f"{named}, seed 7")))
        assert chat._conversation.parameters == Parameters(system="Be brief.", seed=7)
        assert len(app._notifications) == 3
        chat.choose_system()
        await until(pilot, lambda: isinstance(app.screen, FilterList))
        await pilot.press("enter")
        await until(pilot, lambda: told(say("system_prompt.dropped")))
        assert chat._conversation.parameters == Parameters(seed=7)
        chat.set_focus(chat.log_view)
        await pilot.press("q")
        await until(pilot, lambda: told(say("dead_key.quit", key="q", quit="ctrl+q")))
        assert len(app._notifications) == 3
