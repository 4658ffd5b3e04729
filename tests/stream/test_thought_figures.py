"""A thought in the text: it stays there, and no first-token time, speed or count takes it for visible text."""

from tests.stream.clock import MovedLoop, until
from tests.stream.listener import Listener, route
from tests.stream.peer import End, Peer, answer
from tests.stream.wire import DONE, END, chunk, finish, opening, text
from tui.stream.client import Client

THOUGHT = "<think>Hm. Well.</think>\n\n"


async def test_times_and_counts_begin_behind_the_thought(client: Client, clock: MovedLoop) -> None:
    async with Peer(answer(opening(), end=End.SILENCE)) as peer:
        listener = Listener(client, route(peer.url))
        await peer.wait_visits(1)
        sent = 0
        for piece in ("<thi", "nk>", "Hm. ", "Well.", "</think>\n\n"):
            clock.advance(1)
            peer.visits[0].send(chunk(text(piece)))
            sent += len(text(piece))
            await listener.wait_bytes(sent)
        await until(lambda: listener.said.text == THOUGHT)
        assert listener.trace.first_text is None
        assert listener.trace.tokens() == (0, True)
        clock.advance(1)
        peer.visits[0].send(chunk(text("Among ") + text("the ") + text("reeds.") + finish("stop") + DONE) + END)
        heard = await listener.heard()
    assert heard.text == THOUGHT + "Among the reeds."
    assert (heard.record.text_chars, heard.record.detail) == (len(heard.text), {"thought_chars": len(THOUGHT)})
    assert heard.record.first_text_ms == 6000
    assert listener.trace.tokens() == (4, True)
