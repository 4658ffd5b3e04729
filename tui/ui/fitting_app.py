"""FittingApp: an app that says a sentence where there is too little room for anything else."""

from textual.driver import Driver
from textual.events import Event, Key
from textual.widgets import Input, TextArea

from tui.text.language import Language
from tui.ui.guiding import GuidingApp

LEAST_COLUMNS = 40
LEAST_ROWS = 6
_LEAVING = {"app.quit": "ctrl+q", "app.stop": "ctrl+c"}
"""What can be done blindly, by id, with its usual keys."""


class FittingApp(GuidingApp):
    """The sentence covers whatever screen is in front; what is typed goes where it went, and no act runs unseen."""

    def __init__(self, words: Language, driver: type[Driver] | None, *, ansi_color: bool | None) -> None:
        super().__init__(words, driver, ansi_color=ansi_color)
        self._words = words

    @property
    def is_covered(self) -> bool:
        """Whether there is too little room to see what one does."""
        return self.size.width < LEAST_COLUMNS or self.size.height < LEAST_ROWS

    async def on_event(self, event: Event) -> None:
        """Of the keys that nobody sees at work only those that write, and those that leave, do anything."""
        if isinstance(event, Key) and self.is_covered and not self._may_act(event):
            event.stop()
            event.prevent_default()
        else:
            await super().on_event(event)

    def _may_act(self, event: Key) -> bool:
        leaving = ",".join(self.own_keys.get(ident, usual) for ident, usual in _LEAVING.items())
        if event.key in (key.strip() for key in leaving.split(",")):
            return True
        writes = event.is_printable or event.key == "backspace"
        return writes and isinstance(self.focused, Input | TextArea)

    def post_display_hook(self) -> None:
        """Something was painted, perhaps a screen that has too little room, or enough again."""
        screen = self.screen
        if (covered := self.is_covered) is screen.has_class("-too-narrow"):
            return
        from tui.ui.widgets.too_narrow import cover, uncover  # seldom needed

        screen.set_class(covered, "-too-narrow")
        if covered:
            cover(screen, self._words.say("terminal.narrow", columns=LEAST_COLUMNS, rows=LEAST_ROWS))
        else:
            uncover(screen)
