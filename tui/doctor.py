"""`weir doctor`: walks a route step by step and says where it breaks; with `--all` every configured one, as a table.

stdout has the report, as lines or, with `--json`, as one object; the exit code is 0, or 10 and the number of the first
step that failed. Nothing that it prints holds a key, a prompt or a reply.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from tui.chat.checkup import find_all_patients, find_patients, open_diagnosis
from tui.chat.checkup_text import describe, make_ending, make_line, tabulate
from tui.chat.journal import RecordJournal
from tui.chat.workspace import Workspace
from tui.headless.stdout import write_text
from tui.settings.keeping import Keeping
from tui.settings.paths import Paths
from tui.settings.secrets import Masker
from tui.settings.terminal_survey import survey_terminal
from tui.stream.probe.diagnosis import Patient
from tui.stream.probe.finding import Finding, Report
from tui.stream.probe.terminal import judge_terminal
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
        if wanted.every:
            patients = find_all_patients(workspace, wanted.environ)
        else:
            patients = find_patients(workspace, wanted.environ, workspace.choose_model())
        if not patients:
            return tell_no_route(wanted.language.say("headless.no_provider"), wanted)
        keeping = workspace.config.records
        reports = [await _examine_one(patient, wanted, mask, keeping) for patient in patients]
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


def tell_no_route(reason: str, wanted: Examination) -> int:
    """Print that there is nothing to walk, such as a config that cannot be read, and return the exit code."""
    report = Report("-", None, (Finding("configuration", "failed", reason),))
    if wanted.as_json:
        _write_json(describe(report, wanted.language))
    else:
        _write(make_line(report.findings[0], wanted.language))
        _conclude(report, wanted.language)
    return BAD_CONFIGURATION


async def _examine_one(patient: Patient, wanted: Examination, mask: Masker, keeping: Keeping) -> Report:
    def complain(reason: str) -> None:
        sys.stderr.write(f"weir: {sanitise_line(f'{wanted.paths.records}: {reason}')}\n")

    journal = RecordJournal(wanted.paths.records, complain, keeping)
    silent = wanted.as_json or wanted.every
    async with open_diagnosis(patient, mask, journal.append) as diagnosis:
        async with aclosing(diagnosis.findings()) as findings:
            async for finding in findings:
                if not silent:
                    _write(make_line(finding, wanted.language))
    report = diagnosis.report
    if not wanted.every:
        terminal = judge_terminal(await asyncio.to_thread(survey_terminal, wanted.environ))
        report = report.with_finding(terminal)
        if not silent:
            _write(make_line(terminal, wanted.language))
            _conclude(report, wanted.language)
    return report


def _first_failure(reports: list[Report]) -> int:
    return next((report.exit_code for report in reports if report.exit_code), 0)


def _conclude(report: Report, language: Language) -> None:
    for line in ("", *make_ending(report, language)):
        _write(line)


def _write(line: str) -> None:
    """In UTF-8 whatever the locale says, and at once: a step may take its time."""
    write_text(line)


def _write_json(value: dict[str, Any]) -> None:
    _write(escape_json_line(json.dumps(value, ensure_ascii=False)))
