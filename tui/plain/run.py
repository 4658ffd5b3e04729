"""Run line mode: what it opens, in which order, and what happens when it ends."""

import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from tui.chat.database import Report, StoreTrouble
from tui.chat.resumption import Resumption, find_resumption
from tui.chat.workspace import Workspace
from tui.plain.chat import PlainChat, run_cancellable
from tui.plain.line_reader import EndOfInput, LineReader, ReadlineReader, TerminalReader
from tui.plain.output import Output, open_output
from tui.plain.signals import SignalCame, Signals
from tui.settings.paths import Paths
from tui.settings.terminal import Terminal
from tui.stream.discovery import FoundServer
from tui.text.language import Language

SIGNAL_BASE = 128
"""What a shell adds to a signal's number for the exit code of a program that it ended."""
CLOSED_STDOUT = 141
"""128 + SIGPIPE."""
LAST_SECONDS = 1.0
"""How long the last lines may take on their way out."""

Consent: TypeAlias = Callable[[FoundServer], Awaitable[bool]]
Opener: TypeAlias = Callable[[Report, Consent], Awaitable[Workspace]]


@dataclass(frozen=True, slots=True)
class PlainOpening:
    """What line mode starts from."""

    paths: Paths
    language: Language
    terminal: Terminal
    open: Opener
    resume: bool = False
    """Go on with the last conversation."""
    piped: str | None = None
    """What came through stdin: the first message."""
    typed: bool = True
    """Whether stdin is a terminal, to read further messages from."""


def run_plain(opening: PlainOpening) -> int:
    """Run line mode to its end and return the exit code."""
    output = open_output()
    with Signals() as signals, asyncio.Runner() as runner:
        try:
            code = _Run(opening, output, signals, runner).run()
        finally:
            output.drain(LAST_SECONDS)
    if signals.leaving is not None:
        return SIGNAL_BASE + signals.leaving
    return code if output.refused is None else _tell_refusal(output.refused)


def _tell_refusal(refused: OSError) -> int:
    """The exit code after a failed write; quiet if the reader went away, else it says why (a full disk)."""
    if not isinstance(refused, BrokenPipeError):
        try:
            sys.stderr.write(f"weir: stdout: {refused.strerror}\n")
        except OSError:
            return CLOSED_STDOUT  # the terminal is gone, and whoever would read this with it
    return CLOSED_STDOUT


class _Run:
    """One run, from opening to closing."""

    def __init__(self, opening: PlainOpening, output: Output, signals: Signals, runner: asyncio.Runner) -> None:
        self._opening = opening
        self._output = output
        self._signals = signals
        self._runner = runner
        self._say = opening.language.say
        self._troubles: deque[StoreTrouble] = deque()
        self._reader: LineReader | None = None
        if opening.typed:
            plain = opening.terminal.dumb or not sys.stdout.isatty()
            self._reader = TerminalReader(0, output, signals) if plain else ReadlineReader(output, signals)

    def run(self) -> int:
        """Open, talk, close."""
        opening, output = self._opening, self._output
        if self._reader is not None:
            output.tell(self._say("plain.start"))
        workspace = run_cancellable(
            self._runner, self._signals, self._open_workspace(self._troubles.append, self._ask_consent)
        )
        if workspace is None:
            return SIGNAL_BASE + 2  # ctrl+c; what else may have come is in `signals.leaving`
        chat = PlainChat(workspace, self._runner, output, self._signals, opening.language)
        code = 0
        try:
            chat.open(self._find_resumption(workspace))
            if opening.piped is not None:
                code = chat.answer(opening.piped)
            if self._reader is not None:
                chat.converse(self._reader, self._tell_troubles)
                code = 0
        finally:
            self._close(workspace, chat)
        return code

    async def _open_workspace(self, report: Report, consent: Consent) -> Workspace:
        return await self._opening.open(report, consent)

    def _find_resumption(self, workspace: Workspace) -> Resumption:
        """What to begin with, once the person was told what became of it."""
        resumption = find_resumption(workspace, self._opening.language, resume=self._opening.resume)
        self._tell_troubles()
        if resumption.told is not None:
            self._output.tell(resumption.told)
        return resumption

    async def _ask_consent(self, server: FoundServer) -> bool:
        """Whether another person's server may be used; blocks the loop, on which nothing else runs yet."""
        if self._reader is None:
            return False
        name, url = server.provider.name, server.provider.base_url
        self._output.tell_line(self._say("welcome.stranger", name=name, url=url, person=server.stranger))
        try:
            answer = self._reader.read(self._say("plain.consent"))
        except (EndOfInput, SignalCame):
            return False
        return answer.strip().lower() in ("y", "yes", "是")

    def _tell_troubles(self) -> None:
        while self._troubles:
            trouble = self._troubles.popleft()
            self._output.tell_line(self._say(f"store.{trouble.code}", where=trouble.where, reason=trouble.reason))

    def _close(self, workspace: Workspace, chat: PlainChat) -> None:
        """Keep what was not sent, end what runs, and say what could not be kept."""
        paths = self._opening.paths
        chat.keep_unsent()
        lost = self._runner.run(workspace.close())
        self._tell_troubles()
        if lost:
            self._output.tell_line(self._say("store.lost", count=lost, where=paths.database))
        if (error := workspace.save_draft(lost)) is not None:
            reason = error.strerror or type(error).__name__
            self._output.tell_line(self._say("store.draft_lost", where=paths.state_file, reason=reason))
