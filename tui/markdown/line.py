"""Line: one laid-out row of text, with styles by role; what a screen makes of a role is its own affair."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text is meant. Equal styles are equal values, so a screen can keep one look for each."""

    role: str = "text"
    """What it is: text, heading1 to heading6, code, code.<token> (keyword, string, comment, number, function, class,
    builtin, operator, decorator, added, removed, heading, error), code.info, marker, quote, rule, table.border,
    table.header, html, math, link, address, image, definition."""
    bold: bool = False
    italic: bool = False
    strike: bool = False
    link: str | None = None
    """The address it leads to: http, https or mailto, free of controls."""


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style."""

    text: str
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """One row. The width in cells is at most that of the layout, but for code that is to be scrolled."""

    spans: tuple[Span, ...]
    gutter: int = 0
    """Cells at the start that are no text of the document: indents, bullets, bars, the frame of a table."""
    join: str | None = None
    """What stood before it where a wrap parted it from the line above: blanks or nothing; None: a new line."""

    @property
    def text(self) -> str:
        """The row as it is seen."""
        return "".join(span.text for span in self.spans)
