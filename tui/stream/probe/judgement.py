"""Judgement: what the answer of a model says about the route, step by step. Pure functions."""

from collections.abc import Iterable

from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.probe.finding import Finding, Step, join_facts
from tui.stream.probe.question import ENOUGH_TOKENS, STREAM_TOKENS, Answered

FEWEST_EVENTS = 8
"""Below this many events their times say nothing (the rules in `tui.stream.notices`)."""
SHORTEST_STREAM = 0.5
"""Seconds; what comes faster may be a burst or a quick model, as long as the server does not tell its own time."""
EVENTS_A_LUMP, FEWEST_LUMPS, LUMP_PAUSE, LUMP_SILENCE = 5, 3, 0.3, 0.8
"""So many events in each of so many bursts, so many seconds between them, which are this part of the whole time: no
server writes like that, since it sends each event when it has it. A proxy that paces or buffers does."""
_WORRYING = (Outcome.CONTENT_FILTER, Outcome.REFUSAL, Outcome.TOOL_CALL)
"""Ends that are the server's own, and none that the question was meant to bring."""
_FAILURES = (Outcome.EMPTY_REPLY, Outcome.MALFORMED_CHUNK)
_TIMING = (NoticeCode.SLOW_FIRST_TOKEN, NoticeCode.KEEPALIVE_GAP)
"""Notices that belong to the timing, not to the form of a stream."""


def judge_plain(answered: Answered) -> Finding:
    """The request with stream=false."""
    record = answered.record
    facts = join_facts(_status(answered), record.content_type, _finish(answered), _usage(answered), _error(answered))
    return _judge("plain request", answered, facts, answered.notices)


def judge_stream(answered: Answered) -> Finding:
    """The form of a stream: its type, its events, and how it ended."""
    record, evidence = answered.record, answered.trace.evidence
    streamed = evidence.sse_fields
    facts = join_facts(
        _status(answered),
        record.content_type,
        f"{_count(record.events, 'data line')}, {_count(record.bytes, 'byte')}" if record.status is not None else None,
        _finish(answered),
        ("[DONE]" if record.done_seen else "no [DONE]") if streamed else None,
        _usage(answered) or ("no usage" if streamed else None),
        _silence(answered),
        _error(answered),
    )
    if NoticeCode.NOT_STREAMED in answered.notices:
        return Finding("stream", "failed", facts, NoticeCode.NOT_STREAMED)
    if answered.unbounded:
        limit = f"max_tokens is not heeded: {STREAM_TOKENS} were asked for, stopped here after {ENOUGH_TOKENS}"
        return Finding("stream", "warn", join_facts(facts, limit), values={"unbounded": True})
    notices = [code for code in answered.notices if code not in (*_TIMING, NoticeCode.BUFFERING_SUSPECTED)]
    return _judge("stream", answered, facts, notices)


def judge_timing(answered: Answered) -> Finding:
    """Whether the events came over time or in one burst."""
    record, trace = answered.record, answered.trace
    generated = trace.evidence.generation_ms
    window = (trace.last_byte or 0.0) - (trace.first_byte or 0.0)
    hidden = trace.evidence.tokens_reasoning
    bursts = f" in {record.bursts} bursts" if record.bursts > 1 else ""
    facts = join_facts(
        f"{_count(record.events, 'event')} over {window:.2f} s{bursts}",
        f"first byte after {_seconds(record.first_byte_ms)}",
        f"longest gap {_seconds(record.max_gap_ms)}" if record.max_gap_ms is not None else None,
        _count(record.keepalives, "keep-alive") if record.keepalives else None,
        f"the server wrote for {generated / 1000:.2f} s" if generated is not None else None,
        f"{hidden} reasoning tokens came first" if hidden else None,
    )
    lumps = record.bursts if record.bursts >= FEWEST_LUMPS else None
    if NoticeCode.BUFFERING_SUSPECTED in answered.notices or _comes_in_lumps(answered, window):
        return Finding("timing", "failed", facts, NoticeCode.BUFFERING_SUSPECTED, values={"bursts": lumps})
    for code in _TIMING:
        if code in answered.notices:
            return Finding("timing", "warn", facts, code, values=answered.notices[code])
    if record.events < FEWEST_EVENTS:
        return Finding("timing", "skipped", join_facts(facts, "too few events to judge by"))
    if record.bursts == 1 and generated is None and window < SHORTEST_STREAM:
        return Finding("timing", "ok", join_facts(facts, "too fast to tell a burst from a stream"))
    return Finding("timing", "ok", facts)


def _comes_in_lumps(answered: Answered, window: float) -> bool:
    """Whether the events came a handful at a time, and nothing in between."""
    bursts, paused = answered.record.bursts, answered.trace.paused
    if bursts < FEWEST_LUMPS or answered.record.events < EVENTS_A_LUMP * bursts:
        return False
    return paused >= LUMP_PAUSE * (bursts - 1) and paused >= LUMP_SILENCE * window


def judge_cancel(answered: Answered | None, *, closed: bool) -> Finding:
    """What became of the connection of a stream that was stopped."""
    if answered is None:
        return Finding("cancel", "skipped", "the reply ended before it could be stopped")
    record = answered.record
    if answered.outcome is not Outcome.CANCELLED:
        return Finding("cancel", "failed", _broken(answered), answered.outcome, values=record.values())
    latency = record.detail.get("cancel_latency_ms")
    facts = join_facts(
        f"stopped after {_count(record.events, 'event')}, {_count(record.bytes, 'byte')}",
        f"connection closed in {latency} ms" if closed else "the connection stayed open",
    )
    return Finding("cancel", "ok" if closed else "failed", facts)


def _judge(name: Step, answered: Answered, facts: str, notices: Iterable[NoticeCode]) -> Finding:
    outcome, record = answered.outcome, answered.record
    if not outcome.rule.finished or outcome in _FAILURES:
        return Finding(name, "failed", facts, outcome, values=record.values())
    if outcome in _WORRYING:
        return Finding(name, "warn", facts, outcome, values=record.values())
    for code in notices:
        return Finding(name, "warn", facts, code, values=answered.notices[code])
    return Finding(name, "ok", facts)


def _broken(answered: Answered) -> str:
    return join_facts(_status(answered), answered.record.content_type, _silence(answered), _error(answered))


def _status(answered: Answered) -> str:
    record = answered.record
    return str(record.status) if record.status is not None else "no answer"


def _finish(answered: Answered) -> str | None:
    record = answered.record
    if record.finish_reason is not None:
        return f"finish {record.finish_reason}"
    return "no finish reason" if record.events else None


def _usage(answered: Answered) -> str | None:
    record = answered.record
    if record.tokens_out is None:
        return None
    return f"usage {record.tokens_in if record.tokens_in is not None else '?'} in, {record.tokens_out} out"


def _silence(answered: Answered) -> str | None:
    """How long nothing had come when it broke."""
    record = answered.record
    if answered.outcome.rule.finished or record.last_byte_ago_ms is None or record.last_byte_ago_ms < 1000:
        return None
    return f"last byte {_seconds(record.last_byte_ago_ms)} before the end"


def _error(answered: Answered) -> str | None:
    """The cause: the server's own words, masked, else the innermost exception."""
    record = answered.record
    if message := (record.error or {}).get("message"):
        return f"error: {str(message)[:200]}"
    return f"cause {record.exception[-1]}" if record.exception and not answered.outcome.rule.finished else None


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _seconds(milliseconds: int | None) -> str:
    return "?" if milliseconds is None else f"{milliseconds / 1000:.2f} s"
