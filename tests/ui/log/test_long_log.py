import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.scrollbar import ScrollTo

from tests.chat.sample import make_turn
from tests.ui.log.replies import ENGLISH, ended
from tests.ui.opened import make_app, make_opener, until
from tests.ui.server import PATIENCE
from tui.chat.conversation import Conversation
from tui.stream.events import TextDelta
from tui.stream.trace import StreamTrace
from tui.ui.log.message_log import MessageLog
from tui.ui.screens.chat import ChatScreen

TURNS = 1_000


def make_long_conversation(turns: int = TURNS) -> Conversation:
    """Messages of very different lengths, two to a turn, each row of which is found nowhere else."""
    chance, conversation = random.Random(4), Conversation()
    for number in range(turns):
        turn = make_turn(conversation, f"question {number}")
        paragraphs = (f"answer {number}, {at}: {'word ' * chance.randint(0, 60)}" for at in range(chance.randint(1, 6)))
        turn.replies[0] = ended("\n\n".join(paragraphs))
    return conversation


class LogApp(App[None]):
    """Nothing but the log."""

    def compose(self) -> ComposeResult:
        yield MessageLog(ENGLISH)

    @property
    def log_view(self) -> MessageLog:
        return self.query_one(MessageLog)


def seen(log: MessageLog) -> list[str]:
    """The rows in sight, without marks."""
    strips = log.render_lines(Region(0, 0, *log.size))
    return [strip.text[1:].rstrip() for strip in strips]


async def wait_until_exact(pilot: Pilot[None], log: MessageLog) -> None:
    async with asyncio.timeout(PATIENCE * 3):
        while not log.is_exact:
            await pilot.pause(0.01)


def top_words(log: MessageLog) -> str:
    return next(row for row in seen(log) if row.strip())


@pytest.mark.slow
async def test_a_long_conversation_opens_at_its_end_and_pages_go_by_exact_rows() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 20)) as pilot:
        log = app.log_view
        log.show(make_long_conversation(), "")
        await pilot.pause()
        assert any(f"answer {TURNS - 1}" in row for row in seen(log)) or any("word" in row for row in seen(log))
        assert log.scroll_y == log.max_scroll_y
        for _ in range(60):
            before = seen(log)
            log.action_page_up()
            after = seen(log)
            assert after[-1] == before[0]
            assert after != before
        forth = seen(log)
        log.action_page_down()
        assert seen(log)[0] == forth[-1]


@pytest.mark.slow
async def test_idle_slices_make_all_exact_and_the_rows_in_sight_stay() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 20)) as pilot:
        log = app.log_view
        log.show(make_long_conversation(), "")
        await pilot.pause()
        for _ in range(30):
            log.action_page_up()
        before = seen(log)
        assert not log.is_exact
        await wait_until_exact(pilot, log)
        assert seen(log) == before
        log.action_scroll_home()
        assert "question 0" in "".join(seen(log)[:4])
        log.action_scroll_end()
        assert log.scroll_y == log.max_scroll_y
        last = seen(log)
        log.post_message(ScrollTo(y=log.max_scroll_y // 2, animate=False))
        await pilot.pause()
        assert 0 < log.scroll_y < log.max_scroll_y
        log.post_message(ScrollTo(y=0, animate=False))
        await pilot.pause()
        assert "question 0" in "".join(seen(log)[:4])
        log.post_message(ScrollTo(y=log.max_scroll_y, animate=False))
        await pilot.pause()
        assert seen(log) == last


@pytest.mark.slow
async def test_pages_down_from_the_top_show_every_row_once() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 20)) as pilot:
        log = app.log_view
        log.show(make_long_conversation(), "")
        await pilot.pause()
        log.action_scroll_home()
        rows = seen(log)
        for _ in range(40):
            log.action_page_down()
            rows += seen(log)[1:]
        numbers = [int(row.split()[-1]) for row in rows if "question" in row]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) > 20


