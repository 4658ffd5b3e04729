"""Record page: a whole record as rows: headings, and under each its fields, names in one column, values in another."""

from collections.abc import Sequence

from tui.chat.record_sheet import SheetGroup, widest_name
from tui.markdown.line import Line, Span, Style
from tui.text.language import Language
from tui.ui.log.plain import BLANK, plain_lines

HEADING = Style("model", bold=True)
NAME = Style("record")
VALUE = Style("text")
_LEAST = 16
"""Cells that values need beside their names; where there are fewer they stand below them."""


def lay_out(groups: Sequence[SheetGroup], language: Language, width: int, names: int | None = None) -> list[Line]:
    """The rows; values are wrapped in their column, or below their names where that is narrow.

    `names`: cells of the names' column, else as many as it takes.
    """
    names = widest_name(groups) if names is None else names
    lead = names + 4 if width - names - 4 >= _LEAST else 4
    lines: list[Line] = []
    for group in groups:
        lines += [BLANK] if lines else []
        lines += plain_lines(language.say(f"records.group.{group.name}"), HEADING, width)
        for name, value in group.rows:
            values = plain_lines(value, VALUE, max(1, width - lead))
            if lead > names:
                lines.append(Line((Span(f"  {name:{names}}  ", NAME), *values.pop(0).spans)))
            else:
                lines += plain_lines(f"  {name}", NAME, width)
            lines += [Line((Span(" " * lead), *line.spans), lead, line.join) for line in values]
    return lines
