"""WeirApp: the shell around the screens. It paints first and opens client, store and servers after the first paint."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.events import Event, InputEvent, Key, MouseDown, Paste
from textual.filter import LineFilter
from textual.screen import ModalScreen, Screen
from textual.widgets import TextArea
from textual.worker import WorkerFailed

from tui.settings.config import Config
from tui.settings.paths import Paths, shipped_themes
from tui.settings.state import read_state
from tui.settings.terminal import Terminal, read_terminal
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.collector import tune_collector
from tui.ui.manner import Manner
from tui.ui.plain_sign import PlainSigns
from tui.ui.screens.opening import OpeningScreen
from tui.ui.shown_key import show_key
from tui.ui.terminal.driver_choice import DriverChoice
from tui.ui.terminal.key_name import is_key
from tui.ui.theme_shelf import ThemeShelf
from tui.ui.themed_app import ThemedApp

if TYPE_CHECKING:
    from tui.chat.database import Report, StoreTrouble
    from tui.chat.resumption import Resumption
    from tui.chat.workspace import Workspace
    from tui.settings.secrets import Masker
    from tui.stream.discovery import FoundServer
    from tui.ui.front import Front
    from tui.ui.log.message_log import MessageLog
    from tui.ui.screens.chat import ChatScreen

QUIT_SECONDS = 2.0
"""How long "again to quit" holds."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the app starts from."""

    config: Config
    paths: Paths
    language: Language
    mask: "Callable[[], Masker]"
    """For what a bug would tell; called when there is one."""
    default_theme: str
    open: "Callable[[Report, Callable[[FoundServer], Awaitable[bool]]], Awaitable[Workspace]]"
    """Opens the workspace; called once, after the first paint."""
    resume: bool = False
    """Go on with the last conversation."""
    no_color: bool = False
    """NO_COLOR is set (https://no-color.org)."""
    driver: DriverChoice = field(default_factory=lambda: DriverChoice(None))
    terminal: Terminal = field(default_factory=lambda: read_terminal({}))


