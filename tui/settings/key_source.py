"""KeySource: where a provider's key is to be found; it names the place and holds no key, so it is light to import."""

import re
from typing import Literal, NamedTuple

KEYLESS = "no key source"
"""In words, of a provider that is sent none."""
_LIKE_A_KEY = re.compile(r"(?=.{16})(?:(?=.*\d)(?=.*[a-z]).*|(?:\D*\d){4}.*)")


class KeySource(NamedTuple):
    """Where a provider's key is to be found."""

    kind: Literal["env", "command", "file", "none"]
    value: str
    """The variable's name, the command line or the path; "" for none."""

    def describe(self) -> str:
        """The source in words, such as "environment variable ALLTKN_API_KEY"; a key in a command line is masked."""
        from tui.settings.mask import mask_shapes, strip_controls  # patterns that the first paint need not wait for

        if self.kind == "none":
            return KEYLESS
        kind = {"env": "environment variable", "command": "command", "file": "file"}[self.kind]
        return f"{kind} {mask_shapes(strip_controls(self.value))}"


def name_source(described: str) -> dict[str, str | None]:
    """What a sentence may name of a described source, by its kind: what somebody would change; None for the others."""
    words = described.partition(" (")[0]  # behind it stands why it could not be had
    kinds = {"key_variable": "environment variable ", "key_file": "file ", "key_command": "command "}
    named = {name: words.removeprefix(kind) if words.startswith(kind) else None for name, kind in kinds.items()}
    return {**named, "keyless": KEYLESS if described == KEYLESS else None}


def is_variable_name(text: str) -> bool:
    """Whether this can name an environment variable (POSIX, XBD 3.216) and is no key put in the place of one.

    Most keys cannot name one; of those that can, a part between underscores is long and mixes digits with small
    letters, or has many digits.
    """
    if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", text) is None:
        return False
    return not any(_LIKE_A_KEY.fullmatch(part) for part in text.split("_"))
