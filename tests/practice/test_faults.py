"""What each fault puts on the wire."""

import asyncio
import json

import pytest

from tests.practice.wire import MESSAGES, Wire, connect, deltas_of, finish_of, split_events, text_of
from tui.practice import Fault, PracticeServer
from tui.practice.script import WARNINGS, model_script

KEY = "sk-practice-0123456789"


async def test_cut_ends_the_connection_inside_a_chunk(wire: Wire) -> None:
    wire.ask("cut")
    assert await wire.text_until("mid-event.") == WARNINGS[Fault.CUT]
    size = int(await wire.reader.readuntil(b"\r\n"), 16)
    torn = await wire.reader.read()
    assert torn.startswith(b'data: {"id":')
    assert len(torn) < size


async def test_eof_ends_the_body_without_any_proof(wire: Wire) -> None:
    wire.ask("eof")
    events = await wire.events()
    assert text_of(events) == WARNINGS[Fault.EOF]
    assert all(json.loads(event)["choices"][0]["finish_reason"] is None for event in events)
    wire.ask("slow")
    assert finish_of(await wire.events()) == "stop"


async def test_reset_breaks_the_connection_after_the_text(practice: PracticeServer, wire: Wire) -> None:
    wire.ask("reset")
    assert await wire.text_until("connection.") == WARNINGS[Fault.RESET]
    with pytest.raises(ConnectionResetError):
        await wire.reader.read()
    assert practice.open_streams == 0


async def test_stall_is_silent_after_the_text(practice: PracticeServer, wire: Wire) -> None:
    wire.ask("stall")
    assert await wire.text_until("stays open.") == WARNINGS[Fault.STALL]
    assert practice.open_streams == 1
    wire.writer.write_eof()
    assert await wire.reader.read() == b""
    await practice.wait_closed_by_client()
    assert practice.open_streams == 0


async def test_what_was_cut_is_gone_on_with_from_the_start_of_an_answer(wire: Wire) -> None:
    for model, begun in (("cut", WARNINGS[Fault.CUT]), ("length", WARNINGS[Fault.LENGTH][:30]), ("chinese", "苍")):
        wire.ask(model, messages=[*MESSAGES, {"role": "assistant", "content": begun}])
        events = await wire.events()
        assert finish_of(events) == "stop"
        assert text_of(events)
        assert not text_of(events).startswith(begun)
    wire.ask("slow", messages=[*MESSAGES, {"role": "assistant", "content": "This is"}])
    whole = "".join(part["content"] for part in model_script("slow").parts if not isinstance(part, bytes))
    assert text_of(await wire.events()) == whole.removeprefix("This is")


async def test_mute_answers_nothing(practice: PracticeServer, wire: Wire) -> None:
    wire.ask("mute")
    async with connect(practice) as other:
        # A whole exchange later the server would have begun to answer, if it did.
        other.ask("slow")
        assert finish_of(await other.events()) == "stop"
    assert practice.open_streams == 1
    wire.writer.write_eof()
    assert await wire.reader.read() == b""
    await practice.wait_closed_by_client()
    assert practice.open_streams == 0


async def test_keepalive_sends_comments_after_the_text(practice: PracticeServer, wire: Wire) -> None:
    wire.ask("keepalive")
    assert await wire.text_until("will follow.") == WARNINGS[Fault.KEEPALIVE]
    assert [await wire.chunk() for _ in range(5)] == [b": keep-alive\n\n"] * 5
    wire.writer.close()
    await practice.wait_closed_by_client()


@pytest.mark.parametrize(("fault", "reason"), [(Fault.LENGTH, "length"), (Fault.FILTER, "content_filter")])
async def test_length_and_filter_name_their_reason(wire: Wire, fault: Fault, reason: str) -> None:
    wire.ask(fault)
    events = await wire.events()
    assert finish_of(events) == reason
    assert text_of(events) == WARNINGS[fault]


async def test_refusal_comes_in_its_own_field(wire: Wire) -> None:
    wire.ask("refusal")
    events = await wire.events()
    assert finish_of(events) == "stop"
    assert text_of(events) == ""
    assert text_of(events, "refusal") == WARNINGS[Fault.REFUSAL]
    assert sum("refusal" in delta for delta in deltas_of(events)) > 5


async def test_tool_call_comes_in_pieces(wire: Wire) -> None:
    wire.ask("tool")
    events = await wire.events()
    assert finish_of(events) == "tool_calls"
    assert text_of(events) == WARNINGS[Fault.TOOL]
    first, *pieces = [delta["tool_calls"][0] for delta in deltas_of(events) if "tool_calls" in delta]
    assert first["id"] == "call_practice"
    assert first["function"] == {"name": "get_weather", "arguments": ""}
    assert len(pieces) == 3
    assert json.loads("".join(piece["function"]["arguments"] for piece in pieces))["city"] == "Chengdu"


async def test_badjson_damages_one_event_in_the_middle(wire: Wire) -> None:
    wire.ask("badjson")
    events = await wire.events()
    broken = [place for place, event in enumerate(events) if event != "[DONE]" and not _is_json(event)]
    assert len(broken) == 1
    assert 5 < broken[0] < len(events) - 5
    del events[broken[0]]
    assert finish_of(events) == "stop"
    assert "here -> <- a word is missing there" in text_of(events)


async def test_inband_error_ends_the_stream(wire: Wire) -> None:
    wire.ask("inband")
    *events, error = await wire.events()
    assert text_of(events) == WARNINGS[Fault.INBAND]
    assert json.loads(error) == {"error": {"message": "Upstream model crashed", "type": "server_error", "code": "500"}}


