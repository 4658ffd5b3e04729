"""What a server's error says, in every shape that providers give it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.settings.leak import exposed
from tests.stream.wire import error, page
from tui.settings.secrets import Masker, Secret
from tui.stream.provider_error import ErrorBody, ErrorClass, ProviderError, find_error, html_title, read_error_body

SHAPES: dict[str, tuple[Any, str]] = {
    "an object": ({"error": {"message": "no", "type": "t", "param": None, "code": "c"}}, "no"),
    "a string": ({"error": "no", "error_type": "overloaded"}, "no"),
    "a list": ([{"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}}], "no"),
    "Anthropic's": ({"type": "error", "error": {"type": "api_error", "message": "no"}, "request_id": "r"}, "no"),
    "in a choice": ({"choices": [{"error": {"message": "no"}}]}, "no"),
    "vLLM's flat one": ({"object": "error", "message": "no", "type": "t", "code": 400}, "no"),
    "FastAPI's text": ({"detail": "no"}, "no"),
    "FastAPI's list": (
        {"detail": [{"loc": ["body", "n"], "msg": "no", "input": "SECRET"}, {"msg": "nor"}]},
        "body.n: no; nor",
    ),
    "detail inside a message": ({"error": {"message": {"detail": [{"msg": "no"}]}}}, "no"),
    "MiniMax's": ({"base_resp": {"status_code": 1004, "status_msg": "no"}}, "no"),
    "Cloudflare's": ({"success": False, "errors": [{"code": 7003, "message": "no"}]}, "no"),
    "one-api's": ({"code": 1, "message": "no", "request_id": "r"}, "no"),
    "msg instead of message": ({"code": 1, "msg": "no"}, "no"),
    "success false": ({"success": False, "error": {"message": "no"}}, "no"),
    "Mistral's": ({"message": "no", "request_id": "r"}, "no"),
    "JSON inside the message": ({"error": {"message": '{"error":{"message":"no","code":401}}'}}, "no"),
    "no message at all": ({"error": {"code": "oops"}}, "oops"),
    "a number": ({"error": 7}, "7"),
}


@pytest.mark.parametrize(("value", "message"), SHAPES.values(), ids=SHAPES)
def test_shapes(value: Any, message: str) -> None:
    found = find_error(value)
    assert found is not None
    assert found.message == message
    assert read_error_body(json.dumps(value, indent=1).encode(), 400).error == find_error(value, 400)


@pytest.mark.parametrize(
    "value",
    [
        {"choices": [], "message": "a reply may have such a field"},
        {"choices": [{"delta": {"content": "error"}}], "error": None},
        {"choices": [], "error": {}},
        {"choices": [], "error": ""},
        {"object": "chat.completion.chunk", "message": "x"},
        {"base_resp": {"status_code": 0, "status_msg": ""}},
        {"model": "heron-1", "message": {"content": "Ollama's own shape"}},
        {"errors": []},
        {},
        [],
        None,
        "error",
    ],
)
def test_what_is_no_error(value: Any) -> None:
    assert find_error(value) is None


CLASSES: list[tuple[int | None, str, str | None, str | None, ErrorClass]] = [
    (429, "You exceeded your current quota", None, "insufficient_quota", ErrorClass.PAYMENT_REQUIRED),
    (403, "用户额度不足", None, None, ErrorClass.PAYMENT_REQUIRED),
    (400, "maximum context length is 8192", None, None, ErrorClass.CONTEXT_TOO_LONG),
    (400, "too big", "exceed_context_size_error", None, ErrorClass.CONTEXT_TOO_LONG),
    (400, "filtered", None, "content_filter", ErrorClass.CONTENT_FILTER),
    (400, "API key not valid. Please pass a valid API key.", None, None, ErrorClass.INVALID_KEY),
    (404, "model 'x' not found, try pulling it first", None, None, ErrorClass.MODEL_NOT_FOUND),
    (400, "The model `x` does not exist", None, None, ErrorClass.MODEL_NOT_FOUND),
    (500, "Overloaded", "overloaded_error", None, ErrorClass.OVERLOADED),
    (None, "Resource exhausted", "RESOURCE_EXHAUSTED", None, ErrorClass.RATE_LIMITED),
    (400, "permission denied", None, None, ErrorClass.FORBIDDEN),
    (401, "no", None, None, ErrorClass.INVALID_KEY),
    (402, "no", None, None, ErrorClass.PAYMENT_REQUIRED),
    (403, "no", None, None, ErrorClass.FORBIDDEN),
    (429, "no", None, None, ErrorClass.RATE_LIMITED),
    (529, "no", None, None, ErrorClass.OVERLOADED),
    (418, "no", None, None, ErrorClass.BAD_REQUEST),
    (500, "no", None, None, ErrorClass.SERVER),
    (None, "no", None, None, ErrorClass.SERVER),
    (None, "no", None, "429", ErrorClass.RATE_LIMITED),
    (200, "no", None, "500", ErrorClass.SERVER),
]


@pytest.mark.parametrize(("status", "message", "type", "code", "expected"), CLASSES)
def test_classes(status: int | None, message: str, type: str | None, code: str | None, expected: ErrorClass) -> None:
    found = find_error(error(message, type=type, code=code), status)
    assert found is not None
    assert found.error_class is expected
    assert (found.type, found.code) == (type, code)


def test_only_these_classes_may_succeed_later() -> None:
    retryable = {ErrorClass.OVERLOADED, ErrorClass.RATE_LIMITED, ErrorClass.SERVER}
    assert {found for found in ErrorClass if found.retryable} == retryable


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ({"error": {"message": "Please try again in 94ms."}}, 0.094),
        ({"error": {"message": "Please retry in 34.1s."}}, 34.1),
        ({"error": {"message": "try again in 2m"}}, 120.0),
        ({"error": {"message": "no", "details": [{"@type": "x"}, {"retryDelay": "34s"}]}}, 34.0),
        ({"error": {"message": "Please retry after 300 seconds."}}, 300.0),
        ({"error": {"message": "try again in 5 minutes"}}, 300.0),
        ({"error": {"message": "try again in 3 days"}}, None),
        ({"error": {"message": "no", "details": [{"retryDelay": "soon"}]}}, None),
    ],
)
def test_waiting_times_in_a_body(value: Any, seconds: float | None) -> None:
    found = find_error(value)
    assert found is not None
    assert found.retry_after_s == seconds


def test_a_page_gives_its_title_and_nothing_else() -> None:
    expected = ErrorBody(None, "502 Bad Gateway", is_html=True)
    assert read_error_body(page("502\n Bad   Gateway").encode(), 502) == expected
    assert read_error_body(b"<head><title>502 Bad Gateway</title>", 502) == expected
    assert read_error_body(b"<html><body>no title", 502) == ErrorBody(None, None, is_html=True)
    assert html_title(b"<title>" + b"x" * 9999 + b"</title>") == "x" * 4000
    assert html_title(b"<TITLE lang=en>A</TITLE>") == "A"
    assert html_title(b"<title></title>") is None


def test_other_bodies() -> None:
    assert read_error_body(b"", 500) == ErrorBody(None)
    assert read_error_body(b" \n", 500) == ErrorBody(None)
    assert read_error_body(b"no healthy upstream", 503).error == ProviderError(ErrorClass.SERVER, "no healthy upstream")
    assert read_error_body(b"\xff\xfe", 500).error == ProviderError(ErrorClass.SERVER, "\ufffd\ufffd")
    assert read_error_body(b"[" * 9000, 400).error == ProviderError(ErrorClass.BAD_REQUEST, "[" * 4000)
    events = b'event: error\ndata: {"error":{"message":"Busy","type":"overloaded_error"}}\n\n'
    assert read_error_body(events, 500).error == ProviderError(ErrorClass.OVERLOADED, "Busy", "overloaded_error")


@pytest.mark.parametrize(
    "split",
    [
        lambda head, tail: {"error": {"message": [f"bad key {head}", tail]}},
        lambda head, tail: {"error": {"message": [{"msg": f"bad key {head}"}, {"message": f"{tail} was given"}]}},
        lambda head, tail: {"detail": [{"loc": ["header", head], "msg": tail}]},
        lambda head, tail: {"error": {"code": head, "type": tail}},
    ],
    ids=["list", "objects", "place", "code and type"],
)
def test_a_key_split_over_what_is_joined_can_be_masked(split: Callable[[str, str], dict[str, Any]]) -> None:
    key = "sk-" + "w7Kd2pXq9Zt4"
    for place in range(len(key) + 1):
        found = find_error(split(key[:place], key[place:]), 401)
        assert found is not None
        assert not exposed(Masker([Secret(key)])(found.message), key[3:], 4)
