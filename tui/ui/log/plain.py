"""Text of ours, and text that is no markdown, as lines; it is sanitised already."""

from collections.abc import Sequence

from tui.markdown.line import Line, Span, Style
from tui.markdown.wrap import break_rows, cut_rows

BLANK = Line(())
"""A row with nothing in it."""


def plain_lines(text: str, style: Style, width: int) -> list[Line]:
    """A text in one style; a tab is four blanks."""
    text = text.expandtabs(4)
    return [
        Line((Span(text[row.start : row.end], style),), join=row.join) if row.end > row.start else BLANK
        for row in break_rows(text, width)
    ]


def wrapped_lines(spans: Sequence[Span], width: int) -> list[Line]:
    """Text in several styles."""
    rows = break_rows("".join(span.text for span in spans), width)
    return [Line(tuple(cut), join=row.join) for row, cut in zip(rows, cut_rows(spans, rows), strict=True)]
