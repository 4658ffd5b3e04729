"""A survey of the terminal for a diagnosis: beside the facts of the environment, what tmux and the terminal answer.

Unlike `tui.settings.terminal` it asks: tmux for two options (tmux(1)), the terminal for the column in which its cursor
stands behind a wide character (DSR 6, ECMA-48 8.3.35). It blocks, a second and a half at most.
"""

import os
import re
import select
import subprocess
import time
from collections.abc import Mapping
from typing import NamedTuple

from tui.settings.terminal import Terminal, read_locale, read_terminal

TMUX_SECONDS = 0.5
ANSWER_SECONDS = 0.5
WIDE = "中"


class TerminalSurvey(NamedTuple):
    """What holds where we run; None where nobody answered."""

    term: str
    facts: Terminal
    interactive: bool
    """Whether a terminal stands at both ends."""
    locale: str = ""
    """As its variable has it; empty if none is set."""
    tmux_clipboard: str | None = None
    """`set-clipboard`: on, external or off."""
    tmux_escape_ms: int | None = None
    """`escape-time`: for so long tmux holds an Esc back."""
    wide_cells: int | None = None
    """How many columns a Chinese character takes; it should be 2."""


def survey_terminal(
    environ: Mapping[str, str], source: int = 0, target: int = 1, *, drawn_on: bool = False
) -> TerminalSurvey:
    """Look and ask; `source` and `target` are the descriptors of both ends.

    A terminal that is `drawn_on` by the app is asked nothing here: its answer would be taken for keys.
    """
    facts = read_terminal(environ)
    interactive = drawn_on or (os.isatty(source) and os.isatty(target))
    measurable = interactive and not drawn_on and facts.utf8 and not facts.dumb
    escape = _ask_tmux("escape-time") if facts.tmux else None
    return TerminalSurvey(
        environ.get("TERM", ""),
        facts,
        interactive,
        read_locale(environ),
        _ask_tmux("set-clipboard") if facts.tmux else None,
        int(escape) if escape and escape.isdecimal() else None,
        measure_wide_character(source, target) if measurable else None,
    )


def _ask_tmux(option: str) -> str | None:
    command = ["tmux", "show-options", "-sv", option]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TMUX_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None  # there is no tmux to ask: its line is left out
    return done.stdout.strip() or None if done.returncode == 0 else None


def measure_wide_character(source: int, target: int) -> int | None:
    """Write one at the start of the line, ask where the cursor is, and wipe it; None if no answer comes."""
    try:
        import termios
        import tty
    except ImportError:
        return None  # Windows has neither, and its terminals are not asked
    try:
        before = termios.tcgetattr(source)
    except termios.error:
        return None  # it went away meanwhile
    try:
        tty.setcbreak(source, termios.TCSADRAIN)
        os.write(target, f"\r{WIDE}\x1b[6n".encode())
        answer = _read_answer(source)
        os.write(target, b"\r\x1b[K")
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)
    return None if answer is None else answer - 1


def _read_answer(source: int) -> int | None:
    """The column out of `ESC [ row ; column R`."""
    end, read = time.monotonic() + ANSWER_SECONDS, b""
    while (left := end - time.monotonic()) > 0 and select.select([source], [], [], left)[0]:
        data = os.read(source, 64)
        read += data
        if (match := re.search(rb"\x1b\[\d+;(\d+)R", read)) is not None:
            return int(match[1])
        if not data:
            break
    return None
