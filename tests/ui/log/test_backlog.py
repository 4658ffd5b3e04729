from hypothesis import given
from hypothesis import strategies as st

from tui.stream.events import ReasoningDelta, RefusalDelta, StreamEvent, TextDelta, UsageReport
from tui.ui.log.backlog import Backlog

TEXTS = st.sampled_from((TextDelta, ReasoningDelta, RefusalDelta))
EVENTS = st.lists(
    st.one_of(st.builds(lambda kind, text: kind(text), TEXTS, st.text("ab", max_size=9)), st.just(UsageReport(1, 2))),
    max_size=30,
)


def make_backlog(events: list[StreamEvent]) -> Backlog:
    """A backlog with these."""
    backlog = Backlog()
    for event in events:
        backlog.put(event)
    return backlog


def letters(events: list[StreamEvent]) -> list[tuple[type[StreamEvent], str]]:
    """Each character with the kind of what it came in; what has no text stands as it is."""
    return [
        (type(event), letter)
        for event in events
        for letter in ([""] if isinstance(event, UsageReport) else getattr(event, "text", ""))
    ]


@given(EVENTS, st.integers(1, 12))
def test_nothing_is_lost_or_moved_and_no_portion_is_too_large(events: list[StreamEvent], room: int) -> None:
    backlog, taken = make_backlog(events), list[StreamEvent]()
    while backlog:
        portion = backlog.take(room)
        assert portion
        assert sum(len(getattr(event, "text", "")) for event in portion) <= room
        taken += portion
    assert letters(taken) == letters(events)


def test_texts_of_one_kind_are_joined() -> None:
    backlog = make_backlog([TextDelta("a"), TextDelta("b"), ReasoningDelta("c"), TextDelta("d")])
    assert backlog.take(10) == [TextDelta("ab"), ReasoningDelta("c"), TextDelta("d")]


def test_a_long_text_is_parted_and_the_rest_waits() -> None:
    backlog = make_backlog([TextDelta("abcdef"), TextDelta("g")])
    assert backlog.take(4) == [TextDelta("abcd")]
    assert backlog.take(4) == [TextDelta("efg")]
    assert not backlog
