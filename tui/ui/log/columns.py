"""Columns: the replies to one prompt side by side, each in a log of its own, while a person compares them.

One column is the current one: the keys are about it. Where columns would be too narrow they stand one under another;
where there are too few rows for that, only the current one is open and the others are their heads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.events import DescendantFocus, Resize
from textual.message import Message

from tui.chat.conversation import Conversation, Reply, Turn
from tui.settings.model_facts import ModelFacts
from tui.stream.events import Finished, Interrupted, StreamEvent
from tui.text.language import Language
from tui.ui.log.ending import Standing
from tui.ui.log.message_log import MessageLog
from tui.ui.log.reply_entry import ReplyEntry
from tui.ui.widgets.column_head import ColumnHead, describe_reply

LEAST_CELLS = 32
"""Of a column beside others."""
WIDE_CELLS = 64
"""Of a column whose figures fit into one row."""
LEAST_ROWS = 7
"""Of a column under others, its head included."""
LEAST_FRAMES = 4.0
"""Paints a second, however many columns there are."""
SHARE = 0.75
"""Of the paints a second of one log: what all columns have together."""
HEAD_SECONDS = 0.5
"""Between two looks at the figures of the heads."""
Arrangement = Literal["beside", "stacked", "tabbed"]
FindFacts = Callable[[Reply], ModelFacts]


def arrange(count: int, width: int, height: int) -> Arrangement:
    """How so many columns stand in so many cells and rows."""
    if width // max(1, count) >= LEAST_CELLS:
        return "beside"
    return "stacked" if height // max(1, count) >= LEAST_ROWS else "tabbed"


class ColumnLog(MessageLog):
    """One reply under its prompt."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "adopt", "Adopt", id="compare.adopt", tooltip="Go on with this reply and its model"),
        Binding("escape", "stop", "Stop", id="compare.stop"),
    ]

    def __init__(self, language: Language, turn: Turn, reply: Reply, page: "Page") -> None:
        super().__init__(
            language,
            frames=page.frames,
            behind=page.behind,
            ascii=page.ascii,
            wrap_code=page.wrap_code,
        )
        self.turn = turn
        self.reply = reply
        self.keys = page.keys
        self.alias: str | None = None
        """What the model is called while it may not be named."""
        self.beside = 1
        """How many columns stand side by side, this one among them."""
        self.shared: Callable[[ColumnLog, Callable[[ColumnLog], object]], object] = lambda log, act: None
        """Told of every scroll that a person makes here: what the other logs do to follow."""

    @property
    def leap(self) -> int:
        """All rows but a part while the reply is written: of two columns half stays in sight, of six a sixth.

        Terminals scroll whole lines only, so what has others beside it is sent anew; the more there are, the rarer.
        """
        return max(1, self.size.height - self.size.height // self.beside) if self.reply.outcome is None else 1

    def on_mount(self) -> None:
        """What came before there was a place for it is shown too."""
        self.show(Conversation(turns=[self.turn]), "")

    def apply(self, reply: Reply, event: StreamEvent) -> None:
        """Nothing is painted before there is a place for it."""
        if self.is_mounted:
            super().apply(reply, event)

    def rename(self, alias: str | None) -> None:
        """Show the reply under another name, None: its own."""
        if alias != self.alias:
            self.alias = alias
            if self.is_mounted:
                following = self._following
                self.show_reply(self.turn, self.reply)
                if following:
                    self.follow()

    @property
    def hides_names(self) -> bool:
        """While it has an alias."""
        return self.alias is not None

    def scroll_rows(self, rows: int) -> None:
        """Tell the others."""
        self.scroll_alone(rows)
        self.shared(self, lambda other: other.scroll_alone(rows))

    def scroll_alone(self, rows: int) -> None:
        """Scroll as another log did."""
        super().scroll_rows(rows)

    def action_jump(self, entry: int) -> None:
        """Tell the others, unless it is a mark that goes there."""
        marking = self.is_marking
        self.jump_alone(entry)
        if not marking:
            self.shared(self, lambda other: other.jump_alone(entry))

    def jump_alone(self, entry: int) -> None:
        """Go to a message as another log did."""
        super().action_jump(entry)

    def action_adopt(self) -> None:
        """Go on with this reply, whatever the keys are about."""
        self.post_message(self.Adopted(self.turn, self.reply))

    async def action_stop(self) -> None:
        """Mark nothing any more, else stop what is current, else go to the prompt."""
        if not self.end_marking():
            await self.run_action("screen.back")

    def action_step_sibling(self, step: int) -> None:
        """The siblings stand beside it already."""
        self.post_message(self.Missed("compare_view.beside"))

    def _choose_shown(self, turn: Turn) -> Reply:
        return self.reply

    def _make_reply(self, turn: Turn, reply: Reply) -> ReplyEntry:
        return ReplyEntry(reply, self._language, standing=Standing(alias=self.alias), keys=self.keys)


@dataclass(frozen=True, slots=True)
class Page:
    """How a log paints on this terminal; see `LogView`."""

    frames: float = 30
    behind: Callable[[], bool] = lambda: False
    ascii: bool = False
    wrap_code: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)


