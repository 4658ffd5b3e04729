"""Which of the replies to one prompt is the context, when one is asked for again; which of them is gone on with."""

import pytest

from tests.chat.sample import end, feed, make_turn
from tui.chat.conversation import Conversation, Reply
from tui.chat.retry import find_continuable, make_retry
from tui.stream.outcome import Outcome


def reply(outcome: Outcome, text: str = "") -> Reply:
    reply = Reply("route", "one")
    if text:
        feed(reply, text)
    end(reply, outcome)
    return reply


@pytest.mark.parametrize(
    ("before", "after", "replaced"),
    [
        ((Outcome.STALLED, "half"), (Outcome.COMPLETE, "all"), True),
        ((Outcome.STALLED, "half"), (Outcome.LENGTH, "most"), True),
        ((Outcome.STALLED, "half"), (Outcome.STALLED, "other half"), False),
        ((Outcome.STALLED, "half"), (Outcome.INVALID_KEY, ""), False),
        ((Outcome.UNAVAILABLE, ""), (Outcome.STALLED, "half"), True),
    ],
)
def test_what_came_to_its_end_or_is_all_there_is_takes_the_place(
    before: tuple[Outcome, str], after: tuple[Outcome, str], replaced: bool
) -> None:
    conversation = Conversation()
    turn = make_turn(conversation)
    turn.replies[:] = [reply(*before)]
    retry = make_retry(conversation, turn, turn.reply)
    turn.replies.append(reply(*after))
    assert retry.replaces(turn.replies[-1]) is replaced


def test_what_was_said_later_was_said_to_the_reply_of_then() -> None:
    conversation = Conversation()
    turn = make_turn(conversation)
    turn.replies[:] = [reply(Outcome.STALLED, "half")]
    make_turn(conversation)
    retry = make_retry(conversation, turn, turn.reply)
    turn.replies.append(reply(Outcome.COMPLETE, "all"))
    assert not retry.replaces(turn.replies[-1])


def test_a_reply_that_a_person_chose_meanwhile_stays() -> None:
    conversation = Conversation()
    turn = make_turn(conversation)
    turn.replies[:] = [reply(Outcome.STALLED, "half"), reply(Outcome.COMPLETE, "other")]
    retry = make_retry(conversation, turn, turn.replies[0])
    turn.replies.append(reply(Outcome.COMPLETE, "all"))
    turn.choose(turn.replies[1], adopted=True)
    assert not retry.replaces(turn.replies[-1])


def test_the_latest_that_breaks_off_is_gone_on_with_but_not_behind_one_that_is_whole() -> None:
    turn = make_turn(Conversation())
    first, refused = reply(Outcome.STALLED, "half"), reply(Outcome.UNAVAILABLE)
    turn.replies[:] = [first, refused]
    assert find_continuable(turn) is first
    turn.replies.append(reply(Outcome.COMPLETE, "all"))
    assert find_continuable(turn) is None
