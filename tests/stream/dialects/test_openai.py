"""The OpenAI dialect: what is sent, and how answers are read, with every known quirk, at every place of a cut."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stream.dialects.quirks import FULL, ODD, QUIRKS
from tests.stream.listener import Heard
from tests.stream.pieces import cut_bytes, cuts
from tests.stream.wire import DONE, delta, error, event, text
from tui.settings.provider import Prefill
from tui.stream.dialects.openai import OpenAIDialect
from tui.stream.events import ToolCallDelta, UsageReport
from tui.stream.evidence import Evidence
from tui.stream.partial import Partial
from tui.stream.provider_error import ErrorClass
from tui.stream.request import ChatMessage, ChatRequest, Image, Role

REQUEST = ChatRequest(
    "heron-1",
    (
        ChatMessage(Role.SYSTEM, "Be brief."),
        ChatMessage(Role.USER, "Wo? 哪里?"),
        ChatMessage(Role.ASSISTANT, "Im Schilf."),
        ChatMessage(Role.USER, "\ud83d?"),
    ),
)


def read(pieces: Iterable[bytes]) -> tuple[Heard, Evidence]:
    """What a decoder makes of a body that ends after these reads."""
    decoder = OpenAIDialect().decoder()
    heard = Heard()
    for piece in pieces:
        if decoder.evidence.done or decoder.evidence.oversize_line:
            break
        heard.events += decoder.feed(piece)
    heard.events += decoder.end()
    return heard, decoder.evidence


CALL = [{"index": 0, "id": "c1", "function": {"name": "find", "arguments": '{"a"'}}]
MORE = [{"index": 0, "function": {"arguments": ":1}"}}]


@pytest.mark.parametrize("name", QUIRKS)
def test_a_quirk_reads_the_same_wherever_it_is_cut(name: str) -> None:
    quirk = QUIRKS[name]
    first, evidence = read([quirk.body])
    assert (first.text, first.reasoning, first.refusal) == (quirk.text, quirk.reasoning, quirk.refusal)
    assert (evidence.error.message if evidence.error else None) == quirk.error
    assert {name: getattr(evidence, name) for name in quirk.evidence} == quirk.evidence
    for pieces in cuts(quirk.body) if len(quirk.body) < 1000 else [[quirk.body]]:
        heard, again = read(pieces)
        assert (heard.text, heard.reasoning, heard.refusal) == (quirk.text, quirk.reasoning, quirk.refusal)
        assert replace(again, head=evidence.head) == evidence  # after [DONE] it depends on the read how much was seen


def test_the_request_is_exactly_this() -> None:
    """Nothing more than the three fields is sent unasked: servers exist that answer 422 to any other."""
    wire = OpenAIDialect().build(REQUEST, "https://nest.test/v1", include_usage=False)
    assert (wire.method, wire.url) == ("POST", "https://nest.test/v1/chat/completions")
    assert wire.headers == {"Content-Type": "application/json"}
    assert json.loads(wire.body) == {
        "model": "heron-1",
        "stream": True,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Wo? 哪里?"},
            {"role": "assistant", "content": "Im Schilf."},
            {"role": "user", "content": "??"},
        ],
    }
    assert list(json.loads(wire.body)) == ["model", "stream", "messages"]
    assert "哪里".encode() in wire.body


def test_images_go_behind_the_text_as_data_urls_and_only_then_is_content_a_list() -> None:
    message = ChatMessage(Role.USER, "Wo?", (Image("image/gif", b"GIF89a"), Image("image/png", b"\x89")))
    request = replace(REQUEST, messages=(*REQUEST.messages, message))
    *before, last = json.loads(OpenAIDialect().build(request, "https://nest.test/v1", include_usage=False).body)[
        "messages"
    ]
    assert all(isinstance(each["content"], str) for each in before)
    assert last["content"] == [
        {"type": "text", "text": "Wo?"},
        {"type": "image_url", "image_url": {"url": "data:image/gif;base64,R0lGODlh"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iQ=="}},
    ]


@pytest.mark.parametrize(
    ("prefill", "last", "beside"),
    [
        ("message", {}, {}),
        ("prefix", {"prefix": True}, {}),
        ("partial", {"partial": True}, {}),
        ("continue", {}, {"continue_final_message": True, "add_generation_prompt": False}),
    ],
)
def test_the_start_of_an_answer_is_given_as_the_provider_takes_it(
    prefill: Prefill, last: dict[str, Any], beside: dict[str, Any]
) -> None:
    request = replace(REQUEST, messages=REQUEST.messages[:2], partial=Partial("Im Schilf steht \n"))
    wire = OpenAIDialect().build(request, "https://nest.test/v1", include_usage=False, prefill=prefill)
    body = json.loads(wire.body)
    assert body.pop("messages")[1:] == [
        {"role": "user", "content": "Wo? 哪里?"},
        {"role": "assistant", "content": "Im Schilf steht", **last},
    ]
    assert body == {"model": "heron-1", "stream": True, **beside}


def test_else_it_is_asked_for_in_words_behind_the_answer() -> None:
    request = replace(REQUEST, messages=REQUEST.messages[:2], partial=Partial("Im Schilf steht \n"))
    body = json.loads(OpenAIDialect().build(request, "https://nest.test/v1", include_usage=False).body)
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "user"]
    assert body["messages"][2] == {"role": "assistant", "content": "Im Schilf steht"}
    assert "<<<Im Schilf steht>>>" in body["messages"][3]["content"]


def test_what_the_person_set_is_sent_too() -> None:
    request = ChatRequest("heron-1", (), parameters={"temperature": 0.5, "stop": ["."]})
    body = json.loads(OpenAIDialect().build(request, "https://nest.test", include_usage=True).body)
    assert body == {
        "model": "heron-1",
        "stream": True,
        "messages": [],
        "temperature": 0.5,
        "stop": ["."],
        "stream_options": {"include_usage": True},
    }


def test_usage_is_asked_for_in_streams_only() -> None:
    request = ChatRequest("heron-1", (), stream=False)
    body = json.loads(OpenAIDialect().build(request, "https://nest.test", include_usage=True).body)
    assert body == {"model": "heron-1", "stream": False, "messages": []}


@pytest.mark.parametrize(
    "base_url", ["https://nest.test/v1", "https://nest.test/v1/", "https://nest.test/v1/chat/completions/"]
)
def test_a_pasted_path_is_taken_off_the_base_url(base_url: str) -> None:
    dialect = OpenAIDialect()
    assert dialect.build(REQUEST, base_url, include_usage=False).url == "https://nest.test/v1/chat/completions"
    assert dialect.build_models(base_url).url == "https://nest.test/v1/models"


@pytest.mark.parametrize(
    ("body", "models"),
    [
        (b'{"object":"list","data":[{"id":"a"},{"id":"b/c"}]}', ["a", "b/c"]),
        (b'{"models":[{"name":"a"},{"id":"b","name":"c"}]}', ["a", "b"]),
        (b'["a","b"]', ["a", "b"]),
        (b'[{"id":"a"},{"id":7},null,{"id":""}]', ["a"]),
        (b'{"data":[]}', []),
        (b'{"data":null,"models":[]}', []),
        (b"[]", []),
        (b'{"error":{"message":"no"}}', None),
        (b'{"data":"a"}', None),
        (b"<html>", None),
        (b"\xff", None),
        (b"7", None),
        (b"[" * 3000, None),
    ],
)
def test_lists_of_models(body: bytes, models: list[str] | None) -> None:
    listed = OpenAIDialect().read_models(body)
    assert (None if listed is None else list(listed)) == models


def test_tool_calls_are_joined_by_their_index() -> None:
    other = [{"index": 1, "id": "c2", "function": {"name": "go", "arguments": "{}"}}]
    body = event(delta(tool_calls=CALL)) + event(delta(tool_calls=MORE)) + event(delta(tool_calls=other))
    for pieces in cuts(body):
        heard, evidence = read(pieces)
        assert heard.tool_calls == [
            ToolCallDelta(0, "c1", "find", '{"a"'),
            ToolCallDelta(0, None, "", ":1}"),
            ToolCallDelta(1, "c2", "go", "{}"),
        ]
        assert evidence.tool_names == {0: "find", 1: "go"}


def test_a_legacy_function_call_is_a_tool_call() -> None:
    heard, evidence = read([event(delta(function_call={"name": "find", "arguments": "{}"}))])
    assert heard.tool_calls == [ToolCallDelta(0, None, "find", "{}")]
    assert evidence.tool_names == {0: "find"}


def test_usage_is_reported_and_the_last_one_counts() -> None:
    details = {"completion_tokens_details": {"reasoning_tokens": 2}}
    usage = {"prompt_tokens": 3, "completion_tokens": 5, **details}
    heard, evidence = read([event({"choices": [], "usage": {"prompt_tokens": True}}), event({"usage": usage})])
    assert heard.usage == [UsageReport(None, None, None), UsageReport(3, 5, 2)]
    assert (evidence.tokens_in, evidence.tokens_out, evidence.tokens_reasoning) == (3, 5, 2)


def test_the_error_in_a_stream_has_its_class() -> None:
    _, evidence = read([event(error("Insufficient Balance", code=402, metadata={"provider_name": "Marsh"}))])
    assert evidence.error is not None
    assert (evidence.error.error_class, evidence.error.provider_name) == (ErrorClass.PAYMENT_REQUIRED, "Marsh")


def test_text_is_given_out_with_its_line_and_not_later() -> None:
    decoder = OpenAIDialect().decoder()
    heard = Heard()
    for line in text("Among ").removesuffix(b"\n"), text("the ").removesuffix(b"\n"), text("reeds."):
        heard.events += decoder.feed(line)
        heard.events.append(UsageReport(None, None))  # a mark between the reads
    assert [type(said).__name__ for said in heard.events] == ["TextDelta", "UsageReport"] * 3


def test_only_a_reply_is_a_start() -> None:
    """What arms the limit on silence in place of the one on the first event."""
    decoder = OpenAIDialect().decoder()
    for quiet in (b"", b": c\n\n", b"retry: 3\n\n", b"id: 1\nevent: x\n\n", b"data:\n\n", b"data: [PING]\n\n", b"dat"):
        decoder.feed(quiet)
        assert not decoder.started
    decoder.feed(b'a: {"choices":[]}\n')
    assert decoder.started


REAL = (
    event({**delta(role="assistant", content=""), "model": "heron-1"})
    + b": keep-alive\r\n\r\n"
    + b"".join(text(word) for word in ("Among ", "the ", "reeds, ", "中文 ", "\ud83d", "\ude42", " é "))
    + event(delta(tool_calls=CALL))
    + event(delta("end", finish="stop"))
    + event({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 5}})
    + DONE
)


REAL_PIECES = st.lists(st.sampled_from([*REAL.split(b"\n"), b"\n", b"\r", b"{", b"}"])).map(b"".join)


@settings(deadline=None)
@given(cut_bytes(st.binary(max_size=400) | REAL_PIECES))
def test_no_bytes_raise(pieces: list[bytes]) -> None:
    heard, evidence = read(pieces)
    assert evidence.text_chars == len(heard.text)
    assert not any("\ud800" <= character <= "\udfff" for character in heard.text + heard.reasoning)


def replacements(whole: Any) -> Iterator[Any]:
    """The value with each of its parts, one at a time, replaced by every sort of thing that is not meant there."""
    yield from ODD
    if isinstance(whole, dict):
        for name, part in whole.items():
            for other in replacements(part):
                yield {**whole, name: other}
    elif isinstance(whole, list):
        for place, part in enumerate(whole):
            for other in replacements(part):
                yield [*whole[:place], other, *whole[place + 1 :]]


@pytest.mark.parametrize("name", FULL)
def test_no_value_raises_wherever_it_stands(name: str) -> None:
    for value in replacements(FULL[name]):
        heard, evidence = read([event({name: value}), event({**FULL, name: value})])
        assert evidence.text_chars == len(heard.text)
        assert 0 <= (evidence.tokens_out or 0) < 1e16
        assert evidence.error is None or 0 <= (evidence.error.retry_after_s or 0) < 1e9
        assert evidence.malformed == 0


def complete_text(body: bytes) -> str:
    """The text of the whole events in a body, without what may still wait for its other half."""
    decoder = OpenAIDialect().decoder()
    heard = Heard(decoder.feed(body[: body.rfind(b"\n\n") + 2]))
    return heard.text


@st.composite
def damaged_streams(draw: st.DrawFn) -> tuple[int, bytes]:
    """A real stream, damaged from some place on: bytes cut out, put in, changed, or all that follows lost."""
    place = draw(st.integers(0, len(REAL)))
    lost = draw(st.integers(0, 60) | st.just(len(REAL)))
    return place, REAL[:place] + draw(st.binary(max_size=20)) + REAL[place + lost :]


@settings(deadline=None)
@given(damaged_streams(), st.lists(st.integers(0, len(REAL) + 20), max_size=4))
def test_damage_never_takes_the_text_before_it(damaged: tuple[int, bytes], places: Sequence[int]) -> None:
    place, body = damaged
    bounds = [0, *sorted(min(place, len(body)) for place in places), len(body)]
    heard, evidence = read([body[start:end] for start, end in pairwise(bounds)])
    assert heard.text.startswith(complete_text(REAL[:place]))
    assert evidence.text_chars == len(heard.text)
