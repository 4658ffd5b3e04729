"""Recognition: which program wrote a file, and what is in it. What a file may cost to read is bounded.

Known are weir's own JSON, ChatGPT's export (the zip, or the `conversations.json` in it), and the databases of Elia,
oterm and llm. A file is told by what is in it; its name says nothing.
"""

import json
import re
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from tui.chat.exchange.arrival import Arrival, ExchangeError
from tui.chat.exchange.chatgpt import is_export, read_chatgpt
from tui.chat.exchange.elia import is_elia, read_elia
from tui.chat.exchange.foreign_database import open_foreign
from tui.chat.exchange.json_document import is_document, read_json
from tui.chat.exchange.llm_log import is_llm, read_llm
from tui.chat.exchange.oterm import is_oterm, read_oterm

MOST_BYTES = 500_000_000
"""Of JSON, unpacked."""
MOST_MEMBERS = 100_000
"""Of a zip."""
KNOWN = "weir's JSON, ChatGPT's zip or conversations.json, Elia's elia.sqlite, oterm's store.db, llm's logs.db"
_SQLITE, _ZIP = b"SQLite format 3\x00", b"PK"
_MEMBER = re.compile(r"(?:.*/)?conversations(?:-\d+)?\.json")


def read_file(path: Path) -> Arrival:
    """What a file holds; blocks. Raises ExchangeError for what cannot be brought in; OSError if it cannot be read."""
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    with path.open("rb") as file:
        start = file.read(len(_SQLITE))
        file.seek(0)
        if start == _SQLITE:
            return _read_database(path, written)
        if start.startswith(_ZIP):
            return _read_zip(file, written)
        return _read_value(_read_json(_read_bounded(file, MOST_BYTES)), written)


def _read_database(path: Path, written: datetime) -> Arrival:
    with open_foreign(path) as database:
        for fits, read in ((is_elia, read_elia), (is_oterm, read_oterm), (is_llm, read_llm)):
            if fits(database):
                return read(database, written)
    raise ExchangeError(f"its tables are those of no program that is known here; known: {KNOWN}")


def _read_zip(file: IO[bytes], written: datetime) -> Arrival:
    found: list[Any] = []
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(file) as archive:
            if len(archive.namelist()) > MOST_MEMBERS:
                raise ExchangeError(f"it has more than {MOST_MEMBERS} files in it")
            for name in sorted(filter(_MEMBER.fullmatch, archive.namelist())):
                with archive.open(name) as member:
                    data = _read_bounded(member, left)
                left -= len(data)
                value = _read_json(data)
                if not is_export(value):
                    raise ExchangeError(f"{name} in it is no list of ChatGPT's conversations")
                found += value
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, ExchangeError):
            raise
        raise ExchangeError(f"the zip cannot be unpacked: {error}") from None
    if not found:
        raise ExchangeError("there is no conversations.json with a conversation in the zip")
    return read_chatgpt(found, written)


def _read_value(value: Any, written: datetime) -> Arrival:
    if is_document(value):
        return read_json(value)
    if is_export(value):
        return read_chatgpt(value, written)
    raise ExchangeError(f"it is JSON of no program that is known here; known: {KNOWN}")


def _read_bounded(file: IO[bytes], most: int) -> bytes:
    """All of a file; what a zip says about its sizes is not relied upon."""
    data = file.read(most + 1)
    if len(data) > most:
        raise ExchangeError(f"it has more than {MOST_BYTES // 1_000_000} MB of JSON in it")
    return data


def _read_json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except RecursionError:
        raise ExchangeError("its JSON is nested too deep") from None
    except UnicodeDecodeError:
        raise ExchangeError(f"it is neither text in UTF-8 nor a known kind of file; known: {KNOWN}") from None
    except ValueError as error:
        raise ExchangeError(f"it is no whole JSON: {error}; known: {KNOWN}") from None
