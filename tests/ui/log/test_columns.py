"""The columns of a comparison by themselves, in an app without a terminal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.chat.sample import end, feed, make_sample_record
from tests.ui.log.replies import ENGLISH
from tests.ui.log.test_message_log import wait_until
from tui.chat.conversation import Reply, Turn
from tui.settings.model_facts import ModelFacts
from tui.stream.events import StreamEvent, TextDelta, UsageReport, make_ending
from tui.stream.outcome import Outcome
from tui.stream.trace import StreamTrace
from tui.ui.log.columns import Columns, Page, arrange
from tui.ui.log.message_log import MessageLog
from tui.ui.widgets.column_head import ColumnHead, describe_reply, shorten

LONG = "\n\n".join(f"Paragraph {number}." for number in range(60))


@pytest.mark.parametrize(
    ("count", "width", "height", "wanted"),
    [
        (2, 72, 10, "beside"),
        (3, 95, 21, "stacked"),
        (3, 95, 20, "tabbed"),
        (3, 96, 5, "beside"),
        (6, 200, 50, "beside"),
        (6, 191, 42, "stacked"),
        (6, 80, 24, "tabbed"),
    ],
)
def test_columns_stand_beside_one_another_while_each_has_room(count: int, width: int, height: int, wanted: str) -> None:
    assert arrange(count, width, height) == wanted


def test_a_name_keeps_its_end() -> None:
    assert shorten("provider/model-7b", 20) == "provider/model-7b"
    assert shorten("provider/model-7b", 9) == "…model-7b"
    assert shorten("提供者/模型", 6) == "…/模型"


def test_a_head_says_what_is_known_and_marks_estimates() -> None:
    reply = Reply("local", "model")
    feed(reply, "words " * 10)
    end(reply, Outcome.LENGTH)
    words = " ".join(part.text for part in chain(*describe_reply(reply, ModelFacts(), ENGLISH, blind=False)))
    assert words.startswith("length")
    assert "~" in words
    waiting = Reply("local", "model", trace=StreamTrace())
    standing, amounts = describe_reply(waiting, ModelFacts(), ENGLISH, blind=False)
    assert ([part.text for part in standing], amounts) == ([ENGLISH.say("status.connecting")], [])


class Bench(App[None]):
    """The columns and what they post."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: list[str] = []

    def compose(self) -> ComposeResult:
        yield Columns(ENGLISH, Page(frames=500))

    @property
    def columns(self) -> Columns:
        return self.query_one(Columns)

    def on_columns_turned(self, event: Columns.Turned) -> None:
        self.posted.append(f"turned {event.reply.model}")

    def on_turn_view_adopted(self, event: MessageLog.Adopted) -> None:
        self.posted.append(f"adopted {event.reply.model}")

    def on_message_log_left(self) -> None:
        self.posted.append("left")


def make_turn(*texts: str) -> Turn:
    replies = [Reply("local", f"m{number}") for number in range(len(texts))]
    for reply, text in zip(replies, texts, strict=True):
        feed(reply, text)
        end(reply, Outcome.COMPLETE)
    return Turn("the prompt", replies)


def rows_of(app: Bench) -> list[str]:
    """What the logs show."""
    logs = app.query(MessageLog)
    return [strip.text for log in logs for strip in log.render_lines(log.size.region)]


@asynccontextmanager
async def opened(*texts: str) -> AsyncIterator[tuple[Bench, Pilot[None]]]:
    """Columns with these replies, the first focused."""
    app = Bench()
    async with app.run_test(size=(120, 20)) as pilot:
        app.columns.open(make_turn(*texts), lambda reply: ModelFacts())
        await wait_until(pilot, lambda: all(log.size.height and log.is_exact for log in app.query(MessageLog)))
        await wait_until(pilot, lambda: all(log.scroll_y == log.max_scroll_y for log in app.query(MessageLog)))
        app.columns.current.focus()
        await pilot.pause()
        yield app, pilot