async def test_empty_ends_normally_without_text(wire: Wire) -> None:
    wire.ask("empty")
    events = await wire.events()
    assert finish_of(events) == "stop"
    assert deltas_of(events) == [{"role": "assistant", "content": ""}, {}]


async def test_json_ignores_stream(wire: Wire) -> None:
    wire.ask("json")
    head, body = await wire.json()
    assert head.status == 200
    assert body["object"] == "chat.completion"
    assert body["choices"][0]["message"]["content"] == WARNINGS[Fault.JSON]


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [
        (Fault.HTML, 200, "Sign in to the practice network"),
        (Fault.HTTP_502, 502, "502 Bad Gateway"),
        (Fault.HTTP_504, 504, "504 Gateway Timeout"),
    ],
)
async def test_pages(wire: Wire, fault: Fault, status: int, title: str) -> None:
    wire.ask(fault)
    head, body = await wire.answer()
    assert head.status == status
    assert head.headers["content-type"].startswith("text/html")
    assert f"<title>{title}</title>" in body.decode()
    assert (b"nginx" in body) == (status != 200)


@pytest.mark.parametrize(
    ("fault", "kind", "code", "retry_after"),
    [
        (Fault.HTTP_401, "invalid_request_error", "invalid_api_key", None),
        (Fault.HTTP_402, "unknown_error", "invalid_request_error", None),
        (Fault.HTTP_403, "permission_error", "forbidden", None),
        (Fault.HTTP_404, "invalid_request_error", "model_not_found", None),
        (Fault.HTTP_429, "requests", "rate_limit_exceeded", "2"),
        (Fault.HTTP_500, "server_error", None, None),
        (Fault.HTTP_503, "unavailable_error", 503, "1"),
    ],
)
async def test_errors(wire: Wire, fault: Fault, kind: str, code: str | int | None, retry_after: str | None) -> None:
    wire.ask(fault, headers=f"Authorization: Bearer {KEY}\r\n")
    head, body = await wire.json()
    assert head.status == int(fault)
    assert (body["error"]["type"], body["error"]["code"]) == (kind, code)
    assert head.headers.get("retry-after") == retry_after
    assert (KEY in body["error"]["message"]) == (fault in {Fault.HTTP_401, Fault.HTTP_429})
    assert head.headers["server"] == "weir-practice"


async def test_the_exact_messages_that_clients_look_for(practice: PracticeServer, wire: Wire) -> None:
    messages = []
    for fault in (Fault.HTTP_402, Fault.HTTP_404, Fault.HTTP_503):
        practice.fault = fault
        wire.ask("gpt-x")
        messages.append((await wire.json())[1]["error"]["message"])
    assert messages == ["Insufficient Balance", "The model `gpt-x` does not exist.", "Loading model"]


async def test_a_fault_of_the_server_holds_for_every_model_until_it_is_taken_back(
    practice: PracticeServer, wire: Wire
) -> None:
    practice.fault = Fault.LENGTH
    for model in ("markdown", "stall", "no-such-model"):
        wire.ask(model)
        assert finish_of(await wire.events()) == "length"
    wire.send("GET", "/v1/models")
    assert (await wire.json())[0].status == 200
    practice.fault = None
    wire.ask("slow")
    assert finish_of(await wire.events()) == "stop"


async def test_faults_without_stream_that_end_normally(wire: Wire) -> None:
    reasons, messages = {}, {}
    for fault in (Fault.LENGTH, Fault.FILTER, Fault.REFUSAL, Fault.TOOL, Fault.EMPTY):
        wire.ask(fault, stream=False)
        choice = (await wire.json())[1]["choices"][0]
        reasons[fault], messages[fault] = choice["finish_reason"], choice["message"]
    assert list(reasons.values()) == ["length", "content_filter", "stop", "tool_calls", "stop"]
    assert messages[Fault.EMPTY]["content"] is None
    assert messages[Fault.REFUSAL]["refusal"] == WARNINGS[Fault.REFUSAL]
    call = messages[Fault.TOOL]["tool_calls"][0]
    assert call["id"] == "call_practice"
    assert json.loads(call["function"]["arguments"]) == {"city": "Chengdu", "unit": "celsius"}


async def test_faults_without_stream_that_spoil_the_body(practice: PracticeServer, wire: Wire) -> None:
    wire.ask("inband", stream=False)
    assert (await wire.json())[1]["error"]["message"] == "Upstream model crashed"
    wire.ask("badjson", stream=False)
    assert not _is_json((await wire.answer())[1].decode())
    wire.ask("eof", stream=False)
    await wire.head()
    assert not _is_json((await wire.body()).decode())
    wire.ask("cut", stream=False)
    await wire.head()
    with pytest.raises(asyncio.IncompleteReadError):
        await wire.body()
    async with connect(practice) as other:
        other.ask("stall", stream=False)
        await other.head()
        assert (await other.chunk()).startswith(b'{"id":')
        other.writer.write_eof()
        assert await other.reader.read() == b""
    await practice.wait_closed_by_client()
    async with connect(practice) as other:
        other.ask("keepalive", stream=False)
        await other.head()
        assert [await other.chunk() for _ in range(3)] == [b"\n"] * 3


async def test_http_1_0_gets_a_body_that_ends_with_the_connection(practice: PracticeServer, wire: Wire) -> None:
    wire.ask("slow", version="1.0")
    head = await wire.head()
    assert "transfer-encoding" not in head.headers
    assert head.headers["connection"] == "close"
    assert finish_of(split_events(await wire.reader.read())) == "stop"
    async with connect(practice) as other:
        other.ask("eof", version="1.0")
        await other.head()
        assert text_of(split_events(await other.reader.read())) == WARNINGS[Fault.EOF]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
