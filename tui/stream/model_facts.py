"""The facts in a list of models: context, price, whether they take images, in the fields of whoever wrote the list.

Prices are given per token (OpenRouter, as texts) or per million tokens (Together); ours are US dollars for a million.
A negative price is a router's "it depends", and no price.
"""

import json
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from tui.settings.model_facts import ModelFacts

_CONTEXT_NAMES = (
    "loaded_context_length",  # LM Studio: what the loaded model was given
    "context_length",  # OpenRouter, Together, Moonshot, Fireworks
    "max_model_len",  # vLLM
    "context_window",  # Groq
    "max_context_length",  # Mistral, LM Studio
)
_NO_CHAT = ("embeddings", "embedding", "rerank", "moderation")
"""What `type` says of models that answer no chat (LM Studio, Together)."""
_LONGEST = 1024
"""Characters of an id: llama.cpp's may be a whole path; what is longer would only make every table as wide."""
_MILLION = 1_000_000


def read_listed(body: bytes) -> dict[str, ModelFacts] | None:
    """Ids and facts in a list of any known shape, in the server's order; None if the body is no such list.

    `{"data": [{"id"}]}` (OpenAI and its like), `{"models": [{"name" or "id"}]}` (Ollama), or a bare list (Together).
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    items = value
    if isinstance(value, dict):
        lists = [value[name] for name in ("data", "models") if isinstance(value.get(name), list)]
        items = next((one for one in lists if one), lists[0] if lists else None)
    return dict(_read_items(items)) if isinstance(items, list) else None


def _read_items(items: list[Any]) -> Iterator[tuple[str, ModelFacts]]:
    for item in items:
        if isinstance(item, str) and 0 < len(item) <= _LONGEST:
            yield item, ModelFacts()
        elif isinstance(item, dict) and item.get("type") not in _NO_CHAT:
            name = item.get("id") or item.get("name") or item.get("model")
            if isinstance(name, str) and 0 < len(name) <= _LONGEST:
                yield name, _read_facts(item)


def _read_facts(item: Mapping[str, Any]) -> ModelFacts:
    context = next((found for name in _CONTEXT_NAMES if (found := read_count(item.get(name)))), None)
    meta = item.get("meta")  # llama.cpp; its n_ctx_train is what the model could, not what the server gives
    if context is None and isinstance(meta, dict):
        context = read_count(meta.get("n_ctx"))
    images, pricing = _read_images(item), item.get("pricing")
    if not isinstance(pricing, dict):
        return ModelFacts(context, images=images)
    names, factor = (("prompt", "completion"), _MILLION) if "prompt" in pricing else (("input", "output"), 1)
    price_in, price_out = (_price(pricing.get(name), factor) for name in names)
    return ModelFacts(context, price_in, price_out, images)


def _read_images(item: Mapping[str, Any]) -> bool | None:
    """Whether a model takes images, in the words of OpenRouter and llama.cpp, else of Mistral; None: nobody says."""
    architecture, capabilities = item.get("architecture"), item.get("capabilities")
    if isinstance(architecture, dict) and isinstance(kinds := architecture.get("input_modalities"), list) and kinds:
        return "image" in kinds
    if isinstance(capabilities, dict) and isinstance(vision := capabilities.get("vision"), bool):
        return vision
    return None


def read_count(value: Any) -> int | None:
    """A number of tokens, if it is one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9 else None


def _price(value: Any, factor: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return round(number * factor, 6) if isfinite(number) and number >= 0 else None
