"""Replies compared in the app: marked, streamed side by side, stopped, adopted, and gone through in the log."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pty.terminal import PtyTerminal
from tests.ui.desk import Desk, note, say, send_prompt, wait_for_status, welcome
from tests.ui.opened import until
from tests.ui.screens.test_trying import opened
from tests.ui.server import Exchange, RawServer, ServedPractice
from tui.chat.catalogue import Model
from tui.settings.config import PRACTICE
from tui.ui.log.columns import ColumnLog
from tui.ui.screens.chat import ChatScreen

NAMES = ("alpha", "beta", "gamma")
IN_COLUMN = re.compile("▌ [█◆]")
"""The mark of what the keys are about, which a log has only with the focus in it."""


@pytest.fixture
def trio() -> Iterator[RawServer]:
    with RawServer(NAMES) as server:
        yield server


def filtered(name: str, signs: str) -> re.Pattern[str]:
    """The picker with a name as its filter and that model as its first row, behind one of these signs."""
    return re.compile(rf"│ {name} +│ *\n.*\n.*│ [{signs}] (\S+/)?{name} .*│")


def mark(terminal: PtyTerminal, *names: str) -> None:
    """Mark models to be asked together; returns when the status bar counts them."""
    terminal.press("ctrl+t")
    terminal.wait_for(say("picker.filter"))
    for name in names:
        terminal.send(name)
        terminal.wait_for(filtered(name, " ●"))
        terminal.press("tab")
        terminal.wait_for(filtered(name, "✓"))
        terminal.press("ctrl+u")
        terminal.wait_for(say("picker.filter"))
    terminal.press("enter")
    terminal.wait_gone(say("picker.title"))
    wait_for_status(terminal, say("compare_view.models", count=len(names)))


def open_trio(desk: Desk, server: RawServer, columns: int = 150, rows: int = 40) -> PtyTerminal:
    """The app on a server with three models, all marked."""
    terminal = desk.open("--base-url", server.base_url, "-m", "alpha", columns=columns, rows=rows)
    welcome(terminal)
    mark(terminal, *NAMES)
    return terminal


def enter_columns(terminal: PtyTerminal) -> None:
    """Go from the prompt into the first column."""
    terminal.press("tab")
    terminal.wait_for(IN_COLUMN)


def next_streams(server: RawServer, count: int = 3) -> dict[str, Exchange]:
    """The next requests by their model, with the heads of their replies sent."""
    exchanges = (server.next_stream() for _ in range(count))
    return {exchange.body["model"]: exchange for exchange in exchanges}


def answer_with_one_refused(server: RawServer, refused: str, status: int) -> dict[str, Exchange]:
    """The next requests by their model: one is refused, the others have said something."""
    exchanges = {exchange.body["model"]: exchange for exchange in (server.next_exchange() for _ in NAMES)}
    for name, exchange in exchanges.items():
        if name == refused:
            exchange.refuse(status, {"message": f"{name} is not here"})
        else:
            exchange.open_stream()
            exchange.say(f"words of {name}")
    return exchanges


def contents(exchange: Exchange) -> list[str]:
    return [message["content"] for message in exchange.body["messages"]]


def beside(*words: str) -> re.Pattern[str]:
    """Words that stand in one row, in this order."""
    return re.compile(".*".join(map(re.escape, words)))


def practice_models(chat: ChatScreen, *names: str) -> tuple[Model, ...]:
    """Models of the practice provider."""
    assert chat._workspace is not None
    return tuple(Model(chat._workspace.routes.providers[PRACTICE], name) for name in names)


@pytest.mark.slow
async def test_what_is_typed_behind_a_prompt_to_several_models_is_typed(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, chat, pilot):
        chat._mark(practice_models(chat, "401", "403"))
        await pilot.press("h", "i", "enter")
        await until(pilot, lambda: chat.columns.is_shown)
        assert chat.focused is chat.prompt
        await pilot.press(*"dse")
        assert chat.prompt.content == "dse"
        assert [len(turn.replies) for turn in chat._conversation.turns] == [2]
        await pilot.press("tab")
        assert isinstance(chat.focused, ColumnLog)
        chat.close_columns()
        chat.set_focus(chat.page_log)
        chat.begin_turn("sent from the queue")
        assert chat.columns.is_shown
        assert chat.focused is chat.prompt


async def test_the_marks_end_when_one_is_adopted_and_with_a_new_chat(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, chat, pilot):
        models = practice_models(chat, "401", "403")
        chat._mark(models)
        await pilot.press("h", "i", "enter")
        await until(pilot, lambda: chat.columns.is_shown)
        await until(pilot, lambda: not chat.streaming)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: not chat.columns.is_shown)
        assert (chat._model, chat._marked, chat._marked_last) == (models[0], (), ())
        said = say("compare_view.adopted_empty", model="practice/401")
        await until(pilot, lambda: said in [notice.message for notice in app._notifications])
        chat._mark(models)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: not chat._conversation.turns)
        assert (chat._model, chat._marked, chat._marked_last) == (models[0], (), ())


@pytest.mark.slow
def test_one_prompt_goes_to_all_that_are_marked_and_each_has_its_column(desk: Desk, trio: RawServer) -> None:
    terminal = open_trio(desk, trio)
    send_prompt(terminal, "the question")
    streams = next_streams(trio)
    assert set(streams) == set(NAMES)
    assert [contents(stream) for stream in streams.values()] == [["the question"]] * 3
    for name, stream in streams.items():
        stream.say(f"words of {name}")
    terminal.wait_for(beside("words of alpha", "words of beta", "words of gamma"))
    terminal.wait_for(beside("/alpha", "/beta", "/gamma"))
    terminal.wait_for(beside(*["streaming"] * 3))
    for stream in streams.values():
        stream.finish()
    terminal.wait_for(beside(*["complete"] * 3))


@pytest.mark.slow
def test_escape_stops_the_focused_reply_and_then_the_next(desk: Desk, trio: RawServer) -> None:
    terminal = open_trio(desk, trio)
    send_prompt(terminal)
    streams = next_streams(trio)
    for name, stream in streams.items():
        stream.say(f"words of {name}")
    terminal.wait_for(beside("words of alpha", "words of beta", "words of gamma"))
    enter_columns(terminal)
    terminal.press("tab")
    terminal.wait_for(re.compile("▌127.*/beta"))
    terminal.press("escape")
    terminal.wait_for(beside("streaming", "cancelled", "streaming"))
    streams["beta"].wait_closed()
    terminal.press("ctrl+c")
    terminal.wait_for(beside("streaming", "cancelled", "cancelled"))
    streams["alpha"].say(", and more")
    terminal.wait_for("words of alpha, and more")


@pytest.mark.slow
def test_one_that_fails_leaves_the_others_alone(desk: Desk, trio: RawServer) -> None:
    terminal = open_trio(desk, trio)
    send_prompt(terminal)
    exchanges = answer_with_one_refused(trio, "beta", 401)
    terminal.wait_for(beside("streaming", "invalid-key", "streaming"))
    terminal.wait_for(beside("words of alpha", "words of gamma"))
    exchanges["alpha"].finish()
    exchanges["gamma"].finish()
    terminal.wait_for(beside("complete", "invalid-key", "complete"))


@pytest.mark.slow
def test_the_next_prompt_goes_to_the_adopted_model_with_its_text(desk: Desk, trio: RawServer) -> None:
    terminal = open_trio(desk, trio)
    send_prompt(terminal, "the question")
    for name, stream in next_streams(trio).items():
        stream.say(f"words of {name}")
        stream.finish()
    terminal.wait_for(beside(*["complete"] * 3))
    enter_columns(terminal)
    terminal.press("tab")
    terminal.wait_for(re.compile("▌127.*/beta"))
    terminal.press("enter")
    terminal.wait_for("◀ 2/3 ▶  " + say("compare_view.chosen"))
    terminal.wait_gone("words of alpha")
    wait_for_status(terminal, "beta")
    send_prompt(terminal, "what follows")
    stream = trio.next_stream()
    assert stream.body["model"] == "beta"
    assert contents(stream) == ["the question", "words of beta", "what follows"]
    stream.say("and so on")
    stream.finish()
    terminal.wait_for("and so on")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert desk.stored("SELECT chosen, adopted FROM turn ORDER BY position") == [(1, 1), (0, 0)]
    again = desk.open("--base-url", trio.base_url, "--continue")
    text = again.wait_for("and so on")
    assert "◀ 2/3 ▶" in text
    assert "words of beta" in text
    assert "words of alpha" not in text


@pytest.mark.slow
def test_siblings_are_gone_through_in_the_log_and_adopted_there(desk: Desk, trio: RawServer) -> None:
    terminal = open_trio(desk, trio)
    send_prompt(terminal, "the question")
    for name, stream in next_streams(trio).items():
        stream.say(f"words of {name}")
        stream.finish()
    terminal.wait_for(beside(*["complete"] * 3))
    enter_columns(terminal)
    terminal.press("enter")
    terminal.wait_for("◀ 1/3 ▶")
    terminal.press("tab")
    terminal.wait_for("▌ ◆")
    terminal.send("]]")
    terminal.wait_for("words of gamma")
    terminal.wait_for("◀ 3/3 ▶")
    terminal.send("[")
    terminal.wait_for("words of beta")
    terminal.press("enter")
    terminal.wait_for("◀ 2/3 ▶  " + say("compare_view.chosen"))
    send_prompt(terminal, "what follows")
    stream = trio.next_stream()
    assert (stream.body["model"], contents(stream)[1]) == ("beta", "words of beta")


@pytest.mark.slow
def test_the_marks_hold_until_they_are_cleared_and_come_back(desk: Desk, trio: RawServer) -> None:
    terminal = open_trio(desk, trio)
    for prompt in ("one", "two"):
        send_prompt(terminal, prompt)
        for name, stream in next_streams(trio).items():
            stream.say(f"{name} says {prompt}")
            stream.finish()
        terminal.wait_for(beside(f"alpha says {prompt}", f"beta says {prompt}", f"gamma says {prompt}"))
        terminal.wait_for(beside(*["complete"] * 3))
    terminal.press("ctrl+t")
    terminal.wait_for("◀ 1/3 ▶")
    wait_for_status(terminal, "alpha")
    terminal.press("ctrl+t")
    terminal.wait_for(say("picker.marked", count=3))
    terminal.press("ctrl+t")
    wait_for_status(terminal, say("compare_view.models", count=3))


@pytest.mark.slow
def test_without_an_adoption_the_first_reply_with_a_text_is_the_context(desk: Desk, trio: RawServer) -> None:
    terminal = open_trio(desk, trio)
    send_prompt(terminal, "one")
    exchanges = answer_with_one_refused(trio, "alpha", 401)
    for name in ("beta", "gamma"):
        exchanges[name].finish()
    terminal.wait_for(beside("invalid-key", "complete", "complete"))
    send_prompt(terminal, "two")
    assert {tuple(contents(stream)) for stream in next_streams(trio).values()} == {("one", "words of beta", "two")}


@pytest.mark.slow
def test_names_are_hidden_until_one_is_adopted(desk: Desk, trio: RawServer) -> None:
    terminal = open_trio(desk, trio)
    send_prompt(terminal)
    answer_with_one_refused(trio, "beta", 404)
    terminal.wait_for(beside("streaming", "not-found", "streaming"))
    enter_columns(terminal)
    terminal.send("b")
    terminal.wait_for(beside(*(say("compare_view.alias", letter=letter) for letter in "ABC")))
    terminal.wait_gone("beta")
    assert not re.search("/(alpha|gamma)", terminal.text())
    terminal.send("w")
    terminal.wait_for(say("compare_view.none"))
    terminal.press("escape")
    terminal.wait_gone(say("compare_view.none"))
    terminal.press("enter")
    terminal.wait_for(re.compile(r"◆ \S+/alpha  ◀ 1/3 ▶"))


@pytest.mark.slow
def test_another_model_answers_a_turn_of_the_log(desk: Desk, trio: RawServer) -> None:
    terminal = desk.open("--base-url", trio.base_url, "-m", "alpha")
    welcome(terminal)
    send_prompt(terminal, "one")
    first = trio.next_stream()
    first.say("words of alpha")
    first.finish()
    wait_for_status(terminal, "ended")
    terminal.press("tab")
    terminal.wait_for("▌ ◆")
    terminal.send("m")
    terminal.wait_for(say("picker.filter"))
    terminal.send("gamma")
    terminal.wait_for(filtered("gamma", " "))
    terminal.press("enter")
    other = trio.next_stream()
    assert (other.body["model"], contents(other)) == ("gamma", ["one"])
    other.say("words of gamma")
    terminal.wait_for(re.compile(r"◆ \S+/gamma  ◀ 2/2 ▶"))
    terminal.wait_for("words of gamma")
    other.finish()
    terminal.wait_for(
        lambda _: (
            desk.stored("SELECT position, model, outcome FROM reply ORDER BY position")
            == [(0, "alpha", "complete"), (1, "gamma", "complete")]
        )
    )
    assert desk.stored("SELECT chosen, adopted FROM turn") == [(0, 0)]


@pytest.mark.slow
def test_another_model_joins_the_columns(desk: Desk, trio: RawServer) -> None:
    terminal = desk.open("--base-url", trio.base_url, "-m", "alpha", columns=150, rows=40)
    welcome(terminal)
    mark(terminal, "alpha", "beta")
    send_prompt(terminal, "one")
    streams = next_streams(trio, 2)
    for name, stream in streams.items():
        stream.say(f"words of {name}")
    terminal.wait_for(beside("words of alpha", "words of beta"))
    enter_columns(terminal)
    terminal.send("m")
    terminal.wait_for(say("picker.filter"))
    terminal.send("gamma")
    terminal.wait_for(filtered("gamma", " "))
    terminal.press("enter")
    joined = trio.next_stream()
    assert (joined.body["model"], contents(joined)) == ("gamma", ["one"])
    joined.say("words of gamma")
    streams["alpha"].say(", and more")
    terminal.wait_for(beside("words of alpha, and more", "words of beta", "words of gamma"))
    terminal.wait_for(re.compile("▌127.*/gamma"))
    terminal.press("escape")
    terminal.wait_for(beside("streaming", "streaming", "cancelled"))


@pytest.mark.slow
@pytest.mark.parametrize(("columns", "rows"), [(80, 40), (80, 20), (60, 14)])
def test_narrow_and_low_screens_show_every_head_and_the_current_reply(
    desk: Desk, trio: RawServer, columns: int, rows: int
) -> None:
    terminal = open_trio(desk, trio, columns, rows)
    send_prompt(terminal)
    for name, stream in next_streams(trio).items():
        stream.say(f"words of {name}")
    terminal.press("tab")
    for name in NAMES:
        terminal.wait_for(re.compile(rf"▌\S*{name} .*streaming"))
        terminal.wait_for(f"words of {name}")
        assert all(re.search(rf"{other} +streaming", terminal.text()) for other in NAMES)
        terminal.press("tab")


@pytest.mark.slow
def test_the_comparisons_are_summed_up_and_copied(desk: Desk, trio: RawServer) -> None:
    terminal = open_trio(desk, trio)
    send_prompt(terminal)
    for stream in next_streams(trio).values():
        stream.say("words")
        stream.finish()
    terminal.wait_for(beside(*["complete"] * 3))
    enter_columns(terminal)
    terminal.press("enter")
    terminal.wait_for("◀ 1/3 ▶")
    terminal.press("tab")
    terminal.wait_for("▌ ◆")
    terminal.send("w")
    terminal.wait_for(say("compare_view.summary"))
    found = re.findall(r"/(\w+) +(\d/\d) +\d\.\d\d s ", terminal.wait_for("1/1"))
    assert found == [("alpha", "1/1"), ("beta", "0/1"), ("gamma", "0/1")]
    terminal.send("y")
    path = desk.state / "clipboard.txt"
    terminal.wait_for(lambda _: path.exists())
    rows = path.read_text(encoding="utf-8").splitlines()
    found = re.findall(r"/(\w+) \| (\d/\d) \| \d\.\d\d s \|", "\n".join(rows[2:]))
    assert found == [("alpha", "1/1"), ("beta", "0/1"), ("gamma", "0/1")]


@pytest.mark.slow
def test_a_column_that_is_cut_keeps_its_note(desk: Desk) -> None:
    with ServedPractice(token_delay=0.005) as practice:
        terminal = desk.open("--base-url", practice.base_url, "-m", "markdown", columns=150, rows=40)
        welcome(terminal)
        mark(terminal, "endless", "cut")
        send_prompt(terminal)
        terminal.wait_for(note("truncated-body"))
        terminal.wait_for(beside("streaming", "truncated-body"))
        terminal.press("escape")
        terminal.wait_for(beside("cancelled", "truncated-body"))
        practice.wait_closed_by_client()
