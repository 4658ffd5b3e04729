"""Outcome: the closed set of ways a stream ends, with what follows from each; and the codes of the notices.

The sentences for them are data, in `tui/text/`; which outcome wins is decided in `verdict.py`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Outcome(StrEnum):
    """How one request ended. The value is the code that people see, in records and under a reply."""

    COMPLETE = "complete"
    LENGTH = "length"
    CONTENT_FILTER = "content-filter"
    REFUSAL = "refusal"
    TOOL_CALL = "tool-call"
    EMPTY_REPLY = "empty-reply"
    UNKNOWN = "unknown"
    """Of a reply that another program received, which does not keep how one ended; no stream of ours ends so."""
    CANCELLED = "cancelled"
    APP_EXIT = "app-exit"
    NO_API_KEY = "no-api-key"
    BAD_API_KEY_TEXT = "bad-api-key-text"
    BAD_URL = "bad-url"
    INSECURE_URL = "insecure-url"
    INTERNAL_ERROR = "internal-error"
    DNS_FAILURE = "dns-failure"
    CONNECT_REFUSED = "connect-refused"
    CONNECT_TIMEOUT = "connect-timeout"
    UNREACHABLE = "unreachable"
    CONNECT_RESET = "connect-reset"
    TLS_CERTIFICATE = "tls-certificate"
    TLS_HANDSHAKE = "tls-handshake"
    PROXY_UNREACHABLE = "proxy-unreachable"
    PROXY_AUTH = "proxy-auth"
    PROXY_REFUSED = "proxy-refused"
    POOL_TIMEOUT = "pool-timeout"
    SEND_FAILED = "send-failed"
    NO_RESPONSE = "no-response"
    FIRST_BYTE_TIMEOUT = "first-byte-timeout"
    PROTOCOL_ERROR = "protocol-error"
    REDIRECTED = "redirected"
    BAD_REQUEST = "bad-request"
    CONTEXT_TOO_LONG = "context-too-long"
    INVALID_KEY = "invalid-key"
    PAYMENT_REQUIRED = "payment-required"
    FORBIDDEN = "forbidden"
    BOT_CHALLENGE = "bot-challenge"
    NOT_FOUND = "not-found"
    MODEL_NOT_FOUND = "model-not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    REQUEST_TIMEOUT = "request-timeout"
    CONFLICT = "conflict"
    PAYLOAD_TOO_LARGE = "payload-too-large"
    UNPROCESSABLE = "unprocessable"
    RATE_LIMITED = "rate-limited"
    SERVER_ERROR = "server-error"
    BAD_GATEWAY = "bad-gateway"
    UNAVAILABLE = "unavailable"
    GATEWAY_TIMEOUT = "gateway-timeout"
    OVERLOADED = "overloaded"
    HTTP_ERROR = "http-error"
    HTML_PAGE = "html-page"
    UNEXPECTED_BODY = "unexpected-body"
    EMPTY_BODY = "empty-body"
    DECODE_ERROR = "decode-error"
    IN_BAND_ERROR = "in-band-error"
    SERVER_ABORT = "server-abort"
    IDLE_TIMEOUT = "idle-timeout"
    STALLED = "stalled"
    DEADLINE = "deadline"
    PREMATURE_EOF = "premature-eof"
    TRUNCATED_BODY = "truncated-body"
    CONNECTION_RESET = "connection-reset"
    MALFORMED_CHUNK = "malformed-chunk"
    OVERSIZE_LINE = "oversize-line"
    OVERSIZE_REPLY = "oversize-reply"

    @property
    def rule(self) -> "Rule":
        """What follows from this outcome."""
        return RULES[self]

    @property
    def has_note(self) -> bool:
        """Whether a reply that ended so has a note below it: one that is whole, for all that is known, has none."""
        return self not in (Outcome.COMPLETE, Outcome.UNKNOWN)

    def exit_code(self, has_text: bool) -> int:
        """The exit code of a headless command: fixed by the outcome, else 3 with text (reasoning counts), 4 without."""
        if self.rule.exit is not None:
            return self.rule.exit
        return 3 if has_text else 4


Phase = Literal["end", "local", "connect", "request", "headers", "status", "body", "stream"]
RetryRule = Literal["no", "manual", "auto", "after"]
"""`auto` may be repeated unasked; `after` too, once the server's Retry-After has passed; `manual` is offered."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What follows from an outcome, whatever the wording."""

    phase: Phase
    retry: RetryRule
    exit: int | None = None
    """The fixed exit code; None: 3 with text, 4 without."""
    detail: tuple[str, ...] = ()
    """The further fields of its record, beside the fixed ones."""

    @property
    def retryable(self) -> bool:
        """Whether asking again unchanged can succeed."""
        return self.retry != "no"

    @property
    def finished(self) -> bool:
        """Whether the server brought the reply to its own end, so that `Finished` tells of it."""
        return self.phase == "end"


