"""No record holds a run of 8 characters of the key, wherever in a server's answer a random key stands or is split."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.settings.leak import exposed
from tests.stream.wire import page
from tui.settings.key_source import KeySource
from tui.settings.mask import mask_url, public_prefix
from tui.settings.provider import Provider
from tui.settings.secrets import Masker, Secret
from tui.stream.dialects import load_dialect
from tui.stream.ending import EndingWriter, mask_short
from tui.stream.evidence import Evidence
from tui.stream.outcome import Outcome
from tui.stream.preparation import find_endpoint, prepare
from tui.stream.provider_error import find_error, read_error_body
from tui.stream.record import Circumstances, Record, RecordedError, make_record
from tui.stream.request import ChatMessage, ChatRequest, Role
from tui.stream.trace import Answer, StreamTrace

BASE_URL = "https://nest.test/v1"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MIXED = LETTERS + LETTERS.upper() + "0123456789"
ALPHABETS = [LETTERS, "0123456789abcdef", MIXED, MIXED + "-_"]
PREFIXES = ["", "sk-", "sk-proj-", "sk-ant-api03-", "gsk_", "nest-"]


@st.composite
def keys(draw: st.DrawFn) -> str:
    """A key with a public prefix and 16 to 60 random characters; drawn by a seed, since a shrunk key is not random."""
    dice = random.Random(draw(st.integers(0, 1 << 32)))
    characters = dice.choices(dice.choice(ALPHABETS), k=draw(st.integers(16, 60)))
    return dice.choice(PREFIXES) + "".join(characters)


def write(key: str, status: int, body: Any, headers: dict[str, str], *, tools: tuple[str, ...] = ()) -> Record:
    """The record of an answer, as the client writes it."""
    mask, trace = Masker([Secret(key)]), StreamTrace()
    trace.begin(1, 1)
    trace.evidence = Evidence(tool_names=dict(enumerate(tools)))
    names = ("content-type", "content-encoding", "content-length", "server", "x-request-id")
    trace.answer = Answer(status, "HTTP/1.1", *(mask_short(mask, headers.get(name)) for name in names))
    request = ChatRequest("heron-1", (ChatMessage(Role.USER, "hello"),))
    provider = Provider("nest", BASE_URL, key=KeySource("env", "K"))
    wire = load_dialect(provider.dialect).build(request, BASE_URL, include_usage=False)
    prepared = prepare(request, provider, Secret(key), wire, find_endpoint(wire.url))
    writer = EndingWriter(prepared, trace, mask)
    if status == 200:
        outcome = Outcome.TOOL_CALL if tools else Outcome.IN_BAND_ERROR
        _, ending = writer.end(outcome, None, error=find_error(body))
    else:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        outcomes = {307: Outcome.REDIRECTED, 429: Outcome.RATE_LIMITED, 502: Outcome.BAD_GATEWAY}
        outcome = outcomes.get(status, Outcome.BAD_REQUEST)
        ending = writer.end_refused(outcome, read_error_body(content, status), headers, retry_after=None)
    record, _ = ending.record.masked(mask)
    return record


def error(**fields: Any) -> dict[str, Any]:
    return {"error": {"message": "no", **fields}}


def nested(text: str) -> str:
    return json.dumps({"error": {"message": f"bad {text}"}})


WHOLE: dict[str, Callable[[str], Record]] = {
    "message": lambda key: write(key, 401, error(message=f"Incorrect API key provided: {key}."), {}),
    "in the stream": lambda key: write(key, 200, error(message=f"bad {key}", metadata={"provider_name": key}), {}),
    "type": lambda key: write(key, 400, error(type=key, code=key), {}),
    "nested": lambda key: write(key, 400, error(message=nested(nested(nested(key)))), {}),
    "repr": lambda key: write(key, 400, error(message=repr({"headers": [(b"k", key.encode())]})), {}),
    "exception": lambda key: write(key, 400, error(message=str(ValueError(f"Illegal header value {key!r}"))), {}),
    "query": lambda key: write(key, 400, error(message=f"GET https://h.test/v1?a=1&q={key}&z=2"), {}),
    "userinfo": lambda key: write(key, 400, error(message=f"GET https://{key}:x@h.test/v1"), {}),
    "location": lambda key: write(key, 307, b"", {"location": f"https://h.test/{key}/x?y={key}#{key}"}),
    "header": lambda key: write(key, 429, {}, {"server": key, "x-request-id": f"r-{key}", "x-ratelimit-key": key}),
    "title": lambda key: write(key, 502, page(f"502 {key}").encode(), {}),
    "plain": lambda key: write(key, 400, f"bad key {key}\n".encode(), {}),
    "tool": lambda key: write(key, 200, {}, {}, tools=(key,)),
    "cut off": lambda key: write(key, 400, ("x" * 580 + key).encode(), {}),
}

SPLIT: dict[str, Callable[[str, str, str], Record]] = {
    "message": lambda key, head, tail: write(key, 400, error(message=[f"bad {head}", f"{tail} is bad"]), {}),
    "objects": lambda key, head, tail: write(key, 422, {"detail": [{"msg": head, "loc": ["k"]}, {"msg": tail}]}, {}),
    "type and code": lambda key, head, tail: write(key, 400, error(type=head, code=tail), {}),
    "code and message": lambda key, head, tail: write(key, 200, error(code=head, message=f"{tail} is bad"), {}),
    "no message": lambda key, head, tail: write(key, 400, {"error": {"type": tail, "code": head}}, {}),
    "tools": lambda key, head, tail: write(key, 200, {}, {}, tools=("find", head, tail)),
    "headers": lambda key, head, tail: write(key, 429, {}, {"server": head, "x-request-id": tail}),
    "limits": lambda key, head, tail: write(key, 429, {}, {"x-ratelimit-a": head, "x-ratelimit-b": tail}),
    "header and message": lambda key, head, tail: write(key, 401, error(message=f"…{tail}"), {"server": head}),
}


def check(record: Record, key: str, length: int) -> None:
    """Neither what is kept nor what a note can say of it shows the key."""
    secret = key[len(public_prefix(key)) :].removeprefix("nest-")
    kept = json.dumps({**record.as_json(), "id": "", "time": ""}, ensure_ascii=False) + repr(record.values())
    assert exposed(kept, secret, length) == []


@pytest.mark.parametrize("carrier", WHOLE.values(), ids=WHOLE)
@settings(max_examples=25, deadline=None)
@given(key=keys())
def test_a_key_in_one_piece(carrier: Callable[[str], Record], key: str) -> None:
    check(carrier(key), key, 8)


@pytest.mark.parametrize("carrier", SPLIT.values(), ids=SPLIT)
@settings(max_examples=40, deadline=None)
@given(key=keys(), data=st.data())
def test_a_key_that_is_split_at_any_point(
    carrier: Callable[[str, str, str], Record], key: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(key)))
    check(carrier(key, key[:place], key[place:]), key, 8)


@pytest.mark.parametrize("carrier", SPLIT.values(), ids=SPLIT)
def test_no_half_of_a_short_key_remains(carrier: Callable[[str, str, str], Record]) -> None:
    key = "sk-" + "w7Kd2pXq9Zt4"
    for place in range(4, len(key)):
        check(carrier(key, key[:place], key[place:]), key, 6)


@settings(max_examples=100, deadline=None)
@given(key=keys(), name=st.sampled_from(["key", "q", "x-token"]))
def test_an_address_with_a_key(key: str, name: str) -> None:
    mask, secret = Masker([Secret(key)]), key[len(public_prefix(key)) :]
    for address in (f"https://h.test/v1?{name}={key}", f"https://u:{key}@h.test/", f"https://h.test/{key}/x"):
        assert exposed(mask(address), secret, 8) == []
        assert exposed(mask_url(mask(address)), secret, 8) == []


def test_a_record_without_a_key_stays_as_it_is() -> None:
    told = RecordedError("rate-limited", "t", "c", "Slow down, req_011CSHoEeqs5C35K2UUqR7Fy")
    circumstances = Circumstances(error=told, detail={"limit_headers": {"x-ratelimit-reset": "1s"}, "ray_id": None})
    trace = StreamTrace()
    trace.answer = Answer(429, "HTTP/2", "application/json", None, "7", "nginx", "8f1a2b3c4d5e6f70-SJC")
    record = make_record(trace, Outcome.RATE_LIMITED, circumstances)
    assert record.masked(Masker([Secret("sk-" + "w7Kd2pXq9Zt4")])) == (record, [])
    assert record.masked(Masker()) == (record, [])
