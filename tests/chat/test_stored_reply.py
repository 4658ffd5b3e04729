import json

from tests.chat.sample import make_sample_record
from tui.chat.conversation import Reply
from tui.chat.stored_reply import StoredReply
from tui.stream.events import Finished
from tui.stream.outcome import Outcome


def stored(record: str | None) -> StoredReply:
    """A reply with a record as JSON."""
    reply = StoredReply("route", "one", "id", ["text"])
    reply.keep_record(record)
    return reply


def test_the_record_is_read_when_it_is_asked_for() -> None:
    record = make_sample_record()
    reply = stored(json.dumps(record.as_json()))
    assert reply.record == record
    assert reply.record is reply.record


def test_a_reply_without_a_record_has_none() -> None:
    assert stored(None).record is None


def test_it_is_equal_to_a_reply_that_has_the_same_in_it() -> None:
    record = make_sample_record()
    reply = stored(json.dumps(record.as_json()))
    same, other = (Reply("route", "one", "id", [text], record=record) for text in ("text", "other"))
    assert reply == same
    assert same == reply
    assert reply != other
    assert reply != "text"


def test_its_end_brings_another_record() -> None:
    reply, record = stored(None), make_sample_record()
    reply.apply(Finished(Outcome.COMPLETE, record))
    assert reply.record is record
