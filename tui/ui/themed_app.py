"""ThemedApp: an app whose look can be chosen while it is seen, and follows the file that it comes from."""

import asyncio
from collections.abc import Iterable

from textual.driver import Driver
from textual.message import Message
from textual.theme import Theme

from tui.text.language import Language
from tui.ui.fitting_app import FittingApp
from tui.ui.theme_shelf import Stamp, ThemeShelf

LOOK_SECONDS = 1.0
"""How often the file of the theme in use is looked at."""


class ThemedApp(FittingApp):
    """Which one is chosen is not remembered here."""

    class ThemePicked(Message):
        """The person has chosen this one."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(
        self, shelf: ThemeShelf, language: Language, driver: type[Driver] | None, *, ansi_color: bool | None
    ) -> None:
        super().__init__(language, driver, ansi_color=ansi_color)
        self._shelf = shelf
        self._told_of_themes: set[str] = set()
        self._seen: tuple[str, Stamp | None] | None = None
        self._looking = False

    def wear(self, wanted: str | None, default: str) -> list[str]:
        """Take the wanted theme, or the default if there is none such; returns what is to be said. Blocks."""
        complaints: list[str] = []
        for name in (wanted, default):
            if name is None:
                continue
            theme, others = self._shelf.read(name)
            complaints += [other for other in others if other not in complaints]
            if theme is not None:
                self.register_theme(theme)
            if name in self.available_themes:
                self.theme = name
                break
            complaints.append(self._words.say("theme.unknown", name=name))
        self._told_of_themes.update(complaints)
        return complaints

    async def follow_theme(self) -> None:
        """Read the other themes; from then on take over what changes in the file of the one in use."""
        await self._read_all()
        await self._look_at_file()
        self.set_interval(LOOK_SECONDS, self._ask_for_look)

    def _ask_for_look(self) -> None:
        """In a thread, since a file may be far away; a look that takes longer than the pause is waited for."""
        if not self._looking:
            self._looking = True
            self.run_worker(self._look_at_file(), group="look")

    async def _look_at_file(self) -> None:
        name, seen = self.theme, self._seen
        stamp = await asyncio.to_thread(self._shelf.stamp, name)
        self._looking, self._seen = False, (name, stamp)
        if seen is not None and seen[0] == name and stamp not in (None, seen[1]):
            await self._wear_again(name)

    async def _wear_again(self, name: str) -> None:
        theme, complaints = await asyncio.to_thread(self._shelf.read_again, name)
        self._tell_of(complaints, again=True)
        if theme is not None:
            self.register_theme(theme)
            if name == self.theme:
                self.mutate_reactive(ThemedApp.theme)

    async def _read_all(self) -> list[Theme]:
        themes, complaints = await asyncio.to_thread(self._shelf.read_all)
        for theme in themes:
            if theme.name != self.theme:  # a change of that one is seen by its file
                self.register_theme(theme)
        self._tell_of(complaints)
        return themes

    def _tell_of(self, complaints: Iterable[str], *, again: bool = False) -> None:
        for complaint in complaints:
            if again or complaint not in self._told_of_themes:
                self._told_of_themes.add(complaint)
                self.tell(self._words.phrase(complaint))

    @property
    def is_following(self) -> bool:
        """Whether a change of the file will be seen, and every theme can be had."""
        return self._seen is not None

    def action_pick_theme(self) -> None:
        """Let the person choose; each theme is seen on the whole screen at once."""
        self.run_worker(self._pick_theme(), name="theme", exclusive=True, group="theme")

    async def _pick_theme(self) -> None:
        from tui.ui.screens.theme_picker import ThemePicker  # seldom wanted

        names = sorted({theme.name for theme in await self._read_all()} | {self.theme})
        if isinstance(self.screen, ThemePicker):
            return
        before = self.theme
        picker = ThemePicker(names, before, self.wear_now, self._words)
        picked = await self.push_screen_wait(picker)
        if picked is None:
            self.wear_now(before)
        elif picked != before:
            self.post_message(self.ThemePicked(picked))

    def wear_now(self, name: str) -> None:
        """Show everything in this theme, which is not remembered."""
        if name != self.theme and name in self.available_themes:
            self.theme = name
