"""The bytes that a terminal sends for a key, by Textual's name of the key ("ctrl+c", "pageup", "shift+tab").

The legacy encodings of xterm, as with application cursor keys off. Combinations that have none (shift+enter, ctrl+tab)
are sent in the form of the kitty keyboard protocol, `CSI code ; modifiers u`.
"""

_PLAIN = {"enter": "\r", "tab": "\t", "escape": "\x1b", "backspace": "\x7f", "space": " "}
_CURSOR = {"up": "A", "down": "B", "right": "C", "left": "D", "end": "F", "home": "H"}
_FUNCTION = {"f1": "P", "f2": "Q", "f3": "R", "f4": "S"}
_NUMBERED = {
    "insert": 2,
    "delete": 3,
    "pageup": 5,
    "pagedown": 6,
    "f5": 15,
    "f6": 17,
    "f7": 18,
    "f8": 19,
    "f9": 20,
    "f10": 21,
    "f11": 23,
    "f12": 24,
}
_MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}


def encode_key(name: str) -> bytes:
    """Raise ValueError for a name that is no key."""
    *modifiers, key = name.split("+")
    unknown = [modifier for modifier in modifiers if modifier not in _MODIFIERS]
    if unknown:
        raise ValueError(f"unknown modifier {unknown[0]!r} in the key {name!r}")
    held = sum(_MODIFIERS[modifier] for modifier in set(modifiers))
    if len(key) == 1:
        return _encode_character(key, held).encode()
    if key in _PLAIN:
        return _encode_plain(key, held).encode()
    parameter = f";{held + 1}" if held else ""
    if key in _NUMBERED:
        return f"\x1b[{_NUMBERED[key]}{parameter}~".encode()
    if key in _CURSOR or key in _FUNCTION:
        final = _CURSOR.get(key) or _FUNCTION[key]
        if held:
            return f"\x1b[1{parameter}{final}".encode()
        return (f"\x1b[{final}" if key in _CURSOR else f"\x1bO{final}").encode()
    raise ValueError(f"unknown key {name!r}")


def _encode_character(character: str, held: int) -> str:
    if held & _MODIFIERS["ctrl"]:
        if not "@" <= character.upper() <= "_":
            raise ValueError(f"no control character for {character!r}")
        character = chr(ord(character.upper()) & 0x1F)
    elif held & _MODIFIERS["shift"]:
        character = character.upper()
    return "\x1b" + character if held & _MODIFIERS["alt"] else character


def _encode_plain(key: str, held: int) -> str:
    if held == 0:
        return _PLAIN[key]
    if held == _MODIFIERS["alt"]:
        return "\x1b" + _PLAIN[key]
    if key == "tab" and held == _MODIFIERS["shift"]:
        return "\x1b[Z"
    if key == "space" and held == _MODIFIERS["ctrl"]:
        return "\x00"
    return f"\x1b[{ord(_PLAIN[key])};{held + 1}u"
