"""Keys as terminals send them, some in forms that end Textual's parser with an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key

from tui.ui.terminal.key_sequence import KeyParser, repair_sequence

ANY_EXTENDED = st.from_regex(r"\A\x1b\[[0-9:;]{0,16}[u~ABCDEFHPQRS]\Z")


def keys_of(sequence: str) -> list[tuple[str, str | None]]:
    """The keys that a parser makes of it, with their characters."""
    return [(each.key, each.character) for each in KeyParser().feed(sequence) if isinstance(each, Key)]


@pytest.mark.parametrize(
    ("sequence", "key", "character"),
    [
        ("\x1b[27;2;13~", "shift+enter", None),
        ("\x1b[27;5;13~", "ctrl+enter", None),
        ("\x1b[27;6;13~", "shift+enter", None),
        ("\x1b[13;4u", "shift+enter", None),
        ("\x1b[13;66u", "shift+enter", None),
        ("\x1b[27;5;99~", "ctrl+c", None),
        ("\x1b[27;2;65~", "A", "A"),
        ("\x1b[27;2;9~", "shift+tab", None),
        ("\x1b[97:65;2;65u", "A", "A"),
        ("\x1b[99:67:99;5u", "ctrl+c", None),
        ("\x1b[97;1:1u", "a", "a"),
        ("\x1b[1;1:2A", "up", None),
        ("\x1b[3~", "delete", None),
        ("\x1b[1;2A", "shift+up", None),
        ("\x1b[0;;20320u", "你", "你"),
    ],
)
def test_a_key(sequence: str, key: str, character: str | None) -> None:
    assert keys_of(f"{sequence}x") == [(key, character), ("x", "x")]


@pytest.mark.parametrize("sequence", ["\x1b[97;1:3u", "\x1b[1114112u", "\x1b[55296u", "\x1b[0;;55296u"])
def test_no_key(sequence: str) -> None:
    assert keys_of(f"{sequence}x") == [("x", "x")]


@given(ANY_EXTENDED)
def test_no_sequence_ends_the_parser(sequence: str) -> None:
    list(KeyParser().feed(sequence))


@pytest.mark.parametrize("sequence", ["x", "\x1b[<64;40;10M", "\x1b[200~", "\x1b[?2026;2$y", "\x1bOM"])
def test_what_is_no_extended_key_stays(sequence: str) -> None:
    assert repair_sequence(sequence) == sequence
