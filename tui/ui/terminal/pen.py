"""Pens: how a cell is written (SGR and hyperlink), and the shortest way from one pen to another.

SGR is ECMA-48, section 8.3.117, with the colours of ISO 8613-6 as xterm writes them; links are OSC 8.
"""

import zlib
from functools import lru_cache
from typing import Final, NamedTuple

_OFF: Final = {
    "1": "22", "2": "22", "3": "23", "4": "24", "21": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29",
    "51": "54", "52": "54", "53": "55",
}  # fmt: skip
"""Each mark, and the number that takes it off again."""
_SEEN_ON_BLANKS: Final = frozenset({"4", "7", "9", "21", "51", "52", "53"})
_NEAR_COLOURS: Final = frozenset(str(number) for first in (30, 90) for number in range(first, first + 8))
_EXTENDED: Final = {"5": 1, "2": 3}
"""How many numbers follow the kind of an extended colour."""
_LINK_LIMIT: Final = 2083
"""Characters of an address that common terminals take."""


class Pen(NamedTuple):
    """A tuple, since rows of them are compared all the time. A colour is its SGR numbers, empty for the default."""

    marks: str = ""
    """SGR numbers of bold, italic and so on, ascending, joined with `;`."""
    foreground: str = ""
    background: str = ""
    """As a foreground is written: 38 stands for 48, 31 for 41."""
    link: str = ""
    """The address that a cell leads to."""


PLAIN: Final = Pen()


@lru_cache(maxsize=2048)
def read_sgr(pen: Pen, numbers: str) -> Pen | None:
    """The pen after `ESC [ numbers m`; None if a number in it is unknown."""
    marks = set(pen.marks.split(";")) - {""}
    colours = {"3": pen.foreground, "4": pen.background}
    parts = [part.lstrip("0") or "0" for part in numbers.split(";")]
    while parts:
        part = parts.pop(0)
        if part == "0":
            marks.clear()
            colours = {"3": "", "4": ""}
        elif part in _OFF:
            marks.add(part)
        elif part in _OFF.values():
            marks -= {mark for mark, off in _OFF.items() if off == part}
        elif part in ("38", "48"):
            count = _EXTENDED.get(parts[0] if parts else "", len(parts))
            taken, parts = parts[: count + 1], parts[count + 1 :]
            if len(taken) < count + 1 or any(int(number) > 255 for number in taken):
                return None
            colours[part[0]] = ";".join(["38", *taken])
        elif part in ("39", "49"):
            colours[part[0]] = ""
        elif part in _NEAR_COLOURS:
            colours["3"] = part
        elif (near := str(int(part) - 10)) in _NEAR_COLOURS:
            colours["4"] = near
        else:
            return None
    return Pen(";".join(sorted(marks, key=int)), colours["3"], colours["4"], pen.link)


@lru_cache(maxsize=2048)
def blank_pen(pen: Pen) -> Pen:
    """The same pen without what cannot be seen on a blank."""
    if pen.link or not _SEEN_ON_BLANKS.isdisjoint(pen.marks.split(";")):
        return pen
    return _background_pen(pen.background)


@lru_cache(maxsize=2048)
def _background_pen(background: str) -> Pen:
    """One object for each, since runs of cells are told apart by that."""
    return Pen(background=background)


def is_erasable(pen: Pen) -> bool:
    """Whether a blank of this pen is what an erased cell can be: a background and nothing else."""
    return not (pen.marks or pen.link or pen.foreground)


@lru_cache(maxsize=2048)
def change_pen(old: Pen, new: Pen) -> str:
    """The shortest SGR that makes the one the other, links aside; empty if there is nothing to change."""
    if old[:3] == new[:3]:
        return ""
    fresh = [number for number in (new.marks, new.foreground, _as_background(new.background)) if number]
    if not fresh:
        return "\x1b[m"
    had, wanted = (set(pen.marks.split(";")) - {""} for pen in (old, new))
    off = {_OFF[mark] for mark in had - wanted}
    kept = {mark for mark in had & wanted if _OFF[mark] not in off}
    steps = sorted(off) + sorted(wanted - kept, key=int)
    if old.foreground != new.foreground:
        steps.append(new.foreground or "39")
    if old.background != new.background:
        steps.append(_as_background(new.background) or "49")
    return f"\x1b[{min(';'.join(steps), ';'.join(['0', *fresh]), key=len)}m"


def change_link(old: Pen, new: Pen) -> str:
    """The OSC 8 between two pens. Cells with the same address get the same id, so that they light up together."""
    if old.link == new.link:
        return ""
    if not new.link:
        return "\x1b]8;;\x1b\\"
    return f"\x1b]8;id={zlib.crc32(new.link.encode('utf-8', 'replace')):x};{new.link}\x1b\\"


def with_link(pen: Pen, link: str) -> Pen:
    """The same pen, leading to an address or, with an empty one, nowhere."""
    return pen._replace(link=link if len(link) <= _LINK_LIMIT else "")


def _as_background(colour: str) -> str:
    number, _, rest = colour.partition(";")
    return ";".join([str(int(number) + 10), *([rest] if rest else [])]) if number else ""
