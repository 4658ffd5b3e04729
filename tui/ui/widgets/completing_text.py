"""CompletingText: a text area whose word before the caret can be completed from a list that is mounted elsewhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widgets.text_area import Selection

from tui.ui.widgets.recall_area import RecallArea

if TYPE_CHECKING:
    from tui.ui.widgets.completion import Candidate, Completion, Taken


class CompletingText(RecallArea):
    """Without a list it is any other text area. Whoever inherits says which keys complete."""

    _completion: "Completion | None" = None
    marks: frozenset[str] = frozenset()
    """Names that stand as `{{name}}` for what is to be filled in."""
    _defaults: Sequence[tuple[int, str]] = ()
    """Texts that were filled in and may be others, each with the number of characters behind it.

    They are come to one after the other, so that what is typed stands before those that are still to come.
    """

    @dataclass
    class Completed(Message):
        """What a completion list offered stands in the text now, and the caret behind it."""

        candidate: "Candidate"

    def complete_from(self, completion: "Completion") -> "Completion":
        """Let this list, which is mounted elsewhere and returned, go with what is typed."""
        completion.clicked = self._put
        self._completion = completion
        return completion

    def on_text_area_selection_changed(self) -> None:
        """Another word may stand before the caret."""
        if self._completion is not None:
            self._completion.look(self._before)

    def action_cursor_up(self, select: bool = False) -> None:
        """Mark the candidate above, else go up."""
        if select or self._completion is None or not self._completion.move(-1):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Mark the candidate below, else go down."""
        if select or self._completion is None or not self._completion.move(1):
            super().action_cursor_down(select)

    def may_recall(self) -> bool:
        """Not while candidates are listed."""
        return super().may_recall() and (self._completion is None or not self._completion.is_open)

    def close_completion(self) -> bool:
        """Close the list of candidates; False if none is shown."""
        return self._completion is not None and self._completion.close()

    async def complete(self) -> bool:
        """Complete the word before the caret; False if there is nothing to put there."""
        taken = await self._completion.take(self._before) if self._completion is not None else None
        return taken is not None and self._put(taken)

    def begin_steps(self, start: int, end: int, defaults: Sequence[tuple[int, str]]) -> None:
        """Select the first spot of what was put in, between these characters; the `defaults` are as it has them."""
        length = len(self.text)
        self._defaults = [(length - start - before - len(default), default) for before, default in defaults]
        self.move_cursor(_locate(self.text, start))
        if not self.step_mark():
            self.move_cursor(_locate(self.text, min(end, length)))

    def end_steps(self) -> None:
        """What was put in is gone."""
        self._defaults = ()

    def step_mark(self) -> bool:
        """Select the next spot, for typing to take its place; False if there is none.

        A spot is a `{{name}}` that is to be filled in, and comes round again, or a default further on.
        """
        marks = [
            Selection((row, spot.start()), (row, spot.end()))
            for row, line in enumerate(self.document.lines if self.marks else ())
            for spot in re.finditer(r"\{\{(.+?)\}\}", line)
            if spot[1] in self.marks
        ]
        caret = max(self.selection)
        ahead = [spot for spot in (*marks, *self._find_defaults()) if spot.start >= caret]
        spots = [min(ahead, key=lambda spot: spot.start)] if ahead else marks
        if spots:
            self.selection = spots[0]
        return bool(spots)

    def _find_defaults(self) -> list[Selection]:
        text = self.text if self._defaults else ""
        ends = ((len(text) - behind, default) for behind, default in self._defaults)
        return [
            Selection(_locate(text, end - len(default)), _locate(text, end))
            for end, default in ends
            if end >= len(default) and text[end - len(default) : end] == default
        ]

    def put_marked(self) -> bool:
        """Put the candidate that was marked in the place of its word; False if none was."""
        taken = self._completion.take_marked(self._before) if self._completion is not None else None
        if taken is not None:
            self._put(taken)
        return taken is not None

    @property
    def _before(self) -> str:
        """The line with the caret, as far as the caret."""
        row, column = self.cursor_location
        return self.document.get_line(row)[:column]

    @property
    def caret_index(self) -> int:
        """Characters before the caret."""
        row, column = self.cursor_location
        return sum(len(line) + 1 for line in self.document.lines[:row]) + column

    def _put(self, taken: "Taken") -> bool:
        """Put a candidate in the place of its word; False if it stands there already."""
        candidate, (row, column) = taken.candidate, self.cursor_location
        line = self.document.get_line(row)
        if line[taken.word.start : column] == candidate.text:
            return False
        behind = "" if candidate.goes_on or line[column : column + 1].isspace() else candidate.behind
        self.replace(candidate.text + behind, (row, taken.word.start), (row, column))
        if self._completion is not None and not candidate.goes_on:
            self._completion.close(taken.word.start)
        self.post_message(self.Completed(candidate))
        return True


def _locate(text: str, index: int) -> tuple[int, int]:
    """Row and column behind so many characters."""
    return text.count("\n", 0, index), index - 1 - text.rfind("\n", 0, index)
