"""ChatSession: what ends a reply from outside, in each phase of it; how the view is told, and what is kept."""

import asyncio
import gc
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.chat.sample import wait_for
from tests.stream.clock import until
from tests.stream.listener import KEY, KEY_NAME, MODEL, PROMPT, check_discretion, route
from tests.stream.peer import End, Peer, Visit, answer
from tests.stream.wire import DONE, chunk, error, finish, head, http, opening, stream, text
from tui.chat.catalogue import Model
from tui.chat.conversation import Conversation, Reply
from tui.chat.journal import RecordJournal
from tui.chat.session import ChatSession
from tui.chat.store import Store
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.events import Finished, Interrupted, StreamEvent, TextDelta
from tui.stream.outcome import Outcome
from tui.stream.record import Record

SAID = "Among the reeds."


@dataclass
class Talk:
    """A session, one reply of it, and what its view was shown."""

    peer: Peer
    session: ChatSession
    reply: Reply
    shown: list[StreamEvent] = field(default_factory=list)

    @property
    def visit(self) -> Visit:
        return self.peer.visits[0]

    @property
    def state(self) -> str:
        return self.reply.trace.state if self.reply.trace else ""

    async def end(self) -> Record:
        """Wait for the ending: told once, last, and the same that the reply keeps."""
        await until(lambda: self.reply.outcome)
        endings = [event for event in self.shown if isinstance(event, Finished | Interrupted)]
        assert len(endings) == 1
        assert self.shown[-1] is endings[0]
        assert self.reply.record is endings[0].record
        check_discretion(endings[0].record, self.reply.text)
        return endings[0].record


@pytest.fixture
async def session() -> AsyncGenerator[ChatSession, None]:
    async with Client({KEY_NAME: KEY}, Masker()) as client:
        session = ChatSession(client, None, None)
        yield session
        await session.drain(0)


@asynccontextmanager
async def talk(
    session: ChatSession, sent: bytes, *, scheme: str = "http", view: Callable[[StreamEvent], None] | None = None
) -> AsyncGenerator[Talk, None]:
    """A reply whose server sends this much and then waits for the client to leave."""
    async with Peer(answer(sent, end=End.SILENCE)) as peer:
        turn = session.begin(Conversation(), PROMPT, [Model(route(f"{scheme}://127.0.0.1:{peer.port}/v1"), MODEL)])
        talk = Talk(peer, session, turn.reply)
        session.start(turn.reply, view or talk.shown.append)
        yield talk


def check_cancelled(record: Record, reply: Reply) -> None:
    assert reply.outcome is Outcome.CANCELLED
    assert record.phase == "local"
    assert record.detail["cancel_latency_ms"] >= 0
    assert record.duration_ms is not None
    assert record.endpoint is not None
    assert record.key == "sk-…c2Dn"


async def test_cancelled(session: ChatSession) -> None:
    """In mid-stream: the text stays, and the record has the figures of what came."""
    async with talk(session, opening() + chunk(text(SAID))) as t:
        await until(lambda: t.reply.text)
        assert session.stop(t.reply)
        record = await t.end()
        await until(t.visit.left.is_set)
    check_cancelled(record, t.reply)
    assert t.reply.text == SAID
    assert (record.status, record.events, record.text_chars) == (200, 1, len(SAID))
    assert record.bytes == len(text(SAID))
    assert record.first_text_ms is not None
    assert record.finish_reason is None


async def test_cancelled_while_connecting(session: ChatSession) -> None:
    async with talk(session, b"", scheme="https") as t:
        await until(lambda: t.peer.connections)
        assert t.state == "connecting"
        session.stop(t.reply)
        record = await t.end()
        await until(lambda: t.peer.connections_left)
    check_cancelled(record, t.reply)
    assert (record.status, record.headers_ms, record.bytes) == (None, None, 0)


