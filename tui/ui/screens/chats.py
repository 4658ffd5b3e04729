"""ChatsScreen: all conversations, the one used last first; what is typed looks for titles, then in all that was said.

Its result is what to open, or None. Nothing here waits for the disk: lists are read and searched in threads, and what
is changed is queued.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.chat.chat_list import ChatList, Wanted, choose_titled, join_hits
from tui.chat.history import History, UnreadableHistory
from tui.chat.search import FOUND, Hit, read_terms
from tui.chat.summary import ConversationSummary, Shelf
from tui.chat.upkeep import UNDO_DAYS
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.screens.title_form import TitleForm
from tui.ui.widgets.chat_row import ChatRow, make_chat_row, make_head, make_hit_row
from tui.ui.widgets.model_list import ModelList
from tui.ui.widgets.model_picker import FilterInput

_SHELVES = (Shelf.CHATS, Shelf.ARCHIVED, Shelf.DELETED)
_WIDEST = 160
_FRAME = 5
"""Cells of the border, of what stands inside it, and of the scrollbar."""
_TOLD_TITLE = 40
"""Characters of a title that a sentence names."""
_TOAST_SECONDS = 8


class ChatsScreen(ModalScreen[Wanted | None]):
    """Every printable key filters; the acts are Enter, Tab, F-keys and ctrl-keys."""

    DEFAULT_CSS = """
    ChatsScreen {
        align: center middle;
        #chats {
            width: 100%;
            max-width: 160;
            height: 100%;
            background: $surface;
            border: round $border;
            border-title-color: $text-primary;
            padding: 0 1;
        }
        Input, Input:focus { border: none; height: 1; padding: 0; background: $surface; margin: 0 0 1 0; }
        ModelList { background: $surface; height: 1fr; scrollbar-gutter: stable; }
        #chats-head { height: 1; color: $text-primary; }
        #chats-empty { height: 1fr; color: $text-muted; display: none; content-align: center middle; }
        #chats-state { height: auto; color: $text-muted; }
        #chats-keys { height: auto; color: $text-muted; }
        &.-empty {
            ModelList, #chats-head { display: none; }
            #chats-empty { display: block; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="chats.close"),
        # Before the editing keys of the filter, which some of these keys would be.
        Binding("tab", "next_shelf", "Archive", id="chats.shelf", tooltip="Archived, deleted chats", priority=True),
        Binding("ctrl+d", "pin", "Pin", id="chats.pin", tooltip="Let it stand above the others", priority=True),
        Binding("f6", "rename", "Rename", id="chats.rename", tooltip="Give it another title"),
        Binding("f7", "archive", "Archive", id="chats.archive", tooltip="Put it out of the way, or back"),
        Binding("f8", "delete", "Delete", id="chats.delete", tooltip="Delete it; that can be undone"),
        Binding("shift+f8", "restore", "Undo", id="chats.restore", tooltip="Bring back what was deleted"),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]

    def __init__(self, history: History, current: str, language: Language) -> None:
        """`current` is the id of the conversation that is open."""
        super().__init__()
        # Held here: what is read or found may come when the screen is being closed and has no children.
        self.filter_input = FilterInput(language.say("chats.filter"))
        self.rows = ModelList(self._row)
        self.deleted: list[str] = []
        """The conversations that were deleted here and not restored, the latest last."""
        self._history = history
        self._current = current
        self._language = language
        self._shelf = Shelf.CHATS
        self._summaries: list[ConversationSummary] = []
        self._shown = ChatList()
        self._filtered: str | None = None
        """The words of the list as it is drawn, hits and all."""
        self._search = 0
        """The number of the latest search; an earlier one gives up."""
        self._reading = True
        self._trouble: str | None = None
        self._now = datetime.now(UTC)

    def compose(self) -> ComposeResult:
        """The filter, the list, what it is of, the keys."""
        say = self._language.say
        with Vertical(id="chats") as box:
            box.border_title = say("chats.title")
            yield self.filter_input
            yield Static("", markup=False, id="chats-head")
            yield self.rows
            yield Static("", markup=False, id="chats-empty")
            yield Static("", markup=False, id="chats-state")
            yield Static("", markup=False, id="chats-keys")

    def on_mount(self) -> None:
        """Say that the list is being read, and read it."""
        self.query_one("#chats-keys", Static).update(Content(self._say_keys("keys")))
        self.filter_input.focus()
        self._tell()
        self._read()

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
        self.rows.highlight(self.rows.highlighted + rows)

    def action_next_shelf(self) -> None:
        """Show the archived chats, then the deleted ones, then the others again."""
        self._shelf = _SHELVES[(_SHELVES.index(self._shelf) + 1) % len(_SHELVES)]
        self.query_one("#chats", Vertical).border_title = self._language.say(f"chats.title_{self._shelf}")
        self._read()

    def action_pin(self) -> None:
        """Let the highlighted chat stand above the others, or no longer."""
        if (summary := self.highlighted) is not None:
            self._history.pin(summary.id, not summary.pinned)
            self._put(replace(summary, pinned=not summary.pinned))

    def action_archive(self) -> None:
        """Put the highlighted chat into the archive, or back among the others."""
        if (summary := self.highlighted) is None or summary.deleted:
            return
        self._history.archive(summary.id, not summary.archived)
        self._take_away(summary)
        self._say("unarchived" if summary.archived else "archived", summary)

    def action_rename(self) -> None:
        """Edit the title of the highlighted chat."""
        if (summary := self.highlighted) is None:
            return

        def edited(title: str | None) -> None:
            if title is not None:
                self._history.rename(summary.id, title)
                self._put(replace(summary, title=title))

        self.app.push_screen(TitleForm(summary.title, self._language), edited)

    def action_delete(self) -> None:
        """Delete the highlighted chat; it is removed for good some days later."""
        if (summary := self.highlighted) is None:
            return
        if summary.deleted:
            self._say("deleted_already", summary)
            return
        self._history.delete(summary.id)
        self.deleted.append(summary.id)
        self._take_away(summary)
        self._say("deleted", summary)

    def action_restore(self) -> None:
        """Bring back the highlighted chat among the deleted ones, else the one that was deleted last."""
        if self._shelf is Shelf.DELETED and (summary := self.highlighted) is not None:
            self._history.restore(summary.id)
            self.deleted = [identity for identity in self.deleted if identity != summary.id]
            self._take_away(summary)
            self._say("restored", summary)
        elif self.deleted:
            self._history.restore(self.deleted.pop())
            self._read()
        else:
            self.notify(self._say_keys("nothing_deleted"), timeout=_TOAST_SECONDS, markup=False)

    @on(Input.Changed)
    def filter_changed(self) -> None:
        """Other words, another list."""
        self._filter()

    @on(Input.Submitted)
    async def open_highlighted(self) -> None:
        """Open what is highlighted in the list of what was typed: that may not be drawn yet."""
        if self.filter_input.value != self._filtered:
            await self._choose(self.filter_input.value)
        if (item := self._shown.at(self.rows.highlighted)) is not None:
            self.dismiss(self._shown.open(item))

    @on(ModelList.Clicked)
    def open_clicked(self, event: ModelList.Clicked) -> None:
        """A click opens."""
        if (item := self._shown.at(event.place)) is not None:
            self.dismiss(self._shown.open(item))

    def _read(self) -> None:
        """Read the list anew, off the loop."""
        self.run_worker(self._read_shelf(self._shelf), name="read", group="read", exclusive=True)

    async def _read_shelf(self, shelf: Shelf) -> None:
        try:
            summaries = await asyncio.to_thread(self._history.summaries, shelf)
            self._trouble = None
        except UnreadableHistory as error:
            summaries = []
            self._trouble = self._language.say("chats.unreadable", reason=str(error))
        self._summaries, self._reading, self._now = summaries, False, datetime.now(UTC)
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
        if self.is_attached and number == self._search:
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

    def _put(self, summary: ConversationSummary) -> None:
        """Show a chat as it is now."""
        self._summaries = [summary if other.id == summary.id else other for other in self._summaries]
        self._filter()

    def _take_away(self, summary: ConversationSummary) -> None:
        """Show a chat no more; the highlight is on what comes up in its place."""
        self._summaries = [other for other in self._summaries if other.id != summary.id]
        self._shown, place = self._shown.without(summary.id), self.rows.highlighted
        self.rows.show(len(self._shown.items), place)
        self.set_class(not self._shown.items, "-empty")
        self._tell()

    def _say(self, name: str, summary: ConversationSummary) -> None:
        title = sanitise_line(summary.title)[:_TOLD_TITLE] or self._language.say("chats.untitled")
        self.notify(self._say_keys(name, title=title, days=UNDO_DAYS), timeout=_TOAST_SECONDS, markup=False)

    def _say_keys(self, name: str, **values: object) -> str:
        return say_keys(self, self._language, f"chats.{name}", **values)

    def _tell(self) -> None:
        """The names of the columns, the counts; where there is nothing to show, what that means."""
        if not self.is_attached:
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
            empty = self._say_keys(f"empty_{self._shelf}", days=UNDO_DAYS)
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
