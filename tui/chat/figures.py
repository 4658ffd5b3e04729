"""Figures: the honest numbers of a reply, and the medians of several.

First-token time is that of the first visible text, speed counts decode time only (first visible text to last), tokens
are exact where the provider counted them and else an estimate, and a cost needs a known price and counted tokens.
What is not known is None, never a made-up value. Durations are whole milliseconds of the last attempt, as on record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from tui.chat.conversation import Reply
from tui.settings.model_facts import ModelFacts
from tui.stream.events import UsageReport
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.record import Record
from tui.stream.thought import ThoughtSplitter
from tui.stream.trace import BURST_GAP, StreamTrace

_CHARACTERS_A_TOKEN = 4.0
"""Roughly, where nothing was counted and no pieces were seen."""
_IN_ONE_PIECE = frozenset({NoticeCode.NOT_STREAMED.value, NoticeCode.BUFFERING_SUSPECTED.value})
"""Notices after which the time between the pieces says nothing about how fast the model wrote."""


@dataclass(frozen=True, slots=True)
class Count:
    """Tokens, and whether they are an estimate."""

    tokens: int
    estimated: bool = False

    def __str__(self) -> str:
        return f"~{self.tokens}" if self.estimated else str(self.tokens)


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one reply, running or ended."""

    outcome: Outcome | None
    """None while it runs."""
    attempt: int
    first_text_ms: int | None
    duration_ms: int | None
    tokens_in: int | None
    """As counted by the provider; a prompt's tokens are never estimated."""
    text: Count | None
    """Tokens of visible text, a refusal included."""
    reasoning: Count | None
    """Tokens of reasoning, wherever it came apart from the text."""
    tokens_out: Count | None
    """Everything that the model wrote."""
    tokens_per_s: float | None
    """Visible text over decode time."""
    cost: float | None
    """US dollars."""

    @property
    def tokens_estimated(self) -> bool:
        """Whether nobody has counted the output's tokens."""
        return self.tokens_out is not None and self.tokens_out.estimated

    @property
    def speed_estimated(self) -> bool:
        """Whether the speed rests on an estimate: a provider may count the output without telling its parts apart."""
        return self.tokens_per_s is not None and self.text is not None and self.text.estimated


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of several values, and how far they lie apart."""

    median: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Several replies of one model.

    How soon and how fast text came is taken from every reply that has ended, one that was stopped or cut too; duration
    and tokens only from those that the server brought to their end: where another was broken off says nothing of the
    model.
    """

    runs: int
    complete: int
    first_text_ms: Spread | None
    duration_ms: Spread | None
    tokens_out: Spread | None
    tokens_per_s: Spread | None
    cost: float | None
    """Of all runs together; None as soon as that of one is unknown."""
    tokens_estimated: bool
    speed_estimated: bool


def make_figures(reply: Reply, facts: ModelFacts | None = None) -> Figures:
    """The numbers of a reply as they stand now; of one read back from the store, as far as its record tells.

    `facts` has the price, if it is known.
    """
    trace, record = reply.trace, reply.record
    text, reasoning, total = _count(reply)
    usage = _usage(reply)
    tokens_in = usage.tokens_in if usage else None
    return Figures(
        reply.outcome,
        trace.attempt if trace else record.attempt if record else 0,
        _first_text(trace, record),
        _duration(trace, record),
        tokens_in,
        text,
        reasoning,
        total,
        _speed(text, _decode_seconds(trace, record)),
        facts.cost(tokens_in, usage.tokens_out) if facts and usage else None,
    )


def describe_cost(dollars: float) -> str:
    """In US dollars, small amounts with two digits that count."""
    if 0 < dollars < 0.0001:
        return "<$0.0001"
    return f"${dollars:.2g}" if 0 < dollars < 1 else f"${dollars:.2f}"


def summarise(figures: Sequence[Figures]) -> Summary:
    """The medians of several replies, and their spread."""
    over = [one for one in figures if one.outcome is not None]
    ended = [one for one in over if one.outcome is not None and one.outcome.rule.finished]
    costs = [one.cost for one in figures]
    return Summary(
        len(figures),
        sum(one.outcome is Outcome.COMPLETE for one in figures),
        find_spread(one.first_text_ms for one in over),
        find_spread(one.duration_ms for one in ended),
        find_spread(one.tokens_out.tokens if one.tokens_out else None for one in ended),
        find_spread(one.tokens_per_s for one in over),
        None if not costs or None in costs else sum(cost for cost in costs if cost is not None),
        any(one.tokens_estimated for one in ended),
        any(one.speed_estimated for one in over),
    )


