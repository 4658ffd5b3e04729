"""Contexts that local servers tell beside their list of models: llama.cpp's `/props` and Ollama's `/api/ps`.

Both say what the server gives, not what the model could: llama.cpp for the one model that it serves, Ollama for those
that are loaded at the moment.
"""

import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from tui.settings.model_facts import ModelFacts
from tui.settings.preset import presets
from tui.settings.provider import Provider
from tui.stream.model_facts import read_count

PROPS, LOADED = "/props", "/api/ps"


def is_like(provider: Provider, preset: str) -> bool:
    """Whether a local provider is this well-known one: by its name, else by its port."""
    return provider.name == preset or urlsplit(provider.base_url).port == urlsplit(presets()[preset].base_url).port


def context_path(
    provider: Provider, server: str | None, models: Sequence[str], facts: Mapping[str, ModelFacts]
) -> str | None:
    """Where to ask for the contexts that a list left open, below the host; None if nowhere. `server` is its header."""
    if not provider.is_local or all(name in facts and facts[name].context is not None for name in models):
        return None
    kind = (server or "").lower().partition("/")[0]
    if kind == "llama.cpp" or (not kind and is_like(provider, "llama.cpp")):
        return PROPS if len(models) == 1 else None
    return LOADED if is_like(provider, "ollama") else None


def read_contexts(path: str, body: bytes, models: Sequence[str]) -> dict[str, ModelFacts]:
    """What the answer says of these models; nothing if it is none of that kind."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    if path == PROPS:
        settings = value.get("default_generation_settings")
        context = read_count(settings.get("n_ctx")) if isinstance(settings, dict) else None
        return {} if context is None else {name: ModelFacts(context) for name in models}
    loaded = value.get("models")
    items = [item for item in loaded if isinstance(item, dict)] if isinstance(loaded, list) else []
    named = {str(item.get("name") or item.get("model")): read_count(item.get("context_length")) for item in items}
    return {name: ModelFacts(context) for name, context in named.items() if name in models and context is not None}
