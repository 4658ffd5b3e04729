"""Which acts are offered under a reply: only those that may help with how it ended."""

import pytest

from tests.chat.sample import end, feed
from tui.chat.conversation import Reply
from tui.chat.remedy import Remedy, can_continue, find_remedies
from tui.stream.events import ReasoningDelta, RefusalDelta, StreamEvent
from tui.stream.outcome import Outcome

SHORT = {
    "c": Remedy.CONTINUE,
    "r": Remedy.RETRY,
    "s": Remedy.UNSTREAMED,
    "m": Remedy.OTHER,
    "p": Remedy.CONNECT,
}


def reply(outcome: Outcome | None, *said: StreamEvent | str) -> Reply:
    reply = Reply("route", "model")
    feed(reply, *said)
    if outcome is not None:
        end(reply, outcome)
    return reply


@pytest.mark.parametrize(
    ("outcome", "with_text", "without"),
    [
        (Outcome.TRUNCATED_BODY, "crsm", "rsm"),
        (Outcome.PREMATURE_EOF, "crsm", "rsm"),
        (Outcome.IDLE_TIMEOUT, "crsm", "rsm"),
        (Outcome.STALLED, "crsm", "rsm"),
        (Outcome.IN_BAND_ERROR, "crm", "rm"),
        (Outcome.SERVER_ABORT, "crm", "rm"),
        (Outcome.CANCELLED, "cr", "r"),
        (Outcome.APP_EXIT, "cr", "r"),
        (Outcome.LENGTH, "c", ""),
        (Outcome.MALFORMED_CHUNK, "rsm", "rsm"),
        (Outcome.CONTENT_FILTER, "m", "m"),
        (Outcome.OVERSIZE_REPLY, "m", "m"),
        (Outcome.UNAVAILABLE, "crm", "rm"),
        (Outcome.INVALID_KEY, "mp", "mp"),
        (Outcome.NO_API_KEY, "mp", "mp"),
        (Outcome.MODEL_NOT_FOUND, "m", "m"),
        (Outcome.EMPTY_REPLY, "crm", "rm"),
    ],
)
def test_what_helps_follows_from_the_outcome(outcome: Outcome, with_text: str, without: str) -> None:
    for said, keys in ((["text"], with_text), ([], without)):
        offered = find_remedies(reply(outcome, *said))
        assert offered == [*(SHORT[key] for key in keys), Remedy.RECORD, Remedy.COPY]


def test_nothing_is_offered_for_what_is_whole_or_still_comes() -> None:
    assert find_remedies(reply(Outcome.COMPLETE, "text")) == []
    assert find_remedies(reply(None, "text")) == []
    assert find_remedies(reply(Outcome.UNKNOWN, "text")) == [], "it was brought in, and may be whole"


def test_thoughts_and_refusals_are_nothing_to_go_on_from() -> None:
    assert not can_continue(reply(Outcome.STALLED, ReasoningDelta("Hm")))
    assert not can_continue(reply(Outcome.STALLED, "<think>Hm"))
    assert not can_continue(reply(Outcome.STALLED, RefusalDelta("No")))
    assert can_continue(reply(Outcome.STALLED, "<think>Hm</think>So"))


def test_every_outcome_that_advises_to_retry_offers_it() -> None:
    for outcome in Outcome:
        assert (Remedy.RETRY in find_remedies(reply(outcome))) == outcome.rule.retryable
