"""ReadingScreen: a screen with a log in it: paging, finding, copying, and the way between log and prompt."""

from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.getters import query_one
from textual.screen import Screen

from tui.text.language import Language
from tui.ui.log.message_log import MessageLog
from tui.ui.shown_key import show_key
from tui.ui.widgets.find_bar import FindBar
from tui.ui.widgets.prompt import Prompt


class ReadingScreen(Screen[None]):
    """Whoever inherits composes the log, the find bar and the prompt."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+f", "find", "Find", id="log.find", tooltip="Find in this conversation"),
        Binding("ctrl+o", "copy_last", "Copy reply", id="log.copy_last", show=False),
        Binding("pageup", "scroll_log(-1)", show=False, priority=True, id="log.page_up"),
        Binding("pagedown", "scroll_log(1)", show=False, priority=True, id="log.page_down"),
    ]

    log_view = query_one(MessageLog)
    find_bar = query_one(FindBar)
    prompt = query_one(Prompt)

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language

    @property
    def selected_text(self) -> str:
        """What is marked in the log."""
        return self.log_view.selected_text

    def clear_marks(self) -> None:
        """Mark nothing any more."""
        self.log_view.clear_selection()

    def on_key(self, event: events.Key) -> None:
        """A letter that came before anything had the keys, as in the moment in which a screen opens, is typed."""
        if event.is_printable and self.focused in (None, self.prompt):  # which lets none of its own come as far as here
            self.prompt.post_message(events.Key(event.key, event.character))

    @on(MessageLog.Left)
    def leave_log(self) -> None:
        """Go on typing; a search is over."""
        self.close_search()
        self.set_focus(self.prompt)

    @on(MessageLog.Missed)
    def tell_missed(self, event: MessageLog.Missed) -> None:
        """Say why a key did nothing."""
        up = show_key(self.log_view.keys.get("log.previous", "k").partition(",")[0])
        self.notify(self._language.say(event.what, up=up), timeout=3, markup=False)

    @on(FindBar.Wanted)
    def find_words(self, event: FindBar.Wanted) -> None:
        """Go to the last occurrence, where n and N lead on."""
        if count := self.log_view.find(event.words):
            self.notify(self._language.say("find.count", count=count), timeout=4, markup=False)
        else:
            self.notify(self._language.say("log.not_found"), timeout=3, markup=False)
        self.set_focus(self.log_view)

    @on(FindBar.Closed)
    def end_search(self) -> None:
        """Mark nothing any more."""
        self.close_search()
        self.set_focus(self.prompt)

    def close_search(self) -> bool:
        """End the search; False if there was none."""
        if not self.find_bar.has_class("-shown"):
            return False
        self.find_bar.remove_class("-shown")
        self.log_view.find("")
        return True

    def action_find(self) -> None:
        """Ask what to look for."""
        self.find_bar.open()

    def action_copy_last(self) -> None:
        """Copy the last reply as it was received."""
        self.log_view.copy_last()

    def action_scroll_log(self, pages: int) -> None:
        """Scroll the log from wherever the focus is."""
        self.log_view.turn_pages(pages)
