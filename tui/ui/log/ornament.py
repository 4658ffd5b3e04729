"""Ornaments: the signs of the log itself, in Unicode and in plain ASCII; what stands in a text is not touched."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ornaments:
    """Each is as wide as its field's counterpart allows; a blank behind it is part of it."""

    you: str = "█ "
    reply: str = "◆ "
    note: str = "┃ "
    thought: str = "│ "
    current: str = "▌"
    folded: str = "▸ "
    open: str = "▾ "
    advice: str = "→ "
    tool: str = "⚙ "
    below: str = "↓ "
    parted: str = " · "
    left: str = "◀"
    right: str = "▶"

    def one_of(self, place: int, count: int) -> str:
        """Which of several one sees, and that there are others on either side."""
        return f"{self.left} {place}/{count} {self.right}"


_UNICODE = Ornaments()
_ASCII = Ornaments("> ", "* ", "! ", "| ", "|", "+ ", "- ", "-> ", "$ ", "v ", " - ", "<", ">")


def ornaments(*, ascii: bool) -> Ornaments:
    """The signs to use."""
    return _ASCII if ascii else _UNICODE
