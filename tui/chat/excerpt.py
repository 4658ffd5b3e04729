"""Excerpt: the part of a text where the terms stand closest together, on one line, with every term marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.chat.closeness import Place, find_closest, find_places
from tui.text.fold import fold
from tui.text.sanitise import sanitise_line

_BEFORE = 3
"""A third of the line is for what stands before."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One line, fit to be shown."""

    text: str
    marks: tuple[tuple[int, int], ...]
    """Where the terms are in it: first character, and the one behind the last; in order, none in another."""

    def pieces(self) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it is marked."""
        pieces, at = [], 0
        for start, end in self.marks:
            pieces += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        return [piece for piece in (*pieces, (self.text[at:], False)) if piece[0]]


def make_excerpt(text: str, terms: Sequence[str], width: int) -> Excerpt:
    """About `width` characters around where the terms are closest; whoever has fewer cells cuts the rest off."""
    closest = find_closest(text, terms)
    at = closest[0] if closest is not None else 0
    start = max(0, at - 2 * width)
    before = _flatten(text[start:at], after=True)
    room = width // _BEFORE
    if start > 0 or len(before) > room:
        before = "…" + before[max(0, len(before) - room + 1) :].lstrip()
    shown = before + _flatten(text[at : at + 4 * width])
    shown = shown[: 2 * width]
    return Excerpt(shown, _mark(shown, terms))


def _flatten(text: str, *, after: bool = False) -> str:
    """On one line; with `after` a blank at the end stays, since more follows."""
    words = " ".join(text.split())
    return sanitise_line(words + " " if after and text[-1:].isspace() and words else words)


def _mark(text: str, terms: Sequence[str]) -> tuple[tuple[int, int], ...]:
    folded = fold(text)
    marks: list[Place] = []
    for term in terms:
        marks += find_places(folded, " ".join(term.split()) or term)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
