"""The client and `weir ask` against a real llama.cpp server: what no server of our own could prove."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.real.llama import LlamaServer, make_model
from tests.real.tiny_model import REPLY, THOUGHT
from tui.settings.provider import Provider
from tui.settings.secrets import Masker
from tui.stream.client import Client
from tui.stream.events import Finished, ReasoningDelta, StreamEvent, TextDelta
from tui.stream.outcome import Outcome
from tui.stream.request import ChatMessage, ChatRequest, Role
from tui.stream.trace import StreamTrace

pytestmark = pytest.mark.real


async def ask(provider: Provider, model: str) -> tuple[list[StreamEvent], StreamTrace]:
    trace = StreamTrace()
    request = ChatRequest(model, (ChatMessage(Role.USER, "hello"),))
    async with Client({}, Masker()) as client:
        return [event async for event in client.stream(request, provider, trace)], trace


def start_weir(folder: Path, *arguments: str, environ: dict[str, str] | None = None) -> Any:
    clean = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_PROXY", "_proxy"))}
    folders = {f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CONFIG", "DATA", "STATE")}
    return asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tui",
        *arguments,
        env={**clean, **folders, **(environ or {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=1 << 24,
    )


async def test_a_reply_comes_whole_and_word_for_word(llama: LlamaServer) -> None:
    events, trace = await ask(Provider("llama", llama.base_url), llama.model)
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == REPLY
    ending = events[-1]
    assert isinstance(ending, Finished)
    assert ending.outcome is Outcome.COMPLETE
    assert (ending.record.finish_reason, ending.record.done_seen, ending.record.notices) == ("stop", True, [])
    assert ending.record.server == "llama.cpp"
    assert trace.first_text_seconds() is not None


async def test_reasoning_is_kept_apart(llama_think: LlamaServer) -> None:
    events, _ = await ask(Provider("llama", llama_think.base_url), llama_think.model)
    assert "".join(event.text for event in events if isinstance(event, ReasoningDelta)) == THOUGHT
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == REPLY
    assert isinstance(events[-1], Finished)
    assert events[-1].outcome is Outcome.COMPLETE


async def test_usage_is_reported_where_it_is_asked_for(llama: LlamaServer) -> None:
    events, _ = await ask(Provider("llama", llama.base_url, usage="on"), llama.model)
    ending = events[-1]
    assert isinstance(ending, Finished)
    assert ending.outcome is Outcome.COMPLETE
    assert ending.record.tokens_out is not None
    assert ending.record.tokens_out > 20


async def test_its_models_are_listed(llama: LlamaServer) -> None:
    async with Client({}, Masker()) as client:
        listing = await client.list_models(Provider("llama", llama.base_url))
    assert llama.model in listing.models


async def test_ask_ends_complete_with_exit_code_0(llama: LlamaServer, tmp_path: Path) -> None:
    process = await start_weir(tmp_path, "ask", "--base-url", llama.base_url, "-m", llama.model, "hello", "--json")
    out, err = await process.communicate()
    end = json.loads(out.splitlines()[-1])
    assert (end["type"], end["outcome"], end["text"]) == ("end", "complete", REPLY)
    assert (process.returncode, err) == (0, b"")


async def test_an_interrupt_stops_the_server_within_a_second(llama_endless: LlamaServer, tmp_path: Path) -> None:
    process = await start_weir(
        tmp_path, "ask", "--base-url", llama_endless.base_url, "-m", llama_endless.model, "hello", "--json"
    )
    for _ in range(50):
        await process.stdout.readline()
    assert not await asyncio.to_thread(llama_endless.idle)
    process.send_signal(signal.SIGINT)
    *_, last = (await process.communicate())[0].splitlines()
    await asyncio.to_thread(llama_endless.wait_idle, 1.0)
    end = json.loads(last)
    assert end["outcome"] == "cancelled"
    assert end["text"]
    assert process.returncode == 130


async def test_a_wrong_key_is_refused_and_masked(tmp_path: Path) -> None:
    right, wrong = "sk-" + "r1ght" * 6, "sk-" + "wr0ng" * 6
    with LlamaServer(make_model("tiny", tmp_path), api_key=right) as server:
        for key, outcome in ((right, "complete"), (wrong, "invalid-key")):
            process = await start_weir(
                tmp_path,
                *("ask", "--base-url", server.base_url, "--api-key-env", "THE_KEY", "-m", server.model, "hi", "--json"),
                environ={"THE_KEY": key},
            )
            out, err = await process.communicate()
            end = json.loads(out.splitlines()[-1])
            assert end["outcome"] == outcome
            assert end["record"]["key"] == f"sk-…{key[-4:]}"
            assert key.encode() not in out + err
