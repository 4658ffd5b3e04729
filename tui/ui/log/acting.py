"""ActingView: a log view from which a person acts on a reply: asks again, goes on with it, takes its record along.

It only says what is wanted; whoever shows the log asks. A key that cannot help says why.
"""

import json
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.chat.conversation import Reply, Turn
from tui.ui.log.cursor import Cursor
from tui.ui.log.entry import PromptEntry
from tui.ui.log.marking import MarkingView
from tui.ui.log.stack import Place


class ActingView(MarkingView):
    """The keys are about the reply at the cursor, or that of the prompt at the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "retry(True)", "Retry", id="log.retry", tooltip="Ask the same again; this reply stays beside"),
        Binding("c", "continue", "Continue", id="log.continue", tooltip="Go on from the text that came"),
        Binding(
            "s",
            "retry(False)",
            "Without streaming",
            id="log.retry_unstreamed",
            tooltip="Ask the same again with stream=false",
        ),
        Binding("m", "ask_other", "Another model", id="log.other_model", tooltip="Ask another model the same"),
        Binding("o", "trim", "Leave out", id="log.trim", tooltip="Leave the oldest turns out of what is sent"),
        Binding("O", "untrim", "Send all", id="log.untrim", show=False, tooltip="Send the turns left out again"),
        Binding("a", "open_sent", "Attachments", id="log.open_sent", tooltip="What was sent of the attached files"),
        Binding("X", "copy_record", "Copy record", id="log.copy_record", tooltip="Copy the record of this reply"),
    ]

    @dataclass
    class Copied(Message, namespace="message_log"):
        """The person wants this text on the clipboard."""

        text: str

    @dataclass
    class Missed(Message):
        """What a key asked for is not there, or what it takes further; `what` is the name of a sentence."""

        what: str

    @dataclass
    class OtherWanted(Message):
        """The person wants another model's reply in this turn."""

        turn: Turn

    @dataclass
    class RetryWanted(Message):
        """The person wants the same asked again, as a stream or in one piece."""

        turn: Turn
        reply: Reply
        stream: bool

    @dataclass
    class ContinueWanted(Message):
        """The person wants the model to go on with this reply."""

        turn: Turn
        reply: Reply

    @dataclass
    class TrimWanted(Message):
        """The person wants the oldest turns left out of what is sent: for this reply, if they were too much for it."""

        turn: Turn
        reply: Reply

    @dataclass
    class UntrimWanted(Message):
        """The person wants all turns sent again."""

    _cursor: Cursor

    def action_retry(self, stream: bool) -> None:
        """Ask the same again."""
        if (shown := self.shown_reply(self._cursor.entry)) is not None:
            self.post_message(self.RetryWanted(*shown, stream))
        else:
            self.post_message(self.Missed("remedy.no_reply"))

    def action_continue(self) -> None:
        """Go on with a reply."""
        if (shown := self.shown_reply(self._cursor.entry)) is not None:
            self.post_message(self.ContinueWanted(*shown))
        else:
            self.post_message(self.Missed("remedy.no_reply"))

    def action_ask_other(self) -> None:
        """Have another model answer the same prompt."""
        if (turn := self.turn_at(self._cursor.entry)) is not None:
            self.post_message(self.OtherWanted(turn))
        else:
            self.post_message(self.Missed("remedy.no_reply"))

    def action_trim(self) -> None:
        """Leave the oldest turns out of what is sent."""
        if (shown := self.shown_reply(self._cursor.entry)) is not None:
            self.post_message(self.TrimWanted(*shown))
        else:
            self.post_message(self.Missed("remedy.no_reply"))

    def action_untrim(self) -> None:
        """Send all turns again."""
        self.post_message(self.UntrimWanted())

    def action_open_sent(self) -> None:
        """Show or hide what was sent beside a prompt."""
        at = self._cursor.entry
        number = at - 1 if at is not None and at in self._turns else at
        entry = self._stack.entries[number] if number is not None else None
        if number is not None and isinstance(entry, PromptEntry) and entry.toggle_sent():
            self._reshape(number)
            self.go_to(Place(number, 0), 1)
        else:
            self.post_message(self.Missed("attachment.nothing"))

    @property
    def hides_names(self) -> bool:
        """Whether nobody may know whose reply this is."""
        return False

    def action_copy_record(self) -> None:
        """Copy the record of a reply, which holds no text of it and no secret."""
        shown = self.shown_reply(self._cursor.entry)
        self.copy_record(shown[1] if shown is not None else None)

    def copy_record(self, reply: Reply | None) -> None:
        """Copy the record of this reply; a running one has none yet."""
        if self.hides_names:
            self.post_message(self.Missed("compare_view.blind_on"))
        elif reply is not None and reply.record is not None:
            self.post_message(self.Copied(json.dumps(reply.record.as_json(), ensure_ascii=False, indent=1)))
        else:
            self.post_message(self.Missed("log.no_record"))
