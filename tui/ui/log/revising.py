"""RevisingView: a log view from which a person revises the conversation: edits, deletes, forks, goes to other branches.

It only says what is wanted; whoever shows the log does it.
"""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.chat.conversation import Reply, Turn
from tui.ui.log.acting import ActingView
from tui.ui.log.reply_entry import ReplyEntry
from tui.ui.log.stack import Place
from tui.ui.log.view import TOP


class RevisingView(ActingView):
    """The keys are about the message at the cursor, a prompt or a reply."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", id="log.edit", tooltip="Edit a prompt and send it again, or edit a reply"),
        Binding("d", "delete", "Delete", id="log.delete", tooltip="Delete this prompt and its replies; D brings back"),
        Binding("D", "restore", "Undo deletion", id="log.restore", tooltip="Bring back what was deleted last"),
        Binding("f", "fork", "Fork", id="log.fork", tooltip="Go on from here in a new conversation"),
    ]

    _near: int | None = None
    """The entry of the last reply, when its note was told which keys work."""

    @dataclass
    class EditWanted(Message):
        """The person wants to edit the prompt of a turn, or this reply of it."""

        turn: Turn
        reply: Reply | None

    @dataclass
    class DeleteWanted(Message):
        """The person wants a turn neither shown nor sent any more."""

        turn: Turn

    class RestoreWanted(Message):
        """The person wants back what was deleted last."""

    @dataclass
    class ForkWanted(Message):
        """The person wants a conversation of its own that goes on from this reply."""

        turn: Turn
        reply: Reply

    @dataclass
    class BranchWanted(Message):
        """The person wants to go on with the next or the previous branch that begins beside a turn."""

        turn: Turn
        step: int

    @property
    def current_turn(self) -> Turn | None:
        """The turn that the keys are about."""
        return self.turn_at(self._cursor.entry)

    @property
    def on_prompt(self) -> bool:
        """Whether the keys are about a prompt."""
        return self._cursor.entry is not None and self._cursor.entry not in self._turns

    @property
    def has_several(self) -> bool:
        """Whether there are branches beside the prompt, or replies beside the reply, that the keys are about."""
        if (turn := self.current_turn) is None:
            return False
        return self._has_branches(turn) if self.on_prompt else len(turn.replies) > 1

    @property
    def why_no_sibling(self) -> str:
        """The name of the sentence that says why there is nothing beside what the keys are about."""
        turn = self.current_turn
        branches = turn is not None and not self.on_prompt and self._has_branches(turn)
        return "turns.branches_above" if branches else "compare_view.no_siblings"

    def settle(self, changed: Place | None = TOP) -> None:
        """Also the last note names keys that work from where one is."""
        self.tell_keys()
        super().settle(changed)

    def watch_has_focus(self, value: bool) -> None:
        """With the focus or without it, others work."""
        super().watch_has_focus(value)
        self.tell_keys()

    def tell_keys(self) -> None:
        """Of the notes only the last is near enough to the prompt that a key leads to it from there."""
        last = next(reversed(self._turns), None)
        for number in (self._near, last):
            entry = self._stack.entries[number] if number is not None and number < len(self._stack.entries) else None
            away = number == last and not self.has_focus
            if number is not None and isinstance(entry, ReplyEntry) and entry.away != away:
                entry.away = away
                self.mark_grown(number)
        self._near = last

    def action_edit(self) -> None:
        """Edit a message."""
        if (shown := self.shown_reply(self._cursor.entry)) is None:
            self.post_message(self.Missed("turns.nothing"))
        else:
            self.post_message(self.EditWanted(shown[0], None if self.on_prompt else shown[1]))

    def action_delete(self) -> None:
        """Delete a prompt and its replies."""
        if (turn := self.current_turn) is None:
            self.post_message(self.Missed("turns.nothing"))
        else:
            self.post_message(self.DeleteWanted(turn))

    def action_restore(self) -> None:
        """Undo the last deletion."""
        self.post_message(self.RestoreWanted())

    def action_fork(self) -> None:
        """Go on from here elsewhere."""
        if (shown := self.shown_reply(self._cursor.entry)) is None:
            self.post_message(self.Missed("turns.nothing"))
        else:
            self.post_message(self.ForkWanted(*shown))

    def step_branch(self, step: int) -> bool:
        """Ask for another branch at the prompt that the keys are about; False if there is none."""
        turn = self.current_turn
        if turn is None or not self.on_prompt or not self._has_branches(turn):
            return False
        self.post_message(self.BranchWanted(turn, step))
        return True

    def _has_branches(self, turn: Turn) -> bool:
        return len(self._conversation.tree.siblings(turn)) > 1
