"""Arrival: what a file of conversations holds, once it has been read and found sound.

What other programs keep has ids of its own. Ours are made from them, always the same, so that whatever is brought in a
second time is known. They keep no record of a stream either, and few how it ended: each reply gets the notice
`brought-in`, which says so, and where nothing else is known the outcome `unknown`.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tui.chat.conversation import Conversation, Reply
from tui.stream.events import Notice
from tui.stream.outcome import NoticeCode, Outcome

_NAMESPACE = uuid.UUID("6b1f3c9e-52d7-4a57-9a0e-0f6c2f1b8d34")
_LATEST = 32503680000.0
"""Seconds: the year 3000; a time beyond it is no time."""


class ExchangeError(ValueError):
    """A file that cannot be brought in. The text says what is wrong with it."""


@dataclass(slots=True)
class Arrival:
    """What came out of a file."""

    program: str
    """Which one wrote it."""
    conversations: list[Conversation] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """What has no place in a conversation here, by its kind, such as `attachment`; and how often."""

    @property
    def turns(self) -> int:
        """Of all conversations."""
        return sum(len(one.tree.turns) for one in self.conversations)


def derive_id(*parts: object) -> str:
    """The id of what another program knows by these; the same ones give the same id for ever."""
    return uuid.uuid5(_NAMESPACE, "\x1f".join(map(str, parts))).hex


def make_reply(program: str, source: str, model: str, text: str, outcome: Outcome = Outcome.UNKNOWN) -> Reply:
    """A reply of another program; `source` is what it has there for an id, `outcome` what it keeps of its end."""
    reply = Reply(program.lower(), model or "?", derive_id(program, source))
    reply.pieces = [text] if text else []
    reply.notices = [Notice(NoticeCode.BROUGHT_IN, {"program": program, "source": source, "ended": _ended(outcome)})]
    reply.outcome = outcome
    return reply


def _ended(outcome: Outcome) -> bool | None:
    """Whether it is known how it ended; None, as one tells of what is missing, where it is not."""
    return None if outcome is Outcome.UNKNOWN else True


def read_moment(value: Any) -> datetime | None:
    """A moment as seconds since 1970 or as ISO 8601, which is UTC unless it says otherwise; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):  # NaN is not between the two
        return datetime.fromtimestamp(value, UTC) if 0 < value < _LATEST else None
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if 0 < moment.timestamp() < _LATEST else None
