"""RevisingView: a log view from which a person revises the conversation: edits, deletes, forks, goes to other branches.

It only says what is wanted; whoever shows the log does it.
"""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.chat.conversation import Reply, Turn
from tui.ui.log.acting import ActingView


class RevisingView(ActingView):
    """The keys are about the message at the cursor, a prompt or a reply."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", id="log.edit", tooltip="Edit a prompt and send it again, or edit a reply"),
        Binding("d", "delete", "Delete", id="log.delete", tooltip="Delete this prompt and its replies; D brings back"),
        Binding("D", "restore", "Undo deletion", id="log.restore", tooltip="Bring back what was deleted last"),
        Binding("f", "fork", "Fork", id="log.fork", tooltip="Go on from here in a new conversation"),
    ]

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
        if turn is None or not self.on_prompt or len(self._conversation.tree.siblings(turn)) < 2:
            return False
        self.post_message(self.BranchWanted(turn, step))
        return True
