"""What each model that behaves sends."""

import asyncio
import json
import re
import sys

import pytest

from tests.practice.wire import Wire, deltas_of, finish_of, split_events, text_of
from tui.practice import MODELS, PracticeServer
from tui.practice.guide import write_guide
from tui.practice.script import SLOW_PACE, model_script, split_tokens


async def reply_of(wire: Wire, model: str) -> list[str]:
    wire.ask(model)
    events = await wire.events()
    assert finish_of(events) == "stop"
    return events


async def test_the_list_names_every_model_in_order(wire: Wire) -> None:
    wire.send("GET", "/v1/models")
    head, body = await wire.json()
    assert head.status == 200
    assert body["object"] == "list"
    names = "markdown code table chinese long reasoning endless slow small cut eof reset stall mute keepalive length"
    names += " filter refusal tool badjson inband empty json html 401 402 403 404 429 500 502 503 504"
    assert [model["id"] for model in body["data"]] == names.split() == list(MODELS)
    assert {model["object"] for model in body["data"]} == {"model"}


async def test_the_shape_of_a_stream_is_that_of_openai(wire: Wire) -> None:
    wire.ask("practice/slow", stream_options={"include_usage": True})
    head = await wire.head()
    assert head.status == 200
    assert head.headers["server"] == "weir-practice"
    assert head.headers["transfer-encoding"] == "chunked"
    assert re.fullmatch("[0-9a-f]{32}", head.headers["x-request-id"])
    *events, done = split_events(await wire.body())
    assert done == "[DONE]"
    first, *middle, finish, usage = [json.loads(event) for event in events]
    assert first["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert finish["choices"][0] == {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}
    assert all(chunk["usage"] is None for chunk in (first, *middle, finish))
    assert usage["choices"] == []
    assert usage["usage"]["completion_tokens"] == len(middle) == 41
    assert usage["usage"]["total_tokens"] == usage["usage"]["prompt_tokens"] + 41
    identities = {(chunk["id"], chunk["object"], chunk["model"]) for chunk in (first, *middle, finish, usage)}
    assert identities == {(first["id"], "chat.completion.chunk", "practice/slow")}


async def test_usage_is_sent_only_when_it_is_asked_for(wire: Wire) -> None:
    assert not any("usage" in json.loads(event) for event in (await reply_of(wire, "slow"))[:-1])


async def test_markdown_has_one_of_each_block(wire: Wire) -> None:
    text = text_of(await reply_of(wire, "markdown"))
    for mark in ("# ", "\n## ", "\n1. ", "\n- **", "\n  - ", "\n> ", "\n---\n", "](https://", "`[DONE]`", "practice"):
        assert mark in text
    assert 200 < len(text.split()) < 320


async def test_words_carry_the_space_before_them(wire: Wire) -> None:
    tokens = [delta["content"] for delta in deltas_of(await reply_of(wire, "slow"))[1:-1]]
    assert tokens[:4] == ["This", " is", " the", " practice"]


async def test_table_has_eight_rows_of_four_columns(wire: Wire) -> None:
    text = text_of(await reply_of(wire, "table"))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 10
    assert {row.count("|") for row in rows} == {5}


async def test_chinese_comes_by_one_or_two_characters(wire: Wire) -> None:
    events = await reply_of(wire, "chinese")
    assert "**注意：**后面" in text_of(events)
    runs = [re.findall("[\u4e00-\u9fff]+", delta.get("content") or "") for delta in deltas_of(events)]
    assert {len(run) for found in runs for run in found} == {1, 2}


async def test_long_is_the_whole_guide(wire: Wire) -> None:
    text = text_of(await reply_of(wire, "long"))
    assert text == write_guide()
    assert 2700 < len(text.split()) < 3600
    assert re.findall(r"^### (\d+)\.", text, re.MULTILINE) == [str(number) for number in range(1, 61)]


async def test_reasoning_comes_in_its_own_field_before_the_text(wire: Wire) -> None:
    events = await reply_of(wire, "reasoning")
    fields = [next(iter(delta)) for delta in deltas_of(events)[1:-1]]
    thoughts = fields.count("reasoning_content")
    assert 50 <= thoughts <= 70
    assert fields == ["reasoning_content"] * thoughts + ["content"] * (len(fields) - thoughts)
    assert text_of(events, "reasoning_content").startswith("The person")
    assert text_of(events).startswith("What you saw")


async def test_endless_goes_on_until_the_client_leaves(practice: PracticeServer, wire: Wire) -> None:
    wire.ask("endless")
    text = await wire.text_until("Sentence 50:")
    assert text.startswith("Sentence 1: ")
    assert practice.open_streams == 1
    wire.writer.close()
    await practice.wait_closed_by_client()
    assert practice.open_streams == 0


def test_slow_is_two_tokens_a_second() -> None:
    usual_delay = 0.02
    assert model_script("slow").pace == SLOW_PACE
    assert SLOW_PACE * usual_delay == 0.5
    assert model_script("endless").pace == 1


async def test_a_reply_without_stream_is_one_object(wire: Wire) -> None:
    wire.ask("markdown", stream=False)
    head, body = await wire.json()
    assert head.status == 200
    assert body["object"] == "chat.completion"
    assert body["choices"][0]["finish_reason"] == "stop"
    assert body["choices"][0]["message"]["content"].startswith("# Why did the stream break?")
    assert body["usage"]["completion_tokens"] > 200


async def test_endless_without_stream_stops_at_a_limit(wire: Wire) -> None:
    wire.ask("endless", stream=False)
    _, body = await wire.json()
    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 10_000


@pytest.mark.parametrize("text", ["", " a  b\n\n    c\n", "中文，abc 中 文", "\t| x |\n", "a\u2028b\u3000c"])
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(split_tokens(text)) == text


@pytest.mark.parametrize(
    ("model", "end"),
    [("slow", "-- stop"), ("eof", "-- cut short: no finish reason, no [DONE]"), ("length", "-- length")],
)
async def test_the_program_in_the_code_model_works(practice: PracticeServer, wire: Wire, model: str, end: str) -> None:
    text = text_of(await reply_of(wire, "code"))
    assert "```sh\n" in text
    program = text.split("```python\n")[1].split("```")[0]
    assert 40 <= program.count("\n") <= 50
    arguments = ("-c", program, practice.base_url, model, "Hello")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=pipe, env={"NO_PROXY": "*"})
    output, _ = await process.communicate()
    assert output.decode().splitlines()[0].startswith("This ")
    assert output.decode().splitlines()[-1] == end
