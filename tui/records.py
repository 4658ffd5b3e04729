"""`weir records`: what became of earlier requests: a table of their records, its summary, one of them whole.

stdout has the table, the record or, with `--json`, records as JSON Lines; what is said beside them goes to stderr.
Exit codes: 0, also where nothing is found; 2 for a filter that cannot be meant, an id that nothing has, a file that
cannot be read or written; 130 where a person did not want a bundle to be written.
"""

import asyncio
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len

from tui.chat.journal import RecordJournal
from tui.chat.note import tell_seconds
from tui.chat.record_file import Journal, find_records, read_journal
from tui.chat.record_filter import RecordFilter, choose
from tui.chat.record_row import RecordRow, make_row
from tui.chat.record_sheet import write_sheet
from tui.chat.record_summary import draw_sparkline, summarise
from tui.headless.stdout import say, write_bytes, write_error, write_json_line
from tui.settings.keeping import Keeping
from tui.stream.record import Record
from tui.text.language import Language
from tui.text.sanitise import sanitise_line

if TYPE_CHECKING:
    from tui.chat.support import Support
    from tui.stream.probe.finding import Report

USAGE, CANCELLED = 2, 130
SHOWN = 50
"""Rows of a table where no limit is given."""
LAST = "last"
"""Stands for the id of the latest record."""
Walk = Literal["free", "full", "no"]
"""Which of doctor's steps: those that cost no token, all, none."""
_WIDEST = 100
_RIGHT = ("first", "took", "status")


@dataclass(frozen=True, slots=True)
class Look:
    """Where to look, what for, and how to tell it."""

    path: Path
    keeping: Keeping
    language: Language
    wanted: RecordFilter = field(default_factory=RecordFilter)
    limit: int | None = None
    """The latest so many; 0 for all, None for as many as suit."""
    as_json: bool = False
    ascii: bool = False


def list_records(look: Look) -> int:
    """Print the records that are wanted, the latest last."""
    if (journal := _read(look)) is None:
        return USAGE
    found = choose(journal.records, look.wanted)
    limit = look.limit if look.limit is not None else 0 if look.as_json else SHOWN
    shown = found[-limit:] if limit else found
    if look.as_json:
        for record in shown:
            write_json_line(record.as_json())
    elif found:
        _write_lines([*_tabulate(shown, look.language), "", *_summarise(found, look)])
    _tell_rest(journal, len(shown), len(found), look)
    return 0


def show_record(look: Look, identity: str) -> int:
    """Print one record whole."""
    record = _find(look, identity)
    if record is None:
        return USAGE
    if look.as_json:
        write_json_line(record.as_json())
    else:
        _write_lines(write_sheet(record, look.language.table("records.group")))
    return 0


def write_bundle(look: Look, identity: str, support: "Support", *, doctor: Walk, yes: bool) -> int:
    """Show the support bundle of a record, then write it where a person, or `--yes`, agrees."""
    record, say_in = _find(look, identity), look.language.say
    if record is None:
        return USAGE
    reports: list[Report] = []
    if doctor != "no" and support.can_diagnose(record):
        say(say_in("records.walking", route=record.route))

        def complain(reason: str) -> None:
            say(f"{look.path}: {reason}")

        asyncio.run(support.diagnose(record, reports.append, complain, full=doctor == "full"))
    text = support.compose(record, reports[-1] if reports else None, asked=doctor != "no")
    _write_lines(text.splitlines())
    if not yes:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            write_error(say_in("records.unasked"), as_json=False)
            return USAGE
        if not _agrees(say_in("records.agree", folder=support.paths.support)):
            say(say_in("records.not_written"))
            return CANCELLED
    try:
        path = support.write(record, text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        write_error(say_in("records.unwritable", where=support.paths.support, reason=reason), as_json=False)
        return USAGE
    say(say_in("records.written", path=path))
    return 0


def _agrees(question: str) -> bool:
    sys.stderr.write(f"{sanitise_line(question)} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _find(look: Look, identity: str) -> Record | None:
    """The record of an id, or of the start of one; where that is none or several it is said."""
    if (journal := _read(look)) is None:
        return None
    found = list(journal.records[-1:]) if identity == LAST else find_records(journal, identity)
    if len(found) == 1:
        return found[0]
    reason = "several" if found else "none" if journal.records else "empty"
    write_error(look.language.say(f"records.id_{reason}", id=identity, count=len(found)), as_json=look.as_json)
    return None


def _read(look: Look) -> Journal | None:
    """What is kept, once what is too old is let go; None, and it is said, where it cannot be read."""

    def complain(reason: str) -> None:
        say(look.language.say("records.untidy", path=look.path, reason=reason))

    RecordJournal(look.path, complain, look.keeping).tidy()
    try:
        return read_journal(look.path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        write_error(look.language.say("records.unreadable", path=look.path, reason=reason), as_json=look.as_json)
        return None


def _tabulate(records: Sequence[Record], language: Language) -> list[str]:
    names = [item.name for item in fields(RecordRow)]
    rows = [make_row(record) for record in records]
    table = [[language.say(f"records.column.{name}") for name in names]]
    table += [[getattr(row, name) for name in names] for row in rows]
    widths = [max(cell_len(row[column]) for row in table) for column in range(len(names))]
    lines = []
    for row in table:
        cells = []
        for name, cell, width in zip(names, row, widths, strict=True):
            gap = " " * (width - cell_len(cell))
            cells.append(gap + cell if name in _RIGHT else cell + gap)
        lines.append("  ".join(cells).rstrip())
    return lines


def _summarise(records: Sequence[Record], look: Look) -> list[str]:
    """Counts by outcome, and the line of first-text times with its scale."""
    summary, language = summarise(records), look.language
    counts = ", ".join(f"{sanitise_line(outcome)} {count}" for outcome, count in summary.outcomes)
    lines = [language.say("records.counts", count=summary.total, counts=counts)]
    if times := summary.measured:
        width = min(_WIDEST, shutil.get_terminal_size().columns)
        lines.append(draw_sparkline(summary.first_text, width, ascii=look.ascii))
        lines.append(
            language.say(
                "records.scale",
                least=tell_seconds(times[0], language),
                median=tell_seconds(summary.median, language),
                most=tell_seconds(times[-1], language),
                none=summary.first_text.count(None),
            )
        )
    return lines


def _tell_rest(journal: Journal, shown: int, found: int, look: Look) -> None:
    language = look.language
    if not journal.records:
        say(language.say("records.empty"))
    elif not found:
        say(language.say("records.no_match", count=len(journal.records)))
    elif shown < found and not look.as_json:
        say(language.say("records.limited", shown=shown, count=found))
    if journal.unreadable:
        say(language.say("records.torn", count=journal.unreadable, path=look.path))


def _write_lines(lines: Sequence[str]) -> None:
    """In UTF-8 whatever the locale says."""
    write_bytes("".join(f"{line}\n" for line in lines).encode(errors="replace"))
