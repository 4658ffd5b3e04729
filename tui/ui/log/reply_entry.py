"""ReplyEntry: one reply in the log while it grows and after: who answers, its thought, its text, and how it ended.

Deltas are only gathered in `apply`; `update` brings the rows up to date, at a cost that depends on what came since.
"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from rich.cells import cell_len

from tui.chat.conversation import Reply
from tui.chat.waiting import Wait, find_beginning, find_wait
from tui.markdown.layout import Layout
from tui.markdown.line import Line
from tui.stream.events import Notice, ReasoningDelta, RefusalDelta, StreamEvent, TextDelta
from tui.stream.outcome import Outcome
from tui.stream.thought import ThoughtSplitter
from tui.text.language import Language
from tui.ui.log.backlog import Backlog
from tui.ui.log.ending import ALONE, Standing, head_lines, tail_lines
from tui.ui.log.entry import Entry, Held, count_lines, find_row
from tui.ui.log.growing_text import BlockText, GrowingText
from tui.ui.log.plain import BLANK
from tui.ui.log.reasoning import Reasoning
from tui.ui.log.section import Section

PORTION = 4_000
"""Characters that one update reads, so that a burst never holds the loop; the rest waits for the next."""
AT_ONCE = 5 * PORTION
"""Characters up to which a reply that is there already is read at once."""


class ReplyEntry(Entry):
    """A reply with its note; what is folded in it is the person's choice."""

    __slots__ = ("_keys", "_parts", "_standing", "_told", "away", "record_shown", "reply", "thought_shown")

    def __init__(
        self,
        reply: Reply,
        language: Language,
        standing: Standing = ALONE,
        keys: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`keys` are the person's own, by the id of their binding."""
        super().__init__(language)
        self.reply = reply
        self._standing = standing
        self._keys = keys
        self._told: tuple[Wait | None, str, bool] = (None, "", False)
        self.away = False
        """Whether the keys of its note work only once a person has gone into the log; then the note says so."""
        self.thought_shown: bool | None = None
        """Whether the thought is open; None: while it is being thought, and after if it is short."""
        self.record_shown = False
        self._parts: _Parts | None = None

    @property
    def source(self) -> str:
        """The reply as it was received; reasoning that came apart is not in it."""
        return self.reply.text + self.reply.refusal

    @property
    def heard(self) -> str | None:
        """Also the name and the reasoning; a note and notices are in our words."""
        reply = self.reply
        if reply.outcome is not Outcome.COMPLETE or reply.notices or reply.tool_calls or self.record_shown:
            return None
        if self._standing != ALONE or reply.edited is not None:
            return None
        return f"{reply.provider}/{reply.model}\n{reply.reasoning}\n{self.source}"

    @property
    def is_growing(self) -> bool:
        """Until it has ended."""
        return self.reply.outcome is None

    @property
    def is_behind(self) -> bool:
        """While an update has left something over."""
        return self._parts is not None and self._parts.is_behind

    @property
    def is_unread(self) -> bool:
        """While a long reply is read in portions."""
        return self._parts is not None and bool(self._parts.stored)

    def apply(self, event: StreamEvent) -> None:
        """Gather an event that the reply has taken; without rows there is nothing to bring up to date later."""
        if self._parts is not None:
            self._parts.backlog.put(event)

    def drop(self) -> None:
        """Give up the documents too."""
        super().drop()
        self._parts = None

    def update(self) -> int | None:
        """Bring the rows up to date; returns the first that may have changed, None if none has."""
        if self._parts is None:
            return None
        telling = (*self.waits, self.away)
        if telling == self._told and not self._parts.is_behind:
            return None
        told = self._take_pending(self._parts, PORTION)
        told, self._told = told or telling != self._told, telling
        return self._refresh(self._parts, told=told)

    @property
    def waits(self) -> tuple[Wait | None, str]:
        """What there is to tell of it now, while it runs and says nothing."""
        trace = self.reply.trace
        return (find_wait(trace), find_beginning(trace)) if self.reply.outcome is None and trace else (None, "")

    @property
    def is_stale(self) -> bool:
        """Whether what it tells of its waiting is no longer so."""
        return self._parts is not None and (*self.waits, self.away) != self._told

    def toggle_thought(self) -> bool:
        """Fold or unfold the thought; False if there is none."""
        if self._parts is None or not self._parts.thought.has_text:
            return False
        self.show_thought(not self._parts.thought.is_open(self.thought_shown))
        return True

    def show_thought(self, wanted: bool | None) -> None:
        """Show or hide the thought; None: as one does that nobody has folded or unfolded."""
        self.thought_shown = wanted
        if self._parts is not None:
            self._refresh(self._parts, told=False)

    @property
    def hides_thought(self) -> bool:
        """Whether there is a thought of which only the head is seen."""
        return self._parts is not None and self._parts.thought.has_text and not self.thought_rows

    @property
    def thought_rows(self) -> range:
        """The rows of the thought, without its head, as far as it is shown."""
        if (parts := self._parts) is None:
            return range(0)
        start = self.first_row(parts.thought.body)
        return range(start, start + len(parts.thought.body.lines))

    def toggle_record(self) -> bool:
        """Show or hide the whole record; False while there is none."""
        if self._parts is None or self.reply.record is None or self._standing.alias:
            return False
        self.record_shown = not self.record_shown
        self._refresh(self._parts, told=True)
        return True

    @property
    def tail_rows(self) -> range:
        """The rows below its text: notices, the note and the record."""
        return range(self.first_row(self._parts.tail), self.rows) if self._parts is not None else range(0)

    def code_blocks(self) -> list[BlockText]:
        """The blocks of code, where they stand in this entry."""
        if (parts := self._parts) is None:
            return []
        start = self.first_row(parts.words)
        return [_moved(block, start) for block in parts.text.code_blocks()]

    def block_at(self, row: int) -> BlockText | None:
        """The block that a row is in, or stands above; None where there is no text."""
        if (parts := self._parts) is None or row >= self.height or self.locate(row)[0] is not parts.words:
            return None
        start = self.first_row(parts.words)
        return _moved(parts.text.block(parts.text.number_at(row - start)), start)

    def source_between(self, first: BlockText, last: BlockText) -> str:
        """As it was received, made safe."""
        assert self._parts is not None, "blocks are of rows that are there"
        return self._parts.text.source_of(range(first.span.start, last.span.stop))

    def slide(self, cells: int) -> bool:
        """All blocks of code together, as far as the widest line goes."""
        if (parts := self._parts) is None or self.layout is None:
            return False
        lines = parts.words.lines
        blocks = parts.text.code_blocks()
        widest = max((cell_len(lines[row].text) for block in blocks for row in block.rows), default=0)
        if widest <= self.layout.width:
            return False
        parts.words.slide(max(0, min(parts.words.shift + cells, widest - self.layout.width)))
        return True

    def hold(self, row: int) -> Held:
        """A row of the text by its block, else as others do."""
        parts, row = self._parts, self._unfolded(row)
        if parts is None or self.locate(row)[0] is not parts.words:
            return super().hold(row)
        at = row - self.first_row(parts.words)
        number = parts.text.number_at(at)
        line, offset = count_lines(parts.words.lines, parts.text.block(number).rows.start, at)
        return Held(self.sections.index(parts.words), number, line, offset)

    def row_of(self, held: Held) -> int:
        """Where that stands now."""
        parts = self._parts
        if parts is None or self.sections[held.section] is not parts.words:
            return super().row_of(held)
        while parts.is_behind and held.block >= len(parts.text.document.blocks) - 1:
            self.update()
        if not parts.words.lines:
            return super().row_of(held)
        number = min(held.block, len(parts.text.document.blocks) - 1)
        rows = parts.text.block(number).rows
        row = find_row(parts.words.lines, rows, held) if held.line >= 0 else max(0, rows.start - 1)
        return self._shown(self.first_row(parts.words) + row)

    def _take_pending(self, parts: "_Parts", room: int) -> bool:
        """Read what was there and what was gathered, up to `room` characters; whether more than text may change."""
        stored = parts.stored.take(room)
        pending = [] if parts.stored else parts.backlog.take(room)
        for event in (*stored, *pending):
            match event:
                case TextDelta(text) | RefusalDelta(text):
                    parts.feed(text)
                case ReasoningDelta(text):
                    parts.thought.feed(text)
        ended = self.reply.outcome is not None and not parts.is_behind
        if ended:
            parts.close()
        return ended or any(isinstance(event, Notice) for event in pending)

    def _make(self, layout: Layout) -> None:
        self.layout = layout
        size = len(self.source) + len(self.reply.reasoning)
        if (parts := self._parts) is not None and size <= AT_ONCE:
            self._take_pending(parts, sys.maxsize)
            parts.text.lay_out(layout)
            parts.thought.lay_out(layout)
        else:
            parts = self._parts = _Parts(layout)
            parts.stored.put(ReasoningDelta(self.reply.reasoning))
            parts.stored.put(TextDelta(self.source))
            self._take_pending(parts, sys.maxsize if size <= AT_ONCE else PORTION)
        self.sections = [parts.head, parts.thought.head, parts.thought.body, parts.gap, parts.words, parts.tail]
        self._refresh(parts, told=True)

    def _refresh(self, parts: "_Parts", *, told: bool) -> int | None:
        """Bring each section up to date; `told`: what is no text may have changed too."""
        assert self.layout is not None, "only rows are brought up to date"
        reply, language, layout = self.reply, self._language, self.layout
        head = parts.head.replace(head_lines(reply, language, layout, self._standing, self._keys)) if told else None
        thought_head, thought = parts.thought.refresh(self.thought_shown, reply.thought_seconds, language, layout)
        gap = parts.gap.replace([BLANK] if parts.thought.has_text and parts.text.has_text else [])
        changed = parts.text.update()
        words = parts.words.grow(parts.text.lines, changed)
        tail = parts.tail.replace(self._tail(layout)) if told else None
        row = 0
        for section, first in zip(self.sections, (head, thought_head, thought, gap, words, tail), strict=True):
            if first is not None:
                return row + first
            row += len(section.lines)
        return None


    def _tail(self, layout: Layout) -> list[Line]:
        shown, standing, keys = self.record_shown, self._standing, self._keys
        away = self.away
        return tail_lines(self.reply, self._language, layout, record=shown, standing=standing, keys=keys, away=away)


class _Parts:
    """What a reply is made of while it has rows."""

    def __init__(self, layout: Layout) -> None:
        self.stored, self.backlog = Backlog(), Backlog()  # what was there when the rows were made, and what came since
        self._splitter = ThoughtSplitter()
        self.thought = Reasoning(layout)
        self.text = GrowingText(layout)
        self.head, self.gap, self.words, self.tail = Section(), Section(), Section(), Section()
        if not layout.wrap_code:
            self.words.slides = self.text.is_code

    @property
    def is_behind(self) -> bool:
        """While something waits to be read."""
        return bool(self.stored or self.backlog)

    def feed(self, text: str) -> None:
        """Take text, which may begin with a thought."""
        thought, words = self._splitter.feed(text)
        if thought:
            self.thought.feed(thought)
        if words:
            self.thought.end()
            self.text.feed(words)

    def close(self) -> None:
        """Everything is whole."""
        thought, words = self._splitter.end()
        if thought:
            self.thought.feed(thought)
        self.text.feed(words)
        self.thought.close()
        self.text.close()


def _moved(block: BlockText, by: int) -> BlockText:
    return replace(block, rows=range(block.rows.start + by, block.rows.stop + by))
