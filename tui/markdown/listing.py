"""Listing: the lines of a code block, brought up to date as it grows at its end."""

from tui.markdown.highlight import CODE, LineLexer, colour, find_lexer
from tui.markdown.layout import Layout
from tui.markdown.line import Line, Span, Style
from tui.markdown.margin import Margin
from tui.markdown.wrap import break_code, cut_rows

TAB = 4
_SHORT = 20_000
"""Characters up to which a block is coloured once more as a whole when it has ended."""
_INDENT = "  "
_INFO = Style("code.info")


class Listing:
    """The lines of one code block: its language above, then the code, set in by two cells; or other text as it is."""

    def __init__(self, info: str, margin: Margin, layout: Layout, style: Style = CODE, indent: str = _INDENT) -> None:
        self._margin = margin.inset(indent, layout)
        self._style = style
        self._width = layout.width - self._margin.cells if layout.wrap_code else 0
        language = info.split(maxsplit=1)[0] if info.strip() else ""
        self._lexer = find_lexer(language)
        self._line_lexer = LineLexer(self._lexer)
        self.lines: list[Line] = []
        self._starts: list[int] = []  # of each line of code, its first row
        self._stacks: list[tuple[str, ...]] = []  # before each line of code, the lexer's states
        if language:
            row = break_code(language, layout.width - self._margin.cells)[0]
            self.lines.append(self._margin.ornament([Span(language[: row.end], _INFO)], 0))
        self._head = len(self.lines)

    def update(self, code: list[str]) -> int:
        """Take the code as it is now; all but the last line before was final. Returns the first changed line."""
        again = max(min(len(self._starts), len(code)) - 1, 0)
        changed = self._head
        if again < len(self._starts):
            changed, self._line_lexer.stack = self._starts[again], self._stacks[again]
        del self.lines[changed:], self._starts[again:], self._stacks[again:]
        for line in code[again:]:
            self._stacks.append(self._line_lexer.stack)
            shown = line.expandtabs(TAB)
            self._add(shown, self._colour(shown))
        if not self.lines:
            self.lines.append(self._margin.line([], 0))
        return changed

    def finish(self, code: list[str]) -> int:
        """The block has ended: a short one is coloured as a whole. Returns the first line that may have changed."""
        changed = self.update(code)
        if self._lexer is None or not code or sum(map(len, code)) > _SHORT:
            return changed
        old = self.lines
        self.lines, self._starts = old[: self._head], []
        shown = [line.expandtabs(TAB) for line in code]
        for line, spans in zip(shown, colour(self._lexer, shown), strict=True):
            self._add(line, spans)
        same = next((n for n, (a, b) in enumerate(zip(old, self.lines, strict=False)) if a != b), len(self.lines))
        return min(changed, same)

    def _colour(self, line: str) -> list[Span]:
        if self._lexer is not None:
            return self._line_lexer.feed(line)
        return [Span(line, self._style)] if line else []

    def _add(self, line: str, spans: list[Span]) -> None:
        self._starts.append(len(self.lines))
        if not self._width:
            self.lines.append(self._margin.line(spans, len(self.lines)))
            return
        rows = break_code(line, self._width)
        for row, piece in zip(rows, cut_rows(spans, rows) if len(rows) > 1 else [spans], strict=True):
            self.lines.append(self._margin.line(piece, len(self.lines), row.join))
