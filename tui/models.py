"""`weir models`: every model that can be asked, as a table on stdout; whose list could not be had goes to stderr.

The exit code is 0 if any list was had, else that of the first failure.
"""

import json
import sys

from rich.cells import cell_len

from tui.chat.catalogue import Model, ModelEntry
from tui.chat.list_failure import tell_failures
from tui.chat.workspace import Workspace
from tui.headless.stdout import write_bytes
from tui.text.age import describe_age
from tui.text.language import Language
from tui.text.sanitise import escape_json_line, sanitise_line

_COLUMNS = ("model", "context", "price_in", "price_out", "first_text", "speed", "listed")
_RECENT_SECONDS = 60.0
"""A list that is younger was just had."""


async def print_models(workspace: Workspace, language: Language, *, as_json: bool) -> int:
    """Ask every provider, print what they list and what was listed before, and return the exit code."""
    await workspace.list_models()
    catalogue = workspace.catalogue
    models = [model for model in catalogue.models() if workspace.routes.admits(model.provider)]
    text = _as_json(models, workspace, language) if as_json else _as_table(models, workspace, language)
    write_bytes(text.encode(errors="replace"))
    failures = [listing.failure for _, listing in catalogue.failures() if listing.failure is not None]
    if not as_json:
        sys.stderr.write("".join(f"weir: {failure.line}\n" for failure in tell_failures(catalogue, language)))
    return failures[0].exit_code(has_text=False) if failures and len(failures) == len(catalogue.listings) else 0


def _as_json(models: list[Model], workspace: Workspace, language: Language) -> str:
    """One object; prices are US dollars for a million tokens."""
    catalogue = workspace.catalogue
    sources = catalogue.sources()
    rows = []
    for model in models:
        facts, (source, age) = catalogue.facts(model), sources.get(model.name, ("config", None))
        rows.append(
            {
                "provider": model.provider.name,
                "id": model.id,
                "context": facts.context,
                "price_in": facts.price_in,
                "price_out": facts.price_out,
                "source": source,
                "age_s": None if age is None else round(age),
            }
        )
    errors = []
    for name, listing in catalogue.failures():
        if listing.failure is not None:
            message = language.outcome(listing.failure, listing.values or {})
            errors.append({"provider": name, "outcome": listing.failure, "message": message})
    return escape_json_line(json.dumps({"models": rows, "errors": errors}, ensure_ascii=False)) + "\n"


def _as_table(models: list[Model], workspace: Workspace, language: Language) -> str:
    """A line for each model, name first; a column in which nothing is known is left out."""
    if not models:
        return ""
    sources = workspace.catalogue.sources()
    rows: list[tuple[str, ...]] = [tuple(language.say(f"models.{name}") for name in _COLUMNS)]
    for model in models:
        _, age = sources.get(model.name, ("config", None))
        rows.append((sanitise_line(model.name), *_describe(workspace.catalogue.describe(model), age, language)))
    filled = [column for column in range(len(rows[0])) if column == 0 or any(row[column] for row in rows[1:])]
    widths = [max(cell_len(row[column]) for row in rows) for column in filled]
    lines = []
    for row in rows:
        first, *others = [_fit(row[column], width, column) for column, width in zip(filled, widths, strict=True)]
        lines.append("  ".join((first, *others)).rstrip())
    return "".join(f"{line}\n" for line in lines)


def _fit(text: str, width: int, column: int) -> str:
    gap = " " * (width - cell_len(text))
    return gap + text if column else text + gap


def _describe(entry: ModelEntry, age: float | None, language: Language) -> tuple[str, ...]:
    facts, measured = entry.facts, entry.measured
    speed = measured.tokens_per_s if measured is not None else None
    about = "~" if measured is not None and measured.estimated else ""
    return (
        "" if facts.context is None else str(facts.context),
        "" if facts.price_in is None else f"{facts.price_in:g}",
        "" if facts.price_out is None else f"{facts.price_out:g}",
        "" if measured is None else f"{measured.first_text_ms / 1000:.2f} s",
        "" if speed is None else f"{about}{speed:.0f} tok/s",
        "" if age is None or age < _RECENT_SECONDS else language.say("models.ago", age=describe_age(age, language)),
    )
