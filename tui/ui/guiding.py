"""GuidingApp: an app that tells things: the keys of the screen in view, why one did nothing, and any other sentence.

Light to import; what looks through the bindings of all screens is imported when first asked for.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.driver import Driver
from textual.events import Key
from textual.notifications import Notify
from textual.widgets import Input, TextArea

from tui.text.language import Language
from tui.text.sanitise import sanitise
from tui.ui.shown_key import show_key
from tui.ui.terminal.cell_app import CellApp

if TYPE_CHECKING:
    from textual.command import Provider

NOTICE_SIDES = 4
"""Cells of a notice that its text does not get."""
MOST_NOTICES = 3
"""Shown at a time."""
DEAD_KEY_SECONDS = 3.0
"""How long a sentence about a key stands; the same one is not said again meanwhile."""


def _load_commands() -> "type[Provider]":
    from tui.ui.act_commands import ActCommands

    return ActCommands


class GuidingApp(CellApp[None]):
    """Whoever inherits says which keys the person has chosen."""

    COMMANDS: ClassVar[set["type[Provider] | Callable[[], type[Provider]]"]] = App.COMMANDS | {_load_commands}

    def __init__(self, language: Language, driver: type[Driver] | None, *, ansi_color: bool | None) -> None:
        super().__init__(driver, ansi_color=ansi_color)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (40, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-tiny"), (12, "-low"), (20, "-high")]
        self.language = language
        self.own_keys: Mapping[str, str] = {}
        """The person's own keys, by the id of their binding."""
        self.is_settling = True
        """Keys that nothing is bound to are kept for a screen that is still to come."""
        self.last_words: list[str] = []
        """What came up after the screen was gone."""
        self._told = ("", float("-inf"))
        """What was said last of a key, and when."""

    def tell(self, text: str) -> None:
        """Tell the person a sentence; without a screen it is one of the last words."""
        if self.is_running:
            self.notify(sanitise(text), severity="warning", timeout=12, markup=False)
        else:
            self.last_words.append(text)

    def after_typing(self, act: Callable[[], object]) -> None:
        """Act behind the keys that came before this one and what they sent, though this one overtook them.

        Over a slow link several keys arrive in one read; those of the app are seen before those of the prompt.
        """
        screen = self.screen
        (self.focused or screen).call_later(screen.call_later, act)

    def action_toggle_help(self) -> None:
        """Show or hide the keys of the screen in view."""
        self.after_typing(self._toggle_help)

    def _toggle_help(self) -> None:
        from tui.ui.act import find_acts
        from tui.ui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.pop_screen()
        else:
            palette = show_key(self.own_keys.get("app.palette", "ctrl+p"))
            self.push_screen(HelpScreen(find_acts(self.screen, self.own_keys), palette, self.language))

    def action_command_palette(self) -> None:
        """Open the palette, at once since what is typed next is for it; of the screen below the keys, if these show."""
        from tui.ui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.pop_screen()
        from tui.ui.widgets.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(self.language))

    def on_notify(self, event: Notify) -> None:
        """Another notice is about to be shown: the oldest give way, or a quick succession would cover the screen.

        Textual breaks Chinese between any two signs; here no line begins with a full stop.
        """
        if self.language.code == "zh":
            whole = any(self.screen.has_class(name) for name in ("-narrow", "-low", "-tiny"))
            width = (self.size.width if whole else min(60, self.size.width // 2)) - NOTICE_SIDES
            from tui.text.cell_wrap import wrap_rows  # seldom needed, and not by the first paint

            event.notification.message = wrap_rows(event.notification.message, max(8, width))
        for notice in list(self._notifications)[: 1 - MOST_NOTICES]:
            self._unnotify(notice, refresh=False)

    def on_key(self, event: Key) -> None:
        """Say of a key that nothing here is bound to where it does something; a letter where one types is text."""
        if self.is_settling or not self.screen_stack or event.key in self.screen.active_bindings:
            return
        if event.is_printable and (self.focused is None or isinstance(self.focused, Input | TextArea)):
            return
        from tui.ui.binding_id import bound_elsewhere

        say, key = self.language.say, show_key(event.key)
        if event.key == "q":
            quit_key = show_key(self.own_keys.get("app.quit", "ctrl+q").partition(",")[0])
            text = say("dead_key.quit", key=key, quit=quit_key)
        elif (ident := bound_elsewhere(event.key, self.own_keys)) is None:
            text = say("dead_key.nowhere", key=key, help=show_key(self.own_keys.get("app.keys", "f1")))
        else:
            from tui.ui.act import name_of, place_of

            place = place_of(ident)
            place = say(f"place.{'chat' if place == 'models' else place}")  # a heading in the help, and no place
            text = say("dead_key.elsewhere", key=key, place=place, act=name_of(ident, self.language))
        if text != self._told[0] or event.time - self._told[1] > DEAD_KEY_SECONDS:
            self._told = (text, event.time)
            self.notify(text, timeout=DEAD_KEY_SECONDS, markup=False)
