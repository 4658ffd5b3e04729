"""Following a reply that another process writes: what a view is told, whatever becomes of the writer."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.chat import process
from tests.chat.sample import end, feed, fill, make_turn
from tests.stream.clock import until
from tui.chat.conversation import Conversation, Reply
from tui.chat.following import find_news, follow
from tui.chat.store import Store
from tui.stream.events import Finished, Interrupted, ReasoningDelta, RefusalDelta, StreamEvent, TextDelta
from tui.stream.outcome import Outcome


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "weir.db"


@pytest.fixture
def writer(path: Path) -> Iterator[Store]:
    """The store of whoever writes the reply."""
    troubles: list[object] = []
    store = Store(path, troubles.append)
    yield store
    store.close()
    assert troubles == []


@pytest.fixture
def reader(path: Path, writer: Store) -> Iterator[Store]:
    """The store of whoever looks."""
    troubles: list[object] = []
    writer.latest_conversation()  # the file is made
    store = Store(path, troubles.append)
    yield store
    store.close()
    assert troubles == []


def begin(writer: Store) -> tuple[Conversation, Reply]:
    conversation = Conversation()
    reply = make_turn(conversation).reply
    writer.add_turn(conversation, conversation.turns[0])
    feed(reply, ReasoningDelta("well, "), "one ")
    writer.checkpoint(reply)
    return conversation, reply


async def load(store: Store, conversation: Conversation) -> Reply:
    """The reply as a start of the program finds it."""
    read = None
    while read is None or not read.turns[0].reply.text:
        read = await asyncio.to_thread(store.load, conversation.id)
    return read.turns[0].reply


class Watch:
    """A reply that is followed, and what the view was told."""

    def __init__(self, store: Store, reply: Reply) -> None:
        self.reply = reply
        self.told: list[StreamEvent] = []
        self.task = asyncio.create_task(follow(store, [reply], self._take))

    def _take(self, reply: Reply, event: StreamEvent) -> None:
        assert reply is self.reply
        self.told.append(event)


async def test_what_comes_is_told_piece_by_piece_and_the_end_once(writer: Store, reader: Store) -> None:
    conversation, reply = begin(writer)
    watch = Watch(reader, await load(reader, conversation))
    feed(reply, ReasoningDelta("hm"), "two ", RefusalDelta("no"))
    writer.checkpoint(reply)
    await until(lambda: watch.reply.refusal)
    feed(reply, "three")
    end(reply)
    writer.finish(reply)
    await watch.task
    assert (watch.reply.text, watch.reply.reasoning, watch.reply.refusal) == ("one two three", "well, hm", "no")
    assert reply.record is not None
    assert watch.told == [
        ReasoningDelta("hm"),
        TextDelta("two "),
        RefusalDelta("no"),
        TextDelta("three"),
        Finished(Outcome.COMPLETE, reply.record),
    ]
    assert watch.reply.record == reply.record


async def test_everything_that_the_end_brings_is_told(writer: Store, reader: Store) -> None:
    conversation, reply = begin(writer)
    watch = Watch(reader, await load(reader, conversation))
    fill(reply, "whole")
    writer.finish(reply)
    await watch.task
    assert watch.reply.tool_calls == reply.tool_calls
    assert watch.reply.notices == reply.notices
    assert (watch.reply.text, watch.reply.outcome) == (reply.text, reply.outcome)


async def test_a_reply_that_is_deleted_is_followed_no_more(writer: Store, reader: Store, path: Path) -> None:
    conversation, _ = begin(writer)
    watch = Watch(reader, await load(reader, conversation))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM piece")
        connection.execute("DELETE FROM reply")
    await watch.task
    assert watch.told == []


async def test_the_death_of_the_writer_is_an_app_exit(path: Path) -> None:
    told: list[object] = []
    with process.start("stream", path) as dying:
        identity = await asyncio.to_thread(process.read_line, dying)
        store = Store(path, told.append)
        conversation = await asyncio.to_thread(store.load, identity)
        assert conversation is not None
        watch = Watch(store, conversation.turns[0].reply)
        dying.kill()
    await watch.task
    record = watch.reply.record
    assert record is not None
    assert watch.told == [Interrupted(Outcome.APP_EXIT, record)]
    assert (record.model, watch.reply.text) == ("one", "The first, the second 二")
    assert (store.close(), told) == (0, [])


class CountingStore(Store):
    """Counts the looks that failed."""

    failed = 0

    def load_reply(self, identity: str) -> Reply | None:
        try:
            return super().load_reply(identity)
        except sqlite3.Error:
            self.failed += 1
            raise


async def test_a_file_that_cannot_be_read_now_is_read_later(writer: Store, path: Path) -> None:
    conversation, reply = begin(writer)
    store = CountingStore(path, lambda trouble: None)
    known = await load(store, conversation)
    end(reply)
    writer.finish(reply)
    assert writer.close() == 0
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE reply RENAME TO hidden")
        watch = Watch(store, known)
        await until(lambda: store.failed)
        assert watch.told == []
        connection.execute("ALTER TABLE hidden RENAME TO reply")
    await watch.task
    assert watch.reply.outcome is Outcome.COMPLETE
    assert store.close() == 0


def test_a_reply_without_a_record_still_ends() -> None:
    (event,) = find_news(Reply("route", "one"), Reply("route", "one", outcome=Outcome.APP_EXIT))
    assert isinstance(event, Interrupted)
    assert (event.record.outcome, event.record.route, event.record.model) == ("app-exit", "route", "one")
