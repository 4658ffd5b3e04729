"""Reasoning: what a model thought before it spoke, as a dim block that can be folded, with the time that it took."""

from dataclasses import replace

from tui.markdown.layout import LEAST_CELLS, Layout
from tui.markdown.line import Line, Span, Style
from tui.text.language import Language
from tui.ui.log.growing_text import GrowingText
from tui.ui.log.ornament import ornaments
from tui.ui.log.plain import plain_lines
from tui.ui.log.section import Section

SHORT = 6
"""Rows up to which a thought stays open once it has ended."""


class Reasoning:
    """A thought while it grows and after."""

    def __init__(self, layout: Layout) -> None:
        self._text = GrowingText(_narrower(layout))
        self._going_on = True
        self.head = Section()
        bar = Span(ornaments(ascii=layout.ascii).thought, Style("dim"))
        self.body = Section(edge=(Span("  "), bar), mood="thought")

    @property
    def has_text(self) -> bool:
        """Whether anything was thought."""
        return self._text.has_text

    def feed(self, text: str) -> None:
        """Take the next piece."""
        self._text.feed(text)

    def end(self) -> None:
        """The model speaks; what it thinks after that belongs to the thought all the same."""
        self._going_on = False

    def close(self) -> None:
        """The thought is whole."""
        self.end()
        self._text.close()

    def lay_out(self, layout: Layout) -> None:
        """Have the rows at another layout."""
        self._text.lay_out(_narrower(layout))

    def is_open(self, wanted: bool | None) -> bool:
        """Whether it is shown: as the person wants, else while it goes on, and after if it is short."""
        return wanted if wanted is not None else self._going_on or len(self._text.lines) <= SHORT

    def refresh(
        self, wanted: bool | None, seconds: float | None, language: Language, layout: Layout
    ) -> tuple[int | None, int | None]:
        """Bring head and body up to date; the first row of each that may have changed.

        `wanted`: whether the person has it open; `seconds`: how long it took, if that is known.
        """
        if not self.has_text:
            return None, None
        changed = self._text.update()
        shown = self.is_open(wanted)
        head = self.head.replace(self._head_lines(seconds, language, layout, shown))
        if not shown:
            return head, self.body.replace([])
        return head, self.body.grow(self._text.lines, changed if self.body.lines is self._text.lines else 0)

    def _head_lines(self, seconds: float | None, language: Language, layout: Layout, shown: bool) -> list[Line]:
        signs = ornaments(ascii=layout.ascii)
        if self._going_on:
            words = language.say("log.thinking")
        elif seconds is not None:
            words = language.say("log.thought_for", seconds=f"{seconds:.1f}")
        else:
            words = language.say("log.thought")
        if not shown:
            words += signs.parted + language.say("log.more_lines", count=len(self._text.lines))
        return plain_lines((signs.open if shown else signs.folded) + words, Style("thought"), layout.width)


def _narrower(layout: Layout) -> Layout:
    return replace(layout, width=max(LEAST_CELLS, layout.width - 2))