class WeirApp(ThemedApp):
    """One app, one chat screen; overlays are modal screens."""

    CSS_PATH = "app.tcss"
    TITLE = "weir"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", tooltip="Leave weir", priority=True),
        Binding("ctrl+c", "interrupt", "Stop", id="app.stop", show=False, priority=True),
        Binding("f1", "toggle_help", "Keys", id="app.keys", tooltip="The keys of this screen", priority=True),
        Binding("ctrl+p", "command_palette", "Palette", id="app.palette", show=False, priority=True),
        Binding("f5", "repaint", "Repaint", id="app.repaint", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", id="app.suspend", show=False),
    ]

    def __init__(self, opening: Opening) -> None:
        # Without this Textual takes colours away as if its own theme were used, and an ANSI theme turns black on black.
        folders = (shipped_themes(), opening.paths.user_themes)
        shelf = ThemeShelf(folders, colours=opening.terminal.colours)
        ansi_color = True if opening.no_color else None
        super().__init__(shelf, opening.language, opening.driver.driver, ansi_color=ansi_color)
        self._opening = opening
        self._state = read_state(opening.paths.state_file)
        self._opening_screen = OpeningScreen(opening.language, self._state.draft, opening.config.keys)
        self._front: Front = self._opening_screen
        self._chat: ChatScreen | None = None
        self._home = asyncio.get_running_loop()
        self._early_keys: list[Key] | None = []
        """What was typed before anything had the keys."""
        self._asked_to_quit = float("-inf")
        self._complaints: list[str] = []
        self.workspace: Workspace | None = None
        """What was opened; whoever runs the app closes it."""
        self.crash_message: str | None = None
        """The sentence about a bug that ended the app, for when the screen is gone."""

    async def on_event(self, event: Event) -> None:
        """Textual hands every key to the app first; while it leaves there is nobody to give one to."""
        if isinstance(event, InputEvent) and not self.screen_stack:
            return
        if isinstance(event, Key):
            if self._early_keys is not None:
                self._early_keys.append(event)
                return
            self._front.note_input(event.key)
        elif isinstance(event, MouseDown | Paste):
            self._front.note_input(None)
        await super().on_event(event)

    def on_load(self) -> None:
        """Themes before anything is painted."""
        opening, picked = self._opening, self._state.theme
        wanted = opening.config.theme
        if picked is not None and picked.wins_over(opening.config.theme):
            wanted = picked.value
        self._complaints += map(opening.language.phrase, self.wear(wanted, opening.default_theme))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Where ASCII alone is wanted, the ornaments of every widget give way."""
        filters = super().get_line_filters()
        return [*filters, PlainSigns()] if self._opening.config.ascii else filters

    def unsent(self) -> tuple[str, str]:
        """Which conversation is open, and what was typed and has not gone out; also when the screen is gone."""
        return self._front.conversation_id, self._front.unsent()

    def get_default_screen(self) -> Screen[None]:
        """A light one; the chat comes once it is imported."""
        return self._opening_screen

    async def on_ready(self) -> None:
        """Paint first, then open the rest."""
        self._use_keys({name: key for name, key in self._opening.config.keys.items() if is_key(key)})
        if (missing := self._opening.driver.missing) is not None:
            self._complaints.append(self._opening.language.say("terminal.driver", name=missing))
        for complaint in self._complaints:
            self.tell(complaint)
        # Textual itself paints nothing after `fg` where the size has not changed.
        self.app_resume_signal.subscribe(self, lambda _: self.screen.refresh())
        self.call_after_refresh(self._begin)
        early, self._early_keys = self._early_keys, None
        for event in early or ():
            await super().on_event(event)

    def _begin(self) -> None:
        """The first screen is painted: open everything else."""
        self.run_worker(self._open(), exit_on_error=True)

    async def _open(self) -> None:
        chat = await self._open_chat()
        self._set_keys()
        workspace = await self._opening.open(self._report, self._ask_consent)
        self.workspace = workspace
        growing_text = await asyncio.to_thread(import_module, "tui.ui.log.growing_text")
        await asyncio.to_thread(growing_text.load_markdown)
        tune_collector()
        await chat.open(workspace, await self._find_resumption(workspace))
        self.run_worker(self.follow_theme(), exit_on_error=True)

    async def _open_chat(self) -> "ChatScreen":
        """Put the chat in the place of the opening screen, with all that was done there."""
        opening = self._opening
        screens = await asyncio.to_thread(import_module, "tui.ui.screens.chat")
        config = opening.config
        manner = Manner(opening.terminal.ssh, config.ascii, wrap_code=config.code == "wrap", keys=config.keys)
        chat: ChatScreen = screens.ChatScreen(opening.language, manner, self.is_behind)
        self.add_mode("chat", lambda: chat)
        with self.batch_update():
            await self.switch_mode("chat")
            chat.take_over(await self._opening_screen.leave())
        self._chat = self._front = chat
        self.is_settling = False
        return chat

    async def _find_resumption(self, workspace: "Workspace") -> "Resumption":
        """What to begin with, once the person was told what became of it."""
        from tui.chat.resumption import find_resumption  # with the store, after the first paint

        opening = self._opening
        resumption = await asyncio.to_thread(find_resumption, workspace, opening.language, resume=opening.resume)
        if resumption.told is not None:
            self.tell(resumption.told)
        return resumption

    async def _ask_consent(self, server: "FoundServer") -> bool:
        say = self._opening.language.say
        person = self._opening.language.phrase(server.stranger or "")
        text = say("welcome.stranger", name=server.provider.name, url=server.provider.base_url, person=person)
        from tui.ui.screens.question import Question  # seldom asked

        question = Question(sanitise_line(text), say("welcome.stranger_keys"))
        return await self.push_screen(question, wait_for_dismiss=True)

    def _report(self, trouble: "StoreTrouble") -> None:
        """Called from other threads, which must not wait for the screen; the loop outlives the app."""
        say = self._opening.language.say
        text = say(f"store.{trouble.code}", where=trouble.where, reason=trouble.reason)
        if trouble.is_held:
            text += f" {say('store.way_out')}"
        self._home.call_soon_threadsafe(self.tell, text)

    def _set_keys(self) -> None:
        """The person's own keys; an id that no binding has and a key that no terminal sends are said."""
        from tui.ui.binding_id import usable_keys  # with the screens, after the first paint

        keys, complaints = usable_keys(self._opening.config.keys, self._opening.language)
        for complaint in complaints:
            self.tell(complaint)
        self._use_keys(keys)

    def _use_keys(self, keys: Mapping[str, str]) -> None:
        self.own_keys = keys
        self.set_keymap(keys)

    def on_themed_app_theme_picked(self, event: ThemedApp.ThemePicked) -> None:
        """Remember it."""
        if self.workspace is not None and self._chat is not None:
            self.workspace.pick_theme(event.name)
            self._chat.save_state()

    def action_interrupt(self) -> None:
        """Copy a selection, else close an overlay, else stop the reply, else leave when asked twice."""
        self.after_typing(self._interrupt)

    async def action_quit(self) -> None:
        """Leave; what was typed before is taken in first."""
        self.after_typing(self.exit)

    def _interrupt(self) -> None:
        front = self._front
        front.prompt.settle()
        overlay = self.screen if isinstance(self.screen, ModalScreen) else None
        selected = self.screen.get_selected_text() or (front.selected_text if overlay is None else None)
        if isinstance(self.focused, TextArea) and self.focused.selected_text:
            selected = self.focused.selected_text
        if selected:
            self._copy(selected)
            self.screen.clear_selection()
            front.clear_marks()
        elif overlay is not None:
            _leave_overlay(overlay)
            self._asked_to_quit = float("-inf")
        elif not front.stop_reply():
            now = time.monotonic()
            if now - self._asked_to_quit < QUIT_SECONDS:
                self.exit()
                return
            self._asked_to_quit = now
            key = show_key(self.own_keys.get("app.stop", "ctrl+c").partition(",")[0])
            self.notify(self._opening.language.say("keys.again_to_quit", key=key), timeout=QUIT_SECONDS, markup=False)

    def pop_screen(self) -> AwaitComplete:
        """Close the uppermost overlay, and end what it does, which must not meet it half gone.

        A key pressed twice asks for it once too often, and then the chat stays.
        """
        if len(self.screen_stack) <= 1:
            return AwaitComplete()
        self.workers.cancel_node(self.screen)
        return super().pop_screen()

    def on_message_log_copied(self, event: "MessageLog.Copied") -> None:
        """Put what was marked in a log on the clipboard."""
        self._copy(event.text)

    def _copy(self, text: str) -> None:
        self.run_worker(self._copy_and_tell(text), name="copy")

    async def _copy_and_tell(self, text: str) -> None:
        from tui.settings.clipboard import copy  # with subprocess, after the first paint

        opening = self._opening
        way = await copy(text, opening.terminal, opening.paths.state, self.copy_to_clipboard)
        where = str(way.where) if way.where is not None else None
        self.tell(opening.language.say(f"clipboard.{way.code}", where=where, reason=way.reason))

    def action_suspend_process(self) -> None:
        """Back to the shell; where that cannot be, say so."""
        if self._driver is not None and self._driver.can_suspend:
            super().action_suspend_process()
        else:
            self.notify(self._opening.language.say("dead_key.no_suspend"), timeout=4, markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette has beside the acts of the screen."""
        say = self._opening.language.say
        yield SystemCommand(say("palette.theme"), say("palette.theme_help"), self.action_pick_theme)

    def _fatal_error(self) -> None:
        """A bug of ours: a masked sentence and a masked log. Textual's own screen prints local variables."""
        from tui.settings.crash import write_crash_log  # with all that masks, which a start need not wait for

        error: BaseException | None = self._exception
        assert error is not None, "Textual calls this for an exception that it has kept"
        if isinstance(error, WorkerFailed):
            error = error.error  # the wrapper has no frames, so it would not tell where
        self.crash_message = write_crash_log(self._opening.paths.crash_log, error, self._opening.mask())
        self._close_messages_no_wait()


def _leave_overlay(screen: ModalScreen[object]) -> None:
    """Stop what it has under way, else close it; nothing is chosen in it."""
    from tui.ui.front import Busy  # a start need not wait for what only a stop asks

    if not (isinstance(screen, Busy) and screen.stop_work()):
        screen.dismiss(None)
