"""Entry: one message of the log, a prompt or a reply, as rows at one width.

An entry that is far from what is read holds no rows (`drop`) and only guesses its height; `lay_out` makes them again
from what the conversation holds. Rows are counted from 0 at the entry's first.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.strip import Strip

from tui.chat.attachment import Attachment
from tui.chat.chip import write_chip, write_sent
from tui.chat.turn_tree import ONLY, Branching
from tui.markdown.layout import Layout
from tui.markdown.line import Line, Span, Style
from tui.text.language import Language
from tui.text.sanitise import sanitise
from tui.ui.log.growing_text import BlockText
from tui.ui.log.look import Look
from tui.ui.log.ornament import ornaments
from tui.ui.log.plain import BLANK, plain_lines
from tui.ui.log.section import Section
from tui.ui.plain_sign import plain_signs

SIDES = 4
"""Cells left free of text: two on each side."""
FOLDED_ROWS = 4
"""What a folded message shows of itself, above a row that says how much more there is."""

LONG_PROMPT = 50_000
"""Characters from which on a prompt is folded until it is opened: as many as a paste has that becomes a chip."""
SENT_SHOWN = 200_000
"""Characters of a file that are laid out at most, since that holds the loop: so many take some 80 ms."""


@dataclass(frozen=True, slots=True)
class Held:
    """A row by what stands there, so that it is found again at another width."""

    section: int
    block: int
    line: int
    """Of the block, or of the section if it has no blocks: the line, of any number of rows; -1: above the block."""
    offset: int
    """Characters of the line before the row."""


class Entry(ABC):
    """What all entries have."""

    __slots__ = ("_language", "_more", "folded", "layout", "sections")

    def __init__(self, language: Language) -> None:
        self._language = language
        self._more: Section | None = None
        self.sections: Sequence[Section] = ()
        self.layout: Layout | None = None
        """How the rows are laid out; None: there are none now."""
        self.folded = False

    @property
    @abstractmethod
    def source(self) -> str:
        """What was typed or received, whole, for copying and finding."""

    @abstractmethod
    def _make(self, layout: Layout) -> None:
        """Make the sections."""

    @property
    def heard(self) -> str | None:
        """All that its rows are made of, as it was before it was laid out; None: more than can be told so."""
        return self.source

    @property
    def is_growing(self) -> bool:
        """Whether more may come."""
        return False

    @property
    def is_unread(self) -> bool:
        """While some of what was there when the rows were made is not in them."""
        return False

    @property
    def is_behind(self) -> bool:
        """Whether another `update` is due."""
        return False

    def estimate(self, width: int) -> int:
        """About how many rows it takes; it costs the same however long the text is."""
        return FOLDED_ROWS + 1 if self.folded else len(self.source) // max(1, width - SIDES) + 4

    def update(self) -> int | None:
        """Bring the rows up to date with what came since; the first that may differ, None if none does."""
        return None

    def lay_out(self, layout: Layout) -> None:
        """Have rows at this layout."""
        if self.layout != layout:
            self._make(layout)
            self.layout = layout

    def drop(self) -> None:
        """Give the rows up; the height is known to whoever asked for it."""
        self.sections, self.layout, self._more = (), None, None

    def forget_strips(self) -> None:
        """Paint anew, as after a change of the theme."""
        for section in (*self.sections, *([self._more] if self._more else [])):
            section.forget_strips()

    @property
    def height(self) -> int:
        """The rows that it takes."""
        return FOLDED_ROWS + 1 if self._is_cut else self.rows

    @property
    def rows(self) -> int:
        """The rows that it has, folded or not."""
        return sum(len(section.lines) for section in self.sections)

    @property
    def can_fold(self) -> bool:
        """Whether it is longer than what it would show folded."""
        return self.rows > FOLDED_ROWS + 1

    def locate(self, row: int) -> tuple[Section, int]:
        """The section that a row is in, and the line's place in it."""
        if row == FOLDED_ROWS and self._is_cut:
            return self._say_more(), 0
        for section in self.sections:
            if row < len(section.lines):
                return section, row
            row -= len(section.lines)
        raise IndexError(row)

    def first_row(self, section: Section) -> int:
        """The row at which a section begins."""
        return sum(len(other.lines) for other in self.sections[: self.sections.index(section)])

    def line(self, row: int) -> Line:
        """The line of a row."""
        section, at = self.locate(row)
        return section.lines[at]

    def strip(self, row: int, look: Look, width: int) -> Strip:
        """A row as it is painted."""
        section, at = self.locate(row)
        return section.strip(at, look, width)

    def text_start(self, row: int) -> int:
        """The cell, from the left of the log, where a row's first character is; negative where it is out of sight."""
        section, at = self.locate(row)
        return section.edge_width - section.shift_of(at)

    def text_cells(self, row: int) -> tuple[int, int]:
        """Where the text of a row begins and ends, counted likewise."""
        line, start = self.line(row), self.text_start(row)
        return start + line.gutter, start + cell_len(line.text)

    def code_blocks(self) -> list[BlockText]:
        """The blocks of code, where they stand."""
        return []

    def block_at(self, row: int) -> BlockText | None:
        """The block that a row is in, or stands above; None where there is none."""
        return None

    def source_between(self, first: BlockText, last: BlockText) -> str:
        """The source of two blocks and of all that is between them."""
        raise LookupError("an entry without blocks has no source of blocks")

    def slide(self, cells: int) -> bool:
        """Move code that is wider than the log sideways; False if there is none."""
        return False

    def hold(self, row: int) -> Held:
        """A row by what stands there."""
        section, at = self.locate(self._unfolded(row))
        return Held(self.sections.index(section), 0, *count_lines(section.lines, 0, at))

    def row_of(self, held: Held) -> int:
        """Where that stands now."""
        section = self.sections[held.section]
        return self._shown(self.first_row(section) + find_row(section.lines, range(len(section.lines)), held))

    def _unfolded(self, row: int) -> int:
        """The row itself, or the last one above what is folded away."""
        return min(row, FOLDED_ROWS - 1) if self._is_cut else row

    def _shown(self, row: int) -> int:
        return max(0, min(row, self.height - 1))

    @property
    def _is_cut(self) -> bool:
        return self.folded and self.can_fold

    def _say_more(self) -> Section:
        sign = ornaments(ascii=self.layout is not None and self.layout.ascii).folded
        words = sign + self._language.say("log.more_lines", count=self.rows - FOLDED_ROWS)
        if self._more is None:
            self._more = Section()
        self._more.replace([Line((Span(words, Style("dim")),), cell_len(words))])
        return self._more


