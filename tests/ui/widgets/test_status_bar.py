import itertools
from dataclasses import dataclass

import pytest

from tests.ui.desk import say
from tui.chat.catalogue import Model
from tui.chat.context_window import ContextUse
from tui.chat.conversation import Reply
from tui.chat.figures import Count
from tui.settings.model_facts import ModelFacts
from tui.settings.parameters import Parameters
from tui.settings.provider import Provider
from tui.stream.events import UsageReport
from tui.stream.outcome import Outcome
from tui.stream.trace import Clock, StreamTrace
from tui.text.language import load_language
from tui.ui.widgets.status_bar import Part, describe, fit

MODEL = Model(Provider("acme", "https://acme.example/v1", environment="test"), "qwen3")


@dataclass
class MovedClock:
    """A clock that the test moves."""

    now: float = 100.0

    def trace(self) -> StreamTrace:
        """A trace by this clock whose first attempt has begun."""
        trace = StreamTrace(Clock(lambda: self.now))
        trace.begin(1, 1)
        return trace


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


def texts(trace: StreamTrace | None = None, outcome: Outcome | None = None, queued: int = 0) -> list[str]:
    reply = Reply("acme", "qwen3", trace=trace, outcome=outcome) if trace else None
    return [part.text for part in describe(MODEL, reply, load_language("en"), queued=queued)]


def test_no_model_is_said_with_the_key_that_gives_one() -> None:
    parts = describe(None, None, load_language("en"))
    assert [part.text for part in parts] == [say("status.no_model")]


def test_where_the_words_go_comes_first_with_its_environment() -> None:
    assert texts() == ["acme (test)", "qwen3", say("status.idle")]


def test_practice_is_said_alone() -> None:
    model = Model(Provider("practice", "http://127.0.0.1:1/v1", environment="test"), "cut")
    assert [part.text for part in describe(model, None, load_language("en"))][:2] == ["practice", "cut"]


def test_a_provider_without_an_environment_has_no_brackets() -> None:
    parts = describe(Model(Provider("local", "http://127.0.0.1:1/v1"), "m"), None, load_language("en"))
    assert [part.text for part in parts][:2] == ["local", "m"]


def test_what_a_conversation_sets_is_shown_without_a_model_too() -> None:
    parts = describe(None, None, load_language("en"), parameters=Parameters(seed=7))
    assert [part.text for part in parts] == [say("status.no_model"), "seed 7"]


def test_parameters_are_shown_when_any_is_set_the_conversation_s_over_the_model_s() -> None:
    provider = Provider("acme", "https://acme.example/v1", parameters=Parameters(temperature=0.2))
    model, language = Model(provider, "qwen3"), load_language("en")
    assert [part.text for part in describe(model, None, language)][2] == "temperature 0.2"
    own = Parameters(temperature=1.0, extra={"x\x1b": "y" * 60})
    assert [part.text for part in describe(model, None, language, parameters=own)][2] == (
        "temperature 1.0, x␛ " + "y" * 19 + "…"
    )


def test_names_cannot_act_on_the_terminal() -> None:
    parts = describe(Model(Provider("a\x1b]0;x\x07", "http://127.0.0.1:1/v1"), "m\n\x9b2J"), None, load_language("en"))
    assert [part.text for part in parts][:2] == ["a␛]0;x␇", "m␊␦2J"]


def test_states_follow_the_stream(clock: MovedClock) -> None:
    trace = clock.trace()
    assert say("status.connecting") in texts(trace)
    trace.sent = clock.now
    assert say("status.waiting") in texts(trace)
    trace.evidence.text_chars = 1
    assert say("status.streaming") in texts(trace)
    trace.end()
    assert say("status.ended") in texts(trace, Outcome.COMPLETE)


def test_an_ending_that_is_not_complete_is_named(clock: MovedClock) -> None:
    assert f"{say('status.ended')}: truncated-body" in texts(clock.trace(), Outcome.TRUNCATED_BODY)


def silences(trace: StreamTrace, outcome: Outcome | None = None) -> list[str]:
    """What is said of waiting, without the time of day."""
    begins = [say(f"waiting.{kind}_since", since="") for kind in ("retrying", "unanswered", "silent", "keepalives")]
    return [text[:-8] for text in texts(trace, outcome) if text[:-8] in begins]


def test_silence_is_told_from_the_fifth_second_and_does_not_change(clock: MovedClock) -> None:
    """How long it has lasted is counted in the log."""
    trace = clock.trace()
    trace.sent = clock.now
    trace.mark_read(10)
    clock.now += 4.9
    assert silences(trace) == []
    clock.now += 0.2
    assert silences(trace) == [say("waiting.silent_since", since="")]
    before = texts(trace)
    clock.now += 60
    assert texts(trace) == before
    trace.mark_read(1)
    assert silences(trace) == []


