"""ExportingScreen: a screen whose conversation can be written to a file, also while a reply is being written.

What is written is what is in memory, so that it can be saved when the database cannot be.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from textual.app import SystemCommand

from tui.text.sanitise import sanitise_line
from tui.ui.screens.tuning import TuningScreen


class ExportingScreen(TuningScreen):
    """Whoever inherits shows a conversation."""

    def open_export(self) -> None:
        """Ask where to write the conversation, and write it there."""
        conversation, language = self._conversation, self._language
        if not conversation.turns:
            self.notify(language.say("exchange.empty"), timeout=4, markup=False)
            return
        if self.is_blind():
            return
        from tui.chat.exchange.export_file import file_name, format_of, take_snapshot, write_conversations, write_file
        from tui.ui.screens.export_form import ExportForm

        async def write(path: Path, over: bool) -> None:
            pieces = write_conversations(
                [take_snapshot(conversation)], format_of(path) or "md", language, datetime.now(UTC)
            )
            await asyncio.to_thread(write_file, path, pieces, over=over)

        def written(path: Path | None) -> None:
            if path is not None:
                text = sanitise_line(language.say("export_form.written", path=path))
                self.notify(text, timeout=6, markup=False)

        self.app.push_screen(ExportForm(f"~/{file_name(conversation, 'md')}", write, language), written)

    def open_import(self) -> None:
        """Ask for a file of conversations, show what is in it, and bring in what is new."""
        workspace, language = self._workspace, self._language
        if workspace is None or (store := workspace.store) is None:
            self.notify(language.say("chats.not_kept"), timeout=4, markup=False)
            return
        from tui.chat.exchange.intake import Plan, carry_out
        from tui.ui.screens.import_form import ImportForm

        keep_days = workspace.config.history.keep_days

        def brought_in(count: int | None) -> None:
            if count is not None:
                self.notify(language.say("exchange.done", count=count), timeout=6, markup=False)

        def carry(plan: Plan) -> None:
            carry_out(plan, store, datetime.now(UTC), keep_days)

        self.app.push_screen(ImportForm(store, carry, language), brought_in)

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("export_form.title"), say("export_form.help"), self.open_export)
        yield SystemCommand(say("import_form.title"), say("import_form.help"), self.open_import)
        yield from super().commands()
