"""The byte budgets: what the real app sends to a terminal of 120x40 with all colours, at 100 tokens a second."""

from itertools import islice

import pytest

from tests.ui.desk import Desk
from tests.ui.meter import WHEEL_UP, begin_reply, counted, end_reply, feed, open_measured, settle
from tests.ui.server import RawServer

START, KEY, NOTCH, WAITING = 16_000, 150, 900, 20
TOKEN = {"mixed": 60, "prose": 60, "fence": 160}
SIZE = 1_500
"""Tokens that are there before: more than a screen, so that the log scrolls."""
THIN = 40
"""Bytes a token that a link of 4 kB a second carries at 100 tokens a second: with no more nothing ever queues."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(TOKEN))
def test_a_token_that_streams_in(desk: Desk, raw_server: RawServer, kind: str) -> None:
    count = 300
    terminal = open_measured(desk, raw_server)
    stream, pieces = begin_reply(terminal, raw_server, kind, SIZE)
    with counted(terminal) as sent:
        feed(terminal, stream, islice(pieces, count))
    assert sent[0] / count <= TOKEN[kind]


@pytest.mark.slow
def test_a_token_over_ssh_fits_through_a_thin_link(desk: Desk, raw_server: RawServer) -> None:
    """On average over all that a mixed answer holds: a table or a heading alone takes more, a paragraph less."""
    count = 500
    terminal = open_measured(desk, raw_server, SSH_CONNECTION="192.0.2.1 50000 192.0.2.2 22")
    stream, pieces = begin_reply(terminal, raw_server, "mixed", SIZE)
    with counted(terminal) as sent:
        feed(terminal, stream, islice(pieces, count))
    assert sent[0] / count <= THIN


@pytest.mark.slow
def test_start_and_rest(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_measured(desk, raw_server)
    assert len(terminal.output) <= START
    with counted(terminal) as sent:
        settle(terminal)
        settle(terminal)
    assert sent[0] == 0


@pytest.mark.slow
def test_a_key_and_a_notch_of_the_wheel(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_measured(desk, raw_server)
    stream, _ = begin_reply(terminal, raw_server, "mixed", SIZE)
    end_reply(terminal, stream)
    settle(terminal)
    with counted(terminal) as sent:
        for typed in ("w", "we", "wei", "weir"):
            terminal.send(typed[-1])
            terminal.wait_for(f"│ {typed}")
        settle(terminal)
    assert sent[0] / 4 <= KEY
    notches = 8
    with counted(terminal) as sent:
        for _ in range(notches):
            before = terminal.text()
            terminal.send(WHEEL_UP)
            terminal.wait_gone(before)
        settle(terminal)
    assert sent[0] / notches <= NOTCH


@pytest.mark.slow
def test_a_stream_that_waits(desk: Desk, raw_server: RawServer) -> None:
    """While the seconds without data are counted on the screen; what came before them is painted by then."""
    terminal = open_measured(desk, raw_server)
    stream, pieces = begin_reply(terminal, raw_server, "prose", SIZE)
    feed(terminal, stream, islice(pieces, 100))
    terminal.wait_for("no data for 10 s")
    with counted(terminal) as sent:
        terminal.wait_for("no data for 20 s")
    assert sent[0] / 10 <= WAITING
