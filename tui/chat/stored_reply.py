"""StoredReply: a reply as it was read from the store. Its record is decoded when somebody asks for it.

Of the thousands in a long conversation few are ever looked at, and decoding is most of what reading them costs.
"""

import json
from dataclasses import fields

from tui.chat.conversation import Reply
from tui.stream.record import Record


class StoredReply(Reply):
    """In all else a `Reply`, and equal to one that has the same in it."""

    __slots__ = ("_record",)

    _record: Record | str | None

    def keep_record(self, text: str | None) -> None:
        """Take the record as JSON."""
        self._record = text

    @property
    def record(self) -> Record | None:
        """The record; None if there is none."""
        if isinstance(self._record, str):
            try:
                self._record = Record.from_json(json.loads(self._record))
            except ValueError:
                self._record = None  # it is damaged, and the text of the reply may not be
        return self._record

    @record.setter
    def record(self, record: Record | None) -> None:
        self._record = record

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Reply):
            return NotImplemented
        return all(getattr(self, field.name) == getattr(other, field.name) for field in fields(Reply) if field.compare)
