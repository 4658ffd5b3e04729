"""Which outcome wins: the order of the rules, the words of finish reasons, and the numbers of statuses."""

from typing import Any

import pytest

from tui.stream.evidence import Evidence
from tui.stream.outcome import RULES, Outcome
from tui.stream.provider_error import ErrorBody, ErrorClass, ProviderError
from tui.stream.verdict import finish_outcome, judge, judge_status

ERROR = ProviderError(ErrorClass.SERVER, "died")
SAID: dict[str, Any] = {"head": b"data:", "sse_fields": True, "events": 1, "text_chars": 5}
RESET = Outcome.CONNECTION_RESET

ORDER: dict[str, tuple[dict[str, Any], Outcome | None, str]] = {
    "an error outranks the proof": ({"error": ERROR, "finish_reason": "stop", "done": True}, None, "in-band-error"),
    "an error outranks the transport": ({"error": ERROR}, RESET, "in-band-error"),
    "an error outranks a line too long": ({"error": ERROR, "oversize_line": 9}, None, "in-band-error"),
    "a line too long outranks the proof": ({"oversize_line": 9, "done": True}, None, "oversize-line"),
    "bad compression outranks the proof": ({"done": True}, Outcome.DECODE_ERROR, "decode-error"),
    "too much text outranks the proof": ({"done": True}, Outcome.OVERSIZE_REPLY, "oversize-reply"),
    "a finish reason outranks the transport": ({"finish_reason": "stop"}, RESET, "complete"),
    "DONE outranks the transport": ({"done": True}, RESET, "complete"),
    "DONE outranks a limit": ({"done": True}, Outcome.IDLE_TIMEOUT, "complete"),
    "a limit outranks an early end": ({}, Outcome.STALLED, "stalled"),
    "no proof is an early end": ({}, None, "premature-eof"),
    "keep-alives alone are an early end": ({"events": 0, "text_chars": 0, "keepalives": 3}, None, "premature-eof"),
    "nothing at all": ({"head": b"", "events": 0, "sse_fields": False}, None, "empty-body"),
    "a page": ({"html": True, "events": 0, "sse_fields": False}, None, "html-page"),
    "a page that was cut": ({"html": True, "events": 0, "sse_fields": False}, RESET, "connection-reset"),
    "neither events nor JSON": ({"events": 0, "sse_fields": False}, None, "unexpected-body"),
    "nothing but damage": ({"events": 0, "text_chars": 0, "malformed": 2}, None, "unexpected-body"),
    "damage outranks a normal end": ({"done": True, "malformed": 1, "refusal_chars": 3}, None, "malformed-chunk"),
    "damage outranks no other end": ({"finish_reason": "length", "malformed": 1}, None, "length"),
    "a refusal with a normal end": (
        {"finish_reason": "stop", "refusal_chars": 3, "tool_names": {0: "x"}},
        None,
        "refusal",
    ),
    "a tool call with a normal end": ({"finish_reason": "stop", "tool_names": {0: "x"}}, None, "tool-call"),
    "a normal end without text": ({"done": True, "text_chars": 0, "reasoning_chars": 9}, None, "empty-reply"),
    "an unknown finish reason is a normal end": ({"finish_reason": "tired"}, None, "complete"),
}


@pytest.mark.parametrize(("seen", "stop", "code"), ORDER.values(), ids=ORDER)
def test_the_order_of_the_rules(seen: dict[str, Any], stop: Outcome | None, code: str) -> None:
    assert judge(Evidence(**{**SAID, **seen}), stop).value == code


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        ("stop end_turn stop_sequence eos eos_token complete finished STOP", "complete"),
        ("length max_tokens MAX_TOKENS model_length max_output_tokens", "length"),
        (
            "content_filter SAFETY recitation prohibited_content blocklist spii sensitive guardrail_intervened",
            "content-filter",
        ),
        ("tool_calls tool_use function_call", "tool-call"),
        ("refusal", "refusal"),
        ("abort error cancelled insufficient_system_resource network_error", "server-abort"),
    ],
)
def test_finish_reasons(reasons: str, code: str) -> None:
    for reason in reasons.split():
        assert judge(Evidence(**SAID, finish_reason=reason), None).value == code