@pytest.mark.slow
async def test_tab_goes_by_column_and_out_at_the_ends() -> None:
    async with opened("one", "two", "three") as (app, pilot):
        await pilot.press("tab", "tab", "tab")
        assert app.posted == ["turned m1", "turned m2", "left"]
        await pilot.press("shift+tab", "enter")
        assert app.posted[3:] == ["turned m1", "adopted m1"]


async def test_logs_scroll_together_once_that_is_wanted() -> None:
    async with opened(LONG, LONG) as (app, pilot):
        first, second = (log for log in app.query(MessageLog))
        await pilot.press("pageup")
        assert first.scroll_y < second.scroll_y
        await pilot.press("pagedown", "t", "pageup")
        assert first.scroll_y == second.scroll_y < first.max_scroll_y
        await pilot.press("g")
        assert first.scroll_y == second.scroll_y == 0
        await pilot.press("G")
        assert first.scroll_y == second.scroll_y == first.max_scroll_y
        await pilot.press("t", "pageup")
        assert first.scroll_y < second.scroll_y


@pytest.mark.slow
async def test_a_full_column_goes_up_by_half_while_it_grows_and_ends_at_its_last_row() -> None:
    turn = Turn("the prompt", [Reply("local", "m0"), Reply("local", "m1")])
    reply = turn.replies[0]

    def take(event: StreamEvent) -> None:
        reply.apply(event)
        app.columns.apply(reply, event)

    app = Bench()
    async with app.run_test(size=(120, 23)) as pilot:
        app.columns.open(turn, lambda reply: ModelFacts())
        await pilot.pause()
        log = app.columns.current
        log.focus()
        tops = set()
        for number in range(40):
            take(TextDelta(f"line {number}\n\n"))
            await wait_until(pilot, lambda number=number: any(f"line {number}" in row for row in rows_of(app)))
            tops.add(log.scroll_y)
        assert len(tops) == 8
        take(make_ending(Outcome.COMPLETE, make_sample_record()))
        await wait_until(pilot, lambda: log.render_lines(log.size.region)[-2].text.endswith("line 39".ljust(57)))


async def test_hidden_names_are_nowhere_on_the_screen_and_come_back() -> None:
    async with opened("one", "two") as (app, pilot):
        shown = rows_of(app)
        assert any("local/m0" in row for row in shown)
        await pilot.press("b")
        await pilot.pause()
        shown = rows_of(app)
        assert not any("local/" in row for row in shown)
        assert any(ENGLISH.say("compare_view.alias", letter="B") in row for row in shown)
        await pilot.press("b")
        await pilot.pause()
        shown = rows_of(app)
        assert any("local/m1" in row for row in shown)


@pytest.mark.parametrize(("columns", "height"), [(200, 2), (80, 3), (64, 4)])
async def test_a_head_shows_every_figure_at_any_width(columns: int, height: int) -> None:
    turn = make_turn("one", "two")
    turn.replies[0].usage = UsageReport(10_000, 24_000, tokens_reasoning=11_500)
    wanted = ("local/m0", "complete", "12500 tok", "11500 thought", "$0.058")
    app = Bench()

    def shown() -> bool:
        head = app.query(ColumnHead).first()
        words = "\n".join(strip.text for strip in head.render_lines(head.size.region))
        return head.size.height == height and all(word in words for word in wanted)

    async with app.run_test(size=(columns, 20)) as pilot:
        app.columns.open(turn, lambda reply: ModelFacts(price_in=1.0, price_out=2.0))
        await pilot.pause()
        await wait_until(pilot, shown)
        await pilot.resize_terminal(columns + 2, 20)
        await wait_until(pilot, shown)


async def test_closing_leaves_nothing_behind() -> None:
    async with opened("one", "two") as (app, pilot):
        app.columns.close()
        await pilot.pause()
        assert not app.columns.is_shown
        assert list(app.query(MessageLog)) == []
        assert app.columns.running() is None
