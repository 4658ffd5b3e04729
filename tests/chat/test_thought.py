import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chat.sample import make_sample_record
from tui.chat.thought import ThoughtTimer
from tui.stream.events import ReasoningDelta, RefusalDelta, StreamEvent, TextDelta, UsageReport, make_ending
from tui.stream.outcome import Outcome
from tui.stream.thought import ThoughtSplitter


def split(pieces: list[str]) -> tuple[str, str]:
    """The thought and the rest of a text that comes in pieces."""
    splitter = ThoughtSplitter()
    parts = [*(splitter.feed(piece) for piece in pieces), splitter.end()]
    return "".join(thought for thought, _ in parts), "".join(rest for _, rest in parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", ("", "plain")),
        ("<think>a</think>b", ("a", "b")),
        ("\n <think>\na\n</think>\n\nb\n", ("\na\n", "b\n")),
        ("<think>never ends", ("never ends", "")),
        ("<think>ends in <b></thi", ("ends in <b></thi", "")),
        ("<thin ice", ("", "<thin ice")),
        ("  <thi", ("", "  <thi")),
        ("later <think>a</think>", ("", "later <think>a</think>")),
        ("<think></think>b", ("", "b")),
        ("", ("", "")),
    ],
)
def test_a_thought_is_taken_from_the_start_alone(text: str, expected: tuple[str, str]) -> None:
    assert split([text]) == expected
    assert split(list(text)) == expected


@given(st.text("<>/think ab\n", max_size=40), st.lists(st.integers(0, 40), max_size=5))
def test_pieces_make_no_difference(text: str, cuts: list[int]) -> None:
    ends = sorted(cut for cut in cuts if cut < len(text))
    pieces = [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    assert split(pieces) == split([text])


END = make_ending(Outcome.CANCELLED, make_sample_record(Outcome.CANCELLED))


@pytest.mark.parametrize(
    ("events", "seconds"),
    [
        ([ReasoningDelta("a"), ReasoningDelta("b"), UsageReport(1, 2), TextDelta("c"), END], 3),
        ([ReasoningDelta("a"), TextDelta("\n\n"), TextDelta("b"), END], 2),
        ([ReasoningDelta("a"), RefusalDelta("b"), END], 1),
        ([TextDelta("<thi"), TextDelta("nk>a"), TextDelta("b</think>"), TextDelta("\n"), TextDelta("c"), END], 3),
        ([ReasoningDelta("a"), ReasoningDelta("b"), END], 2),
        ([TextDelta("<think>never ends"), TextDelta(" before it is cut"), END], 2),
        ([TextDelta("a"), ReasoningDelta("b"), TextDelta("c"), END], None),
        ([TextDelta("a"), END], None),
        ([ReasoningDelta("a"), ReasoningDelta("b")], None),
    ],
)
def test_a_thought_takes_from_its_first_piece_to_the_first_words(
    events: list[StreamEvent], seconds: float | None
) -> None:
    timer = ThoughtTimer()
    told = [took for now, event in enumerate(events) if (took := timer.take(event, now)) is not None]
    assert told == ([] if seconds is None else [seconds])
