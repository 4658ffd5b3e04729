"""Support bundle: one text that can be handed to whoever helps: a record, the settings, versions, what doctor found.

It is in English, as records are. Nothing in it is a prompt, a reply or a secret: the settings are told by name
(`config_sheet`), the record never holds any, and the whole text is masked once more at its end.
"""

import json
import platform
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tui import __version__
from tui.chat.checkup_text import make_ending, make_line
from tui.chat.config_sheet import write_config
from tui.chat.record_sheet import write_sheet
from tui.settings.config import Config
from tui.settings.terminal import read_terminal
from tui.stream.probe.finding import NUMBERS, Report
from tui.stream.record import Record
from tui.text.language import Language
from tui.text.sanitise import sanitise

_PACKAGES = ("textual", "rich", "httpx", "httpcore", "h11", "tomli-w", "markdown-it-py", "pygments", "platformdirs")
_TERMINAL_VARIABLES = (
    "TERM", "COLORTERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG",
)  # fmt: skip
_LAST_STEP = max(NUMBERS.values())


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a bundle is made of."""

    record: Record
    config: Config
    environ: Mapping[str, str]
    report: Report | None = None
    """What a diagnosis of the record's route found."""
    remark: str | None = None
    """What has to be said of that, such as why there is none."""


def write_bundle(evidence: Evidence, language: Language, mask: Callable[[str], str], now: datetime) -> str:
    """The text; every line of it is safe to show."""
    record, environ = evidence.record, evidence.environ
    sections = {
        "record": write_sheet(record, language.table("records.group")),
        "record as JSON": [json.dumps(record.as_json(), ensure_ascii=False, indent=1)],
        "settings": write_config(evidence.config, environ.get("HOME")),
        "versions and terminal": _write_surroundings(environ),
        "doctor": [*([evidence.remark] if evidence.remark else []), *_write_report(evidence.report, language)],
    }
    lines = [
        f"weir support bundle · {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "No prompt, no reply and no key is in it; what looks like a secret is masked.",
    ]
    for title, section in sections.items():
        lines += ["", f"== {title} ==", *section]
    return sanitise(mask("\n".join(lines))) + "\n"


def bundle_path(folder: Path, record: Record, now: datetime) -> Path:
    """Where the bundle of a record goes; a record's id may come out of a file that somebody changed."""
    name = re.sub(r"[^0-9a-z]", "", record.id.lower())[:16]
    return folder / f"weir-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{name}.txt"


def _write_report(report: Report | None, language: Language) -> list[str]:
    """A line for each step; the verdict only of a walk that came to its end or to a failure."""
    if report is None:
        return []
    lines = [make_line(finding, language) for finding in report.findings]
    whole = report.failed is not None or any(finding.n == _LAST_STEP for finding in report.findings)
    return [*lines, *make_ending(report, language)] if whole else lines


def _write_surroundings(environ: Mapping[str, str]) -> list[str]:
    terminal = read_terminal(environ)
    lines = [
        f"weir {__version__}",
        f"python {platform.python_version()} ({platform.python_implementation()})",
        f"system {platform.platform()}",
        ", ".join(f"{name} {_version_of(name)}" for name in _PACKAGES),
    ]
    lines += [f"{name}={environ[name]}" for name in _TERMINAL_VARIABLES if name in environ]
    inside = [name for name in ("tmux", "screen", "ssh") if getattr(terminal, name)]
    lines.append(f"inside {', '.join(inside) or 'neither tmux, screen nor SSH'}; colours {terminal.colours}")
    return lines


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
