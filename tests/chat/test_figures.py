"""The numbers of a reply: what is exact, what is an estimate, and what is not known."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tui.chat.conversation import Reply
from tui.chat.figures import Count, Figures, Spread, find_spread, make_figures, summarise
from tui.settings.model_facts import ModelFacts
from tui.stream.events import ReasoningDelta, TextDelta, UsageReport, make_ending
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.record import make_record
from tui.stream.trace import Clock, StreamTrace

PRICED = ModelFacts(price_in=2.0, price_out=10.0)


class Telling:
    """A reply whose stream is told by hand, on a clock of its own."""

    def __init__(self) -> None:
        self.now = 100.0
        self.reply = Reply("nest", "heron")
        self.trace = StreamTrace(Clock(lambda: self.now, lambda: datetime.fromtimestamp(self.now, UTC)))
        self.reply.trace = self.trace
        self.trace.begin(1, 1)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def text(self, text: str) -> None:
        self.trace.evidence.deltas += 1
        self.trace.evidence.text_chars += len(text)
        self.trace.mark_text()
        self.reply.apply(TextDelta(text))

    def think(self, text: str) -> None:
        self.trace.evidence.reasoning_chars += len(text)
        self.reply.apply(ReasoningDelta(text))

    def count(self, tokens_in: int | None, tokens_out: int | None, reasoning: int | None = None) -> None:
        evidence = self.trace.evidence
        evidence.tokens_in, evidence.tokens_out, evidence.tokens_reasoning = tokens_in, tokens_out, reasoning
        self.reply.apply(UsageReport(tokens_in, tokens_out, reasoning))

    def end(self, outcome: Outcome = Outcome.COMPLETE) -> Figures:
        self.trace.end()
        self.reply.apply(make_ending(outcome, make_record(self.trace, outcome)))
        return make_figures(self.reply, PRICED)

    def without_trace(self) -> Figures:
        """As it is read back from the store."""
        self.reply.trace = self.reply.usage = None
        return make_figures(self.reply, PRICED)


@pytest.fixture
def telling() -> Telling:
    return Telling()


def tell_text(telling: Telling) -> None:
    """Two seconds of waiting, one of thought, then ten pieces in two seconds."""
    telling.wait(2)
    telling.trace.mark_read(100)
    for piece in range(10):
        telling.text(f"w{piece} ")
        telling.wait(0.2 if piece < 8 else 0.4 if piece == 8 else 0)
    telling.trace.mark_read(100)


def test_without_usage_tokens_and_speed_are_estimates_and_there_is_no_cost(telling: Telling) -> None:
    tell_text(telling)
    telling.wait(5)
    figures = telling.end()
    assert (figures.first_text_ms, figures.duration_ms) == (2000, 9000)
    assert (figures.text, figures.reasoning, figures.tokens_out) == (Count(10, True), None, Count(10, True))
    assert figures.tokens_per_s == pytest.approx(5.0)
    assert (figures.tokens_in, figures.cost) == (None, None)
    assert (figures.tokens_estimated, figures.speed_estimated) == (True, True)
    assert str(figures.text) == "~10"


def test_with_usage_they_are_exact_and_the_price_makes_the_cost(telling: Telling) -> None:
    tell_text(telling)
    telling.count(1000, 30)
    figures = telling.end()
    assert (figures.tokens_in, figures.text, figures.tokens_out) == (1000, Count(30), Count(30))
    assert figures.tokens_per_s == pytest.approx(15.0)
    assert figures.cost == pytest.approx(0.002 + 0.0003)
    assert (figures.tokens_estimated, figures.speed_estimated) == (False, False)
    assert make_figures(telling.reply).cost is None
    assert make_figures(telling.reply, ModelFacts(price_in=0.0, price_out=0.0)).cost == 0.0


def test_reasoning_stands_apart_and_does_not_count_as_speed(telling: Telling) -> None:
    telling.think("Hm. " * 100)
    telling.wait(1)
    tell_text(telling)
    telling.count(5, 120, 100)
    figures = telling.end()
    assert figures.first_text_ms == 3000
    assert (figures.text, figures.reasoning, figures.tokens_out) == (Count(20), Count(100), Count(120))
    assert figures.tokens_per_s == pytest.approx(10.0)


def test_a_count_of_both_together_is_parted_by_their_characters(telling: Telling) -> None:
    telling.think("x" * 90)
    tell_text(telling)
    telling.count(5, 120)
    figures = telling.end()
    assert (figures.text, figures.reasoning, figures.tokens_out) == (Count(30, True), Count(90, True), Count(120))
    assert figures.tokens_per_s == pytest.approx(15.0)
    assert (figures.tokens_estimated, figures.speed_estimated) == (False, True)
    assert telling.without_trace().text == figures.text


def test_reasoning_that_was_counted_and_not_shown_stands_apart_too(telling: Telling) -> None:
    tell_text(telling)
    telling.count(5, 120, 100)
    assert telling.end().reasoning == Count(100)
    telling.count(5, 20, 0)
    assert make_figures(telling.reply).reasoning is None


def test_reasoning_without_any_count_is_an_estimate_by_its_length(telling: Telling) -> None:
    telling.think("x" * 400)
    figures = telling.end(Outcome.STALLED)
    assert (figures.text, figures.reasoning, figures.tokens_out) == (None, Count(100, True), Count(100, True))
    assert (figures.first_text_ms, figures.tokens_per_s) == (None, None)


def test_of_nothing_there_are_no_numbers(telling: Telling) -> None:
    telling.wait(0.5)
    figures = telling.end(Outcome.SERVER_ERROR)
    assert figures == Figures(Outcome.SERVER_ERROR, 1, None, 500, None, None, None, None, None, None)


def test_no_speed_is_told_of_a_reply_that_came_in_one_piece(telling: Telling) -> None:
    telling.text("whole")
    assert telling.end().tokens_per_s is None


@pytest.mark.parametrize("code", [NoticeCode.BUFFERING_SUSPECTED, NoticeCode.NOT_STREAMED])
def test_no_speed_is_told_of_a_reply_that_was_held_back(telling: Telling, code: NoticeCode) -> None:
    tell_text(telling)
    assert make_figures(telling.reply).tokens_per_s is not None
    telling.trace.notices.append(code.value)
    assert telling.end().tokens_per_s is None
    assert telling.without_trace().tokens_per_s is None


def test_a_reply_that_runs_has_figures_up_to_now(telling: Telling) -> None:
    telling.wait(1.5)
    assert make_figures(telling.reply).duration_ms == 1500
    telling.text("first")
    telling.wait(1)
    figures = make_figures(telling.reply)
    assert (figures.outcome, figures.first_text_ms, figures.duration_ms) == (None, 1500, 2500)


def test_a_reply_from_the_store_has_what_its_record_tells(telling: Telling) -> None:
    tell_text(telling)
    telling.count(1000, 30)
    live = telling.end()
    kept = telling.without_trace()
    assert (kept.first_text_ms, kept.duration_ms, kept.tokens_out) == (2000, live.duration_ms, Count(30))
    assert kept.tokens_per_s == pytest.approx(15.0)
    assert kept.cost == live.cost


def test_a_reply_from_the_store_keeps_its_hidden_reasoning_apart(telling: Telling) -> None:
    tell_text(telling)
    telling.count(5, 120, 100)
    live, kept = telling.end(), telling.without_trace()
    assert (kept.text, kept.reasoning, kept.tokens_out) == (Count(20), Count(100), Count(120))
    assert (kept.text, kept.reasoning, kept.tokens_out) == (live.text, live.reasoning, live.tokens_out)
    assert kept.tokens_per_s == pytest.approx(10.0)


def test_a_reply_from_the_store_without_usage_is_estimated_by_its_length(telling: Telling) -> None:
    tell_text(telling)
    telling.end()
    kept = telling.without_trace()
    assert kept.text == Count(round(30 / 4), True)
    assert kept.speed_estimated
    unheard = make_figures(Reply("nest", "heron"))
    assert (unheard.duration_ms, unheard.text, unheard.attempt) == (None, None, 0)


def figures_of(outcome: Outcome, first: int | None, cost: float | None = None) -> Figures:
    return Figures(outcome, 1, first, 1000, 5, Count(8), None, Count(8), 4.0, cost)


def test_a_spread_has_the_middle_and_the_ends_of_what_is_known() -> None:
    assert find_spread([5, None, 1, 3]) == Spread(3, 1, 5)
    assert find_spread([4, 1]) == Spread(2.5, 1, 4)
    assert find_spread([None]) is None


def test_a_reply_that_was_broken_off_counts_for_how_soon_and_fast_it_came_alone() -> None:
    runs = [
        figures_of(Outcome.COMPLETE, 100, 0.5),
        figures_of(Outcome.LENGTH, 300, 0.25),
        figures_of(Outcome.COMPLETE, 200, 0.25),
        replace(figures_of(Outcome.CANCELLED, 900, 0.0), duration_ms=50_000, tokens_per_s=9.0),
        replace(figures_of(Outcome.CONNECT_REFUSED, None, 0.0), tokens_per_s=None),
    ]
    summary = summarise(runs)
    assert (summary.runs, summary.complete, summary.first_text_ms) == (5, 2, Spread(250, 100, 900))
    assert (summary.tokens_per_s, summary.duration_ms) == (Spread(4.0, 4.0, 9.0), Spread(1000, 1000, 1000))
    assert summary.cost == 1.0
    assert (summary.tokens_estimated, summary.speed_estimated) == (False, False)


def test_the_cost_of_all_is_unknown_if_that_of_one_is() -> None:
    assert summarise([figures_of(Outcome.COMPLETE, 1, 0.5), figures_of(Outcome.COMPLETE, 1)]).cost is None
    nothing = summarise([figures_of(Outcome.SERVER_ERROR, None)])
    assert (nothing.runs, nothing.complete, nothing.duration_ms, nothing.cost) == (1, 0, None, None)


def test_a_thought_in_the_text_stands_apart_live_and_from_the_store(telling: Telling) -> None:
    thought = f"<think>{'x' * 79}</think>\n\n"
    telling.trace.evidence.thought_chars, telling.trace.evidence.thought_deltas = len(thought), 1
    telling.trace.evidence.text_chars, telling.trace.evidence.deltas = len(thought), 1
    telling.reply.apply(TextDelta(thought))
    telling.wait(1)
    tell_text(telling)
    telling.count(5, 120, 0)
    figures = telling.end()
    assert (figures.text, figures.reasoning, figures.tokens_out) == (Count(29, True), Count(91, True), Count(120))
    assert figures.first_text_ms == 3000
    kept = telling.without_trace()
    assert (kept.text, kept.reasoning) == (figures.text, figures.reasoning)
