"""One test per outcome, on real sockets, through `Client.stream()`.

Here are those that the bytes of one answer decide, as a table; `test_outcomes_connect.py` has those before an answer,
`test_outcomes_time.py` those that a clock decides, `tests/chat/test_session.py` those that come from outside. Each test
bears the name of its outcome, so the last one here can tell which outcome has none.
"""

import gzip
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.stream.listener import KEY, KEY_NAME, MODEL, PROMPT, ask, check_ending
from tests.stream.peer import End, Peer, answer
from tests.stream.wire import DONE, chunk, delta, error, event, finish, http, opening, page, stream, text
from tui.stream.client import Client
from tui.stream.outcome import Outcome

ELSEWHERE = Path(__file__).parents[1] / "chat" / "test_session.py"
SAID = "Among the reeds."


@dataclass(frozen=True, slots=True)
class Case:
    """What a server sends, and what must come of it."""

    sent: bytes
    end: End = End.KEEP
    status: int = 200
    text: str = ""
    finished: bool = False
    detail: dict[str, object] = field(default_factory=dict)
    fields: dict[str, object] = field(default_factory=dict)
    """Further fields of the record."""


def refused(status: int, body: str | dict[str, object] = "", *headers: str, **expected: object) -> Case:
    """An answer other than 2xx; what is expected beside `detail` are fields of the record."""
    detail = expected.pop("detail", {})
    assert isinstance(detail, dict)
    kind = "text/html" if isinstance(body, str) and body.startswith("<") else ""
    return Case(http(status, body, *headers, content_type=kind), status=status, detail=detail, fields=expected)


def told(error_class: str, message: str, type: str | None = None, code: str | None = None) -> dict[str, str | None]:
    """The record's `error`."""
    return {"class": error_class, "type": type, "code": code, "message": message}


FILTERED = {"content_filter_results": {"hate": {"filtered": True}, "violence": {"filtered": False}}}
FILTER_CHUNK = delta(finish="content_filter")
FILTER_CHUNK["choices"][0].update(FILTERED)
CALL = {"index": 0, "id": "call_1", "function": {"name": "find_nest", "arguments": '{"month":'}}
USAGE = {"prompt_tokens": 9, "completion_tokens": 4}

