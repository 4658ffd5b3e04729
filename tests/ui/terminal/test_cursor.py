"""How wide a character is on a terminal that is drawn on: the answer is taken out of the keys, once."""

import asyncio
import re

import pytest

from tests.ui.desk import Desk, welcome
from tui.ui.terminal.cursor import CursorQuestion, measure_wide_character


def test_the_answer_is_taken_out_of_the_keys_once() -> None:
    told: list[int] = []
    question = CursorQuestion(told.append)
    assert question.feed("keys\x1b[A") == "keys\x1b[A"
    assert question.feed("a\x1b[1;3Rb") == "ab"
    assert question.feed("\x1b[1;2R") == "\x1b[1;2R", "shift+F3"
    assert told == [2]


async def test_a_driver_that_cannot_ask_tells_nothing() -> None:
    assert await measure_wide_character(object()) is None


async def test_a_driver_that_can_ask_tells_what_it_heard() -> None:
    class Driver:
        def ask_wide_cells(self) -> asyncio.Future[int]:
            heard = asyncio.get_running_loop().create_future()
            heard.set_result(2)
            return heard

    assert await measure_wide_character(Driver()) == 2


@pytest.mark.slow
def test_the_doctor_asks_on_the_screen(desk: Desk) -> None:
    terminal = desk.open("--base-url", "http://127.0.0.1:9/v1", "-m", "x", columns=160)
    welcome(terminal)
    terminal.press("f9")
    for _ in range(20):  # this terminal answers, and on a busy machine maybe too late
        found = terminal.wait_for(re.compile("takes 2 cells|was not measured"))
        if "takes 2 cells" in found:
            break
        terminal.press("r")
    assert "takes 2 cells" in found
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
