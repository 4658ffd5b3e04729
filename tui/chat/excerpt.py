"""Excerpt: the part of a text around the first of the terms that is in it, on one line, with every term marked."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    """About `width` characters around the first of the terms that occurs; whoever has fewer cells cuts the rest off."""
    folded = fold(text)
    at = next((at for term in terms if (at := folded.find(fold(term))) >= 0), 0)
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
    folded, marks = fold(text), []
    for term in terms:
        wanted = fold(" ".join(term.split()) or term)
        at = folded.find(wanted)
        while at >= 0:
            marks.append((at, at + len(wanted)))
            at = folded.find(wanted, at + len(wanted))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
