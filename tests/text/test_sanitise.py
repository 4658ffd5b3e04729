"""Foreign text on a terminal: nothing acts, nothing disappears, and JSON keeps its values."""

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.text.sanitise import StreamSanitiser, escape_json_line, holds_controls, sanitise, sanitise_line

ACTING = [
    *(chr(code) for code in range(0x20) if chr(code) not in "\t\n"),
    *(chr(code) for code in range(0x7F, 0xA0)),
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    *"\ud800\udbff\udc00\udfff",
]
HARMLESS = "plain é 中文 🦩 \u200d \ufeff \u00ad ' \" \\ \u2028 \U0010ffff"
FOREIGN = st.text(st.sampled_from([*ACTING, "\t", "\n", "a", "中", "🦩", "\u2028", '"', "\\"]), max_size=12)


@pytest.mark.parametrize("character", ACTING, ids=[f"U+{ord(character):04X}" for character in ACTING])
def test_what_acts_becomes_one_symbol(character: str) -> None:
    shown = sanitise(f"a{character}b")
    assert len(shown) == 3
    assert (shown[0], shown[2]) == ("a", "b")
    assert unicodedata.category(shown[1]) == "So"
    assert sanitise_line(f"a{character}b") == shown
    assert holds_controls(f"a{character}b")


def test_what_is_harmless_stays() -> None:
    assert sanitise(HARMLESS) == HARMLESS
    assert not holds_controls(HARMLESS)
    assert sanitise("a\tb\nc") == "a\tb\nc"


def test_line_ends() -> None:
    assert sanitise("a\r\nb\rc\n") == "a\nb␍c\n"
    assert not holds_controls("a\r\nb")
    assert holds_controls("a\rb")


def test_symbols() -> None:
    assert sanitise("\x00\x07\x1b[2J\x7f\x9b\u202e") == "␀␇␛[2J␡␦⯑"
    assert sanitise("\ud83d") == "\ufffd"
    assert sanitise_line("a\tb\nc\u2028d") == "a␉b␊c⯑d"


@settings(deadline=None)
@given(FOREIGN)
def test_the_check_says_what_the_change_would_do(text: str) -> None:
    assert holds_controls(text) == (sanitise(text) != text.replace("\r\n", "\n"))
    assert sanitise(sanitise(text)) == sanitise(text)
    assert not holds_controls(sanitise(text))
    assert not set(sanitise_line(text)) & {*ACTING, "\t", "\n"}


@settings(deadline=None)
@given(st.lists(FOREIGN, max_size=5))
def test_text_in_pieces_becomes_the_same(pieces: list[str]) -> None:
    stream = StreamSanitiser()
    assert "".join(stream.feed(piece) for piece in pieces) + stream.end() == sanitise("".join(pieces))
    assert stream.end() == ""


@settings(deadline=None)
@given(FOREIGN)
def test_an_escaped_line_of_json_is_safe_and_says_the_same(text: str) -> None:
    line = escape_json_line(json.dumps({"text": text}, ensure_ascii=False))
    # Two halves that stand side by side are one character in JSON's spelling, as they are in UTF-16.
    paired = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert json.loads(line) == {"text": paired}
    assert sanitise_line(line) == line


def test_only_what_acts_is_escaped() -> None:
    assert escape_json_line('"é 中 🦩 \x9b \u202e \ud83d"') == '"é 中 🦩 \\u009b \\u202e \\ud83d"'
