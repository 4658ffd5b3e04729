"""ChatsScreen: all conversations, the one used last first; what is typed looks for titles, then in all that was said.

Its result is what to open, or None. Nothing here waits for the disk: lists are read and searched in threads, and what
is changed is queued.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from tui.chat.chat_list import ChatList, choose_titled, join_hits
from tui.chat.history import History, UnreadableHistory
from tui.chat.search import FOUND, Hit, read_terms
from tui.chat.summary import ConversationSummary, Shelf
from tui.chat.upkeep import UNDO_DAYS
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.screens.sorting import SortingScreen
from tui.ui.widgets.chat_filter import ChatFilter
from tui.ui.widgets.chat_row import ChatRow, make_chat_row, make_head, make_hit_row
from tui.ui.widgets.frame import Frame
from tui.ui.widgets.model_list import ModelList

_SHELVES = (Shelf.CHATS, Shelf.ARCHIVED, Shelf.DELETED)
_WIDEST = 160
LOOK_SECONDS = 1.0
"""Between two looks at what has changed: a reply has ended, another weir has written."""
_PAUSE = 20
"""How many times as long as a look took nobody looks again: of tens of thousands of chats one takes a second."""
_FRAME = 5
"""Cells of the border, of what stands inside it, and of the scrollbar."""


class ChatsScreen(SortingScreen):
    """Every printable key filters; the acts are Enter, Tab, F-keys and ctrl-keys."""

    DEFAULT_CSS = """
    ChatsScreen {
        align: center middle;
        #chats {
            width: 100%;
            max-width: 160;
            height: 100%;
        }
        ModelList { background: $surface; height: 1fr; scrollbar-gutter: stable; }
        #chats-head { height: 1; color: $text-primary; }
        #chats-empty { height: 1fr; color: $text-muted; display: none; content-align: center middle; }
        #chats-state { height: auto; color: $text-muted; }
        &.-empty {
            ModelList, #chats-head { display: none; }
            #chats-empty { display: block; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="chats.close"),
    ]

    def __init__(self, history: History, current: str, language: Language) -> None:
        """`current` is the id of the conversation that is open."""
        super().__init__(history, language)
        # Held here: what is read or found may come when the screen is being closed and has no children.
        self.filter_input = ChatFilter(language.say("chats.filter"))
        self.rows = ModelList(self._row)
        self._current = current
        self._summaries: list[ConversationSummary] = []
        self._shown = ChatList()
        self._filtered: str | None = None
        """The words of the list as it is drawn, hits and all."""
        self._search = 0
        """The number of the latest search; an earlier one gives up."""
        self._put_off: list[Callable[[], object]] = []
        """What is to be done on the list of what was typed."""
        self._reading = True
        self._look_at = 0.0
        """From when on it may be looked again, monotonic."""
        self._acts = 0
        """How often a person has changed the list; what was read meanwhile is read again."""
        self._trouble: str | None = None
        self._now = datetime.now(UTC)

    def compose(self) -> ComposeResult:
        """The filter, the list, what it is of, the keys."""
        say = self._language.say
        with Frame(id="chats") as box:
            box.border_title = say("chats.title")
            yield self.filter_input
            yield Static("", markup=False, id="chats-head")
            yield self.rows
            yield Static("", markup=False, id="chats-empty")
            yield Static("", markup=False, id="chats-state")

    def on_mount(self) -> None:
        """Say that the list is being read, and read it."""
        self.query_one(Frame).name_keys(self.say_keys("keys"))
        self.filter_input.focus()
        self._tell()
        self.read()
        self.set_interval(LOOK_SECONDS, self._look)

    def on_unmount(self) -> None:
        """Whatever is still looked for is wanted no more."""
        self._search += 1

    def on_resize(self, event: events.Resize) -> None:
        """Another width, other columns."""
        self._tell()

    @property
    def highlighted(self) -> ConversationSummary | None:
        """The conversation that the keys are about: the highlighted one, or that of the highlighted hit."""
        item = self._shown.at(self.rows.highlighted)
        if isinstance(item, Hit):
            return next((summary for summary in self._summaries if summary.id == item.conversation), None)
        return item

    def action_move(self, rows: int) -> None:
        """Move in the list while the filter keeps the focus."""
        self.when_drawn(lambda: self.rows.highlight(self.rows.highlighted + rows))

    def when_drawn(self, act: Callable[[], object]) -> None:
        """Nothing is done to a chat of another list than that of what was typed."""
        if self._reading or self.filter_input.value != self._filtered:
            self._put_off.append(act)
        else:
            act()

    def action_next_shelf(self) -> None:
        """Show the archived chats, then the deleted ones, then the others again."""
        self._shelf = _SHELVES[(_SHELVES.index(self._shelf) + 1) % len(_SHELVES)]
        self.query_one("#chats", Frame).border_title = self._language.say(f"chats.title_{self._shelf}")
        self._filtered = None
        self.read()

    @on(Input.Changed)
    def filter_changed(self) -> None:
        """Other words, another list."""
        self._filter()

    @on(Input.Submitted)
    def open_highlighted(self) -> None:
        """Open what is highlighted."""
        self.when_drawn(self._open)

    def _open(self) -> None:
        if (item := self._shown.at(self.rows.highlighted)) is not None:
            self.conclude(self._shown.open(item))

    @on(ModelList.Clicked)
    def open_clicked(self, event: ModelList.Clicked) -> None:
        """A click opens."""
        if (item := self._shown.at(event.place)) is not None:
            self.dismiss(self._shown.open(item))

    def read(self) -> None:
        """Read the list anew, off the loop."""
        self.run_worker(self._read_shelf(self._shelf), name="read", group="read", exclusive=True)

    def _look(self) -> None:
        reading = any(worker.group == "read" and worker.node is self for worker in self.workers)
        if not reading and time.monotonic() >= self._look_at:
            self.read()

    async def _read_shelf(self, shelf: Shelf) -> None:
        acts, trouble, began = -1, None, time.monotonic()
        while acts != self._acts:
            acts = self._acts
            try:
                summaries = await asyncio.to_thread(self._history.summaries, shelf)
            except UnreadableHistory as error:
                summaries, trouble = [], self._language.say("chats.unreadable", reason=str(error))
        now = time.monotonic()
        self._look_at = now + _PAUSE * (now - began)
        if self._filtered is not None and (summaries, trouble) == (self._summaries, self._trouble):
            return
        self._summaries, self._trouble = summaries, trouble
        self._reading, self._now = False, datetime.now(UTC)
        self._filter()

    def _filter(self) -> None:
        """Choose off the loop: there may be many thousands, and a key must not wait for them."""
        self.run_worker(self._choose(self.filter_input.value), name="filter", group="filter", exclusive=True)

    async def _choose(self, typed: str) -> None:
        """Show the chats with these words in their titles, then those with them in what was said."""
        if self._reading:
            return
        self._search = number = self._search + 1
        shelf, words = self._shelf, read_terms(typed) or tuple(typed.split())
        summaries = self._summaries
        chosen = await asyncio.to_thread(choose_titled, summaries, words)
        if read_terms(typed) and number == self._search:
            try:
                hits = await asyncio.to_thread(
                    self._history.search, words, shelf, FOUND, lambda: number == self._search
                )
                self._trouble = None
            except UnreadableHistory as error:
                hits = []
                self._trouble = self._language.say("chats.unreadable", reason=str(error))
            chosen = await asyncio.to_thread(join_hits, chosen, hits, summaries)
        if self.is_there and number == self._search:
            self._show(chosen, typed)

    def _show(self, shown: ChatList, typed: str) -> None:
        """Show a list; the highlight stays on what it is about, unless other words were typed."""
        place = 0
        if typed == self._filtered and 0 <= self.rows.highlighted < len(self._shown.keys):
            before = self._shown.keys[self.rows.highlighted]
            place = shown.keys.index(before) if before in shown.keys else 0
        self._shown, self._filtered = shown, typed
        self.rows.show(len(shown.items), place)
        self.set_class(not shown.items, "-empty")
        self._tell()
        while self._put_off and typed == self.filter_input.value and not self._reading:
            self._put_off.pop(0)()

    def put(self, summary: ConversationSummary) -> None:
        """Show a chat as it is now."""
        self._acts += 1
        self._summaries = [summary if other.id == summary.id else other for other in self._summaries]
        self._filter()

    def take_away(self, summary: ConversationSummary) -> None:
        """Show a chat no more; the highlight is on what comes up in its place."""
        self._acts += 1
        self._summaries = [other for other in self._summaries if other.id != summary.id]
        self._shown, place = self._shown.without(summary.id), self.rows.highlighted
        self.rows.show(len(self._shown.items), place)
        self.set_class(not self._shown.items, "-empty")
        self._tell()

    def _tell(self) -> None:
        """The names of the columns, the counts; where there is nothing to show, what that means."""
        if not self.is_there:
            return
        say, hits = self._language.say, self._shown.hits
        chats = len(self._shown.items) - hits
        width = min(self.size.width, _WIDEST) - _FRAME
        self.query_one("#chats-head", Static).update(Content(make_head(width, self._language)))
        typed = sanitise_line(self.filter_input.value)
        if self._reading or self._trouble:
            empty = ""
        elif typed.strip():
            empty = say("chats.no_match", typed=typed)
        else:
            empty = self.say_keys(f"empty_{self._shelf}", days=UNDO_DAYS)
        self.query_one("#chats-empty", Static).update(Content(empty))
        name = "count" if not hits else "count_hits" if hits < FOUND else "count_most"
        state = say(f"chats.{name}", count=chats, hits=hits)
        if self._trouble is not None or self._reading:
            state = self._trouble or say("chats.reading")
        self.query_one("#chats-state", Static).update(Content(sanitise_line(state)))

    def _row(self, place: int, width: int) -> ChatRow:
        item = self._shown.items[place]
        if isinstance(item, Hit):
            return make_hit_row(item, self._shown.terms, width, self._now, self._language)
        return make_chat_row(item, width, self._now, self._language, current=item.id == self._current)
