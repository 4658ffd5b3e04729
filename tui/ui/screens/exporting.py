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

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers."""
        say = self._language.say
        yield SystemCommand(say("export_form.title"), say("export_form.help"), self.open_export)
        yield from super().commands()
