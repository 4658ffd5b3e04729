"""RecallingScreen: a screen from which one looks back: at the record of a reply, and at those of all requests."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from tui.ui.screens.capturing import CapturingScreen

if TYPE_CHECKING:
    from tui.chat.support import Support


class RecallingScreen(CapturingScreen):
    """The records are those of the workspace; without a reply all of them are shown at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "recall", "Record", id="record.open", tooltip="The record of this reply, and all records"),
    ]

    def action_recall(self) -> None:
        """Open the record of the reply that the keys are about, else of the last one."""
        if self._workspace is None:
            self.put_off(self.action_recall)
            return
        if self.is_blind():
            return
        if (reply := self.meant_reply()) is not None and reply.records:
            from tui.ui.screens.record import RecordScreen, WireActs  # when first asked for

            def closed(all_wanted: bool | None) -> None:
                if all_wanted:
                    self.action_recall_all()

            wire = WireActs(partial(self.open_raw_stream, reply), partial(self.copy_curl, reply))
            screen = RecordScreen(lambda: reply.records, self._language, self._support, reply, wire)
            self.app.push_screen(screen, closed)
        else:
            self.action_recall_all()

    def action_recall_all(self) -> None:
        """Open the list of all records, among them those of the models whose names are hidden now."""
        if (workspace := self._workspace) is not None and not self.is_blind():
            from tui.ui.screens.record_list import RecordListScreen  # when first asked for

            ascii = workspace.config.ascii
            self.app.push_screen(RecordListScreen(workspace.paths.records, self._language, self._support, ascii=ascii))

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("records_screen.one"), say("records_screen.one_help"), self.action_recall)
        yield SystemCommand(say("records_screen.all"), say("records_screen.all_help"), self.action_recall_all)
        yield from super().commands()

    def _support(self) -> "Support":
        """What composes support bundles; blocks."""
        from tui.chat.support import Support
        from tui.text.language import load_language

        workspace = self._workspace
        assert workspace is not None, "what asks for it was opened from a workspace"
        providers = {**workspace.catalogue.providers, **workspace.routes.providers}
        mask, english = workspace.client.mask, load_language("en")
        return Support(workspace.paths, workspace.config, providers, workspace.environ, mask, english)
