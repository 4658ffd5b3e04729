"""Up and Down between what is typed and what was sent before."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tui.text.language import load_language
from tui.ui.widgets.prompt import Prompt


class Past:
    """What was sent before, the latest first."""

    def __init__(self, *prompts: str) -> None:
        self._prompts = list(prompts)

    async def next(self) -> str | None:
        return self._prompts.pop(0) if self._prompts else None


@asynccontextmanager
async def prompt_with(*prompts: str, typed: str = "") -> AsyncGenerator[tuple[Pilot[None], Prompt], None]:
    """A prompt in a screen of 30 cells, with this past and this text, the caret at its end."""
    prompt = Prompt(load_language("en"), {})
    prompt.begin_walk = lambda: Past(*prompts)

    class Host(App[None]):
        """The app."""

        def compose(self) -> ComposeResult:
            yield prompt

    async with Host().run_test(size=(30, 20)) as pilot:
        prompt.focus()
        prompt.put(typed)
        await pilot.pause()
        yield pilot, prompt


async def test_the_way_back_and_the_way_to_the_draft() -> None:
    async with prompt_with("two", "one", typed="half") as (pilot, prompt):
        await pilot.press("left", "up")
        assert (prompt.text, prompt.draft) == ("two", "half")
        await pilot.press("up", "up", "up")
        assert prompt.text == "one"
        await pilot.press("down")
        assert prompt.text == "two"
        await pilot.press("down")
        assert (prompt.text, prompt.cursor_location) == ("half", (0, 3))
        await pilot.press("down")
        assert prompt.text == "half"


async def test_never_while_there_is_a_row_to_go_to() -> None:
    wrapped = "word " * 12 + "end"
    async with prompt_with(wrapped, "one", typed="a\nb") as (pilot, prompt):
        await pilot.press("f6", "f7")
        assert prompt.selection.is_empty, "these keys mean other things everywhere"
        await pilot.press("up")
        assert (prompt.text, prompt.cursor_location[0]) == ("a\nb", 0)
        await pilot.press("up")
        assert prompt.text == wrapped
        await pilot.press("end", "down")
        assert prompt.text == wrapped, "its second row is below"
        await pilot.press("up", "up")
        assert prompt.text == "one"
        await pilot.press("down")
        assert (prompt.text, prompt.cursor_location) == (wrapped, (0, len(wrapped)))
        await pilot.press("up")
        assert prompt.text == wrapped, "a row is above"
        await pilot.press("down", "down")
        assert prompt.text == "a\nb"


async def test_what_is_changed_on_the_way_stays_until_something_is_sent_and_the_draft_beyond() -> None:
    async with prompt_with("two", "one", typed="half") as (pilot, prompt):
        await pilot.press("up", "!", "up", "down")
        assert prompt.text == "two!"
        assert prompt.draft == "half\n\ntwo!"
        prompt.action_submit()
        assert prompt.unsent == ["two!"]
        assert (prompt.text, prompt.draft) == ("half", "half")


async def test_a_prompt_that_was_looked_up_keeps_the_draft_behind_it() -> None:
    async with prompt_with(typed="half") as (pilot, prompt):
        await pilot.press("up")
        assert prompt.text == "half"
        prompt.recall("found " * 10_000)
        assert prompt.text.startswith("[#1 ")
        assert prompt.content == "found " * 10_000
        await pilot.press("up", "down", "down")
        assert prompt.text == "half"


async def test_what_would_act_on_the_terminal_stands_in_sight() -> None:
    async with prompt_with("red \x1b[31m\r\nnext", typed="half \u202e") as (pilot, prompt):
        assert prompt.text == "half ⯑"
        prompt.insert("\x07", (0, 0))
        assert prompt.text == "␇half ⯑"
        await pilot.press("up")
        assert prompt.text == "red ␛[31m\nnext"
        assert prompt.draft == "␇half ⯑"
