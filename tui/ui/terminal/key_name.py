"""The names of keys, as a person may write them in `[keys]`."""

from textual.keys import KEY_NAME_REPLACEMENTS, Keys

_MODIFIERS = frozenset({"alt", "ctrl", "hyper", "meta", "shift", "super"})


def is_key(names: str) -> bool:
    """Whether each of some names, separated by commas, is a key with its modifiers, such as `ctrl+j,shift+enter`."""
    known = {key.value.rpartition("+")[2] for key in Keys} | set(KEY_NAME_REPLACEMENTS.values())
    for name in names.split(","):
        *modifiers, key = name.strip().split("+")
        if not set(modifiers) <= _MODIFIERS or not (len(key) == 1 or key in known):
            return False
    return True
