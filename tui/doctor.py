"""`weir doctor`: walks a route step by step and says where it breaks; with `--all` every configured one, as a table.

stdout has the report, as lines or, with `--json`, as one object; the exit code is 0, or 10 and the number of the first
step that failed. Nothing that it prints holds a key, a prompt or a reply.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from tui.chat.journal import RecordJournal
from tui.chat.workspace import Workspace
from tui.settings.paths import Paths
from tui.settings.secrets import Masker
from tui.settings.terminal_survey import survey_terminal
from tui.stream.client import Client
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.probe.diagnosis import Diagnosis, Patient
from tui.stream.probe.finding import Finding, Report, Spending
from tui.stream.probe.terminal import judge_terminal
from tui.stream.probe.witness import Witness
from tui.text.language import Language
from tui.text.sanitise import escape_json_line, sanitise_line

BAD_CONFIGURATION = 11
"""The exit code where there is no route to walk."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What is wanted, and where we run."""

    paths: Paths
    environ: Mapping[str, str]
    language: Language
    as_json: bool = False
    every: bool = False
    """Every configured provider, as a table."""


async def examine(opener: Callable[[], Awaitable[Workspace]], wanted: Examination, mask: Masker) -> int:
    """Open, walk, print, and return the exit code. The workspace is closed here."""
    workspace = await opener()
    try:
        patients = find_patients(workspace, wanted)
        if not patients:
            return tell_no_route(wanted.language.say("headless.no_provider"), wanted)
        reports = [await _examine_one(patient, wanted, mask) for patient in patients]
    finally:
        await workspace.close()
    if wanted.as_json:
        described = [describe(report, wanted.language) for report in reports]
        exit_code = _first_failure(reports)
        _write_json({"providers": described, "exit": exit_code} if wanted.every else described[0])
    elif wanted.every:
        for line in tabulate(reports, wanted.language):
            _write(line)
    return _first_failure(reports)


def find_patients(workspace: Workspace, wanted: Examination) -> list[Patient]:
    """Which routes are looked at, and which model is asked on each."""
    routes, environ = workspace.routes, wanted.environ
    if not wanted.every:
        model = workspace.choose_model()
        provider = model.provider if model else routes.providers.get(routes.default or "")
        return [] if provider is None else [Patient(provider, model.id if model else None, environ)]
    patients = []
    for provider in routes.providers.values():
        route, _, name = (workspace.config.model or "").partition("/")
        last = workspace.state.last_used.get(provider.name)
        patients.append(Patient(provider, name if route == provider.name and name else last, environ))
    return patients


def tell_no_route(reason: str, wanted: Examination) -> int:
    """Print that there is nothing to walk, such as a config that cannot be read, and return the exit code."""
    report = Report("-", None, (Finding("configuration", "failed", reason),))
    if wanted.as_json:
        _write_json(describe(report, wanted.language))
    else:
        _tell(report, report.findings[0], wanted.language)
        _conclude(report, wanted.language)
    return BAD_CONFIGURATION


async def _examine_one(patient: Patient, wanted: Examination, mask: Masker) -> Report:
    def complain(reason: str) -> None:
        sys.stderr.write(f"weir: {sanitise_line(f'{wanted.paths.records}: {reason}')}\n")

    journal = RecordJournal(wanted.paths.records, complain)
    witness, silent = Witness(), wanted.as_json or wanted.every
    async with Client(wanted.environ, mask, retries=0, transport=witness) as client:
        diagnosis = Diagnosis(patient, client, witness, journal.append)
        async for finding in diagnosis.findings():
            if not silent:
                _tell(diagnosis.report, finding, wanted.language)
    report = diagnosis.report
    if not wanted.every:
        terminal = judge_terminal(await asyncio.to_thread(survey_terminal, wanted.environ))
        report = report.with_finding(terminal)
        if not silent:
            _tell(report, terminal, wanted.language)
            _conclude(report, wanted.language)
    return report


