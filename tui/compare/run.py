"""One `weir compare`, from opening to closing. All models of a run are asked at once, the runs one after the other.

It exits with 0 if every reply is complete and else with 3, with 130 or 143 after a signal, 141 when stdout was closed
and 2 where nothing could be asked. A signal stops every reply that runs; the table is printed all the same.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tui.chat.catalogue import Model
from tui.chat.conversation import Conversation, Reply
from tui.chat.database import Report, StoreTrouble
from tui.chat.workspace import Workspace
from tui.compare.block import BlockPrinter
from tui.compare.comparison import Comparison, Entry, Run, check_distinct
from tui.compare.json_line import JsonPrinter
from tui.compare.lineup import choose_models
from tui.headless.stdout import CLOSED_STDOUT, give_up_stdout, say, write_error
from tui.headless.stop_signals import Stopped, StopSignals
from tui.settings.parameters import Parameters
from tui.settings.secrets import Masker
from tui.stream.events import Finished, Interrupted, StreamEvent
from tui.stream.outcome import Outcome
from tui.stream.trace import StreamTrace
from tui.text.language import Language

USAGE, INCOMPLETE = 2, 3
Printer: TypeAlias = BlockPrinter | JsonPrinter


@dataclass(frozen=True, slots=True)
class CompareOpening:
    """What a comparison starts from."""

    environ: Mapping[str, str]
    language: Language
    mask: Masker
    open: Callable[[Report], Awaitable[Workspace]]
    begin_trace: Callable[[str], StreamTrace]
    """The trace of a question to the model of this name, from before anything is opened."""


async def run_compare(opening: CompareOpening, comparison: Comparison) -> int:
    """Ask, print, and return the exit code. Nothing is asked if stdout was never open. Raises ConfigError."""
    if sys.__stdout__ is None:
        return CLOSED_STDOUT
    language = opening.language

    def report(trouble: StoreTrouble) -> None:
        say(language.say(f"store.{trouble.code}", where=trouble.where, reason=trouble.reason))

    async def open_workspace() -> Workspace:
        return await opening.open(report)

    traces = [opening.begin_trace(name) for name in comparison.names]
    workspace = None
    try:
        with StopSignals() as signals:
            try:
                workspace = await signals.guard(open_workspace())
            except Stopped:
                return _tell_stopped(traces, opening, comparison, signals)
            return await _compare_in(workspace, opening, comparison, signals)
    finally:
        if workspace is not None and (lost := await workspace.close()):
            say(language.say("store.lost", count=lost, where=workspace.paths.database))


async def _compare_in(
    workspace: Workspace, opening: CompareOpening, comparison: Comparison, signals: StopSignals
) -> int:
    await workspace.load_models()  # prices and context sizes that a list told earlier; nothing is asked
    models = choose_models(comparison.names, workspace, opening.environ)
    if models is None:
        write_error(opening.language.say("headless.no_provider"), as_json=comparison.as_json)
        return USAGE
    check_distinct(models)
    comparer = Comparer(workspace, models, comparison, opening, signals)
    return await comparer.run()


class Comparer:
    """Runs a comparison, and keeps what came of it."""

    def __init__(
        self,
        workspace: Workspace,
        models: Sequence[Model],
        comparison: Comparison,
        opening: CompareOpening,
        signals: StopSignals,
    ) -> None:
        self._session = workspace.session
        self._models = models
        self._labels = [opening.mask(model.name) for model in models]
        self._facts = [workspace.catalogue.facts(model) for model in models]
        self._comparison = comparison
        self._opening = opening
        self._signals = signals
        self._printer = make_printer(comparison, opening.language)
        self._entries: list[Entry] = []
        self._refused: OSError | None = None

    async def run(self) -> int:
        """All runs, then the table; the exit code."""
        begun = 0
        for run in self._comparison.runs():
            if self._signals.outcome is not None or self._refused is not None:
                break
            await self._run_once(run)
            begun = run.number
        self._print(lambda: self._printer.end(self._entries))
        if self._refused is not None:
            return give_up_stdout(self._refused)
        if (left := self._comparison.size - begun) and not self._comparison.as_json:
            say(self._opening.language.say("compare.left", count=left))
        return exit_code(self._signals.outcome, self._entries)

    async def _run_once(self, run: Run) -> None:
        session = self._session
        conversation = Conversation(parameters=Parameters(system=self._comparison.system or None))
        turn = session.begin(conversation, run.prompt, self._models)
        entries = [
            Entry(label, run.number, reply, facts)
            for label, facts, reply in zip(self._labels, self._facts, turn.replies, strict=True)
        ]
        self._entries += entries
        self._print(lambda: self._printer.begin(run, entries))
        self._signals.on_stop(lambda outcome, detail: session.stop_all(outcome, **detail))
        await asyncio.gather(*(self._hear(entry) for entry in entries))

    async def _hear(self, entry: Entry) -> None:
        """One reply, to its end."""
        ended = asyncio.Event()

        def view(event: StreamEvent) -> None:
            self._print(lambda: self._printer.take(entry, event))
            if isinstance(event, Finished | Interrupted):
                ended.set()

        self._session.start(entry.reply, view)
        await ended.wait()

    def _print(self, act: Callable[[], None]) -> None:
        """Print, unless that has failed before; the first failure stops every reply and is told at the end."""
        if self._refused is not None:
            return
        try:
            act()
        except OSError as error:  # nobody reads any more, or the disk is full
            self._refused = error
            self._session.stop_all(Outcome.CANCELLED)


def make_printer(comparison: Comparison, language: Language) -> Printer:
    """The printer for what was asked."""
    return (JsonPrinter if comparison.as_json else BlockPrinter)(comparison, language)


def exit_code(stopped: Outcome | None, entries: Sequence[Entry]) -> int:
    """By the signal that came, else by whether every reply is complete."""
    if stopped is not None:
        return stopped.exit_code(has_text=False)
    return 0 if all(entry.reply.outcome is Outcome.COMPLETE for entry in entries) else INCOMPLETE


def _tell_stopped(
    traces: Sequence[StreamTrace], opening: CompareOpening, comparison: Comparison, signals: StopSignals
) -> int:
    """Print the endings of questions that were never asked, and return the exit code."""
    run = next(comparison.runs())
    endings = [signals.end(trace) for trace in traces]
    entries = [
        Entry(opening.mask(name), run.number, Reply(ending.record.route, ending.record.model))
        for name, ending in zip(comparison.names, endings, strict=True)
    ]
    printer = make_printer(comparison, opening.language)
    try:
        printer.begin(run, entries)
        for entry, ending in zip(entries, endings, strict=True):
            entry.reply.apply(ending)
            printer.take(entry, ending)
        printer.end(entries)
    except OSError as error:  # nobody reads any more, or the disk is full
        return give_up_stdout(error)
    return exit_code(signals.outcome, entries)
