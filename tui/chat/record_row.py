"""Record row: a record in the cells of a table, for a screen and a pipe alike; each is on one line and safe to show."""

from dataclasses import dataclass

from tui.chat.journal import moment_of
from tui.chat.note import show_seconds
from tui.stream.record import Record
from tui.text.sanitise import sanitise_line

ID_LENGTH = 8
"""Characters of an id that a table shows, and by which a record is found again."""
_NONE = "-"


@dataclass(frozen=True, slots=True)
class RecordRow:
    """What a table says of one record; an unknown value is a dash."""

    time: str
    """Of this machine's zone."""
    outcome: str
    model: str
    """`route/model`."""
    first: str
    """To the first text."""
    took: str
    """In all."""
    status: str
    kind: str
    """The request type."""
    id: str


def make_row(record: Record) -> RecordRow:
    """The cells of a record."""
    moment = moment_of({"time": record.time})
    cells = RecordRow(
        f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment is not None else _NONE,
        record.outcome,
        f"{record.route}/{record.model}",
        _NONE if record.first_text_ms is None else show_seconds(record.first_text_ms),
        _NONE if record.duration_ms is None else show_seconds(record.duration_ms),
        _NONE if record.status is None else str(record.status),
        record.request_type,
        record.id[:ID_LENGTH],
    )
    return RecordRow(*(sanitise_line(getattr(cells, name)) for name in RecordRow.__slots__))
