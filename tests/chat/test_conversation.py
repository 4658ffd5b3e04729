"""What a conversation sends with a prompt, and how a reply grows."""

import pytest

from tests.chat.sample import end, feed, fill, make_turn
from tui.chat.conversation import Conversation, Reply, ToolCall, Turn, make_title
from tui.stream.events import Notice, ReasoningDelta, RefusalDelta, ToolCallDelta, UsageReport
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.request import ChatMessage, Role


def turn(prompt: str, *answers: str, chosen: int = 0) -> Turn:
    """A turn with one reply for each text."""
    replies = [Reply("route", "model", pieces=[answer] if answer else []) for answer in answers]
    return Turn(prompt, replies, chosen=chosen)


def sent(conversation: Conversation, prompt: str = "next") -> list[tuple[str, str]]:
    return [(message.role.value, message.text) for message in conversation.messages(prompt)]


def test_a_first_prompt_stands_alone() -> None:
    assert Conversation().messages("Hi") == (ChatMessage(Role.USER, "Hi"),)


def test_the_chosen_reply_of_each_turn_is_sent() -> None:
    conversation = Conversation(turns=[turn("a", "A1", "A2", chosen=1), turn("b", "B")])
    assert sent(conversation) == [
        *(("user", "a"), ("assistant", "A2")),
        *(("user", "b"), ("assistant", "B")),
        ("user", "next"),
    ]


def test_a_turn_without_an_answer_is_left_out_whole() -> None:
    conversation = Conversation(turns=[turn("a", ""), turn("b", "B"), turn("c", "<think>only this</think>")])
    assert sent(conversation) == [("user", "b"), ("assistant", "B"), ("user", "next")]


def test_a_partial_text_is_sent_without_a_word_on_how_it_ended() -> None:
    conversation = Conversation()
    reply = make_turn(conversation, "a").reply
    feed(reply, "cut in the mid", ReasoningDelta("private"))
    end(reply, Outcome.CONNECTION_RESET)
    assert sent(conversation) == [("user", "a"), ("assistant", "cut in the mid"), ("user", "next")]


def test_after_a_fallback_it_is_the_other_model_that_answers() -> None:
    reply = Reply("route", "model")
    feed(reply, Notice(NoticeCode.RETRYING, {"to": "no/route"}))
    assert (reply.provider, reply.model) == ("route", "model")
    feed(reply, Notice(NoticeCode.FALLBACK, {"from": "route/model", "to": "spare/org/egret-2"}))
    assert (reply.provider, reply.model) == ("spare", "org/egret-2")


def test_a_refusal_is_an_answer() -> None:
    conversation = Conversation()
    feed(make_turn(conversation, "a").reply, RefusalDelta("I can"), RefusalDelta("not."))
    assert sent(conversation) == [("user", "a"), ("assistant", "I cannot."), ("user", "next")]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("<think>hm</think>Answer", "Answer"),
        (" \n<think>\nhm\n</think>\n\nAnswer", "Answer"),
        ("<think>never closed", ""),
        ("<think></think>", ""),
        ("<think>one</think><think>two</think>rest", "<think>two</think>rest"),
        ("Write <think> before a thought.", "Write <think> before a thought."),
        ("Tags: <think>x</think> end", "Tags: <think>x</think> end"),
        ("<thinking>no</thinking>", "<thinking>no</thinking>"),
        ("  plain ", "  plain "),
    ],
)
def test_only_a_leading_thought_is_left_out_of_the_context(text: str, context: str) -> None:
    reply = Reply("route", "model", pieces=[text])
    assert (reply.context, reply.text) == (context, text)


def test_a_reply_grows_by_events() -> None:
    reply = Reply("route", "model")
    assert (reply.text, reply.has_text, reply.outcome) == ("", False, None)
    fill(reply, "x")
    assert (reply.text, reply.reasoning, reply.refusal) == ("x and x", "x", "x")
    assert reply.tool_calls == {
        0: ToolCall(0, "call-1", "get_weather", '{"city": "x"}'),
        1: ToolCall(1, None, "second", "{}"),
    }
    assert reply.usage == UsageReport(3, 7)
    assert [notice.code for notice in reply.notices] == [NoticeCode.RETRYING, NoticeCode.MODEL_MISMATCH]
    assert reply.outcome is Outcome.COMPLETE
    assert reply.record is not None


def test_a_later_report_of_usage_replaces_an_earlier_one() -> None:
    reply = Reply("route", "model")
    feed(reply, UsageReport(1, 2), UsageReport(1, 9, 4))
    assert reply.usage == UsageReport(1, 9, 4)


def test_the_first_id_of_a_tool_call_stays() -> None:
    reply = Reply("route", "model")
    feed(reply, ToolCallDelta(0, None, "a", ""), ToolCallDelta(0, "first", "b", ""), ToolCallDelta(0, "later", "", "{"))
    assert reply.tool_calls == {0: ToolCall(0, "first", "ab", "{")}


@pytest.mark.parametrize("event", ["text", ReasoningDelta("r"), RefusalDelta("n")])
def test_anything_readable_counts_as_text(event: str | ReasoningDelta | RefusalDelta) -> None:
    reply = Reply("route", "model")
    feed(reply, Notice(NoticeCode.NDJSON), ToolCallDelta(0, None, "a", ""))
    assert not reply.has_text
    feed(reply, event)
    assert reply.has_text


def test_text_is_joined_once_and_goes_on_growing() -> None:
    reply = Reply("route", "model")
    feed(reply, "a", "b")
    assert (reply.text, reply.pieces) == ("ab", ["ab"])
    feed(reply, "c")
    assert reply.text == "abc"


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("Hello", "Hello"),
        ("  two\n\tlines  ", "two lines"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ("word " * 20, "word word word word word word word word word word word word…"),
        ("\n", ""),
    ],
)
def test_a_title_is_the_first_words_of_the_prompt(prompt: str, title: str) -> None:
    assert make_title(prompt) == title


def test_ids_are_never_the_same() -> None:
    assert len({Conversation().id for _ in range(100)} | {turn("a", "b").replies[0].id for _ in range(100)}) == 200


def test_a_turn_that_is_answered_again_sees_only_what_stood_before_it() -> None:
    conversation = Conversation(turns=[turn("first", "answer"), turn("second", "other"), turn("third", "last")])
    messages = conversation.messages("second", before=conversation.turns[1])
    assert [message.text for message in messages] == ["first", "answer", "second"]
