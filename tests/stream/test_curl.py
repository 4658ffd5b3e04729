"""A request as a curl command: what a real curl makes of it, and what is never in it."""

import asyncio
import json
from asyncio.subprocess import PIPE
from dataclasses import replace

import pytest

from tests.stream.listener import KEY, KEY_NAME, PROMPT, REQUEST, route
from tui.practice import PracticeServer
from tui.settings.key_source import KeySource
from tui.settings.secrets import Masker, Secret
from tui.stream.client import Client
from tui.stream.curl import PLACEHOLDER, key_variable, write_curl
from tui.stream.request import ChatMessage, ChatRequest, Role

MASK = Masker([Secret(KEY)])
NASTY = 'it\'s `id` $(touch /tmp/x) "$HOME" \\ 中文\nline\r\n!history'


async def run(command: str, environ: dict[str, str]) -> bytes:
    """What a POSIX shell makes of it."""
    process = await asyncio.create_subprocess_exec("sh", env=environ, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    out, err = await process.communicate(command.encode() + b"\n")
    assert process.returncode == 0, err.decode()
    return out


@pytest.mark.parametrize("prompt", [NASTY, "x" * 300_000])
async def test_a_real_curl_sends_the_request(prompt: str) -> None:
    request = ChatRequest("markdown", (ChatMessage(Role.USER, prompt),), parameters={"stop": ["'", '"']})
    async with PracticeServer(token_delay=0) as practice, Client({KEY_NAME: KEY}, MASK) as client:
        sent = client.sketch(request, route(practice.base_url))
        command = write_curl(sent, MASK, with_prompt=True)
        out = await run(command, {"PATH": "/usr/bin:/bin", KEY_NAME: KEY, "http_proxy": "http://127.0.0.1:1"})
        (asked,) = practice.requests
    assert asked.key == KEY
    assert asked.body.rstrip(b"\n") == sent.body
    assert asked.headers["content-type"] == "application/json"
    assert out.rstrip().endswith(b"data: [DONE]")
    assert KEY not in command
    assert command.startswith("curl -N http://127.0.0.1:")


def test_the_prompt_is_left_out() -> None:
    messages = (ChatMessage(Role.SYSTEM, "Be terse"), *REQUEST.messages)
    request = replace(REQUEST, messages=messages, parameters={"continue_final_message": True})
    sent = Client({}, MASK).sketch(request, route("https://llm.example/v1"))
    command = write_curl(sent, MASK, with_prompt=False)
    assert PROMPT not in command
    assert "terse" not in command
    assert "continue_final_message" not in command
    assert json.dumps({"role": "user", "content": PLACEHOLDER}) in command
    assert f'-H "Authorization: Bearer ${KEY_NAME}"' in command


@pytest.mark.parametrize(
    ("kind", "value", "name"),
    [("file", "~/.key", "NEST_API_KEY"), ("command", "pass show", "NEST_API_KEY"), ("env", "OTHER", "OTHER")],
)
def test_the_variable_has_a_name(kind: str, value: str, name: str) -> None:
    source = KeySource("file" if kind == "file" else "command" if kind == "command" else "env", value)
    sent = Client({}, MASK).sketch(REQUEST, route("https://llm.example/v1", key=source))
    command = write_curl(sent, MASK, with_prompt=False)
    assert f"Bearer ${name}" in command
    assert ("# Set NEST_API_KEY to the key out of:" in command) == (kind != "env")
    assert key_variable(replace(sent, route="127.0.0.1:8080", key=KeySource("file", "x"))) == "_127_0_0_1_8080_API_KEY"


def test_secrets_of_the_way_stay_out() -> None:
    provider = route(f"https://llm.example/v1?key={KEY}", proxy="http://me:hunter22@proxy.example:3128", ca_file="/ca")
    command = write_curl(Client({}, MASK).sketch(REQUEST, provider), MASK, with_prompt=True)
    assert KEY not in command
    shapeless = Masker([Secret("walrus_carrot_window_nine")])
    sent = Client({}, shapeless).sketch(REQUEST, route("https://llm.example/walrus_carrot_window_nine/v1"))
    assert "walrus_carrot" not in write_curl(sent, shapeless, with_prompt=True)
    assert "hunter22" not in command
    assert "--proxy http://proxy.example:3128" in command
    assert "--cacert /ca" in command
    assert "curl -N -g " in command


async def test_no_key_is_named_where_none_is_sent() -> None:
    sent = Client({}, MASK).sketch(REQUEST, route("http://127.0.0.1:1/v1", key=KeySource("none", "")))
    assert "Authorization" not in write_curl(sent, MASK, with_prompt=False)