RULES: dict[Outcome, Rule] = {
    Outcome.COMPLETE: Rule("end", "no", 0),
    Outcome.LENGTH: Rule("end", "no", 5),
    Outcome.CONTENT_FILTER: Rule("end", "no", 5, ("filter_categories",)),
    Outcome.REFUSAL: Rule("end", "no", 5),
    Outcome.TOOL_CALL: Rule("end", "no", 5, ("tool_names",)),
    Outcome.EMPTY_REPLY: Rule("end", "manual", 5),
    Outcome.UNKNOWN: Rule("end", "no", 0),
    Outcome.CANCELLED: Rule("local", "manual", 130, ("cancel_latency_ms",)),
    Outcome.APP_EXIT: Rule("local", "manual", 143, ("signal", "unsaved_s")),
    Outcome.NO_API_KEY: Rule("local", "no", 2, ("key_source",)),
    Outcome.BAD_API_KEY_TEXT: Rule("local", "no", 2, ("key_source", "bad_char_index")),
    Outcome.BAD_URL: Rule("local", "no", 2),
    Outcome.INSECURE_URL: Rule("local", "no", 2, ("host",)),
    Outcome.INTERNAL_ERROR: Rule("local", "manual", 1, ("where",)),
    Outcome.DNS_FAILURE: Rule("connect", "manual", None, ("host", "os_error")),
    Outcome.CONNECT_REFUSED: Rule("connect", "manual", None, ("host", "port", "os_error")),
    Outcome.CONNECT_TIMEOUT: Rule("connect", "auto", None, ("host", "port", "limit_s")),
    Outcome.UNREACHABLE: Rule("connect", "manual", None, ("host", "os_error")),
    Outcome.CONNECT_RESET: Rule("connect", "auto", None, ("host", "port", "os_error")),
    Outcome.TLS_CERTIFICATE: Rule("connect", "no", None, ("host", "tls_detail")),
    Outcome.TLS_HANDSHAKE: Rule("connect", "manual", None, ("host", "port", "tls_detail")),
    Outcome.PROXY_UNREACHABLE: Rule("connect", "manual", None, ("os_error",)),
    Outcome.PROXY_AUTH: Rule("connect", "no"),
    Outcome.PROXY_REFUSED: Rule("connect", "manual"),
    Outcome.POOL_TIMEOUT: Rule("connect", "manual", None, ("in_flight",)),
    Outcome.SEND_FAILED: Rule("request", "auto", None, ("bytes_sent",)),
    Outcome.NO_RESPONSE: Rule("headers", "auto", None, ("reused_connection",)),
    Outcome.FIRST_BYTE_TIMEOUT: Rule("headers", "manual", None, ("limit_s", "headers_seen")),
    Outcome.PROTOCOL_ERROR: Rule("headers", "manual"),
    Outcome.REDIRECTED: Rule("status", "no", None, ("location",)),
    Outcome.BAD_REQUEST: Rule("status", "no", None, ("parameter",)),
    Outcome.CONTEXT_TOO_LONG: Rule("status", "no", None, ("prompt_chars",)),
    Outcome.INVALID_KEY: Rule("status", "no", None, ("key_source",)),
    Outcome.PAYMENT_REQUIRED: Rule("status", "no"),
    Outcome.FORBIDDEN: Rule("status", "no"),
    Outcome.BOT_CHALLENGE: Rule("status", "no", None, ("ray_id", "html_title")),
    Outcome.NOT_FOUND: Rule("status", "no"),
    Outcome.MODEL_NOT_FOUND: Rule("status", "no"),
    Outcome.METHOD_NOT_ALLOWED: Rule("status", "no"),
    Outcome.REQUEST_TIMEOUT: Rule("status", "auto"),
    Outcome.CONFLICT: Rule("status", "auto"),
    Outcome.PAYLOAD_TOO_LARGE: Rule("status", "no", None, ("request_bytes",)),
    Outcome.UNPROCESSABLE: Rule("status", "no", None, ("parameter",)),
    Outcome.RATE_LIMITED: Rule("status", "after", None, ("limit_headers",)),
    Outcome.SERVER_ERROR: Rule("status", "auto"),
    Outcome.BAD_GATEWAY: Rule("status", "auto", None, ("html_title",)),
    Outcome.UNAVAILABLE: Rule("status", "after"),
    Outcome.GATEWAY_TIMEOUT: Rule("status", "auto", None, ("html_title",)),
    Outcome.OVERLOADED: Rule("status", "after"),
    Outcome.HTTP_ERROR: Rule("status", "no"),
    Outcome.HTML_PAGE: Rule("body", "no", None, ("html_title",)),
    Outcome.UNEXPECTED_BODY: Rule("body", "no", None, ("body_head",)),
    Outcome.EMPTY_BODY: Rule("body", "auto"),
    Outcome.DECODE_ERROR: Rule("body", "manual"),
    Outcome.IN_BAND_ERROR: Rule("stream", "manual", None, ("error_class", "provider_name")),
    Outcome.SERVER_ABORT: Rule("stream", "manual"),
    Outcome.IDLE_TIMEOUT: Rule("stream", "manual", None, ("limit_s",)),
    Outcome.STALLED: Rule("stream", "manual", None, ("limit_s",)),
    Outcome.DEADLINE: Rule("stream", "manual", None, ("limit_s",)),
    Outcome.PREMATURE_EOF: Rule("stream", "manual"),
    Outcome.TRUNCATED_BODY: Rule("stream", "manual"),
    Outcome.CONNECTION_RESET: Rule("stream", "manual"),
    Outcome.MALFORMED_CHUNK: Rule("stream", "manual", None, ("malformed_count", "malformed_bytes")),
    Outcome.OVERSIZE_LINE: Rule("stream", "no", None, ("limit", "line_bytes")),
    Outcome.OVERSIZE_REPLY: Rule("stream", "no", None, ("limit",)),
}


class NoticeCode(StrEnum):
    """What is worth a word about a reply and never changes its outcome."""

    MISSING_DONE = "missing-done"
    MISSING_FINISH = "missing-finish"
    DIRTY_CLOSE = "dirty-close"
    NOT_STREAMED = "not-streamed"
    NDJSON = "ndjson"
    WRONG_CONTENT_TYPE = "wrong-content-type"
    INVALID_UTF8 = "invalid-utf8"
    UNPAIRED_SURROGATE = "unpaired-surrogate"
    CONTROL_CHARS = "control-chars"
    BUFFERING_SUSPECTED = "buffering-suspected"
    COMPRESSED_STREAM = "compressed-stream"
    SLOW_FIRST_TOKEN = "slow-first-token"
    MODEL_MISMATCH = "model-mismatch"
    UNKNOWN_FINISH_REASON = "unknown-finish-reason"
    CONTENT_AFTER_FINISH = "content-after-finish"
    KEEPALIVE_GAP = "keepalive-gap"
    DAMAGED_CHUNK = "damaged-chunk"
    RETRYING = "retrying"
    FALLBACK = "fallback"
    SUSPENDED = "suspended"
    BROUGHT_IN = "brought-in"
