"""Plain signs: what stands for our ornaments (boxes, bars, arrows) where nothing but ASCII is wanted.

Each is as wide as what it stands for. Letters of any script are left as they are.
"""

from collections.abc import Iterable

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_GROUPS = {
    "─━┄┅┈┉╌╍═╴╶╸╺╼╾▔·–—": "-",
    "│┃┆┇┊┋╎╏║╵╷╹╻╽╿▉▊▋▌▍▎▏▐▕": "|",
    "▀▂▃▄▅▆▇": " ",
    "▁": "_",
    "█▓▒░★": "#",
    "●•◆○◉⭘": "*",
    "✓✔": "+",
    "✗✘": "x",
    "…": ".",
    "→▶▸▹⇥": ">",
    "←◀◂⌫": "<",
    "↑▲▴": "^",
    "↓▼▾": "v",
    "⏎↵": "/",
    "“”„": '"',
    "‘’": "'",
}
_BOX_AND_BLOCKS = range(0x2500, 0x25A0)
_SIGNS: dict[int, str] = {
    **dict.fromkeys(_BOX_AND_BLOCKS, "+"),
    **{ord(sign): plain for signs, plain in _GROUPS.items() for sign in signs},
    ord("🔎"): "? ",
}


def plain_signs(text: str) -> str:
    """A text of ours without any sign but ASCII."""
    return text if text.isascii() else text.translate(_SIGNS)


def keep_signs(filters: Iterable[LineFilter]) -> list[LineFilter]:
    """The filters of a widget that shows what somebody wrote."""
    return [each for each in filters if not isinstance(each, PlainSigns)]


class PlainSigns(LineFilter):
    """Goes over every line of every widget but those that show what somebody wrote."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line in plain signs."""
        return [Segment(plain_signs(text), style, control) for text, style, control in segments]
