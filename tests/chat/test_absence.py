"""Replies that ran on without a terminal: how they are remembered, told once, and asked to stop."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chat import process
from tests.chat.sample import end, feed, make_sample_record, make_turn
from tui.chat.absence import Absence, end_of, tell_absence
from tui.chat.conversation import Conversation, Reply
from tui.chat.store import Store
from tui.stream.events import make_ending
from tui.stream.outcome import Outcome
from tui.text.language import load_language

EN = load_language("en")


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    stores: list[Store] = []
    troubles: list[object] = []

    def open_one() -> Store:
        stores.append(Store(tmp_path / "weir.db", troubles.append))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()
    assert troubles == []


def add(store: Store, *, away: bool, models: tuple[str, ...] = ("one",)) -> Conversation:
    conversation = Conversation()
    turn = make_turn(conversation, models=models)
    store.add_turn(conversation, turn)
    if away:
        store.mark_away(turn.replies)
    return conversation


def reopened(store: Store, open_store: Callable[[], Store]) -> Store:
    assert store.close() == 0
    return open_store()


def test_without_a_lost_terminal_there_is_nothing_to_tell(open_store: Callable[[], Store]) -> None:
    store = open_store()
    add(store, away=False)
    assert reopened(store, open_store).absence() is None


def test_the_latest_conversation_is_told_and_then_no_more(open_store: Callable[[], Store]) -> None:
    store = open_store()
    early, late = add(store, away=True), add(store, away=True, models=("one", "two"))
    for reply in late.turns[0].replies:
        feed(reply, "words")
        end(reply)
        store.finish(reply)
    store = reopened(store, open_store)
    absence = store.absence()
    assert absence == Absence(late.id, frozenset(reply.id for reply in late.turns[0].replies))
    loaded = store.load(late.id)
    assert loaded is not None
    assert [reply.text for reply in absence.among(loaded)] == ["words", "words"]
    store.mark_told(absence.replies)
    store = reopened(store, open_store)
    assert store.absence() == Absence(early.id, frozenset({early.turns[0].reply.id}))


@pytest.mark.slow
def test_what_died_with_its_process_is_told_as_cut_and_not_as_absent(
    tmp_path: Path, open_store: Callable[[], Store]
) -> None:
    with process.start("stream", tmp_path / "weir.db") as writer:
        identity = process.read_line(writer)
        store = open_store()
        conversation = store.load(identity)
        assert conversation is not None
        store.mark_away(conversation.turns[0].replies)
        store = reopened(store, open_store)
        assert store.absence() is not None
    store = reopened(store, open_store)
    assert (store.cut_conversation(), store.absence()) == (identity, None)


def test_only_a_reply_without_a_terminal_is_asked_to_stop(open_store: Callable[[], Store]) -> None:
    store = open_store()
    seen, unseen, ended = add(store, away=False), add(store, away=True), add(store, away=True)
    for conversation in (seen, unseen, ended):
        store.ask_stop(conversation.turns[0].reply)
    end(ended.turns[0].reply)
    store.finish(ended.turns[0].reply)
    store = reopened(store, open_store)
    assert store.asked_to_stop() == {unseen.turns[0].reply.id}


def ended_at(time: str, outcome: Outcome = Outcome.COMPLETE, duration_ms: int | None = 90_000) -> Reply:
    reply = Reply("route", "one")
    reply.apply(make_ending(outcome, replace(make_sample_record(outcome), time=time, duration_ms=duration_ms)))
    return reply


def test_the_end_is_the_records_beginning_and_its_duration() -> None:
    moment = end_of(ended_at("2026-03-01T10:00:00.000Z"))
    assert moment is not None
    assert moment.isoformat() == "2026-03-01T10:01:30+00:00"
    assert end_of(Reply("route", "one")) is None
    assert end_of(ended_at("2026-03-01T10:00:00.000Z", duration_ms=None)) is not None


def test_outcomes_are_told_once_each_with_the_last_moment() -> None:
    early, late = ended_at("2026-03-01T10:00:00.000Z"), ended_at("2026-03-02T10:00:00.000Z", Outcome.LENGTH)
    moment = end_of(late)
    assert moment is not None
    when = moment.astimezone().strftime("%Y-%m-%d %H:%M")
    assert tell_absence([early, late, early], EN) == EN.say("store.away_ended", outcome="complete, length", when=when)


def test_what_still_runs_is_told_as_running() -> None:
    running = [ended_at("2026-03-01T10:00:00.000Z"), Reply("route", "two")]
    assert tell_absence(running, EN) == EN.say("store.away_running")


def test_an_end_without_a_record_is_told_without_a_time() -> None:
    assert tell_absence([Reply("route", "one", outcome=Outcome.APP_EXIT)], EN) == EN.say(
        "store.away_ended", outcome="app-exit", when="?"
    )
