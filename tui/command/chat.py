"""`weir` without a command: the app, or line mode. What the first paint does not need is imported after it."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from tui.arguments import UsageError
from tui.chat.routes import choose_routes
from tui.launch import Launch
from tui.settings.standard_streams import holds_unicode, put_terminal, read_piped_text
from tui.settings.state import read_state, write_state
from tui.settings.terminal import Terminal, read_terminal

if TYPE_CHECKING:
    from tui.settings.secrets import Masker

LateMask: TypeAlias = "Callable[[], Masker]"
"""Makes the mask when it is first needed; the same from then on."""
_NO_TERMINAL = "the app needs a terminal; use `weir ask` in a pipe or a script"
_NO_LINES = "line mode takes its lines from a terminal, a pipe or a file, and stdin is none of these"


def run(options: argparse.Namespace, launch: Launch, mask: LateMask) -> int:
    """Open the app, or line mode where that was asked for or is all that there can be; return the exit code."""
    choose_routes(launch.wish, launch.config, launch.environ)  # complains about the flags before anything opens
    terminal = _read_terminal(options, launch)
    reason = None if options.plain else _why_plain(launch, terminal)
    if reason is not None:
        from tui.headless.stdout import write_error  # with json, which the app need not wait for

        write_error(reason, as_json=False)
    if options.plain or reason is not None:
        return _open_plain(options, launch, terminal, mask())
    return _open_app(options, launch, terminal, mask)


def _read_terminal(options: argparse.Namespace, launch: Launch) -> Terminal:
    """The facts, as the flag, else the config, would have them; Textual learns of them by its own variables."""
    environ, colours = os.environ, options.colors or launch.config.colors
    terminal = read_terminal(launch.environ, colours)
    if colours == "auto":
        environ.setdefault("TEXTUAL_COLOR_SYSTEM", terminal.textual_color_system)
        return terminal
    environ["TEXTUAL_COLOR_SYSTEM"] = terminal.textual_color_system
    if colours == "none":
        environ["NO_COLOR"] = "1"
    else:
        environ.pop("NO_COLOR", None)  # who asks for colours here means it (https://no-color.org)
    return terminal


def _why_plain(launch: Launch, terminal: Terminal) -> str | None:
    """Why the app cannot be shown to somebody who sits at a terminal; None if it can, or nobody does."""
    if not sys.stdin.isatty():
        return None
    if terminal.dumb:
        return launch.load_language().say("plain.dumb", term=launch.environ.get("TERM", ""))
    if not sys.stdout.isatty() and not sys.stderr.isatty():
        return launch.load_language().say("plain.no_screen")
    return None


def _open_plain(options: argparse.Namespace, launch: Launch, terminal: Terminal, mask: "Masker") -> int:
    from tui.compose import open_workspace
    from tui.plain.run import PlainOpening, run_plain

    async def opener(report: Any, consent: Any) -> Any:
        return await open_workspace(launch, mask, report, keep=True, consent=consent)

    piped = read_piped_text() or None
    typed = put_terminal(0)
    if piped is None and not typed:
        raise UsageError(_NO_LINES)
    opening = PlainOpening(launch.paths, launch.load_language(), terminal, opener, options.continue_, piped, typed)
    return run_plain(opening)


def _open_app(options: argparse.Namespace, launch: Launch, terminal: Terminal, mask: LateMask) -> int:
    piped = read_piped_text()
    seated = sys.stdin.isatty() or piped is not None
    if terminal.dumb or not seated or not put_terminal(0, 2):
        raise UsageError(_NO_TERMINAL)
    if piped:
        _put_into_editor(piped, launch)
    from tui.ui.collector import pause_collector

    pause_collector()
    from tui.ui.run import run_app

    async def opener(report: Any, consent: Any) -> Any:
        # Much is imported here, after the first paint; in a thread, so that keys are taken meanwhile.
        compose = await asyncio.to_thread(import_module, "tui.compose")
        return await compose.open_workspace(launch, mask(), report, keep=True, consent=consent)

    # Textual draws on stderr. An encoding without box-drawing characters would have a question mark for each.
    config = launch.config if holds_unicode(sys.stderr) else replace(launch.config, ascii=True)
    return run_app(config, launch.paths, launch.load_language(), mask, opener, resume=options.continue_)


def _put_into_editor(text: str, launch: Launch) -> None:
    """Behind what was left unsent: the editor opens with both, and neither is lost whatever happens to the app."""
    state = read_state(launch.paths.state_file)
    # The database has a draft that it keeps with a conversation, and puts it before this one.
    draft = f"{state.draft}\n\n{text}" if state.draft and not state.draft_of else text
    try:
        write_state(launch.paths.state_file, replace(state, draft=draft, draft_of=""))
    except OSError as error:
        where = launch.paths.state_file
        raise UsageError(f"{where}: what came through stdin cannot be kept ({error.strerror})") from None
