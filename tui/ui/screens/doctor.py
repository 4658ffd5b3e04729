"""DoctorScreen: why does it break? The walk of `weir doctor`, live on the screen: a line as each step ends.

Esc stops a walk that is under way, as ctrl+c does, and closes the screen of one that has ended. What was found can be
copied as text.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static
from textual.worker import Worker

from tui.chat.catalogue import Model
from tui.text.language import Language
from tui.text.sanitise import sanitise_line
from tui.ui.key_hint import say_keys
from tui.ui.log.message_log import MessageLog
from tui.ui.overlay import Overlay
from tui.ui.widgets.frame import Frame

if TYPE_CHECKING:
    from tui.chat.workspace import Workspace
    from tui.stream.probe.diagnosis import Diagnosis, Patient
    from tui.stream.probe.finding import Finding, Report
    from tui.stream.record import Record

TICK_SECONDS = 0.5
"""Between two looks at how long a step has taken; it says whole seconds."""
NARROW_CELLS = 90
"""Below this width the evidence stands under its step."""


class FindingRow(Container):
    """A finding: number, step, result and time, and beside or under them the evidence, wrapped."""

    DEFAULT_CSS = """
    FindingRow {
        layout: horizontal;
        height: auto;
        .head { width: auto; height: auto; margin-right: 2; }
        .evidence { width: 1fr; height: auto; }
        &.-skipped { color: $text-muted; }
        &.-ok .head { color: $text-success; }
        &.-warn .head { color: $text-warning; }
        &.-failed .head { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, head: str, evidence: str, result: str) -> None:
        """All three are safe to show; `result` names the look."""
        super().__init__(classes=f"-{result}")
        self._head = head
        self._evidence = evidence

    def compose(self) -> ComposeResult:
        """Both parts."""
        yield Static(Content(self._head), markup=False, classes="head")
        if self._evidence:
            yield Static(Content(self._evidence), markup=False, classes="evidence")


class DoctorScreen(Overlay[None]):
    """Walks as soon as it is shown; `model` is the one that is asked now, None where none is chosen."""

    DEFAULT_CSS = """
    DoctorScreen {
        align: center middle;
        #doctor {
            width: 100%;
            max-width: 160;
            height: 100%;
        }
        #doctor-page { height: 1fr; scrollbar-size-vertical: 1; }
        #doctor-lines { height: auto; }
        #doctor-state { height: auto; color: $text-muted; }
        #doctor-verdict { height: auto; margin-top: 1; display: none; }
        #doctor-verdict.-shown { display: block; }
        &.-narrow FindingRow {
            layout: vertical;
            .evidence { width: 100%; padding-left: 3; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Stop, close", id="doctor.leave", tooltip="Stop the walk, else close"),
        Binding("a", "walk(True)", "All providers", id="doctor.all", tooltip="Walk the way to every provider"),
        Binding("r", "walk(False)", "Again", id="doctor.again", tooltip="Walk the way to the current model again"),
        Binding("y", "copy", "Copy", id="doctor.copy", tooltip="Copy what was found, as text"),
    ]

    page = query_one("#doctor-page", VerticalScroll)
    lines = query_one("#doctor-lines", Vertical)
    state = query_one("#doctor-state", Static)
    verdict = query_one("#doctor-verdict", Static)

    def __init__(self, workspace: "Workspace", model: Model | None, language: Language) -> None:
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW_CELLS, "-wide")]
        self._workspace = workspace
        self._model = model
        self._language = language
        self._walking: Worker[None] | None = None
        self._diagnosis: Diagnosis | None = None
        self._reports: list[Report] = []
        self._every = False
        self._stopped = False
        self._step_began = 0.0

    def compose(self) -> ComposeResult:
        """The lines, what is under way, the verdict."""
        say = self._language.say
        with Frame(id="doctor") as box:
            box.border_title = say("doctor_screen.title")
            with VerticalScroll(id="doctor-page"):
                yield Vertical(id="doctor-lines")
                yield Static("", markup=False, id="doctor-state")
                yield Static("", markup=False, id="doctor-verdict")

    def on_mount(self) -> None:
        """Walk the way to the current model."""
        self.page.focus()
        keys = say_keys(self, self._language, "doctor_screen.keys")
        self.query_one("#doctor", Frame).name_keys(keys)
        self.set_interval(TICK_SECONDS, self._show_state)
        self.action_walk(False)

    @property
    def is_walking(self) -> bool:
        """Whether a walk is under way."""
        return self._walking is not None and self._walking.is_running

    def action_walk(self, every: bool) -> None:
        """Begin a walk; one that is under way ends."""
        if self._walking is not None:
            self._walking.cancel()
        self._every, self._stopped = every, False
        self._walking = self.run_worker(self._walk(), name="doctor", exclusive=True)

    def stop_work(self) -> bool:
        """Stop the walk; False if none is under way."""
        if self._walking is None or not self.is_walking:
            return False
        self._stopped = True
        self._walking.cancel()
        return True

    def action_leave(self) -> None:
        """Stop the walk, else close."""
        if not self.stop_work():
            self.dismiss(None)

    def action_copy(self) -> None:
        """Copy all that was found so far."""
        from tui.chat.checkup_text import tabulate, write_report

        reports = list(self._told())
        if not reports:
            return
        if self._every:
            text = "\n".join(tabulate(reports, self._language)) + "\n"
        else:
            text = write_report(reports[0], self._language)
        self.post_message(MessageLog.Copied(text))

    async def _walk(self) -> None:
        from tui.chat.checkup import find_all_patients, find_patients

        self._reports, self._diagnosis = [], None
        await self.lines.remove_children()
        self.verdict.remove_class("-shown")
        if self._every:
            patients = find_all_patients(self._workspace, os.environ)
        else:
            patients = find_patients(self._workspace, os.environ, self._model)
        if not patients:
            self._conclude([self._language.say("headless.no_provider")])
            return
        try:
            for patient in patients:
                await self._examine(patient)
        finally:
            self._end()

    async def _examine(self, patient: "Patient") -> None:
        """Walk one way; what it found stands in the reports even if it is broken off."""
        from tui.chat.checkup import open_diagnosis
        from tui.chat.checkup_text import make_evidence, make_head
        from tui.chat.journal import RecordJournal

        language, loop = self._language, asyncio.get_running_loop()

        def complain(reason: str) -> None:
            loop.call_soon_threadsafe(self._complain, reason)

        journal = RecordJournal(self._workspace.paths.records, complain, self._workspace.config.records)

        def keep(record: "Record") -> None:
            loop.run_in_executor(None, journal.append, record)

        def show(finding: "Finding") -> None:
            if not self._every:
                self._add(FindingRow(make_head(finding, language), make_evidence(finding, language), finding.result))
            self._step_began = time.monotonic()

        self._step_began = time.monotonic()
        async with open_diagnosis(patient, self._workspace.client.mask, keep) as diagnosis:
            self._diagnosis = diagnosis
            async with aclosing(diagnosis.findings()) as findings:
                async for finding in findings:
                    show(finding)
        report = diagnosis.report
        if self._every:
            self._add(self._summarise(report))
        else:
            terminal = await self._look_at_terminal()
            report = report.with_finding(terminal)
            show(terminal)
        self._reports.append(report)
        self._diagnosis = None

    async def _look_at_terminal(self) -> "Finding":
        from tui.settings.terminal_survey import survey_terminal
        from tui.stream.probe.terminal import judge_terminal
        from tui.ui.terminal.cursor import measure_wide_character

        survey = await asyncio.to_thread(survey_terminal, os.environ, drawn_on=True)
        if survey.facts.utf8 and not survey.facts.dumb:
            survey = survey._replace(wide_cells=await measure_wide_character(self.app._driver))
        return judge_terminal(survey)

    def _summarise(self, report: "Report") -> FindingRow:
        """One provider of all: what it is called, and its verdict."""
        from tui.chat.checkup_text import conclude, name_route

        result = report.culprit.result if report.culprit is not None else "ok"
        return FindingRow(
            f"{name_route(report)} · {report.exit_code}", sanitise_line(conclude(report, self._language)), result
        )

    def _end(self) -> None:
        """Say how the walk ended: the verdict and the next step, or where it was stopped."""
        from tui.chat.checkup_text import make_ending, say_spending

        reports, language = list(self._told()), self._language
        if self._stopped:
            spent = [say_spending(report.spending, language) for report in reports[-1:]]
            self._conclude([language.say("doctor_screen.stopped"), *spent])
        elif self._every:
            bad = sum(report.exit_code != 0 for report in reports)
            self._conclude([language.say("doctor_screen.count", good=len(reports) - bad, bad=bad)])
        elif reports:
            self._conclude(make_ending(reports[0], language))

    def _told(self) -> "Iterator[Report]":
        """What is known so far, of a walk that is under way too."""
        yield from self._reports
        if self._diagnosis is not None and self._diagnosis.report.findings:
            yield self._diagnosis.report

    def _add(self, row: FindingRow) -> None:
        self.lines.mount(row)
        self._show_state()
        self.page.scroll_end(animate=False)

    def _conclude(self, lines: list[str]) -> None:
        if self.is_there:
            self.verdict.update(Content("\n".join(lines)))
            self.verdict.add_class("-shown")
            self.call_after_refresh(self._show_state)
            self.page.scroll_end(animate=False)

    def _show_state(self) -> None:
        """Which step is under way, and for how long."""
        if not self.is_there:
            return
        from tui.chat.checkup_text import find_next_step, name_route, name_step
        from tui.stream.probe.finding import NUMBERS

        diagnosis = self._diagnosis
        if diagnosis is None or not self.is_walking:
            self.state.update("")
            self.state.display = False
            return
        step = find_next_step(diagnosis.report)
        if step is not None:
            seconds = int(time.monotonic() - self._step_began)
            name, route = name_step(step, self._language), name_route(diagnosis.report)
            say = self._language.say("doctor_screen.walking", route=route, n=NUMBERS[step], name=name, seconds=seconds)
            self.state.update(Content(say))
            self.state.display = True

    def _complain(self, reason: str) -> None:
        text = self._language.say("store.unwritable", where=self._workspace.paths.records, reason=reason)
        self.app.notify(sanitise_line(text), severity="warning", timeout=12, markup=False)
