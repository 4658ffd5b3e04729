import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.real.llama import LlamaServer, make_model
from tests.real.tiny_model import REPLY, THOUGHT

pytestmark = pytest.mark.real

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
MESSAGES = [{"role": "user", "content": "How is a weir read?"}]


def ask(server: LlamaServer, path: str, body: dict[str, Any] | None = None, key: str | None = None) -> Any:
    """The open response to a request; without a body a GET."""
    data = None if body is None else json.dumps({"model": server.model, "messages": MESSAGES, **body}).encode()
    request = urllib.request.Request(server.base_url + path, data, {"Content-Type": "application/json"})
    if key is not None:
        request.add_header("Authorization", f"Bearer {key}")
    return OPENER.open(request, timeout=60)


def data_lines(response: http.client.HTTPResponse) -> Iterator[str]:
    for line in response:
        if line.startswith(b"data: "):
            yield line.removeprefix(b"data: ").decode().strip()


def refusal(server: LlamaServer, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(server, path, body)
    with caught.value as error:
        return error.code, json.load(error)["error"]


def read_stream(server: LlamaServer) -> tuple[str, str, str]:
    """(text, reasoning, finish_reason) of a streamed reply that ends with [DONE]."""
    with ask(server, "/chat/completions", {"stream": True}) as response:
        assert response.headers.get_content_type() == "text/event-stream"
        *chunks, done = data_lines(response)
    assert done == "[DONE]"
    choices = [json.loads(chunk)["choices"][0] for chunk in chunks]
    deltas = [choice["delta"] for choice in choices]
    return (
        "".join(delta.get("content") or "" for delta in deltas),
        "".join(delta.get("reasoning_content") or "" for delta in deltas),
        choices[-1]["finish_reason"],
    )


def test_model_list(llama: LlamaServer) -> None:
    with ask(llama, "/models") as response:
        assert [model["id"] for model in json.load(response)["data"]] == ["tiny"]


def test_streamed_reply_ends(llama: LlamaServer) -> None:
    assert read_stream(llama) == (REPLY, "", "stop")


def test_plain_reply_is_the_same(llama: LlamaServer) -> None:
    with ask(llama, "/chat/completions", {}) as response:
        choice = json.load(response)["choices"][0]
    assert choice["message"]["content"] == REPLY
    assert choice["finish_reason"] == "stop"


def test_reply_is_cut_at_max_tokens(llama: LlamaServer) -> None:
    with ask(llama, "/chat/completions", {"max_tokens": 3}) as response:
        choice = json.load(response)["choices"][0]
    assert choice["finish_reason"] == "length"
    assert choice["message"]["content"] == "# Reading a"


def test_prompt_longer_than_the_context_is_refused(llama: LlamaServer) -> None:
    status, error = refusal(llama, "/chat/completions", {"messages": [{"role": "user", "content": "x" * 9000}]})
    assert status == 400
    assert error["type"] == "exceed_context_size_error"
    assert error["n_prompt_tokens"] > error["n_ctx"] == 8192


def test_reasoning_comes_apart_from_the_reply(llama_think: LlamaServer) -> None:
    assert read_stream(llama_think) == (REPLY, THOUGHT, "stop")


def test_server_is_idle_after_the_client_has_closed_an_endless_stream(llama_endless: LlamaServer) -> None:
    assert llama_endless.idle()
    with ask(llama_endless, "/chat/completions", {"stream": True}) as response:
        lines = data_lines(response)
        text = ""
        while len(text) <= 2 * len(REPLY):
            text += json.loads(next(lines))["choices"][0]["delta"].get("content") or ""
        assert text == (REPLY * 3)[: len(text)]
        assert not llama_endless.idle()
    llama_endless.wait_idle()
    assert llama_endless.idle()


def test_server_is_not_idle_while_it_generates(llama_endless: LlamaServer) -> None:
    with ask(llama_endless, "/chat/completions", {"stream": True}) as response:
        next(data_lines(response))
        with pytest.raises(AssertionError, match="did not become idle"):
            llama_endless.wait_idle(timeout=0.0)
    llama_endless.wait_idle()


def test_key_is_required_where_one_is_set(tmp_path: Path) -> None:
    with LlamaServer(make_model("tiny", tmp_path), api_key="sk-test-weir", slots=1) as server:
        status, error = refusal(server, "/chat/completions", {})
        assert (status, error["type"]) == (401, "authentication_error")
        with ask(server, "/chat/completions", {"max_tokens": 1}, key="sk-test-weir") as response:
            assert json.load(response)["choices"][0]["message"]["content"] == "#"
        assert server.idle()
        url = server.base_url
    with pytest.raises(urllib.error.URLError, match="refused"):
        OPENER.open(url + "/models", timeout=10)


def test_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    model = tmp_path / "broken.gguf"
    model.write_bytes(b"no model")
    with pytest.raises(AssertionError, match=r"broken.gguf did not start; the end of its log:\n[^~]*failed to load"):
        LlamaServer(model).__enter__()