def find_spread(values: Iterable[float | None]) -> Spread | None:
    """The median, the least and the most of those values that are known; None if none is."""
    known = [value for value in values if value is not None]
    return Spread(median(known), min(known), max(known)) if known else None


def _count(reply: Reply) -> tuple[Count | None, Count | None, Count | None]:
    """The tokens of the visible text, of the reasoning, and of both.

    A provider's count is of both. If it does not say how much of that is reasoning, the parts are estimated by their
    share of the characters, so that they never exceed what was counted. What a person wrote has none.
    """
    if reply.edited is not None:
        return None, None, None
    usage, (shown, thought) = _usage(reply), _lengths(reply)
    counted = usage.tokens_out if usage else None
    apart = usage.tokens_reasoning if usage else None
    if counted is None:
        text = Count(_estimate_text(reply, shown), estimated=True) if shown else None
        reasoning = Count(_estimate(thought), estimated=True) if thought else None
        parts = [part.tokens for part in (text, reasoning) if part is not None]
        return text, reasoning, Count(sum(parts), estimated=True) if parts else None
    if not apart and thought:
        share = round(counted * shown / (shown + thought))
        return Count(share, estimated=True), Count(counted - share, estimated=True), Count(counted)
    return Count(max(0, counted - (apart or 0))), Count(apart) if apart else None, Count(counted)


def _usage(reply: Reply) -> UsageReport | None:
    """What the provider counted; of a reply read back from the store its record has it."""
    trace, record = reply.trace, reply.record
    if reply.usage is None and trace is not None and trace.evidence.tokens_out is not None:
        evidence = trace.evidence
        return UsageReport(evidence.tokens_in, evidence.tokens_out, evidence.tokens_reasoning)
    if reply.usage is not None or record is None or record.tokens_out is None:
        return reply.usage
    apart = record.detail.get("tokens_reasoning")
    return UsageReport(record.tokens_in, record.tokens_out, apart if isinstance(apart, int) else None)


def _lengths(reply: Reply) -> tuple[int, int]:
    """Characters of visible text, and of reasoning wherever it came; those of a reply that it goes on from left out."""
    if reply.trace is not None:
        evidence = reply.trace.evidence
        thought = evidence.thought_chars
        return evidence.text_chars - thought + evidence.refusal_chars, evidence.reasoning_chars + thought
    begun = reply.origin.length if reply.origin else 0
    text = reply.text[begun:]
    splitter = ThoughtSplitter()
    words = len(splitter.feed(text)[1]) + len(splitter.end()[1])
    return words + len(reply.refusal), len(reply.reasoning) + len(text) - words


def _estimate_text(reply: Reply, shown: int) -> int:
    """By the pieces in which it came, as long as they were seen to come."""
    return reply.trace.tokens()[0] if reply.trace is not None else _estimate(shown)


def _decode_seconds(trace: StreamTrace | None, record: Record | None) -> float | None:
    """From the first visible text to the last; for a record its last byte, a moment later, stands for the latter."""
    if trace is not None:
        first, last = trace.first_text, trace.last_text
        whole = _came_in_one_piece(trace.notices)
        return None if first is None or last is None or whole else last - first
    if record is None or record.first_text_ms is None or record.duration_ms is None:
        return None
    if _came_in_one_piece(record.notices):
        return None
    return (record.duration_ms - (record.last_byte_ago_ms or 0) - record.first_text_ms) / 1000


def _speed(text: Count | None, seconds: float | None) -> float | None:
    """None while the time is too short to say."""
    return None if text is None or seconds is None or seconds < BURST_GAP else text.tokens / seconds


def _came_in_one_piece(notices: Iterable[str]) -> bool:
    return not _IN_ONE_PIECE.isdisjoint(notices)


def _first_text(trace: StreamTrace | None, record: Record | None) -> int | None:
    if record is not None:
        return record.first_text_ms
    seconds = trace.first_text_seconds() if trace else None
    return None if seconds is None else round(seconds * 1000)


def _duration(trace: StreamTrace | None, record: Record | None) -> int | None:
    """Of a reply that runs, up to now."""
    if record is not None:
        return record.duration_ms
    if trace is None or trace.started is None:
        return None
    return round((trace.clock.monotonic() - trace.started) * 1000)


def _estimate(characters: int) -> int:
    return round(characters / _CHARACTERS_A_TOKEN)
