"""RecordListScreen: all records that are kept, the latest first, filtered as one types, with what they say together."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from tui.chat.note import tell_seconds
from tui.chat.record_file import FileState, Journal, read_journal, state_of
from tui.chat.record_filter import FilterError, RecordFilter, choose, read_filter
from tui.chat.record_row import RecordRow, make_row
from tui.chat.record_summary import RecordSummary, draw_sparkline, summarise
from tui.stream.record import Record
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.log.message_log import MessageLog
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import Frame
from tui.ui.widgets.list_filter import ListFilter
from tui.ui.widgets.model_list import ModelList
from tui.ui.widgets.model_row import Row, shorten

if TYPE_CHECKING:
    from tui.chat.support import Support

_OUTCOME = 20
"""Cells of the outcomes' column; the longest has 19."""
_FIGURES = (("first", 12), ("took", 10), ("status", 8), ("kind", 13), ("id", 10))
"""Columns behind the model and their cells, given up from the last where a row is narrow."""
_RIGHT = ("first", "took", "status")
_TIME = 19
"""Cells of a time."""
_SHORT_TIME = (5, 16)
"""What of it a narrow row shows: neither year nor seconds."""
_WHOLE_TIME = 80
"""Cells of a row from which the time is whole."""
_MODEL = 20
"""Cells that a model gets before those columns are given up."""


