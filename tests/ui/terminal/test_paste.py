"""A paste with escape characters in it arrives as one paste, wherever the reads are cut."""

import pytest
from textual import _parser, constants, events
from textual.message import Message

from tests.ui.desk import Desk, open_raw
from tests.ui.server import RawServer
from tui.ui.terminal import paste
from tui.ui.terminal.paste import PasteGuard, PasteSafeParser
from tui.ui.terminal.torn_key import HOLD_SECONDS

START, END = "\x1b[200~", "\x1b[201~"
KEYS = "ab\x1b[A"
PASTE = "safe \x1b[31mred\x1b[0m more\rrm -rf\r\x1b"


def test_the_guard_gives_the_same_at_every_cut() -> None:
    data = f"{KEYS}{START}{PASTE}{END}\x1bc{START}{END}\r"
    expected = f"{KEYS}{START}{PASTE.replace(chr(27), '␛')}{END}\x1bc{START}{END}\r"
    for cut in range(len(data)):
        guard = PasteGuard()
        assert guard.clean(data[:cut]) + guard.clean(data[cut:]) == expected
    guard = PasteGuard()
    assert "".join(guard.clean(character) for character in data) == expected


def test_outside_a_paste_nothing_waits() -> None:
    guard = PasteGuard()
    for piece in ("\x1b", "[", "2", "0", "0"):
        assert guard.clean(piece) == piece


def test_the_parser_makes_one_paste_of_it() -> None:
    heard = list(PasteSafeParser().feed(f"{START}{PASTE}{END}"))
    assert [event.text for event in heard if isinstance(event, events.Paste)] == [PASTE.replace("\x1b", "␛")]
    assert not any(isinstance(event, events.Key) for event in heard)


def test_coloured_output_is_pasted_and_not_sent(desk: Desk, raw_server: RawServer) -> None:
    terminal = open_raw(desk, raw_server)
    terminal.send(f"{START}safe \x1b[31mred\x1b[0m more\rrm -rf\r{END}")
    text = terminal.wait_for("│ rm -rf")
    assert "│ safe ␛[31mred␛[0m more" in text
    assert "Queued" not in text
    assert desk.stored("SELECT count(*) FROM reply") == [(0,)]


def test_the_reader_waits_no_longer_than_for_what_was_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(paste, "monotonic", lambda: now)
    monkeypatch.setattr(_parser, "get_time", lambda: now)
    parser = PasteSafeParser()
    assert parser.find_wait() is None
    for begun, longest in (("\x1b", constants.ESCAPE_DELAY), ("\x1b[", HOLD_SECONDS + constants.ESCAPE_DELAY)):
        assert [*parser.feed(begun)] == []
        told: list[Message] = []
        before = now
        while (wait := parser.find_wait()) is not None:
            assert wait > 0
            now += wait
            told += parser.tick()
        assert told, "what was begun is told at the end of the wait"
        assert before < now <= before + longest + 0.001
