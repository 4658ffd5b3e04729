"""SwitchingScreen: a screen that goes from one conversation to another.

A reply that is being written in the one that is left goes on; whoever comes back to it meanwhile sees it grow, since
the conversation is kept as long as this process writes in it.
"""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from tui.chat.conversation import Conversation, Reply
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.manner import Manner
from tui.ui.screens.drafting import DraftingScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.chat.chat_list import Wanted
    from tui.chat.history import History


class SwitchingScreen(DraftingScreen):
    """Whoever inherits shows a conversation, and gives back what is queued."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "new_chat", "New chat", id="chat.new"),
        Binding("ctrl+s", "show_chats", "Chats", id="chats.open", tooltip="All conversations, and search in them"),
    ]

    def __init__(self, language: Language, manner: Manner, behind: "Callable[[], bool]") -> None:
        super().__init__(language, manner, behind)
        self._left: dict[str, Conversation] = {}
        """Conversations that were left while a reply was being written here."""

    def show_conversation(self, conversation: Conversation) -> None:
        """Show one; whoever inherits does."""

    def show_branch(self, turn: str) -> None:
        """Let the path lead through the turn of this id; whoever inherits does."""

    def give_queue_back(self) -> bool:
        """Put what is queued back into the editor; whoever inherits does."""
        return False

    def action_new_chat(self) -> None:
        """Begin a new conversation; a reply that is being written goes on and is kept.

        One that was begun with a draft only is the new one; in it a new one is the same with nothing set. One model is
        asked in it, until others are marked.
        """
        self.forget_marks()
        current, unbegun = self._conversation, self._unbegun
        if not current.turns:
            self.go_to_conversation(Conversation(current.id))
        else:
            self.go_to_conversation(unbegun if unbegun is not None and not unbegun.turns else Conversation())

    def go_to_conversation(self, conversation: Conversation, draft: str | None = None) -> None:
        """Show another conversation, with the end of what is written in it waited for, and with its draft.

        `draft`: as the store has it; None: as it was left here.
        """
        self.give_queue_back()
        self.leave_draft()
        self.close_columns()
        self.close_search()
        if self._own_replies(self._conversation):
            self._left[self._conversation.id] = self._conversation
        self._awaited = self._own_replies(conversation)
        self._reply = self._awaited[-1] if self._awaited else None
        self.show_conversation(conversation)
        self.show_draft(draft)
        self.set_focus(self.prompt)

    def action_show_chats(self) -> None:
        """Open the list of conversations."""
        if self._workspace is None:
            self.put_off(self.action_show_chats)
            return
        if (history := self._find_history()) is None:
            return
        from tui.ui.screens.chats import ChatsScreen  # when first asked for

        screen = ChatsScreen(history, self._conversation.id, self._language)

        def closed(wanted: "Wanted | None") -> None:
            for conversation in (self._conversation, *self._left.values()):
                if (mark := screen.marked.get(conversation.id)) is not None:
                    conversation.pinned, conversation.archived = mark.pinned, mark.archived
            if wanted is not None:
                self.run_worker(self._open(history, wanted), group="switch", exclusive=True)
            elif self._conversation.id in screen.deleted:
                self.action_new_chat()

        self.app.push_screen(screen, closed)

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("chats.title"), say("chats.help"), self.action_show_chats)
        yield SystemCommand(say("chats.rename"), say("chats.rename_help"), self._rename)
        yield SystemCommand(say("chats.by_model"), say("chats.by_model_help"), self._begin_titling)
        yield from super().commands()

    async def _open(self, history: "History", wanted: "Wanted") -> None:
        """Show a conversation, at the place that is wanted."""
        from tui.chat.history import UnreadableHistory

        if wanted.conversation != self._conversation.id:
            conversation = self._left.pop(wanted.conversation, None)
            if conversation is None or not self._own_replies(conversation):
                try:
                    conversation = await asyncio.to_thread(history.load, wanted.conversation)
                except UnreadableHistory as error:
                    self._tell("chats.unreadable", reason=sanitise_line(str(error)))
                    return
            if conversation is None:
                self._tell("chats.gone")
                return
            self.go_to_conversation(conversation, await self.find_draft(conversation.id))
        if wanted.turn is not None:
            self.close_columns()
            self.call_after_refresh(self._show_passage, wanted)

    def _show_passage(self, wanted: "Wanted") -> None:
        assert wanted.turn is not None, "a place is in a turn"
        self.find_bar.value = wanted.words
        self.find_bar.add_class("-shown")
        self.show_branch(wanted.turn)
        self.page_log.show_passage(wanted.turn, wanted.reply, wanted.words)
        self.set_focus(self.page_log)

    def _own_replies(self, conversation: Conversation) -> list[Reply]:
        """The replies of a conversation that this process is writing."""
        own = {reply.id for reply in self._workspace.session.running()} if self._workspace is not None else set()
        return [reply for turn in conversation.tree.turns for reply in turn.replies if reply.id in own]

    def _find_history(self) -> "History | None":
        """Where conversations are kept; that they are not is told."""
        from tui.chat.history import History  # with the store, after the first paint

        if self._workspace is None:
            return None
        if self._workspace.store is None:
            self._tell("chats.not_kept")
            return None
        return History(self._workspace.store)

    def _rename(self) -> None:
        """Edit the title of this conversation."""
        conversation = self._conversation
        if (history := self._find_history()) is None:
            return
        if not conversation.turns:
            self._tell("chats.no_turn")
            return
        from tui.ui.screens.title_form import TitleForm  # when first asked for

        def edited(title: str | None) -> None:
            if title is not None:
                self._keep_title(history, conversation, title)

        self.app.push_screen(TitleForm(conversation.title, self._language), edited)

    def _begin_titling(self) -> None:
        """Ask the model of this conversation for a title."""
        if not self._conversation.turns or self._model is None:
            self._tell("chats.no_turn")
        elif (history := self._find_history()) is not None:
            self._tell("chats.titling", model=sanitise_line(self._model.name))
            self.run_worker(self._ask_title(history, self._conversation), group="title", exclusive=True)

    async def _ask_title(self, history: "History", conversation: Conversation) -> None:
        from tui.chat.titling import ask_title  # when first asked for

        workspace, model = self._workspace, self._model
        assert workspace is not None, "a conversation comes out of an open workspace"
        assert model is not None, "there was one to begin with"
        title, reply = await ask_title(workspace.session, conversation, model)
        if title:
            self._keep_title(history, conversation, title)
        elif reply.record is not None and reply.outcome is not None:
            reason = self._language.outcome(reply.outcome, reply.record.values())
            self._tell("chats.no_title", reason=sanitise_line(reason))

    def _keep_title(self, history: "History", conversation: Conversation, title: str) -> None:
        conversation.title = title
        history.rename(conversation.id, title)
        self._tell("chats.renamed", title=sanitise_line(title))