class Column(Vertical):
    """A head and its log."""

    DEFAULT_CSS = """
    Column { width: 1fr; height: 1fr; }
    """

    def __init__(self, log: ColumnLog, letter: str) -> None:
        super().__init__()
        self.head = ColumnHead()
        self.log_view = log
        self.letter = letter

    def compose(self) -> ComposeResult:
        """The head above the log."""
        yield self.head
        yield self.log_view

    def tell(self, facts: ModelFacts, language: Language, *, blind: bool) -> None:
        """Bring the head up to date."""
        reply = self.log_view.reply
        alias = language.say("compare_view.alias", letter=self.letter) if blind else None
        self.log_view.rename(alias)
        standing, amounts = describe_reply(reply, facts, language, blind=blind)
        self.head.tell(alias or f"{reply.provider}/{reply.model}", standing, amounts)


class Columns(Container):
    """Shown while a comparison is open."""

    DEFAULT_CSS = """
    Columns {
        display: none;
        width: 100%;
        height: 1fr;
        layout: horizontal;
        &.-shown { display: block; }
        &.-beside Column { border-right: solid $panel; }
        &.-beside Column:last-child { border-right: none; }
        &.-beside ColumnLog { scrollbar-size-vertical: 0; }
        &.-stacked, &.-tabbed { layout: vertical; }
        &.-tabbed Column { height: 1; }
        &.-tabbed ColumnLog { display: none; }
        &.-tabbed Column.-current { height: 1fr; }
        &.-tabbed Column.-current ColumnLog { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "step(1)", "Next column", id="compare.next"),
        Binding("shift+tab", "step(-1)", "Column before", id="compare.previous", show=False),
        Binding("t", "toggle_together", "Scroll together", id="compare.together"),
        Binding("b", "toggle_blind", "Blind", id="compare.blind", tooltip="Hide the models' names, or show them"),
    ]

    @dataclass
    class Turned(Message):
        """Another column is the current one."""

        reply: Reply

    def __init__(self, language: Language, page: Page) -> None:
        super().__init__()
        self._language = language
        self._page = page
        self._columns: list[Column] = []
        self._facts: FindFacts = lambda reply: ModelFacts()
        self._at = 0
        self.together = False
        """Whether all logs scroll as one does."""
        self.blind = False
        """Whether the models' names are hidden."""

    @property
    def is_shown(self) -> bool:
        """Whether a comparison is open."""
        return bool(self._columns)

    @property
    def current(self) -> ColumnLog:
        """The log that the keys are about; there is one while a comparison is open."""
        return self._columns[self._at].log_view

    @property
    def turn(self) -> Turn:
        """What is compared; while a comparison is open."""
        return self._columns[0].log_view.turn

    def open(self, turn: Turn, find_facts: FindFacts) -> None:
        """Show every reply of a turn; the first is current."""
        self.close()
        self._facts = find_facts
        self.add_class("-shown")
        self.add(turn, turn.replies)

    def add(self, turn: Turn, replies: Sequence[Reply]) -> None:
        """Show further replies of the turn behind the others; the first of these is current."""
        place = len(self._columns)
        # Many columns share what the terminal can take; none is ever more than a quarter of a second behind.
        frames = max(LEAST_FRAMES, SHARE * self._page.frames / (place + len(replies)))
        page = replace(self._page, frames=frames)
        for letter, reply in zip(ascii_uppercase[place:], replies, strict=False):
            log = ColumnLog(self._language, turn, reply, page)
            log.shared = self._share_scroll
            self._columns.append(Column(log, letter))
        self._place_columns(self.screen.size.width, self.screen.size.height)
        self._turn_to(place)
        self.mount_all(self._columns[place:])
        self.tell()

    def close(self) -> None:
        """Show none."""
        for column in self._columns:
            column.remove()
        self._columns, self._at = [], 0
        self.remove_class("-shown")

    def apply(self, reply: Reply, event: StreamEvent) -> None:
        """Take an event that a reply has taken."""
        for column in self._columns:
            if column.log_view.reply is reply:
                column.log_view.apply(reply, event)
                if isinstance(event, Finished | Interrupted):
                    column.tell(self._facts(reply), self._language, blind=self.blind)

    def tell(self) -> None:
        """Bring every head up to date."""
        for column in self._columns:
            column.tell(self._facts(column.log_view.reply), self._language, blind=self.blind)
            column.log_view.tell_waits()
        if any(column.head.is_high for column in self._columns):
            for column in self._columns:
                column.head.be_high()

    def running(self) -> Reply | None:
        """The first reply that is being written, from the current column on."""
        replies = [column.log_view.reply for column in self._columns]
        turned = replies[self._at :] + replies[: self._at]
        return next((reply for reply in turned if reply.outcome is None), None)

    def on_mount(self) -> None:
        """The figures of the heads follow the streams."""
        self.set_interval(HEAD_SECONDS, self.tell)

    def on_resize(self, event: Resize) -> None:
        """Another size, perhaps another arrangement."""
        self._place_columns(event.size.width, event.size.height)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The column with the focus is the current one."""
        for place, column in enumerate(self._columns):
            if column.log_view is event.widget:
                self._turn_to(place)

    def action_step(self, step: int) -> None:
        """Go to the next column; beyond the ends is the prompt."""
        place = self._at + step
        if 0 <= place < len(self._columns):
            self._turn_to(place)
            # At once: `focus` would let a key that follows reach the column before.
            self.screen.set_focus(self.current)
        else:
            self.current.action_leave()

    def action_toggle_together(self) -> None:
        """Scroll all logs at once, or each by itself."""
        self.together = not self.together
        name = "compare_view.together" if self.together else "compare_view.apart"
        self.notify(self._language.say(name), timeout=3, markup=False)

    def action_toggle_blind(self) -> None:
        """Hide the names, or show them."""
        self.blind = not self.blind
        self.tell()
        name = "compare_view.blind_on" if self.blind else "compare_view.blind_off"
        self.notify(self._language.say(name), timeout=3, markup=False)

    def _turn_to(self, place: int) -> None:
        turned = place != self._at
        self._at = place
        for other, column in enumerate(self._columns):
            column.set_class(other == place, "-current")
            column.head.set_class(other == place, "-current")
            column.log_view.set_class(other == place, "-in-use")
        self.tell()
        if turned:
            self.post_message(self.Turned(self.current.reply))

    def _place_columns(self, width: int, height: int) -> None:
        arrangement = arrange(len(self._columns), width, height)
        for name in ("beside", "stacked", "tabbed"):
            self.set_class(name == arrangement, f"-{name}")
        wide = width >= len(self._columns) * WIDE_CELLS
        for column in self._columns:
            column.log_view.beside = len(self._columns) if arrangement == "beside" else 1
            column.head.take_rows((2 if wide else 3) if arrangement == "beside" else 1)

    def _share_scroll(self, log: ColumnLog, act: Callable[[ColumnLog], object]) -> None:
        if self.together:
            for column in self._columns:
                if column.log_view is not log:
                    act(column.log_view)
