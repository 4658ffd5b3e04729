"""Palette: Textual's command palette in the frame of the other overlays, and in the person's language."""

from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.content import Content
from textual.events import Mount
from textual.widgets.option_list import Option

from tui.text.language import Language


class Palette(CommandPalette):
    """What it offers are the acts of the screen below."""

    DEFAULT_CSS = """
    Palette {
        &> Vertical { width: 90%; max-width: 90; margin-top: 2; background: transparent; }
        SearchIcon { display: none; }
        #--input, #--input.--list-visible { border: round $border; background: $surface; padding: 0 1; }
        CommandInput, CommandInput:focus { border: none; height: 1; padding: 0; }
        CommandList, CommandList:focus { border: round $border; background: $surface; max-height: 70vh; }
        CommandList > .option-list--option { padding: 0 1; }
    }
    """

    def __init__(self, language: Language) -> None:
        super().__init__(placeholder=language.say("palette.hint"))
        self._language = language

    def _on_mount(self, event: Mount) -> None:
        """Follow the theme: Textual restyles every screen but its own.

        One that was closed before it was there looks for nothing: Textual would look on, and find no list for it.
        """
        if self in self.app.screen_stack:
            self.app.theme_changed_signal.subscribe(self, lambda _: self.app.stylesheet.update(self))
        else:
            event.prevent_default()

    def dismiss(self, result: None = None) -> AwaitComplete:
        """As any overlay: in front, and once."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()

    def _start_no_matches_countdown(self, search_value: str) -> None:
        """As Textual does, which has the sentence in English alone."""
        self._stop_no_matches_countdown()

        def tell() -> None:
            if search_value:
                sentence = Content(self._language.say("palette.nothing"))
                self.query_one(CommandList).add_option(Option(sentence, disabled=True, id=self._NO_MATCHES))
            self._list_visible = bool(search_value)

        self._no_matches_timer = self.set_timer(self._NO_MATCHES_COUNTDOWN, tell)
