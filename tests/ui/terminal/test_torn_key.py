"""A key's sequence that comes in two parts is that key, and what a person types is never taken for a part."""

import pytest

from tui.ui.terminal.torn_key import HOLD_SECONDS, TornKeys

SOON, LATE = 0.5 * HOLD_SECONDS, 2 * HOLD_SECONDS


@pytest.mark.parametrize("rest", ["[A", "OA", "[1;5C", "[5~", "[<64;40;10M", "[A\x1b[A", "[200~pasted"])
def test_the_rest_of_a_key_after_its_esc_was_told(rest: str) -> None:
    torn = TornKeys()
    assert torn.feed("a\x1b", 0.0) == "a\x1b"
    torn.tell()
    assert torn.feed(rest, SOON) == f"\x1b{rest}"
    assert torn.feed(rest, SOON) == rest, "once"


@pytest.mark.parametrize("typed", ["[", "[link]", "O", "x[A", "OK", "OPEN", "[A]"])
def test_what_is_typed_after_escape(typed: str) -> None:
    torn = TornKeys()
    torn.feed("\x1b", 0.0)
    torn.tell()
    assert torn.feed(typed, SOON) == typed


def test_what_comes_late_is_typed() -> None:
    torn = TornKeys()
    torn.feed("\x1b", 0.0)
    torn.tell()
    assert torn.feed("[A", LATE) == "[A"


@pytest.mark.parametrize("cut", range(2, 6))
def test_what_has_begun_waits_for_its_end(cut: int) -> None:
    torn = TornKeys()
    assert torn.feed(f"x{chr(27)}[1;5C"[: cut + 1], 0.0) == "x"
    assert torn.give_up(SOON) == ""
    assert torn.feed(f"x{chr(27)}[1;5C"[cut + 1 :], SOON) == "\x1b[1;5C"
    assert torn.give_up(LATE) == ""


def test_what_never_ends_is_given_up() -> None:
    torn = TornKeys()
    assert torn.feed("\x1bO", 0.0) == ""
    assert torn.give_up(LATE) == "\x1bO"
    assert torn.give_up(LATE) == ""