def test_no_reason_and_an_unknown_one_mean_nothing() -> None:
    assert finish_outcome(None) is None
    assert finish_outcome("tired") is None


STATUSES = {
    301: "redirected",
    308: "redirected",
    400: "bad-request",
    401: "invalid-key",
    402: "payment-required",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    407: "proxy-auth",
    408: "request-timeout",
    409: "conflict",
    410: "http-error",
    413: "payload-too-large",
    418: "http-error",
    422: "unprocessable",
    429: "rate-limited",
    500: "server-error",
    501: "server-error",
    505: "server-error",
    599: "server-error",
    **dict.fromkeys((502, 520, 521, 523, 525, 526, 530), "bad-gateway"),
    503: "unavailable",
    **dict.fromkeys((504, 522, 524), "gateway-timeout"),
    529: "overloaded",
}


@pytest.mark.parametrize(("status", "code"), STATUSES.items())
def test_statuses(status: int, code: str) -> None:
    assert judge_status(status, ErrorBody(None)).value == code


@pytest.mark.parametrize(
    ("status", "error_class", "code"),
    [
        (400, ErrorClass.CONTEXT_TOO_LONG, "context-too-long"),
        (400, ErrorClass.CONTENT_FILTER, "content-filter"),
        (400, ErrorClass.INVALID_KEY, "invalid-key"),
        (400, ErrorClass.MODEL_NOT_FOUND, "model-not-found"),
        (400, ErrorClass.PAYMENT_REQUIRED, "payment-required"),
        (400, ErrorClass.SERVER, "bad-request"),
        (401, ErrorClass.CONTEXT_TOO_LONG, "invalid-key"),
        (403, ErrorClass.PAYMENT_REQUIRED, "payment-required"),
        (404, ErrorClass.MODEL_NOT_FOUND, "model-not-found"),
        (413, ErrorClass.CONTEXT_TOO_LONG, "context-too-long"),
        (422, ErrorClass.CONTEXT_TOO_LONG, "context-too-long"),
        (429, ErrorClass.PAYMENT_REQUIRED, "payment-required"),
        (429, ErrorClass.RATE_LIMITED, "rate-limited"),
        (500, ErrorClass.OVERLOADED, "overloaded"),
        (503, ErrorClass.OVERLOADED, "overloaded"),
    ],
)
def test_the_words_of_an_error_go_before_its_number(status: int, error_class: ErrorClass, code: str) -> None:
    assert judge_status(status, ErrorBody(ProviderError(error_class, "words"))).value == code


def test_a_challenge_is_told_by_its_header_or_its_title() -> None:
    page = ErrorBody(None, "Just a moment...", is_html=True)
    assert judge_status(403, ErrorBody(None), challenged=True) is Outcome.BOT_CHALLENGE
    assert [judge_status(status, page) for status in (403, 429, 503)] == [Outcome.BOT_CHALLENGE] * 3
    assert judge_status(502, page) is Outcome.BAD_GATEWAY
    assert judge_status(403, ErrorBody(None, "Forbidden", is_html=True)) is Outcome.FORBIDDEN


def test_every_outcome_has_a_rule_and_its_exit_code() -> None:
    assert set(RULES) == set(Outcome)
    assert (Outcome.COMPLETE.exit_code(True), Outcome.LENGTH.exit_code(True)) == (0, 5)
    assert (Outcome.STALLED.exit_code(True), Outcome.STALLED.exit_code(False)) == (3, 4)
    assert (Outcome.CANCELLED.exit_code(True), Outcome.APP_EXIT.exit_code(True)) == (130, 143)
    assert {outcome.value for outcome in Outcome if outcome.rule.finished} == {
        "complete",
        "length",
        "content-filter",
        "refusal",
        "tool-call",
        "empty-reply",
        "unknown",
    }
