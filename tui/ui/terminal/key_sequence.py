"""Key sequences that Textual reads wrongly, and the keys that they are.

ESC CR is what most terminals send for alt+enter, and what many people have theirs send for shift+enter. Textual reads
it as a plain Enter: a prompt would be sent half-written. `CSI 27 ; modifiers ; code ~` is a key as xterm sends it with
modifyOtherKeys (tmux too, and terminals that were told to send it for shift+enter). The kitty keyboard protocol may
add alternate keys and kinds of events to a key, where a program before us asked for them and left it so: Textual's
parser ends with an error at those, and at codes that are no characters.
"""

import re
from collections.abc import Iterable
from typing import Final

from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.keys import Keys

NEWLINE_KEYS: Final = ("ctrl+j", "shift+enter", "alt+enter", "ctrl+enter")
"""The keys that break a line where Enter alone sends; every terminal has the first."""
_EXTENDED = re.compile(r"\x1b\[([\d:;]*)([u~A-FHPQRS])", re.ASCII)
_OTHER_KEY = "27"
"""The first number of a key that modifyOtherKeys sends."""
_ENTER, _RELEASED = "13", "3"
_MOST_FIELDS = 4
"""Textual takes no sequence with more for a key; a fourth means nothing."""
_LOCKS = 0b11000000
"""Caps lock and num lock among the modifiers, which are a number that is one more than their bits."""
_SHIFT = 2
_ONE_MODIFIER = (0, 1, 2, 4)
_LAST_CODE, _SURROGATES = 0x10FFFF, range(0xD800, 0xE000)


def teach_key_sequences() -> None:
    """Let Enter with a modifier be ctrl+j. Before the app runs; again changes nothing.

    All but the first matter without the kitty protocol only, where Textual knows no such sequences.
    """
    assert isinstance(ANSI_SEQUENCES_KEYS, dict), "Textual's parser reads this very table"
    ANSI_SEQUENCES_KEYS["\x1b\r"] = (Keys.ControlJ,)
    for modifiers in range(2, 9):
        for sequence in (f"\x1b[27;{modifiers};13~", f"\x1b[13;{modifiers}u"):
            ANSI_SEQUENCES_KEYS[sequence] = (Keys.ControlJ,)


def repair_sequence(sequence: str) -> str | None:
    """The sequence in a form that Textual reads as the key that it is; None if it is no key press at all."""
    match = _EXTENDED.fullmatch(sequence)
    if match is None:
        return sequence
    codes, final = match[1], match[2]
    fields = [field.split(":") for field in codes.split(";")]
    if len(fields) > _MOST_FIELDS:
        return sequence
    if final == "~" and len(fields) == 3 and fields[0] == [_OTHER_KEY]:
        fields, final = _read_other_key(fields[2][0], fields[1][0]), "u"
    (code, *_), (modifiers, *kind), text = [*fields, [""], [""]][:3]
    if kind[:1] == [_RELEASED] or not all(_is_character(number) for number in (code, *text) if number):
        return None
    if code == _ENTER and modifiers and (int(modifiers) - 1) & ~_LOCKS not in _ONE_MODIFIER:
        modifiers = str(_SHIFT)
    return f"\x1b[{';'.join((code, modifiers, ':'.join(text))).rstrip(';')}{final}"


def _read_other_key(code: str, modifiers: str) -> list[list[str]]:
    """As the kitty protocol has it, where a character that is typed with shift comes with its text."""
    typed = modifiers in ("1", "2") and len(code) > 1 and _is_character(code) and chr(int(code)).isprintable()
    return [[code], [modifiers], [code if typed else ""]]


def _is_character(number: str) -> bool:
    return int(number) <= _LAST_CODE and int(number) not in _SURROGATES


class KeyParser(XTermParser):
    """Textual's parser, which is given only sequences that it reads rightly."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        repaired = sequence if constants.DISABLE_KITTY_KEY else repair_sequence(sequence)
        if repaired is None:
            return (events.Key(Keys.Ignore, sequence),)
        keys: Iterable[events.Key] = super()._sequence_to_key_events(repaired, alt)
        return keys
