"""A list that is filtered: keys that come before the list of what is typed are about that list."""

import asyncio
import threading
from collections.abc import Callable, Sequence

from textual.app import App
from textual.screen import ModalScreen

from tests.ui.opened import until
from tui.text.language import load_language
from tui.ui.screens.filter_list import FilterList, Found, Row


class ListApp(App[None]):
    """Nothing but the list, whose rows are found when `gate` is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.results: list[str | None] = []
        self.filter_list = FilterList("prompt_search", self._find, load_language("en"))

    def _find(self, words: Sequence[str], unwanted: Callable[[], bool]) -> Found[str]:
        self.gate.wait(20)
        rows = [f"{' '.join(words)}{number}" for number in range(4)]
        return Found([Row(row, "", row) for row in rows])

    def on_mount(self) -> None:
        self.push_screen(self.filter_list, self.results.append)


async def test_moves_before_the_list_is_there_are_moves_in_it() -> None:
    app = ListApp()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.filter_list.rows.count == 4)
        app.gate.clear()
        await pilot.press("a", "down", "down", "enter")
        assert app.results == []
        app.gate.set()
        await until(pilot, lambda: app.results == ["a2"])


async def test_a_choice_that_comes_late_closes_what_is_in_front_of_its_list() -> None:
    app = ListApp()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.filter_list.rows.count == 4)
        app.gate.clear()
        await pilot.press("a", "enter")
        in_front: list[object] = []
        await app.push_screen(ModalScreen[None](), in_front.append)
        app.gate.set()
        await until(pilot, lambda: app.results == ["a0"])
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert in_front == [None]
        await pilot.press("escape")
        await asyncio.sleep(0)
    assert app.results == ["a0"]
