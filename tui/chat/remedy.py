"""Remedy: what a person can do about a reply that did not come to its end, as far as it may help with this outcome.

The rules follow the retry rule and the advice of the outcome; the log names a key for each, line mode a command.
"""

from enum import StrEnum

from tui.chat.context_window import is_too_long
from tui.chat.conversation import Reply
from tui.stream.outcome import Outcome


class Remedy(StrEnum):
    """One act."""

    TRIM = "trim"
    """The same once more without the oldest turns."""
    RETRY = "retry"
    """The same once more, as another reply of the turn."""
    CONTINUE = "continue"
    """Go on from the text that came."""
    UNSTREAMED = "unstreamed"
    """The same once more with stream=false."""
    OTHER = "other"
    """Another model."""
    CONNECT = "connect"
    """Another provider, or the same one with another address or key."""
    RECORD = "record"
    """The whole record."""
    COPY = "copy"
    """The record on the clipboard."""


_STREAM_AT_FAULT = frozenset(
    {
        Outcome.EMPTY_BODY,
        Outcome.DECODE_ERROR,
        Outcome.UNEXPECTED_BODY,
        Outcome.IDLE_TIMEOUT,
        Outcome.STALLED,
        Outcome.PREMATURE_EOF,
        Outcome.TRUNCATED_BODY,
        Outcome.CONNECTION_RESET,
        Outcome.MALFORMED_CHUNK,
    }
)
"""Ways to end that something between here and the model may have brought about by how it treats a stream."""
_NO_FAULT_OF_THE_MODEL = frozenset(
    {Outcome.COMPLETE, Outcome.LENGTH, Outcome.CANCELLED, Outcome.APP_EXIT, Outcome.INTERNAL_ERROR}
)
_SETTINGS_AT_FAULT = frozenset(
    {
        Outcome.NO_API_KEY,
        Outcome.BAD_API_KEY_TEXT,
        Outcome.INVALID_KEY,
        Outcome.BAD_URL,
        Outcome.INSECURE_URL,
        Outcome.DNS_FAILURE,
        Outcome.NOT_FOUND,
        Outcome.METHOD_NOT_ALLOWED,
        Outcome.HTML_PAGE,
    }
)
"""Ways to end that the address or the key of the provider has most likely brought about."""
_TEXT_WITH_A_HOLE = frozenset({Outcome.MALFORMED_CHUNK})


def find_remedies(reply: Reply) -> list[Remedy]:
    """What may help, the most likely first; empty while the reply runs and when it is complete."""
    outcome = reply.outcome
    if outcome is None or not outcome.has_note:
        return []
    streamed = reply.record is not None and reply.record.request_type == "chat.stream"
    fitting = {
        Remedy.TRIM: is_too_long(reply),
        Remedy.CONTINUE: can_continue(reply),
        Remedy.RETRY: outcome.rule.retryable,
        Remedy.UNSTREAMED: streamed and outcome in _STREAM_AT_FAULT,
        Remedy.OTHER: outcome not in _NO_FAULT_OF_THE_MODEL,
        Remedy.CONNECT: outcome in _SETTINGS_AT_FAULT,
        Remedy.RECORD: reply.record is not None,
        Remedy.COPY: reply.record is not None,
    }
    return [remedy for remedy, fits in fitting.items() if fits]


def can_continue(reply: Reply) -> bool:
    """Whether there is a text that breaks off, and that more of the same may follow.

    A text with a hole in it is better asked for again, and one that was filtered, refused or too long to be sane too.
    """
    outcome = reply.outcome
    if outcome is None or outcome in _TEXT_WITH_A_HOLE or reply.partial is None:
        return False
    return outcome is Outcome.LENGTH or outcome.rule.retryable
