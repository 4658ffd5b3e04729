"""The outcome rule: which outcome wins, from what a decoder saw and how reading stopped. Pure functions.

The order in `judge` is the law of the program: an error that the server told of outranks a proof of the end, a proof of
the end outranks whatever the connection did afterwards, and a clean end without a proof is an interruption, since httpx
raises nothing for a `Connection: close` body that was cut short.
"""

from tui.stream.evidence import Evidence
from tui.stream.outcome import Outcome
from tui.stream.provider_error import ErrorBody, ErrorClass

_FINISH_REASONS: dict[str, Outcome] = {
    **dict.fromkeys(
        ("stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete", "finished"), Outcome.COMPLETE
    ),
    **dict.fromkeys(("length", "max_tokens", "model_length", "max_output_tokens"), Outcome.LENGTH),
    **dict.fromkeys(
        (
            "content_filter",
            "safety",
            "recitation",
            "prohibited_content",
            "blocklist",
            "spii",
            "sensitive",
            "guardrail_intervened",
        ),
        Outcome.CONTENT_FILTER,
    ),
    **dict.fromkeys(("tool_calls", "tool_use", "function_call"), Outcome.TOOL_CALL),
    "refusal": Outcome.REFUSAL,
    **dict.fromkeys(
        ("abort", "error", "cancelled", "insufficient_system_resource", "network_error"), Outcome.SERVER_ABORT
    ),
}

_BY_STATUS: dict[int, Outcome] = {
    400: Outcome.BAD_REQUEST,
    401: Outcome.INVALID_KEY,
    402: Outcome.PAYMENT_REQUIRED,
    403: Outcome.FORBIDDEN,
    404: Outcome.NOT_FOUND,
    405: Outcome.METHOD_NOT_ALLOWED,
    407: Outcome.PROXY_AUTH,
    408: Outcome.REQUEST_TIMEOUT,
    409: Outcome.CONFLICT,
    413: Outcome.PAYLOAD_TOO_LARGE,
    422: Outcome.UNPROCESSABLE,
    429: Outcome.RATE_LIMITED,
    503: Outcome.UNAVAILABLE,
    529: Outcome.OVERLOADED,
    **dict.fromkeys((502, 520, 521, 523, 525, 526, 530), Outcome.BAD_GATEWAY),
    **dict.fromkeys((504, 522, 524), Outcome.GATEWAY_TIMEOUT),
}

# What the words of an error body may say against its number: providers send 400 for a bad key and 403 for a quota.
_BY_CLASS: dict[int, dict[ErrorClass, Outcome]] = {
    400: {
        ErrorClass.CONTEXT_TOO_LONG: Outcome.CONTEXT_TOO_LONG,
        ErrorClass.CONTENT_FILTER: Outcome.CONTENT_FILTER,
        ErrorClass.INVALID_KEY: Outcome.INVALID_KEY,
        ErrorClass.MODEL_NOT_FOUND: Outcome.MODEL_NOT_FOUND,
        ErrorClass.PAYMENT_REQUIRED: Outcome.PAYMENT_REQUIRED,
    },
    403: {ErrorClass.PAYMENT_REQUIRED: Outcome.PAYMENT_REQUIRED},
    404: {ErrorClass.MODEL_NOT_FOUND: Outcome.MODEL_NOT_FOUND},
    413: {ErrorClass.CONTEXT_TOO_LONG: Outcome.CONTEXT_TOO_LONG},
    422: {ErrorClass.CONTEXT_TOO_LONG: Outcome.CONTEXT_TOO_LONG},
    429: {ErrorClass.PAYMENT_REQUIRED: Outcome.PAYMENT_REQUIRED},
    500: {ErrorClass.OVERLOADED: Outcome.OVERLOADED},
    503: {ErrorClass.OVERLOADED: Outcome.OVERLOADED},
}

_CHALLENGE_TITLES = ("just a moment", "attention required", "checking your browser", "verify you are human")


def judge(evidence: Evidence, stop: Outcome | None) -> Outcome:
    """The outcome of a 2xx answer whose body was read.

    `stop` is why reading stopped before the end of the body (a limit, the transport, the decoder), None for a clean
    end or for `[DONE]`.
    """
    if evidence.error is not None:
        return Outcome.IN_BAND_ERROR
    if evidence.oversize_line is not None:
        return Outcome.OVERSIZE_LINE
    if stop in (Outcome.DECODE_ERROR, Outcome.OVERSIZE_REPLY):
        return stop
    if evidence.proven:
        outcome = _judge_finish(evidence)
        unexplained = outcome is Outcome.EMPTY_REPLY or evidence.finish_reason is None
        return Outcome.IN_BAND_ERROR if unexplained and evidence.last_word is not None else outcome
    if stop is not None:
        return stop
    if evidence.last_word is not None:
        return Outcome.IN_BAND_ERROR
    if evidence.html:
        return Outcome.HTML_PAGE
    if not evidence.head:
        return Outcome.EMPTY_BODY
    if not evidence.events and not evidence.sse_fields and not evidence.keepalives:
        return Outcome.UNEXPECTED_BODY
    if not evidence.has_output and not evidence.events and evidence.malformed:
        return Outcome.UNEXPECTED_BODY
    return Outcome.PREMATURE_EOF


def _judge_finish(evidence: Evidence) -> Outcome:
    outcome = finish_outcome(evidence.finish_reason) or Outcome.COMPLETE
    if outcome is not Outcome.COMPLETE:
        return outcome
    if evidence.malformed:
        return Outcome.MALFORMED_CHUNK
    if evidence.refusal_chars:
        return Outcome.REFUSAL
    if evidence.tool_names:
        return Outcome.TOOL_CALL
    if not evidence.text_chars:
        return Outcome.EMPTY_REPLY
    return Outcome.COMPLETE


def finish_outcome(reason: str | None) -> Outcome | None:
    """What a finish reason means, in any provider's spelling; None for none or an unknown one."""
    return None if reason is None else _FINISH_REASONS.get(reason.lower())


def judge_status(status: int, body: ErrorBody, *, challenged: bool = False) -> Outcome:
    """The outcome of an answer other than 2xx; `challenged` tells of a bot-protection header."""
    if 300 <= status < 400:
        return Outcome.REDIRECTED
    title = (body.html_title or "").lower()
    if challenged or (body.is_html and status in (403, 429, 503) and title.startswith(_CHALLENGE_TITLES)):
        return Outcome.BOT_CHALLENGE
    if body.error is not None and (by_class := _BY_CLASS.get(status, {}).get(body.error.error_class)) is not None:
        return by_class
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return Outcome.SERVER_ERROR if status >= 500 else Outcome.HTTP_ERROR
