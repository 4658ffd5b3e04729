"""`weir export`: conversations as Markdown, JSON or plain text, on stdout or in files.

What is said beside them goes to stderr. Exit codes: 0; 2 for an id that nothing or more than one thing has, nothing to
export, a database that cannot be read, a file that is there already (without --force) or cannot be written.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tui.chat.exchange.arrival import ExchangeError
from tui.chat.exchange.export_file import Format, file_name, format_of, write_conversations, write_file
from tui.chat.exchange.selection import LAST, load_each, select, select_all
from tui.chat.store import Store
from tui.headless.stdout import say, write_bytes, write_error
from tui.settings.standard_streams import StdoutError
from tui.text.language import Language

USAGE = 2
STDOUT = Path("-")


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What `weir export` was told."""

    id: str = LAST
    """Or the beginning of one."""
    all: bool = False
    form: Format | None = None
    """None: what the file's name says, else Markdown."""
    output: Path = STDOUT
    over: bool = False
    """Whether a file that is there may be replaced."""


def run_export(order: ExportOrder, store: Store, language: Language) -> int:
    """Write what was asked for; return the exit code."""
    path = order.output
    name = "stdout" if path == STDOUT else path
    try:
        identities = select_all(store) if order.all else select(store, order.id)
        if len(identities) == 1 or (identities and order.all):
            _write(order, store, identities, language)
        else:
            return _refuse(_question(order, len(identities)), language, id=order.id, count=len(identities))
    except FileExistsError as error:
        return _refuse("exists", language, path=error.args[0])
    except ExchangeError as error:
        return _refuse("unreadable", language, reason=error)
    except (BrokenPipeError, StdoutError):
        raise  # nobody reads on, or stdout takes no more, which the command line deals with
    except OSError as error:
        return _refuse("unwritable", language, path=name, reason=error.strerror or type(error).__name__)
    if path != STDOUT:
        say(language.say("exchange.written", path=path, count=len(identities)))
    return 0


def _write(order: ExportOrder, store: Store, identities: list[str], language: Language) -> None:
    path, now = order.output, datetime.now(UTC)
    form = order.form or format_of(path) or "md"
    loaded = load_each(store, identities)
    if path == STDOUT:
        for piece in write_conversations(loaded, form, language, now):
            write_bytes(piece.encode(errors="replace"))
    elif path.is_dir():
        for conversation in loaded:
            pieces = write_conversations([conversation], form, language, now)
            write_file(path / file_name(conversation, form), pieces, over=order.over)
    else:
        write_file(path, write_conversations(loaded, form, language, now), over=order.over)


def _question(order: ExportOrder, found: int) -> str:
    """What is wrong with what was asked for."""
    if found:
        return "several"
    return "empty" if order.all or order.id == LAST else "unknown_id"


def _refuse(name: str, language: Language, **values: object) -> int:
    write_error(language.say(f"exchange.{name}", **values), as_json=False)
    return USAGE
