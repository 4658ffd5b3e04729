"""ExportForm: where a conversation is written; its result is the file, once it stands, or None.

A file that is there is left alone until Enter is pressed a second time on the same name.
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import Frame
from tui.ui.widgets.line_input import LineInput

Writing: TypeAlias = Callable[[Path, bool], Awaitable[None]]
"""Writes the file, in the place of another one where that is True; raises OSError."""


class ExportForm(Overlay[Path | None]):
    """What cannot be written is said, and the form stays open."""

    DEFAULT_CSS = """
    ExportForm {
        align: center middle;
        #export-form {
            width: 80%;
            max-width: 100;
            height: auto;
        }
        LineInput { margin: 1 0; }
        Static { height: auto; color: $text-muted; }
        #export-complaint { color: $text-warning; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="export.close", tooltip="Write nothing"),
    ]

    def __init__(self, proposal: str, write: Writing, language: Language) -> None:
        super().__init__()
        self._proposal = proposal
        self._write = write
        self._language = language
        self._refused: Path | None = None

    def compose(self) -> ComposeResult:
        """The path, what is wrong with it, what a file will hold."""
        say = self._language.say
        with Frame(id="export-form") as box:
            box.border_title = say("export_form.title")
            yield Static(Content(say("export_form.hint")), markup=False)
            editor = LineInput(say("export_form.path"))
            editor.value = sanitise_line(self._proposal)
            yield editor
            yield Static("", markup=False, id="export-complaint")

    def on_mount(self) -> None:
        """Name the keys."""
        keys = say_keys(self, self._language, "export_form.keys")
        self.query_one("#export-form", Frame).name_keys(keys)

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Write it, off the loop; an empty path is none."""
        event.stop()
        if event.value.strip():
            path = Path(os.path.expanduser(event.value.strip()))  # of an unknown ~name it makes no error
            self.run_worker(self._try(path), group="export", exclusive=True)

    async def _try(self, path: Path) -> None:
        say = self._language.say
        try:
            await self._write(path, path == self._refused)
        except FileExistsError:
            self._refused = path
            self._complain(say("export_form.exists", path=path))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._complain(say("export_form.unwritable", path=path, reason=reason))
        else:
            self.conclude(path)

    def _complain(self, text: str) -> None:
        self.query_one("#export-complaint", Static).update(Content(sanitise_line(text)))
