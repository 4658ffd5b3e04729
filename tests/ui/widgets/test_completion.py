"""A prompt with a list, in an app of its own; the source is a value of the test."""

import threading

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.ui.opened import until
from tui.text.language import load_language
from tui.ui.widgets.completion import Candidate, Completion, Offer, Word
from tui.ui.widgets.prompt import Prompt


class Fruit:
    """Words behind a `+`; `+slow` is answered when the test lets it."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.asked: list[str] = []

    def find_word(self, before: str) -> Word | None:
        head, sign, text = before.rpartition("+")
        return Word(len(head), text) if sign and " " not in text else None

    def offer(self, word: Word) -> Offer:
        self.asked.append(word.text)
        if word.text == "slow":
            self.released.wait(20)
        names = [name for name in ("apple", "apricot", "box/") if name.startswith(word.text)]
        return Offer([Candidate(f"+{name}", name, goes_on=name.endswith("/")) for name in names], left_out=3)


class Bench(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.fruit = Fruit()
        self.language = load_language("en")
        self.prompt = Prompt(self.language, {})
        self.completion = Completion(self.language, [self.fruit])
        self.sent: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.prompt.complete_from(self.completion)
        yield self.prompt

    def on_mount(self) -> None:
        self.prompt.focus()

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        self.sent.append(event.text)


async def type_in(pilot: Pilot[None], app: Bench, text: str, *, shown: bool = True) -> None:
    await pilot.press(*text)
    await until(pilot, lambda: app.completion.is_open is shown)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        pytest.param(["tab"], "+apple ", marks=pytest.mark.slow),
        (["down", "down", "enter"], "+apricot "),
        (["up", "tab"], "+box/"),
        pytest.param(["down", "up", "tab"], "+apple ", marks=pytest.mark.slow),
        (["p", "r", "tab", "x"], "+apricot x"),
        pytest.param(["left", "left", "space", "right", "tab"], " +apple ", marks=pytest.mark.slow),
    ],
)
async def test_tab_takes_the_marked_row_else_the_first(keys: list[str], text: str) -> None:
    app = Bench()
    async with app.run_test() as pilot:
        await type_in(pilot, app, "+" if keys[0] in ("up", "left") else "+a")
        await pilot.press(*keys)
        await until(pilot, lambda: app.prompt.text == text)
        assert app.sent == []


async def test_enter_sends_unless_a_row_was_marked_and_esc_leaves_the_word_alone() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        await type_in(pilot, app, "+a")
        assert app.language.say("completion.more", count=3) in str(app.completion.border_subtitle)
        assert app.prompt.close_completion()
        await pilot.press("p")
        await until(pilot, lambda: app.fruit.asked[-1] == "ap")
        assert not app.completion.is_open
        await type_in(pilot, app, " +ap")
        await pilot.press("enter")
        await until(pilot, lambda: app.sent == ["+ap +ap"])
        assert not app.prompt.close_completion()


async def test_tab_behind_a_word_that_is_being_looked_up_waits_and_keeps_the_order_of_the_keys() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        await pilot.press(*"+slow")
        await until(pilot, lambda: app.fruit.asked[-1:] == ["slow"])
        await pilot.press("backspace", "backspace", "backspace", "backspace", "a")
        app.fruit.released.set()
        await pilot.press("tab", "x")
        await until(pilot, lambda: app.prompt.text == "+apple x")
