"""RecallingScreen: a screen from which one looks back: at the record of a reply, and at those of all requests."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from tui.chat.conversation import Reply
from tui.ui.log.message_log import MessageLog
from tui.ui.screens.comparing import ComparingScreen

if TYPE_CHECKING:
    from tui.chat.support import Support


class RecallingScreen(ComparingScreen):
    """The records are those of the workspace; without a reply all of them are shown at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "recall", "Record", id="record.open", tooltip="The record of this reply, and all records"),
    ]

    def action_recall(self) -> None:
        """Open the record of the reply that the keys are about, else of the last one."""
        if self._workspace is None:
            return
        if self.columns.is_shown and self.columns.blind:
            self.notify(self._language.say("compare_view.blind_on"), timeout=4, markup=False)
        elif (reply := self._recalled()) is not None and reply.records:
            from tui.ui.screens.record import RecordScreen  # when first asked for

            def closed(all_wanted: bool | None) -> None:
                if all_wanted:
                    self.action_recall_all()

            self.app.push_screen(RecordScreen(lambda: reply.records, self._language, self._support, reply), closed)
        else:
            self.action_recall_all()

    def action_recall_all(self) -> None:
        """Open the list of all records."""
        if (workspace := self._workspace) is not None:
            from tui.ui.screens.record_list import RecordListScreen  # when first asked for

            ascii = workspace.config.ascii
            self.app.push_screen(RecordListScreen(workspace.paths.records, self._language, self._support, ascii=ascii))

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("records_screen.one"), say("records_screen.one_help"), self.action_recall)
        yield SystemCommand(say("records_screen.all"), say("records_screen.all_help"), self.action_recall_all)
        yield from super().commands()

    def _recalled(self) -> Reply | None:
        """Of the column in use, of the message with the mark, else the last one of the conversation."""
        if self.columns.is_shown:
            return self.columns.current.reply
        if isinstance(self.focused, MessageLog) and (reply := self.focused.current_reply) is not None:
            return reply
        turns = self._conversation.turns
        return self._reply or (turns[-1].reply if turns else None)

    def _support(self) -> "Support":
        """What composes support bundles; blocks."""
        from tui.chat.support import Support
        from tui.text.language import load_language

        workspace = self._workspace
        assert workspace is not None, "what asks for it was opened from a workspace"
        providers = {**workspace.catalogue.providers, **workspace.routes.providers}
        mask, english = workspace.client.mask, load_language("en")
        return Support(workspace.paths, workspace.config, providers, workspace.environ, mask, english)