async def test_cancelled_before_the_headers(session: ChatSession) -> None:
    async with talk(session, b"") as t:
        await t.peer.wait_visits(1)
        assert t.state == "waiting"
        session.stop(t.reply)
        record = await t.end()
        await until(t.visit.left.is_set)
    check_cancelled(record, t.reply)
    assert (record.status, record.headers_ms, record.bytes) == (None, None, 0)


async def test_cancelled_before_the_first_byte(session: ChatSession) -> None:
    async with talk(session, opening()) as t:
        await until(lambda: t.reply.trace and t.reply.trace.headers)
        assert t.state == "waiting"
        session.stop(t.reply)
        record = await t.end()
        await until(t.visit.left.is_set)
    check_cancelled(record, t.reply)
    assert (record.status, record.first_byte_ms, record.bytes) == (200, None, 0)


async def test_cancelled_in_an_error_body(session: ChatSession) -> None:
    async with talk(session, head(500, "text/plain", "Content-Length: 99") + b"It is ") as t:
        await until(lambda: t.reply.trace and t.reply.trace.bytes)
        session.stop(t.reply)
        record = await t.end()
        await until(t.visit.left.is_set)
    check_cancelled(record, t.reply)
    assert (record.status, record.bytes) == (500, 6)


async def test_cancelled_in_a_pause_before_a_retry(session: ChatSession) -> None:
    async with talk(session, http(503, error("Loading model"), "Retry-After: 100")) as t:
        await until(lambda: t.state == "retrying")
        session.stop(t.reply)
        record = await t.end()
    check_cancelled(record, t.reply)
    assert t.state == "ended"
    assert (record.status, record.attempt, record.notices) == (503, 1, ["retrying"])
    assert len(t.peer.visits) == 1


async def test_cancelled_before_it_began(session: ChatSession) -> None:
    async with talk(session, b"") as t:
        assert session.stop(t.reply)
        assert not session.stop(t.reply)
        await t.end()
        assert t.peer.connections == 0
    assert t.reply.outcome is Outcome.CANCELLED


@asynccontextmanager
async def stored(path: Path) -> AsyncGenerator[tuple[ChatSession, Store], None]:
    """A session that keeps what it is told, and its store."""
    troubles: list[object] = []
    async with Client({KEY_NAME: KEY}, Masker()) as client:
        store = Store(path / "weir.db", troubles.append)
        session = ChatSession(client, store, RecordJournal(path / "records.jsonl", troubles.append))
        yield session, store
        await session.drain(0)
        assert (await asyncio.to_thread(store.close), troubles) == (0, [])


async def test_a_reply_has_a_record_from_its_start(tmp_path: Path) -> None:
    """What a kill leaves behind, however early it comes; nothing has been answered yet, and time stands still."""
    async with stored(tmp_path) as (session, store), talk(session, b"") as t:
        await t.peer.wait_visits(1)
        await asyncio.to_thread(wait_for, lambda: store.latest_conversation() is not None)
        conversation = await asyncio.to_thread(store.latest_conversation)
        assert conversation is not None

        def load() -> Reply:
            read = store.load(conversation)
            assert read is not None
            return read.turns[0].reply

        await asyncio.to_thread(wait_for, lambda: load().record is not None)
        kept = await asyncio.to_thread(load)
        record = kept.record
        assert record is not None
        assert (record.outcome, record.route, record.model, record.status) == ("app-exit", "nest", MODEL, None)
        assert record.endpoint is not None
        assert record.endpoint["port"] == t.peer.port
        assert kept.outcome is None


