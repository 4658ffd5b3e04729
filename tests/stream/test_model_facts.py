"""Lists of models as servers send them: ids in their order, with what each says of context and price."""

import json
from typing import Any

import pytest

from tui.settings.model_facts import ModelFacts
from tui.stream.model_facts import read_listed


@pytest.mark.parametrize(
    ("item", "facts"),
    [
        # OpenAI, xAI
        ({"id": "m", "object": "model", "created": 1, "owned_by": "openai"}, ModelFacts()),
        # OpenRouter
        (
            {"id": "m", "context_length": 131072, "pricing": {"prompt": "0.00000014", "completion": "0.00000028"}},
            ModelFacts(131072, 0.14, 0.28),
        ),
        ({"id": "m", "context_length": 2000000, "pricing": {"prompt": "-1", "completion": "-1"}}, ModelFacts(2000000)),
        # Together
        (
            {"id": "m", "type": "chat", "context_length": 8192, "pricing": {"hourly": 0, "input": 0.2, "output": 0.6}},
            ModelFacts(8192, 0.2, 0.6),
        ),
        # vLLM, Groq, Mistral
        ({"id": "m", "max_model_len": 4096}, ModelFacts(4096)),
        ({"id": "m", "context_window": 32768}, ModelFacts(32768)),
        ({"id": "m", "max_context_length": 32768}, ModelFacts(32768)),
        # LM Studio: what the model was loaded with, not what it could
        ({"id": "m", "type": "llm", "max_context_length": 32768, "loaded_context_length": 4096}, ModelFacts(4096)),
        # llama.cpp: what it was trained on is not what the server gives
        ({"id": "m", "meta": {"n_ctx_train": 131072, "n_ctx": 8192}}, ModelFacts(8192)),
        ({"id": "m", "meta": {"n_ctx_train": 131072}}, ModelFacts()),
        # Ollama
        ({"name": "m", "model": "m", "size": 5, "details": {"parameter_size": "8B"}}, ModelFacts()),
        # llama.cpp, OpenRouter; Mistral
        ({"id": "m", "architecture": {"input_modalities": ["text"]}}, ModelFacts(images=False)),
        (
            {"id": "m", "architecture": {"input_modalities": ["text", "image"]}, "context_length": 5, "pricing": {}},
            ModelFacts(5, images=True),
        ),
        ({"id": "m", "capabilities": {"vision": True}}, ModelFacts(images=True)),
        ({"id": "m", "capabilities": {"vision": False}}, ModelFacts(images=False)),
        # Nonsense is no fact.
        ({"id": "m", "architecture": {"input_modalities": []}, "capabilities": ["vision"]}, ModelFacts()),
        ({"id": "m", "context_length": "8k", "max_model_len": True, "context_window": -1}, ModelFacts()),
        ({"id": "m", "pricing": {"prompt": "free", "completion": None}}, ModelFacts()),
        ({"id": "m", "pricing": {"prompt": "nan", "completion": "inf"}}, ModelFacts()),
        ({"id": "m", "pricing": [], "meta": []}, ModelFacts()),
    ],
)
def test_the_facts_of_a_model(item: dict[str, Any], facts: ModelFacts) -> None:
    assert read_listed(json.dumps({"data": [item]}).encode()) == {"m": facts}


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ({"data": [{"id": "x" * 1025}, "y" * 100_000, {"id": "z" * 1024}]}, ["z" * 1024]),
        ({"data": [{"id": "b"}, {"id": "a/1"}]}, ["b", "a/1"]),
        ({"models": [{"name": "b:8b"}]}, ["b:8b"]),
        ({"models": [{"name": "other"}], "data": [{"id": "mine"}]}, ["mine"]),
        ({"data": [], "models": [{"name": "b"}]}, ["b"]),
        ([{"id": "b"}, "a"], ["b", "a"]),
        ({"data": [{"id": "e", "type": "embeddings"}, {"id": "m", "type": "llm"}]}, ["m"]),
        ({"data": [{"id": 5}, {"id": ""}, {}, None, ["x"]]}, []),
        ({"data": []}, []),
        ({"data": None, "models": None}, None),
        ({"hello": "world"}, None),
        ("text", None),
    ],
)
def test_the_shapes_of_a_list(body: Any, ids: list[str] | None) -> None:
    listed = read_listed(json.dumps(body).encode())
    assert (None if listed is None else list(listed)) == ids


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"\xff"])
def test_what_is_no_list(body: bytes) -> None:
    assert read_listed(body) is None
