"""Run the app: what must be set before Textual is imported, the loop, and what happens when it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from tui.settings.config import Config
from tui.settings.paths import Paths
from tui.settings.state import read_state, write_state
from tui.settings.terminal import is_remote, read_terminal
from tui.text.language import Language
from tui.text.sanitise import sanitise_line

if TYPE_CHECKING:
    from tui.chat.database import Report
    from tui.chat.workspace import Workspace
    from tui.settings.secrets import Masker
    from tui.stream.discovery import FoundServer
    from tui.ui.app import WeirApp
    from tui.ui.departure import Departure

SIGNAL_BASE = 128
"""What a shell adds to a signal's number for the exit code of a program that it ended."""

Consent: TypeAlias = "Callable[[FoundServer], Awaitable[bool]]"
Opener: TypeAlias = "Callable[[Report, Consent], Awaitable[Workspace]]"
"""Opens everything behind the screen, once the first paint is done."""


def run_app(
    config: Config, paths: Paths, language: Language, mask: "Callable[[], Masker]", opener: Opener, *, resume: bool
) -> int:
    """Run the app to its end and return the exit code."""
    _prepare_textual(config)
    return asyncio.run(_run(config, paths, language, mask, opener, resume=resume))


def textual_settings(*, remote: bool) -> dict[str, str]:
    """What Textual reads from the environment; a slow link gets fewer frames, and Esc more time for its sequence.

    Textual paints what a key did up to two periods after the paint before. 120 a second keep that under 17 ms; the log
    paints a stream at its own, slower pace.
    """
    return {
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_FPS": "15" if remote else "120",
        "TEXTUAL_SMOOTH_SCROLL": "0",
        "ESCDELAY": "200" if remote else "100",
    }


def _prepare_textual(config: Config) -> None:
    """Textual reads these once, at import; whoever has set them keeps them."""
    for name, value in textual_settings(remote=is_remote(os.environ)).items():
        os.environ.setdefault(name, value)
    if config.keyboard == "legacy":
        os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")


async def _run(
    config: Config, paths: Paths, language: Language, mask: "Callable[[], Masker]", opener: Opener, *, resume: bool
) -> int:
    from tui.ui.app import Opening, WeirApp
    from tui.ui.departure import Departure, TerminalLost
    from tui.ui.terminal.compositor import use_areas
    from tui.ui.terminal.driver_choice import choose_driver
    from tui.ui.terminal.key_sequence import teach_key_sequences
    from tui.ui.terminal.paste import guard_pastes

    teach_key_sequences()
    guard_pastes()
    terminal = read_terminal(os.environ)
    theme, no_color = terminal.default_theme, "NO_COLOR" in os.environ
    driver = choose_driver(config.driver, lambda: departure.hang_up())
    if driver.driver is not None:
        use_areas()
    app = WeirApp(Opening(config, paths, language, mask, theme, opener, resume, no_color, driver, terminal))
    departure = Departure(app, finish=config.hangup == "finish", may_block=driver.driver is None)
    departure.listen()
    try:
        await app.run_async(mouse=config.mouse)
    except TerminalLost:
        app.last_words.append(language.say("store.terminal_lost"))
    finally:
        signal.alarm(0)
        await _end(app, departure, paths, language)
    _speak(app.last_words)
    return SIGNAL_BASE + departure.cause if departure.cause is not None else app.return_code or 0


async def _end(app: "WeirApp", departure: "Departure", paths: Paths, language: Language) -> None:
    """Keep what was typed, wait for what runs on, close; what went wrong becomes the app's last words."""
    await app.end_errand()
    unkept = await asyncio.to_thread(_keep_draft, app, paths)
    lost = 0
    try:
        if departure.away:
            await departure.finish()
    finally:
        if app.workspace is not None:
            lost = await app.workspace.close()
    if lost and app.workspace is not None:
        unkept = await asyncio.to_thread(app.workspace.save_draft, lost)
        app.last_words.append(language.say("store.lost", count=lost, where=paths.database))
    if unkept is not None:
        reason = unkept.strerror or type(unkept).__name__
        app.last_words.append(language.say("store.draft_lost", where=paths.state_file, reason=reason))
    if app.crash_message is not None:
        app.last_words.append(app.crash_message)


def _keep_draft(app: "WeirApp", paths: Paths) -> OSError | None:
    """Remember what was typed and not sent, for the next start; the error, if that could not be written.

    It goes into the workspace's own state, so that a write of that which is still under way writes the same. With a
    database the state has it for the first moment of the next start only.
    """
    workspace, (conversation, draft) = app.workspace, app.unsent()
    if workspace is not None and conversation:
        workspace.keep_draft(conversation, draft)
        return workspace.save_draft()
    state = workspace.state if workspace is not None else read_state(paths.state_file)
    if draft == state.draft:
        return None
    try:
        write_state(paths.state_file, replace(state, draft=draft, draft_of=""))
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