@pytest.mark.parametrize("everything", [False, True])
async def test_stopped_before_it_was_started(tmp_path: Path, everything: bool) -> None:
    conversation, shown = Conversation(), list[StreamEvent]()
    async with stored(tmp_path) as (session, _), Peer(answer()) as peer:
        reply = session.begin(conversation, PROMPT, [Model(route(peer.url), MODEL)]).reply
        if everything:
            session.stop_all(Outcome.CANCELLED)
        else:
            assert session.stop(reply)
        assert not session.stop(reply)
        record = reply.record
        assert record is not None
        assert (reply.outcome, record.outcome) == (Outcome.CANCELLED, "cancelled")
        assert record.detail["cancel_latency_ms"] >= 0
        assert record.endpoint is not None
        session.start(reply, shown.append)
        assert shown == [Interrupted(Outcome.CANCELLED, record)]
        assert peer.connections == 0
    store = Store(tmp_path / "weir.db", lambda trouble: None)
    read = store.load(conversation.id)
    store.close()
    assert read is not None
    assert (read.turns[0].reply.outcome, read.turns[0].reply.record) == (Outcome.CANCELLED, record)
    journal = tmp_path / "records.jsonl"
    await until(lambda: journal.exists() and journal.read_text().endswith("\n"))
    assert json.loads(journal.read_text()) == record.as_json()


async def test_app_exit(session: ChatSession) -> None:
    async with talk(session, opening() + chunk(text(SAID))) as t:
        await until(lambda: t.reply.text)
        session.stop_all(Outcome.APP_EXIT, signal="SIGHUP")
        record = await t.end()
        await until(t.visit.left.is_set)
    assert (record.outcome, record.detail, t.reply.text) == ("app-exit", {"signal": "SIGHUP", "unsaved_s": None}, SAID)


async def test_app_exit_of_what_still_runs_when_draining_ends(session: ChatSession) -> None:
    async with talk(session, opening() + chunk(text(SAID))) as t:
        await until(lambda: t.reply.text)
        await session.drain(0)
        record = await t.end()
    assert (record.outcome, t.reply.text) == ("app-exit", SAID)


async def test_the_loops_own_end_is_an_app_exit(session: ChatSession) -> None:
    async with talk(session, opening() + chunk(text(SAID))) as t:
        await until(lambda: t.reply.text)
        for task in asyncio.all_tasks():
            if task.get_name() == f"reply {t.reply.id}":
                task.cancel()
        record = await t.end()
    assert (record.outcome, t.reply.text) == ("app-exit", SAID)


async def test_internal_error(session: ChatSession) -> None:
    """A view with a bug ends its own reply, with a record, and no other one."""
    shown: list[StreamEvent] = []

    def view(event: StreamEvent) -> None:
        shown.append(event)
        if isinstance(event, TextDelta):
            raise ZeroDivisionError(KEY)

    async with talk(session, opening() + chunk(text(SAID)), view=view) as t:
        t.shown = shown
        record = await t.end()
        await until(t.visit.left.is_set)
    assert (record.outcome, record.exception, t.reply.text) == ("internal-error", ["ZeroDivisionError"], SAID)
    assert record.detail["where"].startswith("chat/session.py:")


async def test_a_view_that_fails_at_the_ending_too_loses_nothing(session: ChatSession) -> None:
    def view(event: StreamEvent) -> None:
        raise ZeroDivisionError

    async with talk(session, opening() + chunk(text(SAID)), view=view) as t:
        await until(lambda: t.reply.outcome)
        await until(t.visit.left.is_set)
    assert (t.reply.outcome, t.reply.text) == (Outcome.INTERNAL_ERROR, SAID)
    assert t.reply.record is not None
    gc.collect()  # asyncio tells of the view's exception when the task goes: here, and not in another test


async def test_an_ending_of_the_servers_own_is_told_once(session: ChatSession) -> None:
    async with talk(session, stream(text(SAID), finish("stop"), DONE)) as t:
        record = await t.end()
        assert not session.stop(t.reply)
    assert (record.outcome, t.reply.text) == ("complete", SAID)


async def test_two_replies_of_one_turn_end_apart(session: ChatSession) -> None:
    async with talk(session, opening() + chunk(text(SAID))) as first:
        async with talk(session, opening() + chunk(text(SAID))) as second:
            await until(lambda: first.reply.text and second.reply.text)
            session.stop(first.reply)
            await first.end()
            assert second.reply.outcome is None
            second.visit.send(chunk(finish("stop") + DONE))
            assert (await second.end()).outcome == "complete"