class PromptEntry(Entry):
    """What the person asked, which of several branches begins with it, and a chip for each file that went along."""

    __slots__ = ("_attachments", "_branching", "_mark", "_prompt", "sent_shown")

    def __init__(
        self,
        prompt: str,
        language: Language,
        branching: Branching = ONLY,
        mark: str = "",
        attachments: Sequence[Attachment] = (),
    ) -> None:
        """`mark` stands above it: here begins what is sent."""
        super().__init__(language)
        self._prompt = prompt
        self._branching = branching
        self._mark = mark
        self._attachments = attachments
        self.sent_shown = False
        self.folded = len(prompt) > LONG_PROMPT

    @property
    def source(self) -> str:
        """The prompt as it was typed."""
        return self._prompt

    @property
    def heard(self) -> str | None:
        """Its branch and its files are in our words."""
        return self._prompt if self._branching.count == 1 and not self._attachments else None

    def toggle_sent(self) -> bool:
        """Show or hide what was sent beside the prompt; False if nothing was."""
        if not self._attachments:
            return False
        self.sent_shown, self.folded = not self.sent_shown, False
        self.drop()
        return True

    def _make(self, layout: Layout) -> None:
        signs = ornaments(ascii=layout.ascii)
        edge = (Span("  "), Span(signs.you, Style("you")))
        name = self._language.say("log.you")
        if self._branching.count > 1:
            name += f"  {signs.one_of(self._branching.place, self._branching.count)}"
        who = Line((Span(name, Style("you", bold=True)),), gutter=cell_len(name))
        text = plain_lines(sanitise(self._prompt), Style(), layout.fit_prose(2))
        files = [line for each in self._attachments for line in self._file_lines(each, layout)]
        mark = plain_lines(self._mark, Style("notice"), layout.width) if self._mark else []
        above = [BLANK, *mark, BLANK] if mark else [BLANK]
        # What a fold leaves in sight is the beginning, and the chips are to be in sight.
        words = [*files, *text] if len(self._prompt) > LONG_PROMPT else [*text, *files]
        self.sections = [Section(above), Section([who], edge), Section(words, edge), Section([BLANK])]

    def _file_lines(self, attachment: Attachment, layout: Layout) -> list[Line]:
        """A chip, and what was sent: of an image that it was, since its bytes tell nobody anything."""
        width, signs = layout.width - 2, ornaments(ascii=layout.ascii)
        sign = signs.open if self.sent_shown else signs.folded
        lines = plain_lines(f"{sign}{write_chip(attachment, self._language)}", Style("tool"), width)
        if self.sent_shown:
            sent = sanitise(write_sent(attachment, self._language))
            lines += plain_lines(sent[:SENT_SHOWN], Style("dim" if attachment.is_image else "code"), width)
            if (more := len(sent) - SENT_SHOWN) > 0:
                lines += plain_lines(self._language.say("attachment.more", count=f"{more:,}"), Style("dim"), width)
        return lines


class WelcomeEntry(Entry):
    """What an empty conversation says."""

    __slots__ = ("_text",)

    def __init__(self, text: str, language: Language) -> None:
        super().__init__(language)
        self._text = text

    @property
    def source(self) -> str:
        """The text as it is shown."""
        return self._text

    def _make(self, layout: Layout) -> None:
        text = plain_signs(self._text) if layout.ascii else self._text
        title, end, rest = text.partition("\n")
        lines = [*plain_lines(title, Style("heading"), layout.fit_prose())]
        if end:
            lines += plain_lines(rest, Style(), layout.fit_prose())
        self.sections = [Section([BLANK]), Section(lines)]


def count_lines(lines: Sequence[Line], start: int, row: int) -> tuple[int, int]:
    """Which line, counted from the row `start` on, a row belongs to, and how many of its characters stand above it."""
    number, offset = -1, 0
    for at in range(start, row + 1):
        line = lines[at]
        number, offset = (number + 1, 0) if line.join is None else (max(number, 0), offset + len(line.join))
        if at < row:
            offset += len(line.text) - line.gutter
    return number, offset


def find_row(lines: Sequence[Line], rows: range, held: Held) -> int:
    """The row, of these, in which what is held stands."""
    number, offset, found = -1, 0, rows.start
    for at in rows:
        line = lines[at]
        number, offset = (number + 1, 0) if line.join is None else (max(number, 0), offset + len(line.join))
        if number > held.line or (number == held.line and offset > held.offset):
            break
        found = at
        offset += len(line.text) - line.gutter
    return found
