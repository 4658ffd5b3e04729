"""FittingApp: an app that says a sentence where there is too little room for anything else."""

from textual.driver import Driver

from tui.text.language import Language
from tui.ui.guiding import GuidingApp

LEAST_COLUMNS = 40


class FittingApp(GuidingApp):
    """The sentence covers whatever screen is in front; keys go where they went."""

    def __init__(self, words: Language, driver: type[Driver] | None, *, ansi_color: bool | None) -> None:
        super().__init__(words, driver, ansi_color=ansi_color)
        self._words = words

    def post_display_hook(self) -> None:
        """Something was painted, perhaps a screen that has too few columns, or enough again."""
        screen = self.screen
        if (narrow := self.size.width < LEAST_COLUMNS) is screen.has_class("-too-narrow"):
            return
        from tui.ui.widgets.too_narrow import cover, uncover  # seldom needed

        screen.set_class(narrow, "-too-narrow")
        if narrow:
            cover(screen, self._words.say("terminal.narrow", columns=LEAST_COLUMNS))
        else:
            uncover(screen)