class RecordListScreen(Overlay[None]):
    """A list with a filter: every printable key filters, the acts are Enter and other keys."""

    DEFAULT_CSS = """
    RecordListScreen {
        align: center middle;
        #records {
            width: 100%;
            max-width: 160;
            height: 100%;
        }
        ModelList { background: $surface; height: 1fr; scrollbar-gutter: stable; }
        #records-head { height: 1; color: $text-primary; }
        #records-empty { height: 1fr; color: $text-muted; display: none; }
        #records-bars { height: auto; color: $text-accent; }
        #records-state { height: auto; max-height: 4; color: $text-muted; }
        &.-empty {
            ModelList, #records-head { display: none; }
            #records-empty { display: block; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="records.close"),
        # Before the editing keys of the filter, which the same keys would be.
        Binding("ctrl+o", "copy", "Copy", id="records.copy", tooltip="Copy the record as JSON", priority=True),
        Binding("f7", "support", "Support bundle", id="records.support", tooltip="Show and write a support bundle"),
        Binding("tab", "next_outcome", "Outcome", id="records.outcome", tooltip="Only the next outcome", priority=True),
    ]

    def __init__(self, path: Path, language: Language, support: "Callable[[], Support]", *, ascii: bool) -> None:
        """`support` gives what composes a support bundle; it may block."""
        super().__init__()
        # Held here: what is read or filtered may come when the screen is being closed and has no children.
        self.filter_input = ListFilter(language.say("records_screen.filter"))
        self.rows = ModelList(self._row)
        self._path = path
        self._language = language
        self._support = support
        self._ascii = ascii
        self._journal = Journal()
        self._shown: list[Record] = []
        self._summary = summarise([])
        self._trouble: str | None = None
        """Why nothing could be read."""
        self._complaint: str | None = None
        """What is wrong with the filter."""
        self._filtered: str | None = None
        """The words of the list as it is drawn."""
        self._moves = 0
        """Rows to go in the list of what is typed, once it is there."""
        self._reading = True
        self._read_state: FileState | None = None

    def compose(self) -> ComposeResult:
        """The filter, the list, the bars, what they are."""
        say = self._language.say
        with Frame(id="records") as box:
            box.border_title = say("records_screen.list_title")
            yield self.filter_input
            yield Static("", markup=False, id="records-head")
            yield self.rows
            yield Static("", markup=False, id="records-empty")
            yield Static("", markup=False, id="records-bars")
            yield Static("", markup=False, id="records-state")

    def on_mount(self) -> None:
        """Say that what is kept is being read."""
        self.filter_input.focus()
        self.query_one(Frame).name_keys(say_keys(self, self._language, "records_screen.list_keys"))
        self._tell()

    def on_screen_resume(self) -> None:
        """Read what is new, too: a diagnosis for a support bundle leaves records."""
        self.run_worker(self._read(), name="read", group="read", exclusive=True)

    def on_resize(self, event: events.Resize) -> None:
        """The bars fill the width."""
        self._tell()

    @property
    def highlighted(self) -> Record | None:
        """The record that the keys are about."""
        place = self.rows.highlighted
        return self._shown[place] if 0 <= place < len(self._shown) else None

    def action_move(self, rows: int) -> None:
        """Move in the list while the filter keeps the focus."""
        if self._filtered == self.filter_input.value:
            self.rows.highlight(self.rows.highlighted + rows)
        else:
            self._moves += rows

    def action_copy(self) -> None:
        """Copy the highlighted record as JSON."""
        import json  # with the first copy

        if (record := self.highlighted) is not None:
            self.post_message(MessageLog.Copied(json.dumps(record.as_json(), ensure_ascii=False, indent=1)))

    def action_support(self) -> None:
        """Show what a support bundle of the highlighted record would hold."""
        from tui.ui.screens.support import SupportScreen  # when first asked for

        if (record := self.highlighted) is not None:
            self.app.push_screen(SupportScreen(record, self._language, self._support))

    def action_next_outcome(self) -> None:
        """Show the records of the next outcome alone; behind the last one those of all."""
        codes = [outcome for outcome, _ in summarise(self._journal.records).outcomes]
        words = self.filter_input.value.split()
        now = next((word.removeprefix("outcome:") for word in words if word.startswith("outcome:")), None)
        others = [word for word in words if not word.startswith("outcome:")]
        at = codes.index(now) + 1 if now in codes else 0
        self.filter_input.value = " ".join([*others, *(f"outcome:{code}" for code in codes[at : at + 1])])
        self.filter_input.cursor_position = len(self.filter_input.value)

    @on(Input.Changed)
    def filter_changed(self) -> None:
        """Other words, another list."""
        self._filter()

    @on(Input.Submitted)
    async def open_highlighted(self) -> None:
        """Show the highlighted record whole, of what was typed: its list may not be drawn yet."""
        if self.filter_input.value != self._filtered:
            await self._choose(self.filter_input.value)
        if (record := self.highlighted) is not None:
            self._open(record)

    @on(ModelList.Clicked)
    def open_clicked(self, event: ModelList.Clicked) -> None:
        """A click shows a record whole."""
        self._open(self._shown[event.place])

    def _open(self, record: Record) -> None:
        from tui.ui.screens.record import RecordScreen

        self.app.push_screen(RecordScreen(lambda: [record], self._language, self._support))

    async def _read(self) -> None:
        """Read what is kept, off the loop, if it has changed."""
        try:
            state = await asyncio.to_thread(state_of, self._path)
            if state == self._read_state:
                return
            self._journal, self._trouble = await asyncio.to_thread(read_journal, self._path), None
            self._read_state = state
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._trouble = self._language.say("records.unreadable", path=self._path, reason=reason)
        self._reading = False
        self._filter()

    def _filter(self) -> None:
        """Choose off the loop: there may be many thousands, and a key must not wait for them."""
        self.run_worker(self._choose(self.filter_input.value), name="filter", group="filter", exclusive=True)

    async def _choose(self, typed: str) -> None:
        if self._reading:
            return
        try:
            wanted, complaint = read_filter(typed, datetime.now(UTC)), None
        except FilterError as error:
            wanted, known = None, self._language.phrase(error.known)
            complaint = self._language.say("records_screen.bad_filter", name=error.name, value=error.value, known=known)
        found, summary = await asyncio.to_thread(_look_through, self._journal.records, wanted)
        if not self.is_there:
            return
        self._complaint, self._filtered = complaint, typed
        before = self.highlighted
        self._shown, self._summary = found, summary
        self.rows.show(len(found), found.index(before) if before in found else 0)
        self.rows.highlight(self.rows.highlighted + self._moves)
        self._moves = 0
        self.set_class(not found, "-empty")
        self._tell()

    def _tell(self) -> None:
        """The bars and what they are; where there is nothing to show, what that means."""
        if not self.is_there:
            return
        say, summary = self._language.say, self._summary
        lines = [text for text in (self._trouble, self._complaint) if text]
        if self._reading:
            lines.append(say("records_screen.reading"))
        elif summary.total:
            counts = ", ".join(f"{outcome} {count}" for outcome, count in summary.outcomes)
            lines.append(say("records.counts", count=summary.total, counts=counts))
        if self._journal.unreadable:
            lines.append(say("records.torn", count=self._journal.unreadable, path=self._path))
        empty = say("records.no_match" if self._journal.records else "records.empty", count=len(self._journal.records))
        self.query_one("#records-empty", Static).update(Content("" if self._reading else f"\n{empty}"))
        self.query_one("#records-head", Static).update(Content(self._head(min(self.size.width, 160) - 5)))
        self.query_one("#records-bars", Static).update(Content(self._draw_bars(summary)))
        self.query_one("#records-state", Static).update(Content("\n".join(sanitise_line(line) for line in lines)))

    def _draw_bars(self, summary: RecordSummary) -> str:
        times = summary.measured
        if not times:
            return ""
        scale = self._language.say(
            "records.scale",
            least=tell_seconds(times[0], self._language),
            median=tell_seconds(summary.median, self._language),
            most=tell_seconds(times[-1], self._language),
            none=summary.first_text.count(None),
        )
        bars = draw_sparkline(summary.first_text, max(10, min(self.size.width, 160) - 4), ascii=self._ascii)
        return f"{bars}\n{scale}"

    def _row(self, place: int, width: int) -> Row:
        return _fit(make_row(self._shown[place]), width)

    def _head(self, width: int) -> str:
        """What the columns are."""
        say = self._language.say
        row = _fit(RecordRow(*(say(f"records.column.{name}") for name in RecordRow.__slots__)), width)
        return row.route + row.name + row.figures


def _fit(cells: RecordRow, width: int) -> Row:
    """A row of so many cells: time and outcome first; the model gets what the figures leave it."""
    start, end = (0, _TIME) if width >= _WHOLE_TIME or not cells.time[:1].isdigit() else _SHORT_TIME
    wide_time = _TIME if width >= _WHOLE_TIME else _SHORT_TIME[1] - _SHORT_TIME[0]
    time = set_cell_size(cells.time[start:end], wide_time)
    figures, room = "", width - 2 - _OUTCOME - wide_time
    for name, wide in _FIGURES:
        if room - wide >= _MODEL:
            text = getattr(cells, name)
            gap = " " * (wide - cell_len(text))
            figures += gap + text if name in _RIGHT else f"  {text}{gap[2:]}"
            room -= wide
    model = set_cell_size(shorten(cells.model, room), room)
    return Row(f"{time}  ", set_cell_size(cells.outcome, _OUTCOME), model + figures)


def _look_through(records: Sequence[Record], wanted: RecordFilter | None) -> tuple[list[Record], RecordSummary]:
    """Those that are wanted, the latest first, and what they say together; none where the filter cannot be meant."""
    found = choose(records, wanted) if wanted is not None else []
    return found[::-1], summarise(found)
