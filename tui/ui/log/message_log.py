"""MessageLog: the conversation, read by keyboard or mouse; the face of the log for every screen that shows replies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.message import Message

from tui.chat.conversation import Conversation, Reply
from tui.text.language import Language
from tui.ui.log.cursor import Cursor
from tui.ui.log.entry import Entry
from tui.ui.log.look import COLOURS
from tui.ui.log.reply_entry import ReplyEntry
from tui.ui.log.revising import RevisingView
from tui.ui.log.stack import Place
from tui.ui.log.view import TOP
from tui.ui.widgets.key_order import KeyOrder

_YIELDING = frozenset({"leave", "adopt", "ask_other", "stop", "edit", "fork"})
SLIDE = 8
"""Cells by which a key moves wide code sideways."""


class MessageLog(RevisingView, can_focus=True):
    """Shows one conversation at a time. With the focus in it the keys go by message and by block of code."""

    DEFAULT_CSS = f"""
    MessageLog {{
        width: 100%;
        height: 1fr;
        overflow-y: scroll;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        {COLOURS}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "step(1)", "Next message", id="log.next"),
        Binding("k", "step(-1)", "Previous message", id="log.previous"),
        Binding("g", "jump(0)", "First message", id="log.first", show=False),
        Binding("G", "jump(-1)", "Last message", id="log.last", show=False),
        Binding("v", "mark", "Mark", id="log.mark", tooltip="Mark a row; j k ← → move it, v again holds one end"),
        Binding("y", "copy", "Copy", id="log.copy"),
        Binding("u", "step_code(1)", "Next code", id="log.next_code"),
        Binding("U", "step_code(-1)", "Previous code", id="log.previous_code", show=False),
        Binding("space", "fold", "Fold", id="log.fold"),
        Binding("x", "record", "Record", id="log.record"),
        Binding("left", f"slide(-{SLIDE})", "Code to the left", id="log.left", show=False),
        Binding("right", f"slide({SLIDE})", "Code to the right", id="log.right", show=False),
        Binding("n", "find_next(1)", "Next match", id="log.next_match", show=False),
        Binding("N", "find_next(-1)", "Previous match", id="log.previous_match", show=False),
        Binding("left_square_bracket", "step_sibling(-1)", "Sibling before", id="log.previous_sibling", show=False),
        Binding("right_square_bracket", "step_sibling(1)", "Next sibling", id="log.next_sibling"),
        Binding("w", "screen.show_comparisons", "Comparisons", id="log.comparisons", tooltip="What they come to"),
        Binding("enter", "adopt", "Adopt", id="log.adopt", tooltip="Go on with this reply of several, else type"),
        Binding("escape", "leave", "Prompt", id="log.leave"),
    ]

    @dataclass
    class Left(Message):
        """The person goes back to where they type."""

    def __init__(
        self,
        language: Language,
        *,
        frames: float = 30,
        behind: Callable[[], bool] = lambda: False,
        ascii: bool = False,
        wrap_code: bool = True,
    ) -> None:
        super().__init__(language, frames=frames, behind=behind, ascii=ascii, wrap_code=wrap_code)
        self._cursor = Cursor()
        self._turns, self._growing = {}, {}
        self._key_order = KeyOrder(self, _YIELDING)

    async def _on_key(self, event: Key) -> None:
        """Keys that were typed behind one that leaves the log are for whoever comes next."""
        await self._key_order.take(event)

    def show(self, conversation: Conversation, welcome: str) -> None:
        """Show a conversation from its end, or `welcome` while it is empty."""
        self._cursor = Cursor()
        super().show(conversation, welcome)
        self._take_keys()

    def replace_entries(self, first: int, entries: Sequence[Entry]) -> None:
        """What the keys are about is the same message, or the last one where it is gone."""
        count = first + len(entries)
        if self._cursor.entry is not None and self._cursor.entry >= first:
            self._cursor.go(self._stack, min(self._cursor.entry, count - 1))
        super().replace_entries(first, entries)

    def watch_has_focus(self, value: bool) -> None:
        """With the focus in the log the keys are about the last message in sight, and a mark shows it."""
        super().watch_has_focus(value)
        self._take_keys()

    def settle(self, changed: Place | None = TOP) -> None:
        """Also the mark goes along with what it is about."""
        super().settle(changed)
        if self.has_focus:
            self._show_cursor()

    def action_mark(self) -> None:
        """Mark the first row in sight of what the keys are about; then hold that end, or let it go again."""
        if self.is_marking:
            self.hold_mark()
        elif (marked := self._cursor.marked(self._stack)) is not None:
            self.begin_marking(max(marked.start.place, self._top))
            self.post_message(self.Missed("marking.how"))
        else:
            self.post_message(self.Missed("dead_key.no_message"))

    def action_step(self, step: int) -> None:
        """Go by message, from the one in sight; beyond the start of the last to its end. A mark goes by row."""
        if self.is_marking:
            self.move_mark(step)
            return
        if not self._stack.entries:
            self.post_message(self.Missed("dead_key.no_message"))
            return
        seen, entry, last = self.in_sight, self._cursor.entry, len(self._stack.entries) - 1
        if entry is None or entry not in seen:
            whole = seen[1:] if self._top.row and len(seen) > 1 else seen
            entry = whole[0] - 1 if step > 0 else seen[0] + 1
        if entry + step > last and not self._cursor.on_code:
            self.action_jump(-1)
        else:
            self._cursor.go(self._stack, entry + step)
            self._go_to_cursor()

    def action_jump(self, entry: int) -> None:
        """Go to a message; -1 is the last, and its end. A mark goes to the first or the last row."""
        if self.is_marking:
            self.move_mark(-self._stack.rows if entry == 0 else self._stack.rows)
            return
        if not self._stack.entries:
            self.post_message(self.Missed("dead_key.no_message"))
            return
        last = len(self._stack.entries) - 1
        self._cursor.go(self._stack, last if entry < 0 else entry)
        if entry < 0:
            self.follow()
        else:
            self._go_to_cursor()

    def action_step_code(self, step: int) -> None:
        """Go by block of code; a message does not stay folded over it."""
        if not self._cursor.step_code(self._stack, step):
            self.post_message(self.Missed("log.no_code"))
            return
        if (number := self._cursor.entry) is not None and self._stack.entries[number].folded:
            self._stack.entries[number].folded = False
            self._stack.make_exact(number)
        self._go_to_cursor()

    def action_slide(self, cells: int) -> None:
        """Move the code of a message sideways, or a mark."""
        if self.is_marking:
            self.move_mark_sideways(1 if cells > 0 else -1)
            return
        number = self._cursor.entry
        if number is not None and self._stack.entries[number].slide(cells):
            self.clear_selection()
        else:
            self.post_message(self.Missed("log.no_wide_code"))

    def action_copy(self) -> None:
        """Copy what is marked, else what the keys are about."""
        if text := self.selected_text or self._cursor.text(self._stack):
            self.post_message(self.Copied(text))
            self.end_marking()
        else:
            self.post_message(self.Missed("log.nothing_to_copy"))

    def copy_last(self) -> None:
        """Copy the last reply that has a text."""
        replies = (entry for entry in reversed(self._stack.entries) if isinstance(entry, ReplyEntry))
        if (text := next((entry.source for entry in replies if entry.source), None)) is not None:
            self.post_message(self.Copied(text))
        else:
            self.post_message(self.Missed("log.no_reply"))

    @property
    def current_reply(self) -> Reply | None:
        """The reply that the keys are about."""
        return self.reply_at(self._cursor.entry)

    def action_fold(self) -> None:
        """Fold or unfold the thought of a reply, else the whole message."""
        if (number := self._cursor.entry) is None:
            self.post_message(self.Missed("dead_key.no_message"))
            return
        entry = self._stack.entries[number]
        if not (isinstance(entry, ReplyEntry) and not entry.folded and entry.toggle_thought()):
            if not entry.can_fold:
                self.post_message(self.Missed("log.no_fold"))
                return
            entry.folded = not entry.folded
        self._reshape(number)

    def action_record(self) -> None:
        """Show or hide the whole record of a reply; from its begin on, as far as there is room for it."""
        number = self._cursor.entry
        entry = self._stack.entries[number] if number is not None else None
        if number is not None and isinstance(entry, ReplyEntry) and entry.toggle_record():
            entry.folded &= not entry.record_shown
            self._reshape(number)
            if entry.record_shown:
                rows = entry.tail_rows
                self.go_to(Place(number, rows.start), min(len(rows), self.size.height))
        else:
            self.post_message(self.Missed("log.no_record"))

    def action_find_next(self, step: int) -> None:
        """Go to the next occurrence of what is looked for, beyond the ends from the other end."""
        if not self.is_searched:
            self.post_message(self.Missed("log.no_search"))
        elif not self.find_next(step):
            self.post_message(self.Missed("log.not_found"))

    def go_to_found(self, place: Place) -> None:
        """The keys are about the message in which something was found."""
        self._cursor.go(self._stack, place.entry)
        super().go_to_found(place)

    def action_step_sibling(self, step: int) -> None:
        """Go to the next or the previous branch at a prompt that has several, else show such a reply of the turn."""
        if not self.step_branch(step) and not self.step_sibling(self._cursor.entry, step):
            self.post_message(self.Missed(self.why_no_sibling))

    def action_adopt(self) -> None:
        """Go on with the reply that is shown, where the turn has others; else go on typing."""
        if (adopted := self.adoptable(self._cursor.entry)) is not None:
            self.post_message(adopted)
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Mark nothing any more, else back to the prompt."""
        if not self.end_marking():
            self.post_message(self.Left())

    def _take_keys(self) -> None:
        if self.has_focus and self._stack.entries and self._cursor.entry not in self.in_sight:
            seen = len(self._stack.entries) - 1 if self._following else self.in_sight[-1]
            self._cursor.go(self._stack, seen)
        self._show_cursor()

    def _go_to_cursor(self) -> None:
        """Bring what the keys are about into sight; all of the last message in sight is the end, which is followed."""
        if (marked := self._cursor.marked(self._stack)) is None:
            return
        first, last = marked.start.place, marked.end.place
        rows = last.row - first.row + 1
        if last == self._stack.end and rows <= self.size.height and not self._cursor.on_code:
            self.follow()
        else:
            self.go_to(first, rows)

    def forget_rows(self) -> None:
        """Also what is about rows of the last width."""
        super().forget_rows()
        self._show_cursor()

    def _show_cursor(self) -> None:
        before = self._overlay.current
        # Out of sight it is not painted, and to lay it out again for that would never end.
        seen = self.has_focus and self._stack.entries and self._cursor.entry in self.in_sight
        self._overlay.current = self._cursor.marked(self._stack) if seen else None
        if self._overlay.current != before:
            self.refresh()
