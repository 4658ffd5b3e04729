"""What the comparisons of a conversation come to."""

from tests.chat.sample import end, feed, make_turn
from tui.chat.conversation import Conversation
from tui.chat.tally import count_wins, write_markdown
from tui.stream.outcome import Outcome
from tui.text.language import load_language

ENGLISH = load_language("en")


def compared() -> Conversation:
    """Three turns: two models, the same two, and one alone; the second model was adopted once, the first never."""
    conversation = Conversation()
    for models in (["a|b", "two"], ["a|b", "two"], ["a|b"]):
        turn = make_turn(conversation, models=models)
        for reply in turn.replies:
            feed(reply, "text")
            end(reply, Outcome.COMPLETE)
    conversation.turns[1].choose(conversation.turns[1].replies[1], adopted=True)
    return conversation


def test_adoptions_are_counted_and_a_reply_alone_is_no_comparison() -> None:
    scores = count_wins(compared().turns)
    assert [(score.model, score.wins, score.summary.runs) for score in scores] == [
        ("route/two", 1, 2),
        ("route/a|b", 0, 2),
    ]


def test_one_model_asked_again_is_no_comparison() -> None:
    conversation = Conversation()
    make_turn(conversation, models=["one", "one"])
    assert count_wins(conversation.turns) == []


def test_a_table_stays_one_whatever_a_model_is_called() -> None:
    rows = write_markdown(count_wins(compared().turns), ENGLISH).splitlines()
    assert rows[2:] == ["| route/two | 1/2 | - | - |", "| route/a\\|b | 0/2 | - | - |"]


def test_nothing_compared_is_nothing() -> None:
    conversation = Conversation()
    make_turn(conversation)
    assert count_wins(conversation.turns) == []
