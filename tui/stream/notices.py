"""The notices at the end of a reply: what the trace shows and a person may want to know. Pure."""

from collections.abc import Iterator

from tui.stream.events import Notice
from tui.stream.outcome import NoticeCode, Outcome
from tui.stream.trace import StreamTrace
from tui.stream.verdict import finish_outcome

SLOW_REMOTE, SLOW_LOCAL = 10.0, 60.0
"""Seconds to the first text from which it is called slow."""
_BUFFER_SIZES = tuple(1024 * size for size in (1, 2, 4, 8, 16, 32, 64))


def closing_notices(
    trace: StreamTrace, outcome: Outcome, *, asked_model: str, streamed: bool, local: bool, broke: bool
) -> Iterator[Notice]:
    """The notices of a 2xx answer, in the order of `NoticeCode`. `broke`: the transport failed after the proof."""
    evidence, answer = trace.evidence, trace.answer
    content_type = (answer.content_type or "") if answer else ""
    as_events = evidence.sse_fields and not evidence.whole_object
    if evidence.finish_reason is not None and not evidence.done and as_events:
        yield Notice(NoticeCode.MISSING_DONE)
    if evidence.done and evidence.finish_reason is None and outcome is not Outcome.IN_BAND_ERROR:
        yield Notice(NoticeCode.MISSING_FINISH)
    if broke:
        yield Notice(NoticeCode.DIRTY_CLOSE)
    if evidence.whole_object and streamed:
        yield Notice(NoticeCode.NOT_STREAMED)
    elif evidence.bare_chunks:
        yield Notice(NoticeCode.NDJSON)
    if evidence.sse_fields and evidence.events and not content_type.lower().startswith("text/event-stream"):
        yield Notice(NoticeCode.WRONG_CONTENT_TYPE, {"value": content_type or "-"})
    if evidence.invalid_utf8:
        yield Notice(NoticeCode.INVALID_UTF8)
    if evidence.unpaired_surrogate:
        yield Notice(NoticeCode.UNPAIRED_SURROGATE)
    if evidence.control_chars:
        yield Notice(NoticeCode.CONTROL_CHARS)
    if as_events and _suspects_buffering(trace):
        yield Notice(NoticeCode.BUFFERING_SUSPECTED)
    if answer is not None and (answer.content_encoding or "identity").lower() != "identity":
        yield Notice(NoticeCode.COMPRESSED_STREAM, {"encoding": answer.content_encoding})
    first = trace.first_text_seconds()
    if first is not None and first >= (SLOW_LOCAL if local else SLOW_REMOTE):
        yield Notice(NoticeCode.SLOW_FIRST_TOKEN, {"seconds": round(first)})
    if evidence.model and not same_model(asked_model, evidence.model):
        yield Notice(NoticeCode.MODEL_MISMATCH, {"asked": asked_model, "got": evidence.model})
    if evidence.finish_reason is not None and finish_outcome(evidence.finish_reason) is None:
        yield Notice(NoticeCode.UNKNOWN_FINISH_REASON, {"value": evidence.finish_reason[:80]})
    if evidence.content_after_finish:
        yield Notice(NoticeCode.CONTENT_AFTER_FINISH)
    if evidence.keepalives_before_text:
        yield Notice(NoticeCode.KEEPALIVE_GAP, {"count": evidence.keepalives_before_text})
    yield from suspension(trace)
    if evidence.malformed and outcome is not Outcome.MALFORMED_CHUNK:
        yield Notice(NoticeCode.DAMAGED_CHUNK, {"n": evidence.malformed})


def suspension(trace: StreamTrace) -> Iterator[Notice]:
    """That this machine slept meanwhile: a connection that broke then is not the server's fault."""
    if (seconds := trace.suspended()) is not None:
        yield Notice(NoticeCode.SUSPENDED, {"seconds": round(seconds)})


def same_model(asked: str, got: str) -> bool:
    """Whether the answer names the model that was asked for, its dated or its shortened form included."""
    mine, theirs = (name.lower().rsplit("/", 1)[-1].removesuffix(".gguf") for name in (asked, got))
    mine, theirs = mine.removesuffix(":latest"), theirs.removesuffix(":latest")
    return mine.startswith(theirs) or theirs.startswith(mine)


def _suspects_buffering(trace: StreamTrace) -> bool:
    """Whether the times of arrival say that something held the stream back and let it go in lumps.

    Reads under 50 ms apart are one burst. Each rule was found on a real proxy; nginx with its stock settings shows two
    of them.
    """
    if trace.answer is not None and trace.answer.content_length is not None:
        return True  # a stream has no length: whoever wrote this header had the whole of it
    if None in (trace.first_byte, trace.last_byte, trace.started):
        return False
    events, bursts = trace.evidence.events, trace.bursts
    wait = (trace.first_byte or 0.0) - (trace.started or 0.0)
    window = (trace.last_byte or 0.0) - (trace.first_byte or 0.0)
    if (generated := trace.evidence.generation_ms) is not None and events >= 8:
        # The server's own clock decides: did it write for far longer than the text took to arrive?
        return generated >= 500 and generated / 1000 > 5 * window
    if events >= 20 and bursts <= 2 and wait >= 1.5 and window < wait / 10:
        return True
    earlier = list(zip(trace.burst_bytes, trace.burst_events, strict=True))[: bursts - 1]
    if events >= 20 and len([1 for size, count in earlier if _fills_a_buffer(size) and count >= 5]) >= 3:
        return True
    if events >= 8 and bursts == 1 and wait + window >= 0.5 and wait >= 0.8 * (wait + window):
        return True
    if not trace.burst_bytes or events < 8 or bursts < 2 or trace.burst_events[0] < 5 or wait < 0.5:
        return False
    # A proxy's first buffer also holds the head of the answer: it need not be full of body, but it ends anywhere.
    return trace.first_burst_torn or _fills_a_buffer(trace.burst_bytes[0], least=4096)


def _fills_a_buffer(size: int, least: int = 1024) -> bool:
    return any(abs(size - edge) <= edge * 0.02 for edge in _BUFFER_SIZES if edge >= least)
