"""A reply that was cut and is gone on with: what is asked, what is joined, what is kept, and what stays as it was."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from tests.stream.clock import until
from tests.stream.listener import KEY, KEY_NAME, MODEL, PROMPT, check_discretion, route
from tests.stream.peer import End, Peer, Script, answer
from tests.stream.wire import DONE, chunk, event, finish, http, opening, stream, text
from tui.chat.catalogue import Model
from tui.chat.conversation import Conversation, Origin, Reply, Turn
from tui.chat.session import ChatSession
from tui.chat.store import Store
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.events import StreamEvent
from tui.stream.outcome import NoticeCode, Outcome

CUT = "The heron stands among the reeds and "
CUT_ANSWER = answer(opening() + chunk(text("<think>Hm.</think>\n\n")) + chunk(text(CUT)), end=End.FIN)


@pytest.fixture
async def client() -> AsyncGenerator[Client, None]:
    async with Client({KEY_NAME: KEY}, Masker()) as client:
        yield client


class Talk:
    """A conversation whose first reply is cut."""

    def __init__(self, client: Client, peer: Peer, store: Store | None = None, **options: Any) -> None:
        self.session = ChatSession(client, store, None)
        self.conversation = Conversation()
        self.model = Model(route(peer.url, **options), MODEL)
        self.peer = peer
        self.shown: list[StreamEvent] = []

    async def cut(self) -> Turn:
        turn = self.session.begin(self.conversation, PROMPT, [self.model])
        await self.hear(turn.reply)
        return turn

    async def go_on(self, turn: Turn, reply: Reply) -> Reply:
        more = self.session.continue_reply(self.conversation, turn, reply, self.model)
        await self.hear(more)
        return more

    async def hear(self, reply: Reply) -> None:
        self.session.start(reply, self.shown.append)
        await until(lambda: reply.outcome)

    def asked(self, visit: int) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.peer.visits[visit].body)
        return body


def saying(*pieces: str) -> Script:
    return answer(stream(*map(text, pieces), finish("stop"), DONE))


async def test_it_is_another_reply_with_the_whole_text_and_a_record_of_its_own(client: Client, tmp_path: Path) -> None:
    store = Store(tmp_path / "weir.db", lambda trouble: None)
    async with Peer(CUT_ANSWER, saying("among the ", "reeds and", " waits.")) as peer:
        talk = Talk(client, peer, store)
        turn = await talk.cut()
        cut = turn.reply
        more = await talk.go_on(turn, cut)
    assert cut.outcome is Outcome.TRUNCATED_BODY
    assert cut.text.endswith(CUT)
    assert (more.outcome, more.text) == (Outcome.COMPLETE, f"{cut.text}waits.")
    assert cut.record is not None
    assert more.record is not None
    assert more.origin == Origin(cut.id, cut.record.id, len(cut.text))
    assert cut.record.id != more.record.id
    assert more.record.text_chars == len("among the reeds and waits.")
    check_discretion(more.record, more.text)
    assert store.close() == 0
    again = Store(tmp_path / "weir.db", lambda trouble: None)
    loaded = again.load(talk.conversation.id)
    again.close()
    assert loaded is not None
    assert [(reply.text, reply.origin) for reply in loaded.turns[0].replies] == [
        (cut.text, None),
        (more.text, more.origin),
    ]


async def test_a_provider_that_takes_the_start_of_an_answer_is_given_it_without_the_thought(client: Client) -> None:
    async with Peer(CUT_ANSWER, saying(" waits.")) as peer:
        talk = Talk(client, peer, prefill="message")
        turn = await talk.cut()
        more = await talk.go_on(turn, turn.reply)
    assert talk.asked(1)["messages"] == [
        {"role": "user", "content": PROMPT},
        {"role": "assistant", "content": CUT.rstrip()},
    ]
    assert more.text.endswith(CUT + "waits.")


async def test_one_that_refuses_it_after_all_is_asked_in_words_and_it_is_told(client: Client) -> None:
    """As llama.cpp does for a model that thinks."""
    refusal = answer(http(400, {"error": {"message": "prefill is incompatible with enable_thinking"}}))
    async with Peer(CUT_ANSWER, refusal, saying("reeds and waits.")) as peer:
        talk = Talk(client, peer, prefill="message")
        turn = await talk.cut()
        more = await talk.go_on(turn, turn.reply)
    assert [message["role"] for message in talk.asked(2)["messages"]] == ["user", "assistant", "user"]
    assert more.text.endswith(CUT + "waits.")
    assert [(notice.code, notice.values["reason"]) for notice in more.notices] == [
        (NoticeCode.RETRYING, Outcome.BAD_REQUEST)
    ]


async def test_a_server_is_known_by_what_it_calls_itself(client: Client) -> None:
    named = answer(opening("Server: llama.cpp") + chunk(text(CUT)), end=End.FIN)
    async with Peer(named, saying(" waits.")) as peer:
        talk = Talk(client, peer)
        turn = await talk.cut()
        await talk.go_on(turn, turn.reply)
    assert talk.asked(1)["messages"][-1] == {"role": "assistant", "content": CUT.rstrip()}


async def test_a_thought_before_the_continuation_is_no_text(client: Client) -> None:
    async with Peer(CUT_ANSWER, saying("<thi", "nk>Go on.</think>", "\n\nreeds and waits.")) as peer:
        talk = Talk(client, peer)
        turn = await talk.cut()
        more = await talk.go_on(turn, turn.reply)
    assert more.reasoning == "Go on."
    assert more.text.endswith(CUT + "waits.")


async def test_one_that_is_stopped_keeps_what_was_held_back(client: Client) -> None:
    """What was not yet told from a repetition is text all the same, and can be gone on with again."""
    held = answer(opening() + chunk(text("stands here")), end=End.SILENCE)
    async with Peer(CUT_ANSWER, held, saying("here, and waits.")) as peer:
        talk = Talk(client, peer)
        turn = await talk.cut()
        more = talk.session.continue_reply(talk.conversation, turn, turn.reply, talk.model)
        talk.session.start(more, talk.shown.append)
        await until(lambda: more.trace is not None and more.trace.evidence.text_chars)
        talk.session.stop(more)
        await until(lambda: more.outcome)
        last = await talk.go_on(turn, more)
    assert more.outcome is Outcome.CANCELLED
    assert more.text.endswith(CUT + "stands here")
    assert last.text.endswith(CUT + "stands here, and waits.")


async def test_what_was_only_thought_is_nothing_to_go_on_from(client: Client) -> None:
    thought = answer(opening() + chunk(event({"choices": [{"delta": {"reasoning_content": "Hm"}}]})), end=End.FIN)
    async with Peer(thought) as peer:
        turn = await Talk(client, peer).cut()
    assert turn.reply.reasoning == "Hm"
    assert turn.reply.partial is None
