"""The words of a diagnosis: a line for each finding, the verdict, the next step, the cost; and all of it as JSON."""

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len

from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.probe.finding import NUMBERS, Finding, Report, Spending, Step
from tui.text.language import Language
from tui.text.sanitise import sanitise_line


def describe(report: Report, language: Language) -> dict[str, Any]:
    """The report as plain values, under its published names."""
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
    sentence = _blame(report, culprit, language)
    if culprit.result != "failed":
        return language.say("doctor.reservation", sentence=sentence)
    first = report.failed or culprit
    named = {"n": first.n, "name": name_step(first.name, language)}
    if first is culprit:
        return language.say("doctor.failed", **named, sentence=sentence)
    telling = {"other": culprit.n, "other_name": name_step(culprit.name, language)}
    return language.say("doctor.failed_both", **named, **telling, sentence=sentence)


def _blame(report: Report, culprit: Finding, language: Language) -> str:
    """What the culprit did. A chat that works in spite of its list, a gate and lumps have sentences of their own."""
    if culprit.name == "models" and culprit.result == "warn":
        listed = culprit.outcome is Outcome.MODEL_NOT_FOUND
        return language.say(f"doctor.{'unlisted' if listed else 'no_list'}", model=report.model)
    if report.gate is not None and culprit.outcome in (Outcome.INVALID_KEY, Outcome.FORBIDDEN):
        return language.say("doctor.gate", gate=report.gate)
    if culprit.values.get("unbounded"):
        return language.say("doctor.unbounded")
    match culprit.outcome:
        case NoticeCode.BUFFERING_SUSPECTED if culprit.values.get("bursts"):
            return language.say("doctor.lumps", count=culprit.values["bursts"])
        case Outcome() as outcome:
            return language.outcome(outcome, culprit.values)
        case NoticeCode() as code:
            return language.notice(code, culprit.values)
        case _:
            return culprit.evidence


def advise(report: Report, language: Language) -> str:
    """The one next step."""
    culprit = report.culprit
    if culprit is None:
        return language.say("doctor.next.none")
    if culprit.name == "models" and culprit.result == "warn" and culprit.outcome is not Outcome.MODEL_NOT_FOUND:
        return language.say("doctor.next.no_list")
    if report.gate is not None and culprit.outcome in (Outcome.INVALID_KEY, Outcome.FORBIDDEN):
        return language.say("doctor.next.gate")
    if culprit.values.get("unbounded"):
        return language.say("doctor.next.unbounded")
    if (fault := culprit.values.get("fault")) is not None:
        return language.say(f"doctor.next.certificate_{fault}")
    if culprit.outcome is not None and culprit.outcome.value in language.table("doctor.next"):
        return language.say(f"doctor.next.{culprit.outcome.value}")
    advice = language.advice(culprit.outcome, culprit.values) if isinstance(culprit.outcome, Outcome) else []
    if advice:
        return advice[0]
    return language.say(f"doctor.next.{'configuration' if culprit.name == 'configuration' else 'other'}")


def make_head(finding: Finding, language: Language) -> str:
    """Number, step, result and time, each in a column of its own."""
    names = language.table("doctor.steps").values()
    results = language.table("doctor.results")
    number = f"{finding.n:>2}" if finding.n else "  "
    name = pad(name_step(finding.name, language), max(map(cell_len, names)))
    result = pad(str(results[finding.result]), max(map(cell_len, results.values())))
    took = f"{finding.ms / 1000:6.2f} s" if finding.ms is not None else " " * 8
    return f"{number} {name}  {result}  {took}"


def make_evidence(finding: Finding, language: Language) -> str:
    """What was seen, fact by fact, behind the code of what it means."""
    facts = " · ".join(map(language.phrase, finding.evidence.split(" · ")))
    shown = f"{finding.outcome.value}: {facts}" if finding.outcome else facts
    return sanitise_line(shown)


def make_line(finding: Finding, language: Language) -> str:
    """One line: number, step, result, time, evidence."""
    return f"{make_head(finding, language)}  {make_evidence(finding, language)}".rstrip()


def make_ending(report: Report, language: Language) -> list[str]:
    """The verdict, the next step, and the cost."""
    return [
        sanitise_line(conclude(report, language)),
        sanitise_line(language.say("doctor.next_step", advice=advise(report, language))),
        say_spending(report.spending, language),
    ]


def write_report(report: Report, language: Language) -> str:
    """The whole report as text, to paste into a ticket."""
    lines = [make_line(finding, language) for finding in report.findings]
    return "\n".join([name_route(report), "", *lines, "", *make_ending(report, language)]) + "\n"


def name_route(report: Report) -> str:
    """Provider and model, safe to show."""
    return sanitise_line(f"{report.provider}/{report.model}" if report.model else report.provider)


def tabulate(reports: Sequence[Report], language: Language) -> list[str]:
    """One line for each provider, under a head."""
    head = [language.say(f"doctor.table.{name}") for name in ("provider", "model", "exit", "tokens", "verdict")]
    rows = [head]
    for report in reports:
        spent = ("~" if report.spending.estimated else "") + str(report.spending.tokens)
        rows.append([report.provider, report.model or "-", str(report.exit_code), spent, conclude(report, language)])
    safe = [[sanitise_line(cell) for cell in row] for row in rows]
    widths = [max(cell_len(row[column]) for row in safe) for column in range(len(head) - 1)]
    return ["  ".join([*map(pad, row, widths), row[-1]]) for row in safe]


def say_spending(spending: Spending, language: Language) -> str:
    """What the diagnosis cost."""
    name = "nothing" if not spending.tokens else "estimated" if spending.estimated else "counted"
    return language.say(f"doctor.spent.{name}", tokens=spending.tokens, requests=spending.requests)


def find_next_step(report: Report) -> Step | None:
    """The numbered step that is under way; None when all have ended."""
    made = {finding.name for finding in report.findings}
    return next((name for name in NUMBERS if name not in made), None)


def name_step(name: Step, language: Language) -> str:
    """A step as it is called in this language."""
    return language.say(f"doctor.steps.{name.replace(' ', '_')}")


def pad(text: str, cells: int) -> str:
    """The text, at least so many cells wide."""
    return text + " " * (cells - cell_len(text))
