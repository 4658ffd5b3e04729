"""Run the app: what must be set before Textual is imported, the loop, and what happens when it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, TypeAlias

from tui.settings.config import Config
from tui.settings.paths import Paths
from tui.settings.secrets import Masker
from tui.settings.state import read_state, write_state
from tui.settings.terminal import default_theme, is_remote
from tui.text.language import Language
from tui.text.sanitise import sanitise_line

if TYPE_CHECKING:
    from tui.chat.database import Report
    from tui.chat.workspace import Workspace
    from tui.stream.discovery import FoundServer
    from tui.ui.app import WeirApp

LEAVE_SECONDS = 3
"""How long a signal waits for the terminal to be restored."""
SIGNAL_BASE = 128
"""What a shell adds to a signal's number for the exit code of a program that it ended."""

Consent: TypeAlias = "Callable[[FoundServer], Awaitable[bool]]"
Opener: TypeAlias = "Callable[[Masker, Report, Consent], Awaitable[Workspace]]"
"""Opens everything behind the screen, once the first paint is done."""


class TerminalLost(BaseException):
    """The terminal does not take what would restore it; raised in the middle of that, so that leaving goes on."""


def run_app(config: Config, paths: Paths, language: Language, opener: Opener, *, resume: bool) -> int:
    """Run the app to its end and return the exit code."""
    _prepare_textual()
    return asyncio.run(_run(config, paths, language, opener, resume=resume))


def _prepare_textual() -> None:
    """Textual reads these once, at import; whoever has set them keeps them. A slow link gets fewer frames."""
    remote = is_remote(os.environ)
    for name, value in (
        ("TEXTUAL_ANIMATIONS", "none"),
        ("TEXTUAL_FPS", "15" if remote else "30"),
        ("TEXTUAL_SMOOTH_SCROLL", "0"),
        ("ESCDELAY", "200" if remote else "100"),
    ):
        os.environ.setdefault(name, value)


async def _run(config: Config, paths: Paths, language: Language, opener: Opener, *, resume: bool) -> int:
    from tui.ui.app import Opening, WeirApp
    from tui.ui.terminal.key_sequence import teach_key_sequences
    from tui.ui.terminal.paste import guard_pastes

    teach_key_sequences()
    guard_pastes()
    mask = Masker()

    async def open_workspace(report: "Report", consent: Consent) -> "Workspace":
        return await opener(mask, report, consent)

    theme, no_color = default_theme(os.environ), "NO_COLOR" in os.environ
    app = WeirApp(Opening(config, paths, language, mask, theme, open_workspace, resume, no_color))
    ended_by = _leave_on_signals(app)
    try:
        await app.run_async()
    except TerminalLost:
        app.last_words.append(language.say("store.terminal_lost"))
    finally:
        signal.alarm(0)
        lost = await app.workspace.close() if app.workspace is not None else 0
        unkept = await asyncio.to_thread(_keep_draft, app, paths)
    if lost:
        app.last_words.append(language.say("store.lost", count=lost, where=paths.database))
    if unkept is not None:
        reason = unkept.strerror or type(unkept).__name__
        app.last_words.append(language.say("store.draft_lost", where=paths.state_file, reason=reason))
    if app.crash_message is not None:
        app.last_words.append(app.crash_message)
    _speak(app.last_words)
    return SIGNAL_BASE + ended_by[0] if ended_by else app.return_code or 0


def _give_up_terminal(number: int, frame: FrameType | None) -> None:
    """Break out of whatever waits for the terminal; should that hang too, the next alarm ends the process."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(LEAVE_SECONDS)
    raise TerminalLost


def _keep_draft(app: "WeirApp", paths: Paths) -> OSError | None:
    """Remember what was typed and not sent, for the next start; the error, if that could not be written."""
    state = app.workspace.state if app.workspace is not None else read_state(paths.state_file)
    draft = app.unsent()
    if draft == state.draft:
        return None
    try:
        write_state(paths.state_file, replace(state, draft=draft))
    except OSError as error:
        return error
    return None


def _speak(sentences: list[str]) -> None:
    """Say what came up at the end."""
    try:
        for sentence in sentences:
            sys.stderr.write(f"weir: {sanitise_line(sentence)}\n")
    except OSError:
        return  # the terminal is gone, and whoever would read this with it


def _leave_on_signals(app: "WeirApp") -> list[int]:
    """End the replies and the app on SIGTERM and SIGHUP; the list tells which one came."""
    from tui.stream.outcome import Outcome

    ended_by: list[int] = []

    def leave(number: signal.Signals) -> None:
        ended_by.append(number.value)
        # A terminal that is gone can hold Textual's writer, and with it the loop, for ever.
        signal.signal(signal.SIGALRM, _give_up_terminal)
        signal.alarm(LEAVE_SECONDS)
        if app.workspace is not None:
            app.workspace.session.stop_all(Outcome.APP_EXIT, signal=number.name)
        app.exit()

    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, leave, number)
    return ended_by
