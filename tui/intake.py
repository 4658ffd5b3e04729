"""`weir import`: brings in the conversations of a file, of weir's own or of another program; tells what comes first.

stdout has what was found and what of it is new, with `--json` as one object. Exit codes: 0, also where nothing is new;
2 for a file that cannot be brought in, and for a database that did not take all of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui.chat.exchange.arrival import Arrival, ExchangeError
from tui.chat.exchange.intake import Addition, Plan, carry_out, make_plan
from tui.chat.exchange.recognition import read_file
from tui.chat.store import Store
from tui.headless.stdout import say, write_error, write_json_line, write_text
from tui.text.language import Language
from tui.text.sanitise import sanitise_line

USAGE = 2
WRITE_SECONDS = 600.0
"""How long the disk gets for all of it."""


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What `weir import` was told."""

    path: Path
    dry: bool = False
    as_json: bool = False
    keep_days: float = 0
    """How long a conversation is kept that nobody uses; 0: for ever."""


def run_import(order: ImportOrder, store: Store, language: Language) -> int:
    """Bring in what is new, and return the exit code; the store is closed then."""
    try:
        arrival = read_file(order.path)
        plan = make_plan(arrival, store)
    except ExchangeError as error:
        return _refuse(order, language, language.phrase(str(error)))
    except OSError as error:
        return _refuse(order, language, error.strerror or type(error).__name__)
    if order.as_json:
        write_json_line(_as_json(order, arrival, plan))
    else:
        write_text("\n".join(_tell(order, arrival, plan, language)))
    if order.dry or not plan.additions:
        return 0
    carry_out(plan, store, datetime.now(UTC), order.keep_days)
    if lost := store.close(WRITE_SECONDS):
        write_error(language.say("exchange.unkept", count=lost), as_json=order.as_json)
        return USAGE
    say(language.say("exchange.done", count=len(plan.additions)))
    return 0


def _refuse(order: ImportOrder, language: Language, reason: str) -> int:
    write_error(language.say("exchange.unusable", path=order.path, reason=reason), as_json=order.as_json)
    return USAGE


def _tell(order: ImportOrder, arrival: Arrival, plan: Plan, language: Language) -> Iterator[str]:
    say_in = language.say
    total = {"conversations": len(arrival.conversations), "turns": arrival.turns}
    yield sanitise_line(say_in("exchange.found", path=order.path, program=arrival.program, **total))
    if order.dry:
        yield from (_tell_one(addition) for addition in plan.additions)
    counts = {"conversations": plan.conversations, "turns": plan.turns, "replies": plan.replies}
    yield say_in("exchange.new", **counts, grown=plan.grown, known=plan.known)
    if left := {what: count for what, count in arrival.left_out.items() if count}:
        kinds = ", ".join(f"{what} {count}" for what, count in sorted(left.items()))
        yield sanitise_line(say_in("exchange.left_out", kinds=kinds))
    if order.dry:
        yield say_in("exchange.dry")


def _tell_one(addition: Addition) -> str:
    """A line about what one conversation gets: when, how many turns, by which model, its title."""
    conversation = addition.conversation
    models = {reply.model for turn in addition.turns for reply in turn.replies if reply.model != "?"}
    sign = "+" if addition.is_new else "~"
    parts = (f"{conversation.created:%Y-%m-%d}", f"{len(addition.turns):4}", ", ".join(sorted(models)[:3]) or "?")
    return sanitise_line("  ".join((f"  {sign} {parts[0]}", *parts[1:], conversation.title))).rstrip()


def _as_json(order: ImportOrder, arrival: Arrival, plan: Plan) -> dict[str, Any]:
    return {
        "type": "import",
        "file": str(order.path),
        "program": arrival.program,
        "found": {"conversations": len(arrival.conversations), "turns": arrival.turns},
        "new": {"conversations": plan.conversations, "turns": plan.turns, "replies": plan.replies},
        "grown": plan.grown,
        "known": plan.known,
        "left_out": {what: count for what, count in arrival.left_out.items() if count},
        "dry_run": order.dry,
    }
