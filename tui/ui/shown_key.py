"""The names of keys as a person reads them."""

from collections.abc import Iterable

_SHOWN = {
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "space": "Space",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "PageUp",
    "pagedown": "PageDown",
    "home": "Home",
    "end": "End",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}


def show_key(key: str) -> str:
    """A key as a hint has it: `Esc`, `shift+F7`, `U`, `ctrl+o`."""
    held, plus, last = key.rpartition("+")
    if last[:1] == "f" and last[1:].isdecimal():
        return f"{held}{plus}{last.upper()}"
    return f"{held}{plus}{_SHOWN.get(last, last)}"


def show_keys(keys: Iterable[str]) -> str:
    """Some keys for the same thing: `j ↓`."""
    return " ".join(show_key(key) for key in keys)