def show_growing(log: MessageLog) -> Callable[[int, int], None]:
    """Show a reply that has just begun; what comes back lets it say some numbered lines."""
    conversation = Conversation()
    reply = make_turn(conversation).replies[0]
    reply.trace = StreamTrace()
    log.show(conversation, "")

    def say(first: int, last: int) -> None:
        event = TextDelta("".join(f"line {number}: {'word ' * 20}\n\n" for number in range(first, last)))
        reply.apply(event)
        log.apply(reply, event)

    return say


async def wait_seen(pilot: Pilot[None], log: MessageLog, words: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while not any(words in row for row in seen(log)):
            await pilot.pause()


async def test_who_reads_in_a_growing_reply_keeps_their_rows_through_a_resize_and_is_told_of_more() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 20)) as pilot:
        log = app.log_view
        say = show_growing(log)
        log.focus()
        say(0, 30)
        await wait_seen(pilot, log, "line 29")
        for _ in range(20):
            log.action_scroll_up()
        while "line" not in seen(log)[0]:
            log.action_scroll_up()
        top = seen(log)[0].split()[:2]
        say(30, 60)
        await pilot.resize_terminal(41, 17)
        assert seen(log)[0].split()[:2] == top
        say(60, 90)
        await wait_seen(pilot, log, "↓")
        assert seen(log)[0].split()[:2] == top
        await pilot.press("end")
        assert not any("↓" in row for row in seen(log))
        assert any("line 89" in row for row in seen(log))


@pytest.mark.slow
async def test_another_theme_paints_everything_anew(tmp_path: Path) -> None:
    app = make_app(tmp_path, make_opener(tmp_path))
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        await app.workers.wait_for_complete()
        log = app.screen.query_one(MessageLog)
        log.show(make_long_conversation(), "")
        await pilot.pause()

        def look() -> list[list[Segment]]:
            return [list(strip) for strip in log.render_lines(Region(0, 0, *log.size))]

        first = look()
        await pilot.resize_terminal(50, 20)
        app.theme = "weir-light"
        await pilot.pause()
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        light = look()
        for old, new in zip(first, light, strict=True):
            assert "".join(part.text for part in new) == "".join(part.text for part in old)
        assert all(old != new for old, new in zip(first, light, strict=True))
    assert app.workspace is not None
    await app.workspace.close()


async def test_a_log_that_becomes_taller_goes_on_following_its_end() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 20)) as pilot:
        log = app.log_view
        say = show_growing(log)
        say(0, 40)
        await wait_seen(pilot, log, "line 39")
        await pilot.resize_terminal(60, 28)
        await pilot.pause()
        say(40, 80)
        await wait_seen(pilot, log, "line 79")
        assert not any("↓" in row for row in seen(log))


async def test_a_long_reply_that_the_keys_are_about_is_not_laid_out_again_while_it_is_out_of_sight() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 20)) as pilot:
        log, conversation = app.log_view, make_long_conversation(30)
        conversation.turns[0].replies[0] = ended("".join(f"line {number}\n\n" for number in range(3_500)))
        log.show(conversation, "")
        log.focus()
        await pilot.press("g", "j", "end")
        await wait_until_exact(pilot, log)
        log.settle()
        assert log._stack.entries[1].layout is None
        assert any("answer 29" in row for row in seen(log))


@pytest.mark.slow
async def test_what_becomes_known_of_a_long_reply_is_not_told_as_new() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 20)) as pilot:
        log, conversation = app.log_view, Conversation()
        turn = make_turn(conversation)
        turn.replies[0] = ended("".join(f"line {number}\n\n" for number in range(9_000)))
        log.show(conversation, "")
        log.action_scroll_up()
        assert not log.is_exact
        told = set[int]()
        async with asyncio.timeout(PATIENCE * 3):
            while not log.is_exact:
                told.add(log.rows_below)
                await pilot.pause(0.01)
        assert told | {log.rows_below} == {0}