def describe(report: Report, language: Language) -> dict[str, Any]:
    """The report as `--json` prints it."""
    outcome = report.outcome
    return {
        "provider": report.provider,
        "model": report.model,
        "steps": [
            {
                "n": finding.n,
                "name": finding.name,
                "result": finding.result,
                "ms": finding.ms,
                "evidence": finding.evidence,
                "outcome": finding.outcome.value if finding.outcome else None,
            }
            for finding in report.findings
        ],
        "verdict": conclude(report, language),
        "outcome": outcome.value if outcome else None,
        "next": advise(report, language),
        "tokens": {
            "requests": report.spending.requests,
            "total": report.spending.tokens,
            "estimated": report.spending.estimated,
        },
        "exit": report.exit_code,
    }


def conclude(report: Report, language: Language) -> str:
    """The verdict in one sentence."""
    culprit = report.culprit
    if culprit is None:
        return language.say("doctor.fine")
    match culprit.outcome:
        case Outcome() as outcome:
            sentence = language.outcome(outcome, culprit.values)
        case NoticeCode() as code:
            sentence = language.notice(code, culprit.values)
        case _:
            sentence = culprit.evidence
    if culprit.result != "failed":
        return language.say("doctor.reservation", sentence=sentence)
    return language.say("doctor.failed", n=culprit.n, name=_step(culprit, language), sentence=sentence)


def advise(report: Report, language: Language) -> str:
    """The one next step."""
    culprit = report.culprit
    if culprit is None:
        return language.say("doctor.next.none")
    if culprit.outcome is not None and culprit.outcome.value in language.catalogue["ui"]["doctor"]["next"]:
        return language.say(f"doctor.next.{culprit.outcome.value}")
    advice = language.advice(culprit.outcome, culprit.values) if isinstance(culprit.outcome, Outcome) else []
    if advice:
        return advice[0]
    return language.say(f"doctor.next.{'configuration' if culprit.name == 'configuration' else 'other'}")


def tabulate(reports: list[Report], language: Language) -> list[str]:
    """One line for each provider, under a head."""
    head = [language.say(f"doctor.table.{name}") for name in ("provider", "model", "exit", "tokens", "verdict")]
    rows = [head]
    for report in reports:
        spent = ("~" if report.spending.estimated else "") + str(report.spending.tokens)
        rows.append([report.provider, report.model or "-", str(report.exit_code), spent, conclude(report, language)])
    safe = [[sanitise_line(cell) for cell in row] for row in rows]
    widths = [max(cell_len(row[column]) for row in safe) for column in range(len(head) - 1)]
    return ["  ".join([*map(_pad, row, widths), row[-1]]) for row in safe]


def _first_failure(reports: list[Report]) -> int:
    return next((report.exit_code for report in reports if report.exit_code), 0)


def _tell(report: Report, finding: Finding, language: Language) -> None:
    """One line: number, step, result, time, evidence."""
    names = language.catalogue["ui"]["doctor"]["steps"].values()
    results = language.catalogue["ui"]["doctor"]["results"]
    number = f"{finding.n:>2}" if finding.n else "  "
    name = _pad(_step(finding, language), max(map(cell_len, names)))
    result = _pad(str(results[finding.result]), max(map(cell_len, results.values())))
    took = f"{finding.ms / 1000:6.2f} s" if finding.ms is not None else " " * 8
    shown = f"{finding.outcome.value}: {finding.evidence}" if finding.outcome else finding.evidence
    _write(f"{number} {name}  {result}  {took}  {sanitise_line(shown)}".rstrip())


def _conclude(report: Report, language: Language) -> None:
    _write("")
    _write(sanitise_line(conclude(report, language)))
    _write(sanitise_line(language.say("doctor.next_step", advice=advise(report, language))))
    _write(say_spending(report.spending, language))


def say_spending(spending: Spending, language: Language) -> str:
    """What the diagnosis cost."""
    name = "nothing" if not spending.tokens else "estimated" if spending.estimated else "counted"
    return language.say(f"doctor.spent.{name}", tokens=spending.tokens, requests=spending.requests)


def _step(finding: Finding, language: Language) -> str:
    return language.say(f"doctor.steps.{finding.name.replace(' ', '_')}")


def _pad(text: str, cells: int) -> str:
    return text + " " * (cells - cell_len(text))


def _write(line: str) -> None:
    """In UTF-8 whatever the locale says, and at once: a step may take its time."""
    sys.stdout.buffer.write(f"{line}\n".encode(errors="replace"))
    sys.stdout.buffer.flush()


def _write_json(value: dict[str, Any]) -> None:
    _write(escape_json_line(json.dumps(value, ensure_ascii=False)))
