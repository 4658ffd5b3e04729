"""ParametersScreen: the parameters of one conversation, edited as TOML; its result is what holds now, or None."""

import asyncio
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import tomli_w
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static, TextArea

from tui.settings.parameters import PARAMETER_NAMES, ParameterError, Parameters, read_parameters
from tui.settings.prompt_file import PromptFileError, read_system
from tui.text.language import Language
from tui.text.sanitise import sanitise, sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.overlay import Overlay
from tui.ui.terminal.key_sequence import NEWLINE_KEYS
from tui.ui.widgets.frame import Frame
from tui.ui.widgets.recall_area import EDITING


class ParameterEditor(TextArea, inherit_bindings=False):
    """The TOML; Tab leaves it alone, since nothing else here takes the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [*EDITING]

    async def _on_key(self, event: events.Key) -> None:
        """ctrl+j breaks the line, as in the prompt; here and not as a binding, which the next key would overtake."""
        if event.key in NEWLINE_KEYS:
            event.stop()
            event.prevent_default()
            self.insert("\n")
        else:
            await super()._on_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        """A control character in a paste must not reach the terminal."""
        event.prevent_default()
        event.stop()
        await super()._on_paste(events.Paste(sanitise(event.text)))


class ParametersScreen(Overlay[Parameters | None]):
    """An empty text sets nothing; what cannot be sent is said, and the editor stays open."""

    DEFAULT_CSS = """
    ParametersScreen {
        align: center middle;
        #parameters {
            width: 80%;
            max-width: 90;
            height: auto;
            max-height: 90%;
        }
        ParameterEditor, ParameterEditor:focus {
            height: 10;
            border: none;
            margin: 1 0;
            padding: 0;
            background: $surface;
        }
        Static { height: auto; color: $text-muted; }
        #parameters-complaint { color: $text-warning; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="parameters.close", priority=True),
        Binding("ctrl+s", "save", "Save", id="parameters.save", priority=True),
    ]

    editor = query_one(ParameterEditor)

    def __init__(self, own: Parameters, configured: Parameters, language: Language, prompts: Path) -> None:
        """`own` are the conversation's; `configured` are the model's, which hold where these say nothing.

        `prompts` has the files that `system = "@NAME"` takes its text from.
        """
        super().__init__()
        self._own = own
        self._configured = configured
        self._language = language
        self._prompts = prompts

    def compose(self) -> ComposeResult:
        """What may be set, the editor, and what is wrong."""
        say = self._language.say
        with Frame(id="parameters") as box:
            box.border_title = say("parameters.title")
            yield Static(Content(say("parameters.hint", names=", ".join(PARAMETER_NAMES))), markup=False)
            if shown := self._configured.shown():
                yield Static(Content(sanitise_line(say("parameters.configured", shown=shown))), markup=False)
            # Above the editor, which a low terminal cuts below.
            yield Static("", markup=False, id="parameters-complaint")
            yield ParameterEditor(tomli_w.dumps(self._own.as_table()), tab_behavior="indent")

    def on_mount(self) -> None:
        """Name the keys as they are bound now."""
        self.query_one("#parameters", Frame).name_keys(say_keys(self, self._language, "parameters.keys"))

    def action_save(self) -> None:
        """Take what was written, if it can be sent; keys that came before this one are taken in first."""
        self.editor.call_later(self._save)

    async def _save(self) -> None:
        try:
            parameters = read_parameters(tomllib.loads(self.editor.text))
            if (system := parameters.system or "").startswith("@"):
                text = await asyncio.to_thread(read_system, self._prompts, system[1:])
                parameters = replace(parameters, system=text)
        except tomllib.TOMLDecodeError as error:
            self._complain(self._language.phrase(str(error)))
        except ParameterError as error:
            self._complain(f"{error.name} {self._language.phrase(error.what)}")
        except PromptFileError as error:
            self._complain(str(error))
        else:
            self.dismiss(parameters)

    def _complain(self, text: str) -> None:
        self.query_one("#parameters-complaint", Static).update(Content(sanitise_line(text)))