def test_silence_before_the_first_byte_is_told_as_such(clock: MovedClock) -> None:
    trace = clock.trace()
    trace.sent = clock.now
    clock.now += 61.5
    assert silences(trace) == [say("waiting.unanswered_since", since="")]


def test_an_ended_stream_is_not_called_silent(clock: MovedClock) -> None:
    trace = clock.trace()
    trace.sent = clock.now
    trace.end()
    clock.now += 60
    assert silences(trace, Outcome.COMPLETE) == []


def test_when_a_retry_is_due_is_told(clock: MovedClock) -> None:
    trace = clock.trace()
    trace.end()
    trace.retry_at = clock.now + 2.2
    assert texts(trace)[2] == say("status.retrying")
    assert silences(trace) == [say("waiting.retrying_since", since="")]


def test_figures_without_usage_are_marked_as_estimates(clock: MovedClock) -> None:
    trace = clock.trace()
    trace.sent = clock.now
    clock.now += 0.5
    trace.mark_text()
    clock.now += 2
    trace.mark_text()
    trace.evidence.text_chars, trace.evidence.deltas = 120, 40
    assert texts(trace)[3:] == [
        say("status.first_token", seconds="0.50"),
        say("status.speed", speed="~20"),
        say("status.tokens", count="~40"),
    ]


def test_figures_that_the_server_gave_are_not_estimates(clock: MovedClock) -> None:
    trace = clock.trace()
    trace.mark_text()
    clock.now += 2
    trace.mark_text()
    trace.evidence.text_chars, trace.evidence.tokens_out = 120, 50
    assert texts(trace)[-2:] == [say("status.speed", speed="25"), say("status.tokens", count="50")]


def test_reasoning_stands_apart_and_a_cost_needs_a_price_and_counts(clock: MovedClock) -> None:
    trace = clock.trace()
    trace.evidence.reasoning_chars, trace.evidence.text_chars = 400, 100
    reply = Reply("acme", "qwen3", trace=trace, usage=UsageReport(1000, 150, 120))
    price = ModelFacts(price_in=2.0, price_out=10.0)

    def amounts(facts: ModelFacts | None) -> list[str]:
        return [part.text for part in describe(MODEL, reply, load_language("en"), facts=facts)][3:]

    told = [say("status.tokens", count="30"), say("status.reasoning", count="120")]
    assert amounts(price) == [*told, "$0.0035"]
    assert amounts(None) == amounts(ModelFacts(price_in=2.0)) == told
    reply.usage = None
    assert amounts(price) == [say("status.tokens", count="~25"), say("status.reasoning", count="~100")]


def test_queued_prompts_are_counted(clock: MovedClock) -> None:
    assert texts(clock.trace(), queued=2)[-1] == say("status.queued", count=2)


def test_a_narrow_line_keeps_the_state_longest(clock: MovedClock) -> None:
    trace = clock.trace()
    trace.sent = clock.now
    trace.mark_text()
    clock.now += 10
    trace.evidence.text_chars, trace.evidence.tokens_out = 120, 50
    parts = describe(MODEL, Reply("acme", "qwen3", trace=trace), load_language("en"))
    state, silent = say("status.streaming"), parts[-1].text
    assert fit(parts, 500) == parts
    room = len("  ".join(["acme (test)", state, silent]))
    assert [part.text for part in fit(parts, room)] == ["acme (test)", state, silent]
    assert [part.text for part in fit(parts, 10)] == [state]
    assert [part.text for part in fit(parts, 1)] == [state]


def test_what_is_left_fits_at_every_width(clock: MovedClock) -> None:
    trace = clock.trace()
    trace.sent = clock.now
    clock.now += 7
    parts = describe(MODEL, Reply("acme", "qwen3", trace=trace), load_language("en"), queued=3)
    kept = [fit(parts, width) for width in range(10, 120)]
    for width, some in zip(range(10, 120), kept, strict=True):
        assert len("  ".join(part.text for part in some)) <= width
    assert all(len(fewer) <= len(more) for fewer, more in itertools.pairwise(kept))


def test_wide_characters_count_twice() -> None:
    parts = [Part("模型", "", 2), Part("x", "", 1)]
    assert fit(parts, 7) == parts
    assert fit(parts, 6) == parts[:1]


def test_the_context_is_told_after_the_model_and_is_the_first_to_go() -> None:
    def shown(count: Count, width: int) -> str:
        parts = describe(MODEL, None, load_language("en"), context=ContextUse(count, 8192))
        return " ".join(part.text for part in fit(parts, width))

    assert "qwen3 context ~50% of 8k ready" in shown(Count(4096, estimated=True), 60)
    assert "context" not in shown(Count(0), 60)
    assert shown(Count(4096), 30) == f"acme (test) qwen3 {say('status.idle')}"
    full = describe(MODEL, None, load_language("en"), context=ContextUse(Count(8000), 8192))[2]
    assert (full.style, full.weight > 5) == ("$text-warning", True), "it stays while it matters"
