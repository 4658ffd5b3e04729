"""How full a context is, and what is left out of what is sent when it is too much."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.chat.conftest import Opener
from tests.chat.sample import end, feed, make_sample_record
from tui.chat.attachment import TEXT_TYPE, Attachment
from tui.chat.context_window import (
    MOST_IMAGE_TOKENS,
    ContextGauge,
    ContextUse,
    estimate_attachment,
    estimate_tokens,
    estimate_turn,
    is_too_long,
    plan_trim,
    undo_trim,
)
from tui.chat.conversation import Conversation, Reply, Trim, Turn
from tui.chat.figures import Count
from tui.settings.parameters import Parameters
from tui.stream.events import UsageReport, make_ending
from tui.stream.outcome import Outcome
from tui.stream.record import Record

MODEL = "route/one"
ASKED = {
    "This model's maximum context length is 4097 tokens. However, you requested 5,000 tokens (4000 in the messages)": 8,
    "request (5000 tokens) exceeds the available context size (4097 tokens), try increasing it": 8,
    "prompt is too long: 5000 tokens > 4097 maximum": 8,
    "Prompt contains 5000 tokens and 0 draft tokens, too large for model with 4097 maximum context length": 8,
    "the context is too long": 10,
}
"""Messages of providers, and how many of twenty turns of 250 tokens each are left out after them."""


def talk(turns: int, *, counted: bool = True, size: int = 0) -> Conversation:
    """A conversation; the provider counted 100 tokens for each turn that was sent, and 50 for each answer."""
    conversation = Conversation()
    for number in range(turns):
        turn = Turn("x" * (2 * size - 16) if size else "Hello", [Reply("route", "one")])
        feed(turn.reply, "y" * (2 * size - 16) if size else "The answer.")
        if counted:
            feed(turn.reply, UsageReport(100 * (number + 1), 50))
        end(turn.reply)
        conversation.add(turn)
    return conversation


def error(message: str) -> Record:
    found = {"class": "context-too-long", "message": message}
    return replace(make_sample_record(Outcome.CONTEXT_TOO_LONG), error=found)


def test_the_last_count_is_exact_and_what_came_since_is_estimated() -> None:
    conversation, gauge = talk(3), ContextGauge()
    assert gauge.measure(conversation, MODEL) == Count(350)
    assert gauge.measure(conversation, "route/other") == Count(350, estimated=True)
    conversation.add(talk(1, counted=False).turns[0])
    since = estimate_tokens("Hello") + estimate_tokens("The answer.")
    assert gauge.measure(conversation, MODEL) == Count(350 + since, estimated=True)
    conversation.add(Turn("Hello", [Reply("route", "one")]))
    assert gauge.measure(conversation, MODEL) == Count(350 + since + estimate_tokens("Hello"), estimated=True)
    end(conversation.turns[-1].reply, Outcome.CONTEXT_TOO_LONG)
    assert gauge.measure(conversation, MODEL) == Count(350 + since, estimated=True), "it is not sent again"


def test_nothing_is_taken_before_anything_is_said() -> None:
    assert ContextGauge().measure(Conversation(), MODEL, "Be brief.") == Count(0)


def test_what_was_counted_with_other_turns_says_nothing_of_what_is_sent_now() -> None:
    conversation, each = talk(4), estimate_tokens("Hello") + estimate_tokens("The answer.")
    conversation.trim = Trim(conversation.turns[1].id, datetime.now(UTC) + timedelta(seconds=1))
    assert ContextGauge().measure(conversation, MODEL) == Count(2 * each, estimated=True)
    assert len(conversation.messages("next")) == 5
    conversation.trim = replace(conversation.trim, since=datetime.now(UTC) - timedelta(days=1))
    assert ContextGauge().measure(conversation, MODEL) == Count(450)


@pytest.mark.parametrize(
    ("count", "pending", "reserved", "nearly"),
    [(899, 0, 0, False), (900, 0, 0, True), (500, 400, 0, True), (500, 0, 400, True), (500, 100, 200, False)],
)
def test_the_answer_and_what_is_typed_count_before_it_is_too_late(
    count: int, pending: int, reserved: int, nearly: bool
) -> None:
    assert ContextUse(Count(count), 1000, pending, reserved).is_nearly_full is nearly


@pytest.mark.parametrize(("message", "count"), ASKED.items())
def test_as_many_turns_are_left_out_as_the_provider_s_numbers_ask_for(message: str, count: int) -> None:
    conversation = talk(20, size=250)
    prompt = Turn("too much", [Reply("route", "one")])
    prompt.replies[0].apply(make_ending(Outcome.CONTEXT_TOO_LONG, error(message)))
    conversation.add(prompt)
    assert is_too_long(prompt.reply)
    plan = plan_trim(conversation, prompt, None, Parameters(), prompt.reply.record)
    assert plan is not None
    assert (plan.count, plan.trim.after) == (count, conversation.turns[count - 1].id)
    conversation.trim = plan.trim
    again = plan_trim(conversation, prompt, None, Parameters(), prompt.reply.record)
    assert again is not None
    assert again.count > 0, "and more if that was not enough"
    assert len(conversation.messages("too much", before=prompt)) == 2 * (20 - count) + 1


def test_where_one_prompt_is_too_much_there_is_nothing_to_leave_out() -> None:
    prompt = Turn("x" * 9000, [Reply("route", "one")])
    assert plan_trim(Conversation(turns=[prompt]), prompt, 1000, Parameters()) is None
    conversation = talk(1)
    conversation.add(prompt)
    plan = plan_trim(conversation, prompt, 1000, Parameters())
    assert plan is not None
    assert (plan.count, plan.trim.after) == (1, conversation.turns[0].id)
    conversation.trim = plan.trim
    assert plan_trim(conversation, prompt, 1000, Parameters()) is None
    assert len(conversation.messages(prompt.prompt, before=prompt)) == 1


def test_the_system_prompt_and_the_answer_take_room_and_what_is_left_out_is_sent_again() -> None:
    conversation = talk(20, size=100)
    counts = []
    for parameters in (Parameters(), Parameters(system="s" * 2000), Parameters(max_tokens=500)):
        plan = plan_trim(conversation, None, 2000, parameters)
        assert plan is not None
        counts.append(plan.count)
    assert counts == [5, 11, 10]
    assert undo_trim(conversation) is None
    conversation.trim = Trim(conversation.turns[4].id, datetime.now(UTC))
    assert len(conversation.messages("next")) == 31
    conversation.trim = undo_trim(conversation)
    assert len(conversation.messages("next")) == 41
    assert undo_trim(conversation) is None


def test_another_branch_is_sent_whole_and_a_deleted_turn_changes_nothing() -> None:
    conversation = talk(3)
    conversation.trim = Trim(conversation.turns[1].id, datetime.now(UTC))
    assert len(conversation.messages("next")) == 3
    conversation.tree.delete(conversation.turns[1], datetime.now(UTC))
    conversation.follow_path()
    assert len(conversation.messages("next")) == 3
    conversation.add(Turn("other", [Reply("route", "one")]), beside=conversation.turns[0])
    assert len(conversation.messages("next")) == 1
    conversation.trim = Trim("elsewhere", datetime.now(UTC))
    assert conversation.cut is None


def test_where_what_is_sent_begins_is_kept(open_store: Opener) -> None:
    store, conversation = open_store(), talk(2)
    store.add_ended(conversation, conversation.turns)
    conversation.trim = Trim(conversation.turns[0].id, datetime.now(UTC))
    store.keep_trim(conversation)
    assert store.settle(60)
    read = store.load(conversation.id)
    assert read is not None
    assert read.trim == conversation.trim


def test_files_and_images_count() -> None:
    plain = Turn("look", [Reply("route", "one")])
    image = Attachment("a.png", "image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\x2c\0\0\0\x4b" + bytes(9))
    unknown, text = Attachment("b.gif", "image/gif", b"GIF89a"), Attachment("c.txt", TEXT_TYPE, b"word " * 800)
    assert [estimate_attachment(each) for each in (image, unknown)] == [30, MOST_IMAGE_TOKENS]
    assert 1000 <= estimate_attachment(text) < 1010
    with_all = replace(plain, attachments=(image, text))
    assert estimate_turn(with_all) - estimate_turn(plain) == pytest.approx(1030, abs=10)


def test_what_was_counted_with_a_turn_that_was_deleted_since_is_estimated_anew() -> None:
    conversation, gauge = talk(4), ContextGauge()
    assert gauge.measure(conversation, MODEL) == Count(450)
    conversation.tree.delete(conversation.turns[1], datetime.now(UTC) + timedelta(seconds=1))
    conversation.follow_path()
    now = gauge.measure(conversation, MODEL)
    assert now.estimated
    assert now.tokens < 100