CASES = {
    "complete": Case(
        stream(text("Among "), text("the reeds."), finish("stop"), event({"choices": [], "usage": USAGE}), DONE),
        text=SAID,
        finished=True,
        fields={"finish_reason": "stop", "done_seen": True, "tokens_in": 9, "tokens_out": 4, "text_chars": len(SAID)},
    ),
    "length": Case(
        stream(text(SAID), finish("length"), DONE), text=SAID, finished=True, fields={"finish_reason": "length"}
    ),
    "content-filter": Case(
        stream(text(SAID), event(FILTER_CHUNK), DONE),
        text=SAID,
        finished=True,
        detail={"filter_categories": ["hate"]},
        fields={"finish_reason": "content_filter"},
    ),
    "refusal": Case(
        stream(event(delta(refusal="I would rather not say.")), finish("stop"), DONE),
        finished=True,
        fields={"finish_reason": "stop", "text_chars": 23},
    ),
    "tool-call": Case(
        stream(text(SAID), event(delta(tool_calls=[CALL])), finish("stop"), DONE),
        text=SAID,
        finished=True,
        detail={"tool_names": ["find_nest"]},
    ),
    "empty-reply": Case(
        stream(event(delta(reasoning_content="The reeds are wet.")), finish("stop"), DONE),
        finished=True,
        fields={"reasoning_chars": 18, "text_chars": 0},
    ),
    "no-response": Case(b"", End.FIN, status=0, detail={"reused_connection": False}),
    "protocol-error": Case(b"220 marsh ESMTP ready\r\n\r\n", End.FIN, status=0),
    "redirected": refused(
        301, "", f"Location: https://nest.test/v1?key={KEY}", detail={"location": "https://nest.test/v1?key=[masked]"}
    ),
    "bad-request": refused(
        400,
        error("temperature is out of range", type="invalid_request_error"),
        detail={"parameter": None},  # none was set
        error=told("bad-request", "temperature is out of range", "invalid_request_error"),
    ),
    "context-too-long": refused(
        400,
        error("This model's maximum context length is 8192 tokens", code="context_length_exceeded"),
        detail={"prompt_chars": len(PROMPT)},
    ),
    "invalid-key": refused(
        401,
        error(f"Incorrect API key provided: {KEY}.", code="invalid_api_key"),
        error=told("invalid-key", "Incorrect API key provided: sk-…c2Dn.", None, "invalid_api_key"),
        key="sk-…c2Dn",
        detail={"key_source": f"environment variable {KEY_NAME}"},
    ),
    "payment-required": refused(
        429,
        error("You exceeded your current quota", code="insufficient_quota"),
        error=told("payment-required", "You exceeded your current quota", None, "insufficient_quota"),
    ),
    "forbidden": refused(403, {"detail": "not from here"}, error=told("forbidden", "not from here")),
    "bot-challenge": refused(
        403,
        page("Just a moment..."),
        "cf-mitigated: challenge",
        "cf-ray: 8a1b2c3d4e5f-FRA",
        "Server: cloudflare",
        detail={"ray_id": "8a1b2c3d4e5f-FRA", "html_title": "Just a moment..."},
        server="cloudflare",
        error=None,
    ),
    "not-found": refused(404, {"detail": "Not Found"}, error=told("bad-request", "Not Found")),
    "model-not-found": refused(404, error(f"The model `{MODEL}` does not exist", code="model_not_found"), model=MODEL),
    "method-not-allowed": refused(405, page("405 Not Allowed"), error=None),
    "request-timeout": refused(408, "took too long", error=told("bad-request", "took too long")),
    "conflict": refused(409, "try later", error=told("bad-request", "try later")),
    "unprocessable": refused(
        422,
        {"detail": [{"loc": ["body", "stop"], "msg": "extra field", "input": PROMPT}]},
        detail={"parameter": None},
        error=told("bad-request", "body.stop: extra field"),
    ),
    "rate-limited": refused(
        429,
        error("Slow down", code="rate_limit_exceeded"),
        "Retry-After: 7",
        "x-ratelimit-remaining-requests: 0",
        detail={"limit_headers": {"x-ratelimit-remaining-requests": "0"}},
        retry_after_s=7.0,
    ),
    "server-error": refused(500, "Internal Server Error", "x-request-id: req-17", request_id="req-17"),
    "bad-gateway": refused(502, page("502 Bad Gateway"), detail={"html_title": "502 Bad Gateway"}, error=None),
    "unavailable": refused(503, error("Loading model", type="unavailable_error"), "Retry-After: 1", retry_after_s=1.0),
    "gateway-timeout": refused(504, b"".decode(), "Server: Caddy", detail={"html_title": None}, server="Caddy"),
    "overloaded": refused(529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
    "http-error": refused(418, "I am a teapot", error=told("bad-request", "I am a teapot")),
    "html-page": Case(
        http(200, page("Sign in to the marsh"), content_type="text/html"),
        detail={"html_title": "Sign in to the marsh"},
        fields={"content_type": "text/html"},
    ),
    "unexpected-body": Case(
        http(200, f"Ollama is running for {KEY}"), detail={"body_head": "Ollama is running for sk-…c2Dn"}
    ),
    "empty-body": Case(stream(), fields={"content_type": "text/event-stream", "bytes": 0}),
    "decode-error": Case(
        opening("Content-Encoding: br") + chunk(b"\x8b\x02\x80hi"),
        End.FIN,
        fields={"content_encoding": "br", "exception": ["tui.UnknownEncoding"]},
    ),
    "in-band-error": Case(
        stream(text(SAID), event(error(f"upstream of {KEY} died", code=502, metadata={"provider_name": "Marsh"}))),
        text=SAID,
        detail={"error_class": "server", "provider_name": "Marsh"},
        fields={"error": told("server", "upstream of sk-…c2Dn died", None, "502")},
    ),
    "server-abort": Case(stream(text(SAID), finish("abort"), DONE), text=SAID, fields={"finish_reason": "abort"}),
    "premature-eof": Case(
        stream(text(SAID), b'data: {"choices":[{"del'), text=SAID, detail={"tail_bytes": 23}, fields={"events": 1}
    ),
    "truncated-body": Case(
        opening() + chunk(text(SAID)) + b"fff\r\ndata: {",
        End.FIN,
        text=SAID,
        detail={"tail_bytes": 7},
        fields={"exception": ["httpx.RemoteProtocolError", "httpcore.RemoteProtocolError", "h11.RemoteProtocolError"]},
    ),
    "malformed-chunk": Case(
        stream(text("Among "), b'data: {"choices":[{"del\n\n', text("the reeds."), finish("stop"), DONE),
        text=SAID,
        detail={"malformed_count": 1, "malformed_bytes": 17},
    ),
    "oversize-line": Case(
        opening() + chunk(text(SAID)) + chunk(b"data: " + b"x" * 8 * 1024 * 1024),
        End.SILENCE,
        text=SAID,
        detail={"limit": "8 MiB", "line_bytes": 8 * 1024 * 1024 + 6},
    ),
}


@pytest.mark.parametrize("code", CASES)
async def test_outcome(code: str, client: Client) -> None:
    case = CASES[code]
    async with Peer(answer(case.sent, end=case.end)) as peer:
        heard = await ask(client, peer.url)
    check_ending(
        heard, Outcome(code), finished=case.finished, status=case.status or None, text=case.text, detail=case.detail
    )
    record = heard.record.as_json()
    assert {name: record[name] for name in case.fields} == case.fields


async def test_payload_too_large(client: Client) -> None:
    async with Peer(answer(http(413, page("413 Request Entity Too Large"), content_type="text/html"))) as peer:
        heard = await ask(client, peer.url)
    sent = len(peer.visits[0].body)
    check_ending(heard, Outcome.PAYLOAD_TOO_LARGE, status=413, detail={"request_bytes": sent})


@pytest.mark.slow
async def test_oversize_reply(client: Client) -> None:
    """Packed, since 64 MiB of text need not cross the wire to be too much."""
    piece = text("a" * (7 << 20))
    packed = gzip.compress(piece, 1)
    async with Peer(answer(opening("Content-Encoding: gzip"), *[chunk(packed)] * 10, end=End.SILENCE)) as peer:
        heard = await ask(client, peer.url)
    assert len(heard.text) == 70 << 20
    check_ending(heard, Outcome.OVERSIZE_REPLY, text=heard.text, detail={"limit": "64 MiB"})


def test_every_outcome_has_its_test() -> None:
    files = [*Path(__file__).parent.glob("test_outcomes*.py"), ELSEWHERE]
    names = {name for file in files for name in re.findall(r"^async def test_(\w+)\(", file.read_text(), re.MULTILINE)}
    tested = {name.replace("_", "-") for name in names} | CASES.keys()
    assert {outcome.value for outcome in Outcome} - tested == {"unknown"}, "no stream of ours ends so"
