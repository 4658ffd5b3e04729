"""RevisingScreen: a screen on which what was said already is revised: edited, deleted, forked, gone on with elsewhere.

An edited prompt is sent as a branch beside the one that it was, an edited reply stands beside the one that came: what
was there stays, and `[` and `]` lead to it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import SystemCommand

from tui.chat.attachment import Attachment, find_kept
from tui.chat.conversation import Conversation, Reply, Turn
from tui.text.language import Language
from tui.text.sanitise import sanitise
from tui.ui.log.columns import ColumnLog
from tui.ui.log.message_log import MessageLog
from tui.ui.manner import Manner
from tui.ui.screens.switching import SwitchingScreen
from tui.ui.shown_key import show_key
from tui.ui.widgets.revising_prompt import RevisingPrompt

if TYPE_CHECKING:
    from tui.chat.revision import Revision


@dataclass(frozen=True, slots=True)
class _Edit:
    """What is being edited: the prompt of a turn, or a reply of it."""

    turn: Turn
    reply: Reply | None

    @property
    def id(self) -> str:
        """Of the message."""
        return self.turn.id if self.reply is None else self.reply.id


_EDIT_KEYS = (("send", "prompt.send", "Enter"), ("leave", "prompt.end_edit", "Esc"))
"""The keys that matter while editing: what the sentence calls them, their bindings, their usual names."""


_UNDO_KEYS = (("key", "log.restore", "D"), ("enter", "prompt.leave", "tab"))
"""The same of undoing a deletion: in the log, and before that from the prompt."""


class RevisingScreen(SwitchingScreen):
    """Without the focus in the log the acts are about the last message."""

    def __init__(self, language: Language, manner: Manner, behind: Callable[[], bool]) -> None:
        super().__init__(language, manner, behind)
        self._edit: _Edit | None = None
        self._unfinished: dict[str, str] = {}
        """What was made of a message and not sent, by the message's id."""

    def go_to_conversation(self, conversation: Conversation, draft: str | None = None) -> None:
        """An edit is of the conversation that is left."""
        self._leave_edit()
        super().go_to_conversation(conversation, draft)

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        acts = {
            "edit_prompt": self._edit_prompt,
            "edit_reply": self._edit_reply,
            "delete": self._delete_meant,
            "restore": self._restore,
            "fork": self._fork_meant,
            "next_branch": lambda: self._step_meant(1),
            "previous_branch": lambda: self._step_meant(-1),
        }
        for name, act in acts.items():
            yield SystemCommand(say(f"turns.{name}"), say(f"turns.{name}_help"), act)
        yield from super().commands()

    @on(MessageLog.EditWanted)
    def begin_edit(self, event: MessageLog.EditWanted) -> None:
        """Put a message into the editor."""
        turn, reply, say = event.turn, event.reply, self._language.say
        if self.is_blind() or self._refuse_running(turn, reply):
            return
        text = turn.prompt if reply is None else sanitise(reply.context)
        if not text.strip():
            self._tell("turns.no_text")
            return
        self._leave_edit()
        self._edit = edit = _Edit(turn, reply)
        name = "turns.editing_prompt" if reply is None else "turns.editing_reply"
        keys = {key: self._page.keys.get(ident, usual) for key, ident, usual in _EDIT_KEYS}
        self._editor.begin_edit(text, self._unfinished.get(edit.id, text), say(name, **keys))
        self._editor.own.add_named(self._editor.text, find_kept(self._editor.text, turn.attachments))

    @on(RevisingPrompt.EditLeft)
    def leave_edit(self, event: RevisingPrompt.EditLeft) -> None:
        """Keep what was made of it for the next time that it is edited."""
        edit, self._edit = self._edit, None
        if edit is not None and event.text is not None:
            self._unfinished[edit.id] = event.text
            self._tell("turns.left", key=self._page.keys.get("log.edit", "e"))

    @on(RevisingPrompt.Edited)
    def take_edit(self, event: RevisingPrompt.Edited) -> None:
        """Send an edited prompt as a branch, or put an edited reply beside the one that came."""
        if (edit := self._edit) is None or self._refuse_running(edit.turn, edit.reply):
            return
        if edit.reply is not None:
            self._keep_reply(edit.turn, edit.reply, event.text)
        elif self._model is None and not self._marked:
            self.action_pick_model()
            return
        else:
            self.resend(event.text, edit.turn)
            return
        self._unfinished.pop(edit.id, None)

    def resend(self, text: str, turn: Turn, attachments: tuple[Attachment, ...] = ()) -> None:
        """Send the edited prompt of a turn, which is in the editor, as a branch, with these files."""
        self._edit = None
        self._editor.end_edit()
        self._unfinished.pop(turn.id, None)
        self.ask(text, beside=turn, attachments=attachments)
        self.save_state()

    def is_edited(self, turn: Turn) -> bool:
        """Whether the prompt of this turn is in the editor."""
        return self._edit is not None and self._edit.reply is None and self._edit.turn is turn

    @on(MessageLog.DeleteWanted)
    def delete(self, event: MessageLog.DeleteWanted) -> None:
        """Show and send a turn no more."""
        if self.is_blind() or self._refuse_running(event.turn, *event.turn.replies):
            return
        self._leave_edit()
        self._go_to_log()
        self._revision.delete(self._conversation, event.turn)
        self._show_revised()
        from tui.chat.upkeep import UNDO_DAYS  # with the store, after the first paint

        name = "turns.deleted" if self.focused is self.page_log else "turns.deleted_from_prompt"
        keys = {key: show_key(self._page.keys.get(ident, usual)) for key, ident, usual in _UNDO_KEYS}
        self._tell(name, **keys, days=UNDO_DAYS)

    @on(MessageLog.RestoreWanted)
    def restore(self) -> None:
        """Bring back what was deleted last."""
        self._restore()

    @on(MessageLog.ForkWanted)
    def fork(self, event: MessageLog.ForkWanted) -> None:
        """Go on from a reply in a conversation of its own."""
        conversation, turn = self._conversation, event.turn
        place = next(place for place, other in enumerate(conversation.turns) if other.id == turn.id)
        copied = [reply for other in conversation.turns[: place + 1] for reply in other.replies]
        if self.is_blind() or self._refuse_running(turn, *copied):
            return
        title, mark = conversation.title, self._language.say("turns.fork_title", title="")
        if not title.endswith(mark):
            title += mark
        self.go_to_conversation(self._revision.fork(conversation, turn, event.reply, title))
        self._tell("turns.forked")

    @on(MessageLog.BranchWanted)
    def step_branch(self, event: MessageLog.BranchWanted) -> None:
        """Go on with another branch."""
        self._step(event.turn, event.step)

    def show_branch(self, turn: str) -> None:
        """Let the path lead through the turn of this id, which is in the conversation."""
        found = self._conversation.tree.find(turn)
        if found is not None and found.deleted is None and all(turn != one.id for one in self._conversation.turns):
            self._revision.show(self._conversation, found)
            self._show_revised()

    def _keep_reply(self, turn: Turn, reply: Reply, text: str) -> None:
        if text == sanitise(reply.context):
            self._tell("turns.unchanged")
            return
        self._edit = None
        self._editor.end_edit()
        self.close_columns()
        version = self._revision.edit_reply(self._conversation, turn, reply, text)
        self.page_log.show_reply(turn, version)
        self._forget_reply()
        self._tell("turns.kept")

    def _restore(self) -> None:
        self._go_to_log()
        if (turn := self._revision.restore(self._conversation)) is None:
            self._tell("turns.none_deleted")
            return
        self._show_revised()
        self.page_log.show_turn(turn)

    def _go_to_log(self) -> None:
        """Columns show one turn, and it is not there any more; who was in them is in the log now."""
        if self.columns.is_shown:
            was_there = isinstance(self.focused, ColumnLog)
            self.close_columns()
            if was_there:
                self.set_focus(self.page_log)

    def _step(self, turn: Turn, step: int) -> None:
        self._leave_edit()
        self._go_to_log()
        if self._revision.step(self._conversation, turn, step) is None:
            self._tell("turns.no_branch")
        else:
            self._show_revised()

    def _show_revised(self) -> None:
        self.page_log.show_path()
        self._forget_reply()

    def _forget_reply(self) -> None:
        """The figures in the status bar are those of a reply that may be shown no more."""
        if self._reply is not None and self._reply.outcome is not None:
            self._reply = None

    def _refuse_running(self, turn: Turn, *replies: Reply | None) -> bool:
        """Whether one of these replies is being written; without one, any reply of the conversation. That is told."""
        asked = [reply for reply in replies if reply is not None]
        asked = asked or [reply for other in self._conversation.tree.turns for reply in other.replies]
        if running := any(reply.outcome is None for reply in asked):
            self._tell("turns.running")
        return running

    def _leave_edit(self) -> None:
        """End an edit that something else takes the place of; what was made of the text is kept."""
        if (edit := self._edit) is not None and (text := self._editor.end_edit()) is not None:
            self._unfinished[edit.id] = text
        self._edit = None

    @property
    def _editor(self) -> RevisingPrompt:
        prompt = self.prompt
        assert isinstance(prompt, RevisingPrompt), "whoever composes the screen puts one on it"
        return prompt

    @property
    def _revision(self) -> "Revision":
        from tui.chat.revision import Revision  # with the store, after the first paint

        return Revision(self._workspace.store if self._workspace is not None else None)

    def _find_meant(self) -> tuple[Turn, Reply] | None:
        """The message that the keys are about, else the last; that there is none is told."""
        log = self.log_view
        if self.focused is log and (turn := log.current_turn) is not None and (reply := log.current_reply) is not None:
            return turn, reply
        return self._find_last()

    def _edit_prompt(self) -> None:
        if (meant := self._find_meant()) is not None:
            self.begin_edit(MessageLog.EditWanted(meant[0], None))

    def _edit_reply(self) -> None:
        if (meant := self._find_meant()) is not None:
            self.begin_edit(MessageLog.EditWanted(*meant))

    def _delete_meant(self) -> None:
        if (meant := self._find_meant()) is not None:
            self.delete(MessageLog.DeleteWanted(meant[0]))

    def _fork_meant(self) -> None:
        if (meant := self._find_meant()) is not None:
            self.fork(MessageLog.ForkWanted(*meant))

    def _step_meant(self, step: int) -> None:
        """At the prompt that the keys are about, else at the last one that has several branches."""
        tree, log = self._conversation.tree, self.log_view
        branchings = tree.branchings()
        turn = log.current_turn if self.focused is log else None
        if turn is None or turn.id not in branchings:
            turn = next((turn for turn in reversed(self._conversation.turns) if turn.id in branchings), None)
        if turn is None:
            self._tell("turns.no_branch")
        else:
            self._step(turn, step)
