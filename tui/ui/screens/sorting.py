"""SortingScreen: a list of chats in which they are renamed, pinned, archived, deleted and brought back.

Each act is queued and seen at once; nothing waits for the disk.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.chat.chat_list import Wanted
from tui.chat.history import History, UnreadableHistory
from tui.chat.summary import ConversationSummary, Shelf
from tui.chat.upkeep import UNDO_DAYS
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.overlay import Overlay
from tui.ui.screens.title_form import TitleForm

_TOLD_TITLE = 24
"""Characters of a title that a sentence names."""
_TOAST_SECONDS = 5


class SortingScreen(Overlay[Wanted | None]):
    """Whoever inherits shows the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f6", "rename", "Rename", id="chats.rename", tooltip="Give it another title"),
        Binding("f7", "archive", "Archive", id="chats.archive", tooltip="Put it out of the way, or back"),
        Binding("f8", "delete", "Delete", id="chats.delete", tooltip="Delete it; that can be undone"),
        Binding("shift+f8", "restore", "Undo", id="chats.restore", tooltip="Bring back what was deleted"),
    ]

    def __init__(self, history: History, language: Language) -> None:
        super().__init__()
        self.deleted: list[str] = []
        """The conversations that were deleted here and not restored, the latest last."""
        self.marked: dict[str, ConversationSummary] = {}
        """The conversations that were pinned or archived here, or no longer are, as they are now."""
        self._history = history
        self._language = language
        self._shelf = Shelf.CHATS

    @property
    def highlighted(self) -> ConversationSummary | None:
        """The conversation that the keys are about; whoever inherits knows it."""
        return None

    def put(self, summary: ConversationSummary) -> None:
        """Show a chat as it is now; whoever inherits does."""

    def take_away(self, summary: ConversationSummary) -> None:
        """Show a chat no more; whoever inherits does."""

    def read(self) -> None:
        """Read the list anew; whoever inherits does."""

    def when_drawn(self, act: Callable[[], object]) -> None:
        """Act on the list of what was typed, once that is drawn; whoever inherits knows when it is."""
        act()

    def action_pin(self) -> None:
        """Pin or unpin the highlighted chat."""
        self.when_drawn(self.pin)

    def action_archive(self) -> None:
        """Archive the highlighted chat, or bring it back."""
        self.when_drawn(self.archive)

    def action_rename(self) -> None:
        """Rename the highlighted chat."""
        self.when_drawn(self.rename)

    def action_delete(self) -> None:
        """Delete the highlighted chat."""
        self.when_drawn(self.delete)

    def action_restore(self) -> None:
        """Undo a deletion."""
        self.when_drawn(self.restore)

    def pin(self) -> None:
        """Let the highlighted chat stand above the others, or no longer."""
        if (summary := self.highlighted) is not None:
            self._history.pin(summary.id, not summary.pinned)
            self.marked[summary.id] = replace(summary, pinned=not summary.pinned)
            self.put(self.marked[summary.id])

    def archive(self) -> None:
        """Put the highlighted chat into the archive, or back among the others."""
        if (summary := self.highlighted) is None or summary.deleted:
            return
        self._history.archive(summary.id, not summary.archived)
        self.marked[summary.id] = replace(summary, archived=not summary.archived)
        self.take_away(summary)
        self._say("unarchived" if summary.archived else "archived", summary)

    def rename(self) -> None:
        """Edit the title of the highlighted chat."""
        if (summary := self.highlighted) is None:
            return

        def edited(title: str | None) -> None:
            if title is not None:
                self._history.rename(summary.id, title)
                self.put(replace(summary, title=title))

        self.app.push_screen(TitleForm(summary.title, self._language), edited)

    def delete(self) -> None:
        """Delete the highlighted chat; it is removed for good some days later."""
        if (summary := self.highlighted) is None:
            return
        if summary.deleted:
            self._say("deleted_already", summary)
            return
        if summary.running:
            # Of the app, since the list may be closed before it is known.
            self.app.run_worker(self._delete_unwritten(summary), group="delete")
        else:
            self._delete(summary)

    async def _delete_unwritten(self, summary: ConversationSummary) -> None:
        """What another weir writes would go on unseen, so that one is to be ended first."""
        try:
            written = await asyncio.to_thread(self._history.is_written_elsewhere, summary.id)
        except UnreadableHistory as error:
            self.app.notify(sanitise_line(self.say_keys("unreadable", reason=str(error))), markup=False)
            return
        if written:
            self._say("written_elsewhere", summary)
        else:
            self._delete(summary)

    def _delete(self, summary: ConversationSummary) -> None:
        self._history.delete(summary.id)
        self.deleted.append(summary.id)
        self.take_away(summary)
        self._say("deleted", summary)

    def restore(self) -> None:
        """Bring back the highlighted chat among the deleted ones, else the one that was deleted last."""
        if self._shelf is Shelf.DELETED and (summary := self.highlighted) is not None:
            self._history.restore(summary.id)
            self.deleted = [identity for identity in self.deleted if identity != summary.id]
            self.take_away(summary)
            self._say("restored", summary)
        elif self.deleted:
            self._history.restore(self.deleted.pop())
            self.read()
        else:
            self.notify(self.say_keys("nothing_deleted"), timeout=_TOAST_SECONDS, markup=False)

    def _say(self, name: str, summary: ConversationSummary) -> None:
        title = _cut(sanitise_line(summary.title)) or self._language.say("chats.untitled")
        self.notify(self.say_keys(name, title=title, days=UNDO_DAYS), timeout=_TOAST_SECONDS, markup=False)

    def say_keys(self, name: str, **values: object) -> str:
        """A sentence that names keys."""
        return say_keys(self, self._language, f"chats.{name}", **values)


def _cut(title: str) -> str:
    return title if len(title) <= _TOLD_TITLE else f"{title[: _TOLD_TITLE - 1]}…"
