"""Flow: the rows of running text (a paragraph, a heading), brought up to date as it grows.

A long text settles from its start: as far as nothing in it can change any more, whatever comes, its source is not read
again, and only the rows from the one on that holds the last settled character are wrapped again. The rows are the same
as if all had been read and wrapped at once.
"""

from collections.abc import Iterator

from tui.markdown.inline import InlineParser, References
from tui.markdown.layout import Layout
from tui.markdown.line import PLAIN, Line, Span, Style
from tui.markdown.margin import Margin
from tui.markdown.piece import SEAM, find_end
from tui.markdown.wrap import break_rows, cut, cut_rows, extend_spans

LONG = 1200
"""Characters of unsettled source from which on it is worth a try to settle some."""

_TRIES = ((1, 1), (2, 3), (1, 3))
"""How much of the unsettled text to settle, as fractions, from the best on."""
_KEEP = 200
"""Characters at the end that are not tried: what is open is mostly there."""


class Flow:
    """The lines of one text at one width."""

    def __init__(
        self,
        parser: InlineParser,
        margin: Margin,
        layout: Layout,
        base: Style = PLAIN,
        references: References | None = None,
    ) -> None:
        self._parser = parser
        self._base = base
        self._references = references
        self._margin = margin
        self._width = layout.fit_prose(margin.cells)
        self.lines: list[Line] = []
        self._text: str | None = None
        self._settled = ""
        self._piece = 0  # where the piece begins that is read
        self._carry: list[Span] = []  # of the settled text, from the start of the last row on
        self._carry_join: str | None = None
        self._fixed = 0  # lines before that row
        self._try_from = LONG

    def update(self, text: str) -> int:
        """Take the whole text as it is now; returns the first line that may be new."""
        if text == self._text:
            return len(self.lines)
        self._text = text
        if not text.startswith(self._settled):
            self._clear()
        changed = self._fixed
        del self.lines[changed:]
        while (end := find_end(text, self._piece)) is not None:
            part = text[len(self._settled) : end]
            self._take(part, self._parser.parse(part, self._base, self._references))
            self._piece = end
        rest = text[len(self._settled) :]
        if len(rest) > self._try_from:
            rest = self._settle(rest)
        spans = list(self._carry)
        extend_spans(spans, self._parser.parse(rest, self._base, self._references))
        self._add_lines(spans, whole=True)
        return changed

    def _clear(self) -> None:
        """Settle nothing: the text is another."""
        self._settled, self._piece = "", 0
        self._carry, self._carry_join = [], None
        self._fixed, self._try_from = 0, LONG

    def _settle(self, rest: str) -> str:
        """Settle as much of the text as can be; returns what is left of it."""
        stable = rest[: _stable_length(rest)]
        for seam in _seams(stable):
            spans = self._parser.parse_settled(stable, seam, self._base, self._references)
            if spans is None:
                continue
            self._take(rest[:seam], spans)
            return rest[seam:]
        # Nothing can be settled yet: the next try waits until the text has grown by a part, so tries stay few.
        self._try_from = len(rest) + max(LONG, len(rest) // 2)
        return rest

    def _take(self, part: str, spans: list[Span]) -> None:
        """Settle the next part of the text."""
        self._settled += part
        extend_spans(self._carry, spans)
        self._add_lines(self._carry, whole=False)
        self._try_from = LONG

    def _add_lines(self, spans: list[Span], whole: bool) -> None:
        """Wrap what stands from the start of the last row on; unless it is the whole text, that row stays open."""
        rows = break_rows("".join(span.text for span in spans), self._width)
        shown = rows if whole else rows[:-1]
        for row, piece in zip(shown, cut_rows(spans, shown), strict=True):
            join = self._carry_join if row is rows[0] else row.join
            self.lines.append(self._margin.line(piece, len(self.lines), join))
        if not whole:
            if shown:
                self._carry_join = rows[-1].join
            self._fixed = len(self.lines)
            self._carry = cut(spans, rows[-1].start, sum(len(span.text) for span in spans))


def _seams(text: str) -> Iterator[int]:
    """Places at which to try, from the last on."""
    last = 0
    for part, whole in _TRIES:
        end = (len(text) - _KEEP) * part // whole
        start = max(end - LONG // 2, 0)
        places = [found.start() for found in SEAM.finditer(text, start, end)]
        if places and places[-1] != last:
            last = places[-1]
            yield last


def _stable_length(text: str) -> int:
    """How much of it stays: the last line may turn out to be no part of the text, and take the one before with it.

    That one would be the header of a table. A text of one or two lines would then be gone as a whole.
    """
    last = text.rfind("\n")
    before = text.rfind("\n", 0, max(last, 0))
    return before if before >= 0 else last if last >= 0 else len(text)
