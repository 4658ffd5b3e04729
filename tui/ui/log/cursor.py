"""Cursor: which message, or which block of code in it, the keys of the log are about."""

from tui.ui.log.growing_text import BlockText
from tui.ui.log.selection import Selection, rows_marked
from tui.ui.log.stack import Stack


class Cursor:
    """Nowhere at first; it goes by messages, and by blocks of code through all of them."""

    def __init__(self) -> None:
        self.entry: int | None = None
        self._code: int | None = None  # which block of code: its rows move as the reply grows or is wrapped anew

    def go(self, stack: Stack, entry: int) -> None:
        """To a message; one beyond the ends is the first or the last."""
        self.entry = max(0, min(entry, len(stack.entries) - 1))
        self._code = None

    def step_code(self, stack: Stack, step: int) -> bool:
        """To the next (1) or previous (-1) block of code; False, and nothing moves, where there is none."""
        entry, code = self.entry, self._code
        if entry is None:
            entry = 0 if step > 0 else len(stack.entries) - 1
        while 0 <= entry < len(stack.entries):
            stack.make_exact(entry)
            count = len(stack.entries[entry].code_blocks())
            code = code + step if code is not None else 0 if step > 0 else count - 1
            if 0 <= code < count:
                self.entry, self._code = entry, code
                return True
            entry, code = entry + step, None
        return False

    def code(self, stack: Stack) -> BlockText | None:
        """The block of code that it is about."""
        if self.entry is None or self._code is None:
            return None
        stack.make_exact(self.entry)
        blocks = stack.entries[self.entry].code_blocks()
        return blocks[self._code] if self._code < len(blocks) else None

    def marked(self, stack: Stack) -> Selection | None:
        """The rows that it is about."""
        if self.entry is None or self.entry >= len(stack.entries):
            return None
        height, code = stack.height(self.entry), self.code(stack)
        rows = code.rows if code is not None and code.rows.stop <= height else range(height)
        return rows_marked(self.entry, stack.entries[self.entry], rows)

    def text(self, stack: Stack) -> str:
        """What to copy: the code, else the message as it was typed or received."""
        if (code := self.code(stack)) is not None:
            return code.words
        return stack.entries[self.entry].source if self.entry is not None else ""

    @property
    def on_code(self) -> bool:
        """Whether it is about a block of code."""
        return self._code is not None
